/** Brush, eraser and sketch: strokes on the selected object's mask, or colour above the picture. */

import { isEmpty } from "../geometry/box.mjs";
import { parsedColour } from "../image/colour.mjs";
import { changedObject, objectOf, painted, sketched, withObject } from "../document/document.mjs";
import { withStroke } from "../image/sketch-layer.mjs";
import { Stroke } from "../image/brush-stroke.mjs";
import { Tool } from "./tool.mjs";
import { toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

/** Draws strokes; what they are for is said by `live` and `commit`. */
class StrokeTool extends Tool {
    cursor = "none";
    drags = true;
    #at = null;
    #last = null;

    down(spot) {
        this.#at = spot;
        this.bench.live = this.live(new Stroke(this.doc.base, this.bench.brush), spot);
        if (spot.shift && this.#last) {
            this.#paint({ ...this.#last, pressure: spot.pressure });
        }
        this.#paint(spot);
    }

    move(spots) {
        this.#at = spots[spots.length - 1];
        spots.forEach((spot) => this.#paint(spot));
    }

    up(spot) {
        const { live } = this.bench;
        this.#last = spot;
        if (live && !isEmpty(live.stroke.bounds)) {
            this.commit(live);
        }
        this.bench.live = null;
    }

    #paint(spot) {
        const { live } = this.bench;
        if (live) {
            this.bench.touched(live.stroke.to(spot));
        }
    }

    cancel() {
        this.bench.live = null;
    }

    hover(spot) {
        this.#at = spot;
        this.bench.redraw();
    }

    draw(pen, view) {
        if (this.#at) {
            const { size } = this.bench.brush;
            const radius = (size / 2) * view.scale;
            const centre = toView(view, this.#at.x, this.#at.y);
            pen.ring(this.ink(pen.theme, this.#at), centre, radius, { width: 1 });
            if (radius < 3 * pen.ratio) {
                pen.cross(pen.theme.ink, centre, 6);
            }
        }
    }
}

export class BrushTool extends StrokeTool {
    #erases;

    /** @param {boolean} erases the eraser: without Alt it takes away, with Alt it adds */
    constructor(bench, erases) {
        super(bench);
        this.#erases = erases;
    }

    live(stroke, spot) {
        const object = this.object ?? withObject(this.doc).objects.at(-1);
        return { object, stroke, erase: spot.erase !== this.#erases, colour: null };
    }

    /** What is seen is painted: on an inverted mask, adding takes away from what was pointed at. */
    commit({ object, stroke, erase }) {
        const doc = objectOf(this.doc, object.id) ? this.doc : withObject(this.doc, object);
        if (erase && doc !== this.doc) {
            return;
        }
        const shown = changedObject(doc, object.id, { visible: true });
        const after = painted(shown, object.id, stroke.toMask(), erase !== object.shape.invert);
        this.bench.store.do(erase ? text("did.erase") : text("did.brush"), after);
    }

    ink(theme, spot) {
        return spot.erase !== this.#erases ? theme.negative : theme.ink;
    }
}

export class SketchTool extends StrokeTool {
    live(stroke, spot) {
        return { object: null, stroke, erase: spot.erase, colour: parsedColour(this.bench.brush.colour) };
    }

    commit(live) {
        this.bench.store.do(
            live.erase ? text("did.eraseSketch") : text("did.sketch"),
            sketched(this.doc, withStroke(this.doc.sketch, live)),
        );
    }

    ink(theme, spot) {
        return spot.erase ? theme.negative : this.bench.brush.colour;
    }
}
