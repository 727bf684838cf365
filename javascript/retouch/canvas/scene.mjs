/**
 * Scene: the picture, the sketch and the masks' overlay on one canvas, by tiles. Only what changed is redrawn,
 * and making tiles takes a few milliseconds a frame: until one is there, a coarser one stands for it.
 *
 * @typedef {import("../geometry/viewport.mjs").Viewport} Viewport
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {{doc: Doc, live: Live | null, preview: Patch | null, overlay: {colour: string, opacity: number,
 *     show: boolean}, compare: {mode: string, at: number}, inverted: {planned: Mask | null} | null}} Look what is to
 *     be seen; `inverted`: see ViewState
 */

import { boxOfSize, growBox, heightOf, isEmpty, overlap, widthOf } from "../geometry/box.mjs";
import { drawCheckerboard } from "../image/checkerboard.mjs";
import { parseColour } from "../image/colour.mjs";
import * as layers from "./layers.mjs";
import { panesOf } from "./compare-panes.mjs";
import { Tiles } from "./tiles.mjs";
import { boxInView, levelOf, visibleBox } from "../geometry/viewport.mjs";

const CRISP_FROM = 2;
const BUDGET_MS = 8;
/** Tile pixels that smoothing carries a change beyond its box. */
const SMEAR = 2;

export class Scene {
    #context;
    #look = null;
    #theme = null;
    #tiles;
    #deadline = 0;
    #late = false;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.#context = canvas.getContext("2d");
        const tiles = (raster) => new Tiles(makeTileFactory(raster));
        this.#tiles = {
            after: tiles((box, level) =>
                this.#pictureRaster(layers.patchesOf(this.#look.doc, this.#look.preview), box, level),
            ),
            before: tiles((box, level) => this.#pictureRaster(beforePatches(this.#look), box, level)),
            sketch: tiles((box, level) =>
                layers.sketchRaster(this.#look.doc.sketch, this.#look.live, box, level),
            ),
            overlay: tiles((box, level) => layers.overlayRaster(this.#overlayContent(), box, level)),
        };
    }

    #pictureRaster(patches, box, level) {
        return layers.pictureRaster(this.#look.doc.base, patches, box, level);
    }

    #overlayContent() {
        const { doc, live, overlay, inverted } = this.#look;
        const colour = parseColour(overlay.colour);
        return { objects: listOverlaid(this.#look), live, size: doc.base, colour, inverted };
    }

    /**
     * Sets what is shown from now on.
     *
     * @param {Look} look
     * @returns {Box[]} where, in the picture, it differs from before
     */
    setLook(look) {
        const before = this.#look;
        this.#look = look;
        const size = look.doc.base;
        if (!size) {
            return [];
        }
        if (!before || before.doc.base !== size) {
            Object.values(this.#tiles).forEach((tiles) => tiles.clear(size));
            return [boxOfSize(size)];
        }
        const changed = changesOf(before, look);
        for (const [name, boxes] of Object.entries(changed)) {
            boxes.forEach((box) => this.#tiles[name].invalidate(box));
        }
        return Object.values(changed).flat();
    }

    /** What a stroke has just covered. */
    invalidateStroke(box) {
        this.#tiles[this.#look.live?.colour ? "sketch" : "overlay"].invalidate(box);
    }

    /**
     * @param {Viewport} view
     * @param {Box | null} part of the picture to redraw; null for all of the canvas
     * @returns {boolean} whether something is still missing and another frame is due
     */
    render(view, part, theme) {
        this.#theme = theme;
        this.#deadline = performance.now() + BUDGET_MS;
        this.#late = false;
        for (const pane of panesOf(view, this.#look.compare)) {
            this.#renderPane(pane, part);
        }
        return this.#late;
    }

    #renderPane({ view, clip, side }, changed) {
        const context = this.#context;
        const { base } = this.#look.doc;
        const part = changed && growBox(changed, SMEAR * 2 ** levelOf(view));
        const dirty = part ? overlap(boxInView(view, part), clip) : clip;
        if (isEmpty(dirty)) {
            return;
        }
        context.save();
        context.beginPath();
        context.rect(dirty.left, dirty.top, widthOf(dirty), heightOf(dirty));
        context.clip();
        context.fillStyle = this.#theme.ground;
        context.fillRect(dirty.left, dirty.top, widthOf(dirty), heightOf(dirty));
        if (base) {
            this.#renderPicture(view, part ?? visibleBox(view, base), side);
        }
        context.restore();
    }

    #renderPicture(view, part, side) {
        const {
            doc: { base },
            overlay,
        } = this.#look;
        const visible = overlap(visibleBox(view, base), part);
        if (!base.opaque) {
            const seenPart = overlap(boxInView(view, boxOfSize(base)), boxOfSize(view));
            drawCheckerboard(this.#context, seenPart, this.#theme.checks);
        }
        this.#drawTiles(this.#tiles[side], view, visible);
        if (side === "after") {
            this.#drawTiles(this.#tiles.sketch, view, visible);
        }
        if (side === "after" && overlay.show) {
            this.#context.globalAlpha = overlay.opacity;
            this.#drawTiles(this.#tiles.overlay, view, visible);
            this.#context.globalAlpha = 1;
        }
    }

    #drawTiles(tiles, view, visible) {
        const context = this.#context;
        context.imageSmoothingEnabled = view.scale < CRISP_FROM;
        context.imageSmoothingQuality = "low";
        for (const place of tiles.places(visible, levelOf(view))) {
            const late = tiles.isMissing(place) && performance.now() > this.#deadline;
            this.#late ||= late;
            const tile = late ? findCoarserTile(tiles, place) : { from: place, content: tiles.get(place) };
            if (tile?.content) {
                drawPart(context, tile, place, boxInView(view, place.box));
            }
        }
    }
}

/** The nearest coarser tile that exists. */
function findCoarserTile(tiles, place) {
    for (let from = tiles.parent(place), more = 8; from && more > 0; from = tiles.parent(from), more--) {
        const content = tiles.peek(from);
        if (content) {
            return { from, content };
        }
    }
    return null;
}

/** What `place` covers of a tile that covers as much or more, on whole device pixels, so that tiles meet. */
function drawPart(context, { from, content }, { box }, to) {
    const share = 1 / 2 ** from.level;
    context.drawImage(
        content,
        (box.left - from.box.left) * share,
        (box.top - from.box.top) * share,
        widthOf(box) * share,
        heightOf(box) * share,
        to.left,
        to.top,
        widthOf(to),
        heightOf(to),
    );
}

/** Makes tiles that are canvases, of a raster of each part; null as long as all were empty. */
function makeTileFactory(raster) {
    return ({ level, box }, part, before) => {
        const pixels = raster(part, level);
        if (!pixels && !before) {
            return null;
        }
        const share = 1 / 2 ** level;
        const canvas =
            before ?? new OffscreenCanvas(Math.ceil(widthOf(box) * share), Math.ceil(heightOf(box) * share));
        const context = canvas.getContext("2d");
        const [x, y] = [(part.left - box.left) * share, (part.top - box.top) * share];
        if (pixels) {
            context.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), x, y);
        } else {
            context.clearRect(x, y, Math.ceil(widthOf(part) * share), Math.ceil(heightOf(part) * share));
        }
        return canvas;
    };
}

/** Before a variation: the picture as it is kept; without one, as it was opened. */
function beforePatches({ doc, preview }) {
    return preview ? layers.patchesOf(doc, null) : [];
}

/** The objects that make the overlay: those shown, or, to be left out, those in use. */
function listOverlaid({ doc, live, inverted }) {
    return inverted ? layers.listUsedObjects(doc, live) : layers.listVisibleObjects(doc, live);
}

function isSameInversion(before, after) {
    return !before === !after && before?.planned === after?.planned;
}

function changesOf(before, after) {
    const all = before.overlay.colour !== after.overlay.colour || !isSameInversion(before.inverted, after.inverted);
    const size = after.doc.base;
    const live = [before.live, after.live].filter((stroke, i, both) => stroke && both[0] !== both[1]);
    const strokes = (sketch) =>
        live.filter(({ colour }) => Boolean(colour) === sketch).map(({ stroke }) => stroke.bounds);
    const patches = ({ doc, preview }) => layers.patchesOf(doc, preview);
    return {
        after: layers.changedPatches(patches(before), patches(after)),
        before: layers.changedPatches(beforePatches(before), beforePatches(after)),
        sketch: [...layers.changedSketch(before.doc.sketch, after.doc.sketch), ...strokes(true)],
        overlay: all
            ? [boxOfSize(size)]
            : [...layers.changedMasks(listOverlaid(before), listOverlaid(after), size), ...strokes(false)],
    };
}
