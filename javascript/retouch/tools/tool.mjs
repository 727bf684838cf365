/**
 * What all tools share: the bench they work at, and methods that do nothing.
 *
 * @typedef {object} Bench what a tool may see and do; the view is one
 * @property {Store} store
 * @property {Viewport} viewport
 * @property {number} ratio device pixels per CSS pixel
 * @property {Brush & {colour: string}} brush
 * @property {{mask: Mask, label: string}[]} regions
 * @property {Live | null} live the stroke being painted
 * @property {(box: Box) => void} touched redraws what a stroke covered
 * @property {{margins: Margins, stages: GhostStage[], highlighted: GhostStage | null}} extension what is to be painted
 *     around the picture, and a stage of it that is pointed at
 * @property {() => void} redraw the marks
 * @property {(type: string, detail: object) => void} tell dispatches an event
 */

import { boxOfSize, contains } from "../geometry/box.mjs";
import { changeObject, newId, selectedObject, setCandidates } from "../document/document.mjs";
import { toView } from "../geometry/viewport.mjs";

/** CSS pixels around a handle that still take it; more than a pen's wobble, less than a finger. */
const GRIP = 9;

export class Tool {
    cursor = "crosshair";
    drags = false;
    pans = false;

    /** @param {Bench} bench */
    constructor(bench) {
        this.bench = bench;
    }

    get doc() {
        return this.bench.store.doc;
    }

    get object() {
        return selectedObject(this.doc);
    }

    down() {}

    move() {}

    up() {}

    hover() {}

    cancel() {}

    twice() {}

    draw() {}

    enter() {}

    leave() {}

    get room() {
        return boxOfSize(this.doc.base);
    }

    key() {
        return false;
    }

    /** Whether two picture points are one to a person's hand. */
    near(a, b, reach = GRIP) {
        const { viewport, ratio } = this.bench;
        const [p, q] = [toView(viewport, a.x, a.y), toView(viewport, b.x, b.y)];
        return Math.hypot(p.x - q.x, p.y - q.y) <= reach * ratio;
    }

    isInside({ x, y }) {
        return contains(boxOfSize(this.doc.base), x, y);
    }

    /** A spot as a whole pixel of the picture, the nearest where it lies outside. */
    pixelAt({ x, y }) {
        const { width, height } = this.doc.base;
        const within = (at, length) => Math.min(Math.max(Math.floor(at), 0), length - 1);
        return { x: within(x, width), y: within(y, height) };
    }

    /**
     * One step of history: another prompt for an object. What no prompt asks for any more is gone at once; the
     * rest comes with the answer, merged into the same step.
     */
    prompt(label, doc, id, changes) {
        const merge = `prompt ${newId()}`;
        const changed = changeObject(doc, id, changes);
        const object = changed.objects.find((one) => one.id === id);
        const asks = object.box !== null || object.clicks.some(({ on }) => on);
        this.bench.store.do(label, asks ? changed : setCandidates(changed, id, []), { merge });
        const { clicks, box } = object;
        this.bench.tell("prompt", { object: selectedObject(this.doc), clicks, box, merge });
    }
}
