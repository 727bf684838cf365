/** A box around what is meant: dragged out, and adjusted by its handles. */

import { areaOf, boxOfSize, boundingBox, overlap } from "../geometry/box.mjs";
import { addObject } from "../document/document.mjs";
import { handleCursor, HANDLES, handlePoint } from "../geometry/box-handles.mjs";
import { Tool } from "./tool.mjs";
import { boxInView, toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

const HANDLE = 4;
/** CSS pixels a press must travel to be a box. */
const SLACK = 3;

export class BoxTool extends Tool {
    drags = true;
    #drag = null;

    #box() {
        return this.#drag ? this.#drag.box : (this.object?.box ?? null);
    }

    #handleAt(spot) {
        const box = this.object?.box;
        return box ? HANDLES.find((handle) => this.isNear(spot, handlePoint(handle, box))) : undefined;
    }

    down(spot) {
        const handle = spot.shift ? undefined : this.#handleAt(spot);
        this.#drag = { handle, start: spot, box: handle ? this.object.box : null };
    }

    move(spots) {
        if (!this.#drag) {
            return;
        }
        const spot = spots[spots.length - 1];
        const { handle, start, box } = this.#drag;
        if (handle) {
            this.#drag.box = this.#clipToPicture(resizeBox(box, handle, spot));
        } else if (box || !this.isNear(start, spot, SLACK)) {
            this.#drag.box = this.#clipToPicture(boundingBox(start.x, start.y, spot.x, spot.y));
        }
        this.view.redraw();
    }

    #clipToPicture(box) {
        return overlap(box, boxOfSize(this.doc.base));
    }

    up(spot) {
        const { handle, box } = this.#drag ?? {};
        this.#drag = null;
        if (!box || !areaOf(box)) {
            this.view.redraw();
            return;
        }
        const fresh = !handle && (spot.shift || !this.object || hasContent(this.object));
        const doc = fresh ? addObject(this.doc) : this.doc;
        this.prompt(handle ? text("did.changeBox") : text("did.box"), doc, doc.selected, { box });
    }

    cancel() {
        this.#drag = null;
        this.view.redraw();
    }

    hover(spot) {
        const handle = spot && this.#handleAt(spot);
        this.hoverCursor = handle ? handleCursor(handle) : null;
    }

    handleKey(key) {
        const object = this.object;
        if (key !== "Delete" || !object?.box) {
            return false;
        }
        this.prompt(text("did.removeBox"), this.doc, object.id, { box: null });
        return true;
    }

    draw(pen, view) {
        const box = this.#box();
        if (box) {
            pen.box(pen.theme.accent, boxInView(view, box));
            HANDLES.forEach((handle) => {
                const { x, y } = handlePoint(handle, box);
                pen.handle(pen.theme.accent, toView(view, x, y), HANDLE);
            });
        }
    }
}

/** Another box means another thing, unless the object is still empty. */
function hasContent({ mask, box, clicks }) {
    return mask.width > 0 || box !== null || clicks.length > 0;
}

function resizeBox(box, handle, spot) {
    const moved = { ...box };
    if (handle.x) {
        moved[handle.x] = Math.round(spot.x);
    }
    if (handle.y) {
        moved[handle.y] = Math.round(spot.y);
    }
    return boundingBox(moved.left, moved.top, moved.right, moved.bottom);
}
