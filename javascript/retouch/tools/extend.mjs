/**
 * Extend: an edge or a corner of the canvas dragged outward. Shift keeps the aspect and Alt takes both sides
 * alike, as in other editors; Ctrl gives single pixels. The picture itself can be dragged on a wider canvas.
 */

import { boxOfSize, contains, growBox, overlap, isSameBox } from "../geometry/box.mjs";
import { drawExtension, stageAt } from "./extend-overlay.mjs";
import { handleCursor, HANDLES, handlePoint } from "../geometry/box-handles.mjs";
import { ExtendHandles } from "./extend-handles.mjs";
import { extendedBox, isZeroMargins, NO_MARGINS } from "../geometry/margins.mjs";
import { Tool } from "./tool.mjs";
import { boxInView, toView } from "../geometry/viewport.mjs";
import { slidePicture, dragMargin } from "../geometry/drag-margins.mjs";

/** CSS pixels on either side of an edge that take it. */
const REACH = 9;
/** Of the canvas' longer side, left free around it to drag into. */
const ROOM = 0.22;
/** The picture as a handle: it moves neither side alone. */
const ITSELF = Object.freeze({ x: "", y: "" });

export class ExtendTool extends Tool {
    drags = true;
    #drag = null;
    #hoveredStage = 0;
    #handles = null;

    activate() {
        this.#handles = new ExtendHandles(this.view, (change) => this.#nudge(change));
        this.view.fit();
    }

    deactivate() {
        this.#handles?.remove();
        this.#handles = null;
        this.view.camera.refit();
    }

    get #margins() {
        return this.view.extension.margins;
    }

    get #canvas() {
        return extendedBox(this.doc.base, this.#margins);
    }

    get fittedBox() {
        const { left, top, right, bottom } = this.#canvas;
        return growBox(this.#canvas, Math.ceil(Math.max(right - left, bottom - top) * ROOM));
    }

    /** Everything of the canvas in sight, handles and all: it was typed, or dragged to the end of the view. */
    reveal() {
        const { viewport, ratio } = this.view;
        if (this.#drag || !this.doc.base) {
            return;
        }
        const place = growBox(boxInView(viewport, this.#canvas), REACH * ratio);
        if (!isSameBox(place, overlap(place, boxOfSize(viewport)))) {
            this.view.fit();
        }
    }

    #handleAt(spot) {
        return (
            HANDLES.find((handle) => this.isNear(spot, handlePoint(handle, this.#canvas))) ??
            this.#edgeAt(spot) ??
            (!isZeroMargins(this.#margins) && this.isInside(spot) ? ITSELF : null)
        );
    }

    /** An edge can be taken all along. */
    #edgeAt({ x, y }) {
        const { viewport, ratio } = this.view;
        const reach = (REACH * ratio) / viewport.scale;
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
        const handle = this.#handleAt(spot);
        this.#drag = handle && { handle, start: spot, margins: this.#margins };
        this.hoverCursor = this.#cursorFor(handle);
    }

    move(spots) {
        if (this.#drag) {
            const spot = spots[spots.length - 1];
            const { handle, start, margins } = this.#drag;
            this.#setMargins(margins, handle, { x: spot.x - start.x, y: spot.y - start.y }, howOf(spot));
        }
    }

    #setMargins(margins, handle, offset, how) {
        const next =
            handle === ITSELF
                ? slidePicture(margins, offset, how)
                : dragMargin(this.doc.base, margins, handle, offset, how);
        this.view.emit("margins", { margins: next });
    }

    /** What was dragged to the end of the view, or beyond, can be dragged farther. */
    up(spot) {
        const { viewport, ratio } = this.view;
        const { x, y } = toView(viewport, spot.x, spot.y);
        const dragged = this.#drag !== null;
        this.#drag = null;
        if (dragged && !contains(growBox(boxOfSize(viewport), -2 * REACH * ratio), x, y)) {
            this.reveal();
        }
    }

    cancel() {
        const before = this.#drag?.margins;
        this.#drag = null;
        if (before) {
            this.view.emit("margins", { margins: before });
        }
    }

    hover(spot) {
        this.hoverCursor = this.#cursorFor(spot && this.#handleAt(spot));
        const pointed = spot ? stageAt(this.view.extension.stages, spot) : 0;
        if (pointed !== this.#hoveredStage) {
            this.#hoveredStage = pointed;
            this.view.redraw();
        }
    }

    #cursorFor(handle) {
        return handle === ITSELF ? "move" : handle ? handleCursor(handle) : null;
    }

    handleKey(key) {
        if (key !== "Escape" || isZeroMargins(this.#margins)) {
            return false;
        }
        this.view.emit("margins", { margins: NO_MARGINS });
        return true;
    }

    /** A handle moved with the keyboard. */
    #nudge({ handle, offset, both }) {
        this.#setMargins(this.#margins, handle, offset, { both, exact: true });
        this.view.camera.reveal(handlePoint(handle, this.#canvas));
    }

    draw(pen, view) {
        const { margins, stages, highlighted } = this.view.extension;
        drawExtension(pen, view, { size: this.doc.base, margins, stages, highlighted, pointed: this.#hoveredStage });
        this.#handles?.place(view, this.view.ratio, { size: this.doc.base, margins });
    }
}

function howOf({ shift, alt, ctrl }) {
    return { keep: shift, both: alt, exact: ctrl };
}
