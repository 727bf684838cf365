/** Brush, eraser and sketch: strokes on the selected object's mask, or colour above the picture. */

import { isEmpty } from "../geometry/box.mjs";
import { parseColour } from "../image/colour.mjs";
import { changeObject, objectOf, addStroke, setSketch, addObject } from "../document/document.mjs";
import { addStrokeToLayer } from "../image/sketch-layer.mjs";
import { Stroke } from "../image/brush-stroke.mjs";
import { Tool } from "./tool.mjs";
import { toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

/** Draws strokes. Subclasses say with `live`, `commit` and `ink` what a stroke changes. */
class StrokeTool extends Tool {
    drags = true;
    #at = null;
    #last = null;

    down(spot) {
        this.#at = spot;
        this.view.live = this.live(new Stroke(this.doc.base, this.view.brush), spot);
        if (spot.shift && this.#last) {
            this.#addSpot({ ...this.#last, pressure: spot.pressure });
        }
        this.#addSpot(spot);
    }

    move(spots) {
        this.#at = spots[spots.length - 1];
        spots.forEach((spot) => this.#addSpot(spot));
    }

    up(spot) {
        const { live } = this.view;
        this.#last = spot;
        if (live && !isEmpty(live.stroke.bounds)) {
            this.commit(live);
        }
        this.view.live = null;
    }

    #addSpot(spot) {
        const { live } = this.view;
        if (live) {
            this.view.invalidateStroke(live.stroke.lineTo(spot));
        }
    }

    cancel() {
        this.view.live = null;
    }

    hover(spot) {
        this.#at = spot;
        this.view.redraw();
    }

    draw(pen, view) {
        if (this.#at) {
            const { size } = this.view.brush;
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
    /** Whether a stroke without Alt erases. */
    erases = false;

    live(stroke, spot) {
        const object = this.object ?? addObject(this.doc).objects.at(-1);
        return { object, stroke, erase: spot.erase !== this.erases, colour: null };
    }

    /** What is seen is painted: on an inverted mask, adding subtracts from what was selected. */
    commit({ object, stroke, erase }) {
        const doc = objectOf(this.doc, object.id) ? this.doc : addObject(this.doc, object);
        if (erase && doc !== this.doc) {
            return;
        }
        const visible = changeObject(doc, object.id, { visible: true });
        const after = addStroke(visible, object.id, stroke.toMask(), erase !== object.shape.invert);
        this.view.store.do(erase ? text("did.erase") : text("did.brush"), after);
    }

    ink(theme, spot) {
        return spot.erase !== this.erases ? theme.negative : theme.ink;
    }
}

/** Without Alt it subtracts, with Alt it adds. */
export class EraserTool extends BrushTool {
    erases = true;
}

export class SketchTool extends StrokeTool {
    live(stroke, spot) {
        return { object: null, stroke, erase: spot.erase, colour: parseColour(this.view.brush.colour) };
    }

    commit(live) {
        this.view.store.do(
            live.erase ? text("did.eraseSketch") : text("did.sketch"),
            setSketch(this.doc, addStrokeToLayer(this.doc.sketch, live)),
        );
    }

    ink(theme, spot) {
        return spot.erase ? theme.negative : this.view.brush.colour;
    }
}
