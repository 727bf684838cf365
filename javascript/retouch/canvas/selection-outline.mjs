/** Selection outline: moving stripes ("marching ants") round the selected object, on a canvas of its own. */

import { growBox, isEmpty, widthOf } from "../geometry/box.mjs";
import { differenceBox, outlineRuns } from "./layers.mjs";
import { panesOf } from "./compare-panes.mjs";
import { Tiles } from "./tiles.mjs";
import { boxInView, levelOf, visibleBox } from "../geometry/viewport.mjs";

const STRIPE = 8;
/** Picture pixels round a change whose outline may be another: one of the coarsest tile's. */
const APRON = 64;

export class SelectionOutline {
    #context;
    #tiles;
    #selection = null;
    #object = null;
    #size = null;
    #stripes = null;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.#context = canvas.getContext("2d");
        this.#tiles = new Tiles(
            ({ level, box }) => outlineRuns(this.#object, null, this.#size, box, level),
            200,
        );
    }

    /**
     * @param {Obj | null} object null for no outline
     * @returns {boolean} whether anything changed
     */
    setObject(object, size) {
        const changed = this.#selection !== object || this.#size !== size;
        this.#selection = object;
        if (changed && object) {
            this.#update(object, size);
        }
        return changed;
    }

    /** Outlines of an object that was seen before are traced again only where it changed. */
    #update(object, size) {
        const before = this.#object;
        const known = before?.id === object.id && this.#size === size;
        this.#object = object;
        this.#size = size;
        if (known) {
            const change = differenceBox(before, object, size);
            this.#tiles.invalidate(isEmpty(change) ? change : growBox(change, APRON));
        } else {
            this.#tiles.clear(size);
        }
    }

    get isVisible() {
        return this.#selection !== null && (this.#selection.mask.width > 0 || this.#selection.shape.invert);
    }

    /** @param {number} phase how far the stripes have moved, in device pixels */
    render(view, compare, phase) {
        const context = this.#context;
        context.clearRect(0, 0, view.width, view.height);
        if (!this.isVisible) {
            return;
        }
        context.strokeStyle = this.#pattern(phase);
        context.lineWidth = Math.max(1, Math.round(globalThis.devicePixelRatio ?? 1)) * 1.5;
        for (const pane of panesOf(view, compare).filter(({ side }) => side === "after")) {
            this.#stroke(pane);
        }
    }

    #stroke({ view, clip }) {
        const context = this.#context;
        context.save();
        context.beginPath();
        context.rect(clip.left, clip.top, widthOf(clip), clip.bottom);
        context.clip();
        context.beginPath();
        for (const place of this.#tiles.places(visibleBox(view, this.#size), levelOf(view))) {
            traceRuns(context, this.#tiles.get(place), boxInView(view, place.box), view.scale * 2 ** place.level);
        }
        context.stroke();
        context.restore();
    }

    #pattern(phase) {
        this.#stripes ??= this.#context.createPattern(drawStripes(), "repeat");
        this.#stripes.setTransform(new DOMMatrix().translate(phase % STRIPE, 0));
        return this.#stripes;
    }
}

function traceRuns(context, runs, { left, top }, scale) {
    for (let i = 0; i < runs.length; i += 4) {
        context.moveTo(left + runs[i] * scale, top + runs[i + 1] * scale);
        context.lineTo(left + runs[i + 2] * scale, top + runs[i + 3] * scale);
    }
}

/** Diagonal, so that upright and level lines both show them. */
function drawStripes() {
    const canvas = new OffscreenCanvas(STRIPE, STRIPE);
    const context = canvas.getContext("2d");
    const image = context.createImageData(STRIPE, STRIPE);
    for (let i = 0; i < STRIPE * STRIPE; i++) {
        const light = ((i % STRIPE) + Math.floor(i / STRIPE)) % STRIPE < STRIPE / 2;
        image.data.fill(light ? 255 : 0, i * 4, i * 4 + 3);
        image.data[i * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
}
