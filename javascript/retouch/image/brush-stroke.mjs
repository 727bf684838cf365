/**
 * A brush stroke: round dabs along the pointer's way, of which every pixel keeps the strongest, so that a stroke
 * at half opacity stays at half where it crosses itself. Alpha is held in square blocks made when first touched:
 * a short stroke on a large picture costs what it covers.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {{size: number, hardness: number, opacity: number}} Brush size: the diameter in picture pixels;
 *     hardness 0..1: the share of the radius that is opaque; opacity 0..1
 * @typedef {{x: number, y: number, pressure: number}} Spot in picture pixels, pixel centres at .5; pressure 0..1
 *     scales the size
 */

import {
    areaOf,
    unionBox,
    boxOf,
    boxOfSize,
    boundingBox,
    isEmpty,
    NOWHERE,
    overlap,
    widthOf,
} from "../geometry/box.mjs";
import { Mask } from "./mask.mjs";

const BLOCK = 256;
/** Of the radius, between dabs: the scallops at a hard edge stay below half a pixel up to a radius of 250. */
const SPACING = 0.12;
/** A pen that barely touches still paints. */
const THINNEST = 0.1;

export class Stroke {
    #blocks = new Map();
    #columns;
    #frame;
    #last = null;
    #owed = 0;

    /**
     * @param {import("../geometry/box.mjs").Size} size the picture's
     * @param {Brush} brush
     */
    constructor(size, brush) {
        this.brush = brush;
        this.bounds = NOWHERE;
        this.#frame = boxOfSize(size);
        this.#columns = Math.ceil(size.width / BLOCK);
    }

    /**
     * Paints on to the next spot.
     *
     * @param {Spot} spot
     * @returns {Box} what changed
     */
    lineTo(spot) {
        const from = this.#last;
        this.#last = spot;
        if (!from) {
            return this.#dab(spot.x, spot.y, this.#radius(spot.pressure));
        }
        return this.#line(from, spot);
    }

    /** Dabs at even distances, also across many short moves. */
    #line(from, to) {
        const length = Math.hypot(to.x - from.x, to.y - from.y);
        let changed = NOWHERE;
        let at = this.#owed;
        while (at <= length && length > 0) {
            const share = at / length;
            const radius = this.#radius(from.pressure + (to.pressure - from.pressure) * share);
            const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
            changed = unionBox(changed, this.#dab(x, y, radius));
            at += Math.max(radius * SPACING, 0.5);
        }
        this.#owed = at - length;
        return changed;
    }

    #radius(pressure) {
        return Math.max((this.brush.size / 2) * Math.max(pressure, THINNEST), 0.5);
    }

    #dab(x, y, radius) {
        const box = overlap(
            boundingBox(x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1),
            this.#frame,
        );
        if (isEmpty(box)) {
            return NOWHERE;
        }
        this.bounds = unionBox(this.bounds, box);
        const profile = dabProfile(radius, this.brush);
        this.#eachBlock(box, (block, part, origin) => pressDab(block, part, origin, { x, y, ...profile }));
        return box;
    }

    #eachBlock(box, act) {
        for (let row = Math.floor(box.top / BLOCK); row * BLOCK < box.bottom; row++) {
            for (let column = Math.floor(box.left / BLOCK); column * BLOCK < box.right; column++) {
                const origin = boxOf(column * BLOCK, row * BLOCK, (column + 1) * BLOCK, (row + 1) * BLOCK);
                act(this.#block(row * this.#columns + column), overlap(origin, box), origin);
            }
        }
    }

    #block(key) {
        const block = this.#blocks.get(key) ?? new Uint8Array(BLOCK * BLOCK);
        this.#blocks.set(key, block);
        return block;
    }

    /** The alpha of a box. */
    read(box) {
        const out = new Uint8Array(areaOf(box));
        const width = widthOf(box);
        const inside = overlap(box, this.bounds);
        if (isEmpty(inside)) {
            return out;
        }
        this.#eachBlock(inside, (block, part, origin) => {
            for (let y = part.top; y < part.bottom; y++) {
                const from = (y - origin.top) * BLOCK - origin.left;
                out.set(
                    block.subarray(from + part.left, from + part.right),
                    (y - box.top) * width + part.left - box.left,
                );
            }
        });
        return out;
    }

    toMask() {
        return new Mask(this.bounds, this.read(this.bounds)).trimmed();
    }
}

/** Opaque up to `core`, then a smooth fall to 0 at `edge`; a hard one takes the pixel that straddles the circle. */
function dabProfile(radius, { hardness, opacity }) {
    const fall = Math.max(radius * (1 - hardness), 1);
    return { core: Math.max(radius + 0.5 - fall, 0), edge: radius + 0.5, full: Math.round(opacity * 255) };
}

function pressDab(block, part, origin, dab) {
    for (let row = part.top; row < part.bottom; row++) {
        const dy = row + 0.5 - dab.y;
        const start = (row - origin.top) * BLOCK - origin.left;
        const [left, right] = columnsWithin(dab.edge, dy, dab.x, part);
        const [from, to] = columnsWithin(dab.core, dy, dab.x, part);
        if (from < to) {
            fadeRow(block, start, [left, from], dy, dab);
            block.fill(dab.full, start + from, start + to); // nothing in a stroke is stronger
            fadeRow(block, start, [to, right], dy, dab);
        } else {
            fadeRow(block, start, [left, right], dy, dab);
        }
    }
}

/** The columns of a row whose centres lie within `radius`, as [from, to). */
function columnsWithin(radius, dy, x, part) {
    const half = Math.sqrt(Math.max(radius * radius - dy * dy, 0));
    const from = Math.max(part.left, Math.ceil(x - half - 0.5));
    return half > 0 ? [from, Math.max(from, Math.min(part.right, Math.floor(x + half - 0.5) + 1))] : [0, 0];
}

function fadeRow(block, start, [from, to], dy, { x, core, edge, full }) {
    const scale = 1 / (edge - core);
    for (let column = from; column < to; column++) {
        const dx = column + 0.5 - x;
        const share = Math.min((edge - Math.sqrt(dx * dx + dy * dy)) * scale, 1);
        const alpha = (share * share * (3 - 2 * share) * full + 0.5) | 0;
        if (alpha > block[start + column]) {
            block[start + column] = alpha;
        }
    }
}
