/**
 * Mask: soft alpha over part of a picture, 0 = keep, 255 = repaint, 0 everywhere outside its box. Never changed
 * once made. Where `size` is asked for it is the picture's: nothing grows beyond the picture, and its border is
 * no edge to shrink from.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {import("../geometry/box.mjs").Size} Size
 */

import { fromBase64, toBase64 } from "../util/base64.mjs";
import {
    areaOf,
    unionBox,
    boxOf,
    boxOfSize,
    contains,
    growBox,
    heightOf,
    isEmpty,
    moveBox,
    NOWHERE,
    overlap,
    isSameBox,
    widthOf,
} from "../geometry/box.mjs";
import { decodePixels, isOpaque } from "./codec.mjs";
import { decodePng, encodePng, pngHeader } from "./png.mjs";
import { encodeRuns, decodeRuns } from "../util/run-length.mjs";
import * as morphology from "./mask-morphology.mjs";

export class Mask {
    #data;
    #runs = null;
    #area = -1;

    /**
     * @param {Box} box in picture pixels
     * @param {Uint8Array} data height * width of the box; handed over, not copied
     */
    constructor(box, data) {
        if (data.length !== areaOf(box)) {
            throw new RangeError(`${data.length} bytes for a box of ${widthOf(box)}x${heightOf(box)}`);
        }
        this.box = Object.freeze({ ...box });
        this.#data = data;
        Object.freeze(this);
    }

    static ofBox(box) {
        return new Mask(box, new Uint8Array(areaOf(box)).fill(255));
    }

    /** @param {{width: number, height: number, data: Uint8ClampedArray}} pixels alpha where any is not opaque, else luma */
    static fromPixels({ width, height, data }) {
        const alpha = !isOpaque(data);
        const out = new Uint8Array(width * height);
        for (let i = 0, at = 0; i < out.length; i++, at += 4) {
            out[i] = alpha
                ? data[at + 3]
                : (data[at] * 77 + data[at + 1] * 150 + data[at + 2] * 29 + 128) >> 8;
        }
        return new Mask(boxOfSize({ width, height }), out).trimmed();
    }

    /**
     * @param {string} base64 of a PNG, or its data URI: gray as it is, else alpha where there is any, else luma
     * @param {Box} box where it lies; without, at the picture's top left
     */
    static async fromPng(base64, box = null) {
        const bytes = fromBase64(base64);
        const header = pngHeader(bytes);
        const gray = header?.channels === 1;
        const { width, height, data } = gray
            ? await decodePng(bytes)
            : await decodePixels(new Blob([bytes]));
        const read = gray
            ? new Mask(boxOfSize({ width, height }), data)
            : Mask.fromPixels({ width, height, data });
        return box ? new Mask(moveBox(read.box, box.left, box.top), read.data) : read;
    }

    get data() {
        if (!this.#data) {
            this.#data = decodeRuns(this.#runs, areaOf(this.box));
        }
        return this.#data;
    }

    /** @param {Uint32Array} runs as `runs` gave them */
    static fromRuns(box, runs) {
        return new Mask(box, decodeRuns(runs, areaOf(box)));
    }

    /** The data as run lengths: see run-length.mjs. */
    get runs() {
        this.#runs ??= encodeRuns(this.#data);
        return this.#runs;
    }

    /** Keeps only run lengths until `data` is read again: for states far from the present one. */
    compress() {
        this.#runs ??= encodeRuns(this.#data);
        this.#data = null;
    }

    get width() {
        return widthOf(this.box);
    }

    get height() {
        return heightOf(this.box);
    }

    get empty() {
        return this.data.every((alpha) => alpha === 0);
    }

    /** The least shade of the mask's core: half of its strongest one. Infinite for a blank mask. */
    get half() {
        const most = this.data.reduce((most, alpha) => Math.max(most, alpha), 0);
        return most ? most / 2 : Infinity;
    }

    /** Pixels of its core. */
    get area() {
        if (this.#area < 0) {
            const half = this.half;
            this.#area = this.data.reduce((area, alpha) => area + (alpha >= half ? 1 : 0), 0);
        }
        return this.#area;
    }

    at(x, y) {
        return contains(this.box, x, y) ? this.data[(y - this.box.top) * this.width + x - this.box.left] : 0;
    }

    equals(other) {
        const [a, b] = [this.trimmed(), other.trimmed()];
        return isSameBox(a.box, b.box) && a.data.every((alpha, i) => alpha === b.data[i]);
    }

    /** The smallest box around all pixels that differ. */
    differenceTo(other) {
        const box = unionBox(this.box, other.box);
        const [a, b] = [this.read(box), other.read(box)];
        for (let i = 0; i < a.length; i++) {
            a[i] ^= b[i];
        }
        return boundsOf(new Mask(box, a));
    }

    /** The alpha of any box, a copy; 0 where the mask does not reach. */
    read(box) {
        const out = new Uint8Array(areaOf(box));
        const common = overlap(box, this.box);
        const [width, own] = [widthOf(box), this.width];
        for (let y = common.top; y < common.bottom; y++) {
            const from = (y - this.box.top) * own - this.box.left;
            out.set(
                this.data.subarray(from + common.left, from + common.right),
                (y - box.top) * width + common.left - box.left,
            );
        }
        return out;
    }

    cropped(box) {
        return isSameBox(box, this.box) ? this : new Mask(box, this.read(box));
    }

    /** The same elsewhere. */
    moved(dx, dy) {
        return (dx || dy) && !isEmpty(this.box) ? new Mask(moveBox(this.box, dx, dy), this.data) : this;
    }

    /** The same on the smallest box. */
    trimmed() {
        return this.cropped(boundsOf(this));
    }

    union(other) {
        return mixMasks(this, other, unionBox(this.box, other.box), Math.max);
    }

    subtract(other) {
        return mixMasks(this, other, this.box, (a, b) => Math.min(a, 255 - b)).trimmed();
    }

    intersect(other) {
        const common = overlap(this.box, other.box);
        return mixMasks(this, other, common, Math.min).trimmed();
    }

    /** @param {Size} size */
    invert(size) {
        return new Mask(
            boxOfSize(size),
            this.read(boxOfSize(size)).map((alpha) => 255 - alpha),
        ).trimmed();
    }

    /** @param {number} pixels whole; below 0 shrinks */
    grow(pixels, size = null) {
        return pixels < 0 ? this.shrink(-pixels, size) : this.#applyShape(morphology.growAlpha, pixels, size);
    }

    shrink(pixels, size = null) {
        return this.#applyShape(morphology.shrinkAlpha, pixels, size, 1).trimmed();
    }

    /** Opaque where it was solid, falling smoothly outside over `pixels`. */
    feather(pixels, size = null) {
        return this.#applyShape(morphology.featherAlpha, pixels, size);
    }

    /** Teeth and nicks narrower than about `pixels` go. */
    smooth(pixels, size = null) {
        return this.#applyShape(morphology.smoothAlpha, pixels, size).trimmed();
    }

    /** Kept areas that do not reach the mask's bounds are filled. */
    fillHoles() {
        return this.#applyShape(morphology.fillHoles, 1, null, 0);
    }

    /** Connected parts of fewer than `pixels` solid pixels go. */
    dropIslands(pixels) {
        return this.#applyShape(morphology.dropIslands, pixels, null, 0).trimmed();
    }

    #applyShape(shape, amount, size, room = amount) {
        const bounds = boundsOf(this);
        if (amount <= 0 || isEmpty(bounds)) {
            return this;
        }
        const wide = growBox(bounds, room);
        const box = size ? overlap(wide, boxOfSize(size)) : wide;
        return new Mask(box, shape(this.read(box), widthOf(box), heightOf(box), amount));
    }

    /**
     * @param {Size} size the picture's; without, the mask's own box is written
     * @returns {Promise<string>} base64 of an 8-bit gray PNG, white = repaint, to the bit
     */
    async toPng(size = null) {
        const box = size ? boxOfSize(size) : this.box;
        return toBase64(await encodePng(this.read(box), widthOf(box), heightOf(box), 1));
    }
}

export const NOTHING = new Mask(NOWHERE, new Uint8Array(0));

/** The smallest box around everything not 0. */
function boundsOf({ box, data, width, height }) {
    const used = (from, step, count) => {
        for (let i = 0, at = from; i < count; i++, at += step) {
            if (data[at]) {
                return true;
            }
        }
        return false;
    };
    const row = (y) => used(y * width, 1, width);
    let [top, bottom] = [0, height];
    while (top < bottom && !row(top)) {
        top++;
    }
    while (bottom > top && !row(bottom - 1)) {
        bottom--;
    }
    const column = (x) => used(top * width + x, width, bottom - top);
    let [left, right] = [0, top < bottom ? width : 0];
    while (left < right && !column(left)) {
        left++;
    }
    while (right > left && !column(right - 1)) {
        right--;
    }
    return right > left ? moveBox(boxOf(left, top, right, bottom), box.left, box.top) : NOWHERE;
}

/** `a` on `box` with `b` let in by `mix` wherever `box` reaches. */
function mixMasks(a, b, box, mix) {
    const out = a.read(box);
    const common = overlap(box, b.box);
    const [width, theirs, data] = [widthOf(box), widthOf(b.box), b.data];
    for (let y = common.top; y < common.bottom; y++) {
        let to = (y - box.top) * width + common.left - box.left;
        let from = (y - b.box.top) * theirs + common.left - b.box.left;
        for (let x = common.left; x < common.right; x++, to++, from++) {
            out[to] = mix(out[to], data[from]);
        }
    }
    return new Mask(box, out);
}
