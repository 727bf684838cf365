/**
 * The base class of the tools: what a press, a move and a release on the picture mean. Every tool has the same few
 * methods, so that mouse, pen, touch and keyboard drive them alike.
 *
 * @typedef {import("../canvas/overlay-pen.mjs").OverlayPen} OverlayPen
 * @typedef {import("../geometry/viewport.mjs").Viewport} Viewport
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {{x: number, y: number, pressure: number, erase: boolean, shift: boolean, ctrl: boolean,
 *     alt: boolean}} Spot in picture pixels; `erase`: Alt, the right button or the pen's other end
 * @typedef {object} ToolView what a tool may read and call; a CanvasView is one
 * @property {Store} store
 * @property {Viewport} viewport
 * @property {number} ratio device pixels per CSS pixel
 * @property {Brush & {colour: string}} brush
 * @property {{mask: Mask, label: string}[]} regions
 * @property {Live | null} live the stroke being painted
 * @property {(box: Box) => void} invalidateStroke redraws what a stroke covered
 * @property {{margins: Margins, stages: GhostStage[], highlighted: GhostStage | null}} extension the planned
 *     extension, and a stage of it that is highlighted
 * @property {() => void} redraw the overlays
 * @property {() => void} fit shows all of the active tool's `fittedBox`
 * @property {import("../canvas/camera.mjs").Camera} camera
 * @property {HTMLElement} element the canvas that has the focus
 * @property {(type: string, detail: object) => void} emit dispatches an event
 */

import { boxOfSize, contains } from "../geometry/box.mjs";
import { changeObject, newId, selectedObject, setCandidates } from "../document/document.mjs";
import { toView } from "../geometry/viewport.mjs";

/** CSS pixels around a handle that still take it; more than a pen's wobble, less than a finger. */
const REACH = 9;

export class Tool {
    /** Whether the keyboard presses with one key and releases with the next. */
    drags = false;
    /** Whether a drag moves the picture, which the pointer input does. */
    pans = false;
    /** The mouse cursor for what lies under it now; null for the tool's own. */
    hoverCursor = null;
    #cursor;

    /**
     * @param {ToolView} view
     * @param {{cursor?: string}} [row] of the table `TOOLS`
     */
    constructor(view, { cursor = "default" } = {}) {
        this.view = view;
        this.#cursor = cursor;
    }

    /** The mouse cursor, in CSS. */
    get cursor() {
        return this.hoverCursor ?? this.#cursor;
    }

    get doc() {
        return this.view.store.doc;
    }

    get object() {
        return selectedObject(this.doc);
    }

    /** @param {Spot} _spot */
    down(_spot) {}

    /** While pressed. @param {Spot[]} _spots every place since the last call */
    move(_spots) {}

    /** @param {Spot} _spot */
    up(_spot) {}

    /** While not pressed. @param {Spot | null} _spot null when the pointer leaves */
    hover(_spot) {}

    /** Undoes a press that is under way. */
    cancel() {}

    /** @param {Spot} _spot */
    doubleClick(_spot) {}

    /** Draws the tool's overlays. @param {OverlayPen} _pen @param {Viewport} _view */
    draw(_pen, _view) {}

    activate() {}

    deactivate() {}

    /** The box, in picture pixels, that a fit of the view shows. @returns {Box} */
    get fittedBox() {
        return boxOfSize(this.doc.base);
    }

    /** @param {string} _key "Delete", "Enter" or "Escape" @returns {boolean} whether the tool used it */
    handleKey(_key) {
        return false;
    }

    /**
     * Goes `by` candidates on, of what is under the pointer.
     *
     * @param {number} _by
     * @returns {boolean} whether there are any
     */
    cycle(_by) {
        return false;
    }

    /** Whether two picture points are one to a person's hand. */
    isNear(a, b, reach = REACH) {
        const { viewport, ratio } = this.view;
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
     * Makes one undoable step: another prompt for an object. Without clicks and box its candidates are removed at once;
     * else the segmenter's answer is merged into the same step.
     */
    prompt(label, doc, id, changes) {
        const merge = `prompt ${newId()}`;
        const changed = changeObject(doc, id, changes);
        const object = changed.objects.find((one) => one.id === id);
        const asks = object.box !== null || object.clicks.some(({ on }) => on);
        this.view.store.do(label, asks ? changed : setCandidates(changed, id, []), { merge });
        const { clicks, box } = object;
        this.view.emit("prompt", { object: selectedObject(this.doc), clicks, box, merge });
    }
}
