/** Points: a click adds what is under it, with Alt or the right button it takes it away. */

import { selectObject, addObject } from "../document/document.mjs";
import { Tool } from "./tool.mjs";
import { toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

const RADIUS = 7;
/** A second click this soon after adding a point is a habit, not a wish to remove it. */
const HABIT_MS = 500;

export class PointTool extends Tool {
    #dragged = null;
    #pressed = null;
    #current = -1;
    #added = 0;

    /** The points as they are shown: one that is dragged, at the pointer. */
    #clicks() {
        const clicks = this.object?.clicks ?? [];
        return this.#dragged
            ? clicks.map((click, i) => (i === this.#dragged.index ? this.#dragged.click : click))
            : clicks;
    }

    #hit(spot) {
        const clicks = this.#clicks();
        return clicks.findLastIndex(({ x, y }) => this.isNear(spot, { x: x + 0.5, y: y + 0.5 }));
    }

    down(spot) {
        const index = this.#hit(spot);
        if (index >= 0) {
            this.#dragged = { index, click: this.object.clicks[index], toggles: spot.ctrl, moved: false };
            this.#current = index;
        }
        this.#pressed = index < 0 && this.isInside(spot) ? spot : null;
        this.view.redraw();
    }

    move(spots) {
        if (this.#dragged) {
            const { x, y } = this.pixelAt(spots[spots.length - 1]);
            const { click } = this.#dragged;
            this.#dragged.moved ||= x !== click.x || y !== click.y;
            this.#dragged.click = { ...click, x, y };
            this.view.redraw();
        }
    }

    /** Only now, for a second finger may yet make it a pinch. */
    up() {
        const [dragged, fresh, clicks] = [this.#dragged, this.#pressed, this.#clicks()];
        this.#dragged = this.#pressed = null;
        if (dragged?.moved) {
            this.prompt(text("did.movePoint"), this.doc, this.object.id, { clicks });
        } else if (dragged?.toggles) {
            this.#toggle(dragged.index);
        } else if (fresh) {
            this.#add(fresh);
        }
    }

    cancel() {
        this.#dragged = this.#pressed = null;
        this.view.redraw();
    }

    doubleClick(spot) {
        const index = this.#hit(spot);
        if (index >= 0 && performance.now() - this.#added > HABIT_MS) {
            this.#remove(index);
        }
    }

    handleKey(key) {
        const count = this.object?.clicks.length ?? 0;
        if (key !== "Delete" || !count) {
            return false;
        }
        this.#remove(this.#current < count && this.#current >= 0 ? this.#current : count - 1);
        return true;
    }

    #add(spot) {
        const click = { ...this.pixelAt(spot), positive: !spot.erase, on: true };
        const fresh = spot.shift || !this.object;
        const doc = fresh ? addObject(this.doc) : this.doc;
        const clicks = fresh ? [click] : [...this.object.clicks, click];
        this.#current = clicks.length - 1;
        this.#added = performance.now();
        this.prompt(text("did.point"), doc, doc.selected, { clicks });
    }

    #toggle(index) {
        const clicks = this.object.clicks.map((click, i) =>
            i === index ? { ...click, on: !click.on } : click,
        );
        this.prompt(text("did.togglePoint"), this.doc, this.object.id, { clicks });
    }

    #remove(index) {
        this.#current = -1;
        const clicks = this.object.clicks.filter((_, i) => i !== index);
        this.prompt(text("did.removePoint"), selectObject(this.doc, this.object.id), this.object.id, { clicks });
    }

    draw(pen, view) {
        for (const { x, y, positive, on } of this.#clicks()) {
            const colour = positive ? pen.theme.positive : pen.theme.negative;
            pen.dot(colour, toView(view, x + 0.5, y + 0.5), { radius: RADIUS, on, sign: positive ? 1 : -1 });
        }
    }
}
