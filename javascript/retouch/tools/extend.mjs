/**
 * Extend: an edge or a corner of the canvas dragged outward. Shift keeps the aspect and Alt takes both sides
 * alike, as in other editors; Ctrl gives single pixels. The picture itself can be dragged on a wider canvas.
 */

import { boxOfSize, contains, growBox, overlap, isSameBox } from "../geometry/box.mjs";
import { drawExtension, stageAt } from "./extend-overlay.mjs";
import { handleCursor, HANDLES, handlePoint } from "../geometry/handles.mjs";
import { Handles } from "./extend-handles.mjs";
import { extendedBox, isZeroMargins, NO_MARGINS } from "../geometry/margins.mjs";
import { Tool } from "./tool.mjs";
import { boxInView, toView } from "../geometry/viewport.mjs";
import { slidePicture, dragMargin } from "../geometry/drag-margins.mjs";

/** CSS pixels on either side of an edge that take it. */
const GRIP = 9;
/** Of the canvas' longer side, left free around it to drag into. */
const ROOM = 0.22;
/** The picture as a grip: it moves neither side alone. */
const ITSELF = Object.freeze({ x: "", y: "" });

export class ExtendTool extends Tool {
    cursor = "default";
    drags = true;
    #drag = null;
    #pointed = 0;
    #handles = null;

    enter() {
        this.#handles = new Handles(this.bench, (change) => this.#nudge(change));
        this.bench.fit();
    }

    leave() {
        this.#handles?.remove();
        this.#handles = null;
        this.bench.camera.refit();
    }

    get #margins() {
        return this.bench.extension.margins;
    }

    get #canvas() {
        return extendedBox(this.doc.base, this.#margins);
    }

    get room() {
        const { left, top, right, bottom } = this.#canvas;
        return growBox(this.#canvas, Math.ceil(Math.max(right - left, bottom - top) * ROOM));
    }

    /** Everything of the canvas in sight, handles and all: it was typed, or dragged to the end of the view. */
    reveal() {
        const { viewport, ratio } = this.bench;
        if (this.#drag || !this.doc.base) {
            return;
        }
        const place = growBox(boxInView(viewport, this.#canvas), GRIP * ratio);
        if (!isSameBox(place, overlap(place, boxOfSize(viewport)))) {
            this.bench.fit();
        }
    }

    #gripAt(spot) {
        return (
            HANDLES.find((grip) => this.near(spot, handlePoint(grip, this.#canvas))) ??
            this.#edgeAt(spot) ??
            (!isZeroMargins(this.#margins) && this.isInside(spot) ? ITSELF : null)
        );
    }

    /** An edge can be taken all along. */
    #edgeAt({ x, y }) {
        const { viewport, ratio } = this.bench;
        const reach = (GRIP * ratio) / viewport.scale;
        const canvas = this.#canvas;
        const isNear = (a, b) => Math.abs(a - b) <= reach;
        if (!contains(growBox(canvas, reach), x, y)) {
            return null;
        }
        const across = ["left", "right"].find((side) => isNear(x, canvas[side])) ?? "";
        const down = ["top", "bottom"].find((side) => isNear(y, canvas[side])) ?? "";
        return across || down ? { x: across, y: down } : null;
    }

    down(spot) {
        const grip = this.#gripAt(spot);
        this.#drag = grip && { grip, start: spot, margins: this.#margins };
        this.cursor = this.#cursorFor(grip);
    }

    move(spots) {
        if (this.#drag) {
            const spot = spots[spots.length - 1];
            const { grip, start, margins } = this.#drag;
            this.#tell(margins, grip, { x: spot.x - start.x, y: spot.y - start.y }, howOf(spot));
        }
    }

    #tell(margins, grip, way, how) {
        const next = grip === ITSELF ? slidePicture(margins, way, how) : dragMargin(this.doc.base, margins, grip, way, how);
        this.bench.tell("margins", { margins: next });
    }

    /** What was dragged to the end of the view, or beyond, can be dragged farther. */
    up(spot) {
        const { viewport, ratio } = this.bench;
        const { x, y } = toView(viewport, spot.x, spot.y);
        const dragged = this.#drag !== null;
        this.#drag = null;
        if (dragged && !contains(growBox(boxOfSize(viewport), -2 * GRIP * ratio), x, y)) {
            this.reveal();
        }
    }

    cancel() {
        const before = this.#drag?.margins;
        this.#drag = null;
        if (before) {
            this.bench.tell("margins", { margins: before });
        }
    }

    hover(spot) {
        this.cursor = this.#cursorFor(spot && this.#gripAt(spot));
        const pointed = spot ? stageAt(this.bench.extension.stages, spot) : 0;
        if (pointed !== this.#pointed) {
            this.#pointed = pointed;
            this.bench.redraw();
        }
    }

    #cursorFor(grip) {
        return grip === ITSELF ? "move" : grip ? handleCursor(grip) : "default";
    }

    key(key) {
        if (key !== "Escape" || isZeroMargins(this.#margins)) {
            return false;
        }
        this.bench.tell("margins", { margins: NO_MARGINS });
        return true;
    }

    /** A grip moved with the keyboard. */
    #nudge({ grip, way, both }) {
        this.#tell(this.#margins, grip, way, { both, exact: true });
        this.bench.camera.reveal(handlePoint(grip, this.#canvas));
    }

    draw(pen, view) {
        const { margins, stages, highlighted } = this.bench.extension;
        drawExtension(pen, view, { size: this.doc.base, margins, stages, highlighted, pointed: this.#pointed });
        this.#handles?.place(view, this.bench.ratio, { size: this.doc.base, margins });
    }
}

function howOf({ shift, alt, ctrl }) {
    return { keep: shift, both: alt, exact: ctrl };
}
