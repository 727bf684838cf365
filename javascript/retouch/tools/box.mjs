/** A box around what is meant: dragged out, and adjusted by its handles. */

import { areaOf, boxOfSize, covering, overlap } from "../geometry/box.mjs";
import { withObject } from "../document/document.mjs";
import { cursorOf, GRIPS, placeOf } from "../geometry/handles.mjs";
import { Tool } from "./tool.mjs";
import { boxInView, toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

const HANDLE = 4;
/** CSS pixels a press must travel to be a box. */
const SLACK = 3;

export class BoxTool extends Tool {
    cursor = "crosshair";
    drags = true;
    #drag = null;

    #box() {
        return this.#drag ? this.#drag.box : (this.object?.box ?? null);
    }

    #handleAt(spot) {
        const box = this.object?.box;
        return box ? GRIPS.find((handle) => this.near(spot, placeOf(handle, box))) : undefined;
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
            this.#drag.box = this.#clipped(resized(box, handle, spot));
        } else if (box || !this.near(start, spot, SLACK)) {
            this.#drag.box = this.#clipped(covering(start.x, start.y, spot.x, spot.y));
        }
        this.bench.redraw();
    }

    #clipped(box) {
        return overlap(box, boxOfSize(this.doc.base));
    }

    up(spot) {
        const { handle, box } = this.#drag ?? {};
        this.#drag = null;
        if (!box || !areaOf(box)) {
            this.bench.redraw();
            return;
        }
        const fresh = !handle && (spot.shift || !this.object || isTaken(this.object));
        const doc = fresh ? withObject(this.doc) : this.doc;
        this.prompt(handle ? text("did.changeBox") : text("did.box"), doc, doc.selected, { box });
    }

    cancel() {
        this.#drag = null;
        this.bench.redraw();
    }

    hover(spot) {
        const handle = spot && this.#handleAt(spot);
        this.cursor = handle ? cursorOf(handle) : "crosshair";
    }

    key(key) {
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
            GRIPS.forEach((handle) => {
                const { x, y } = placeOf(handle, box);
                pen.handle(pen.theme.accent, toView(view, x, y), HANDLE);
            });
        }
    }
}

/** Another box means another thing, unless the object is still empty. */
function isTaken({ mask, box, clicks }) {
    return mask.width > 0 || box !== null || clicks.length > 0;
}

function resized(box, handle, spot) {
    const moved = { ...box };
    if (handle.x) {
        moved[handle.x] = Math.round(spot.x);
    }
    if (handle.y) {
        moved[handle.y] = Math.round(spot.y);
    }
    return covering(moved.left, moved.top, moved.right, moved.bottom);
}
