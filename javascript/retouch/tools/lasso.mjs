/** Lasso: a line drawn round what is meant, freehand, or corner by corner with clicks; both can be mixed. */

import { objectOf, addStroke, addObject } from "../document/document.mjs";
import { makePolygonMask } from "../image/polygon-mask.mjs";
import { Tool } from "./tool.mjs";
import { toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

/** CSS pixels a press must travel to draw instead of setting a corner. */
const SLACK = 4;

export class LassoTool extends Tool {
    #points = [];
    #erase = false;
    #press = null;
    #pointer = null;

    down(spot) {
        if (!this.#points.length) {
            this.#erase = spot.erase;
        }
        this.#press = { spot, drawn: false, first: !this.#points.length };
        this.#points.push(pointOf(spot));
        this.#show(spot);
    }

    move(spots) {
        const last = spots[spots.length - 1];
        if (this.#press) {
            this.#press.drawn ||= !this.isNear(this.#press.spot, last, SLACK);
            if (this.#press.drawn) {
                this.#points.push(...spots.map(pointOf));
            }
        }
        this.#show(last);
    }

    /** A drag from nothing closes by itself, a corner on the first one closes, too. */
    up(spot) {
        const { drawn, first } = this.#press ?? {};
        this.#press = null;
        const closes = !first && this.#points.length > 2 && this.isNear(this.#points[0], spot);
        if ((drawn && first) || closes) {
            this.#close();
        }
        this.#show(spot);
    }

    doubleClick() {
        this.#close();
    }

    hover(spot) {
        if (this.#points.length) {
            this.#show(spot);
        }
    }

    handleKey(key) {
        if (!this.#points.length) {
            return false;
        }
        if (key === "Enter") {
            this.#close();
        } else if (key === "Escape") {
            this.cancel();
        } else if (key === "Delete") {
            this.#points.pop();
            this.view.redraw();
        }
        return true;
    }

    cancel() {
        this.#points = [];
        this.#press = null;
        this.view.redraw();
    }

    #show(pointer) {
        this.#pointer = pointer;
        this.view.redraw();
    }

    #close() {
        const mask = makePolygonMask(this.#points, this.doc.base);
        const erase = this.#erase;
        this.cancel();
        if (mask.width && (this.object || !erase)) {
            const doc = this.object ? this.doc : addObject(this.doc);
            const inverts = objectOf(doc, doc.selected).shape.invert;
            this.view.store.do(
                erase ? text("did.lassoAway") : text("did.lasso"),
                addStroke(doc, doc.selected, mask, erase !== inverts),
            );
        }
    }

    draw(pen, view) {
        if (this.#points.length) {
            const line = this.#pointer ? [...this.#points, this.#pointer] : this.#points;
            const colour = this.#erase ? pen.theme.negative : pen.theme.accent;
            pen.path(
                colour,
                line.map(({ x, y }) => toView(view, x, y)),
            );
            pen.handle(colour, toView(view, this.#points[0].x, this.#points[0].y), 4);
        }
    }
}

function pointOf({ x, y }) {
    return { x, y };
}
