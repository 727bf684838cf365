/**
 * Pixels: RGBA of a picture, straight alpha, never changed once made. What is put on a picture becomes opaque in
 * proportion to its mask; all other alpha stays as it came, also where it is 0.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {import("./mask.mjs").Mask} Mask
 */

import { boxOf, boxOfSize, heightOf, overlap, isSameBox, widthOf } from "../geometry/box.mjs";
import { decodePixels, encodePixels, isOpaque } from "./codec.mjs";

export class Pixels {
    #opaque = null;

    /** @param {Uint8ClampedArray} data height * width * 4; handed over, not copied */
    constructor(width, height, data) {
        if (data.length !== width * height * 4) {
            throw new RangeError(`${data.length} bytes for ${width}x${height} RGBA pixels`);
        }
        this.width = width;
        this.height = height;
        this.data = data;
        Object.freeze(this);
    }

    static filled(width, height, colour = [0, 0, 0, 0]) {
        const data = new Uint8ClampedArray(width * height * 4);
        new Uint32Array(data.buffer).fill(new Uint32Array(Uint8Array.from(colour).buffer)[0]);
        return new Pixels(width, height, data);
    }

    /** Any picture file the browser reads, upright. Rejects when it cannot be read. */
    static async fromBlob(blob) {
        const { width, height, data } = await decodePixels(blob);
        return new Pixels(width, height, data);
    }

    /** @returns {Promise<Blob>} PNG, to the bit */
    toBlob() {
        return encodePixels(this);
    }

    get box() {
        return boxOfSize(this);
    }

    get opaque() {
        this.#opaque ??= isOpaque(this.data);
        return this.#opaque;
    }

    /** @returns {number[]} [r, g, b, a] */
    at(x, y) {
        const from = (y * this.width + x) * 4;
        return [...this.data.subarray(from, from + 4)];
    }

    equals({ width, height, data }) {
        return (
            this.width === width && this.height === height && this.data.every((value, i) => value === data[i])
        );
    }

    /** @param {Box} box transparent black where it leaves the picture */
    crop(box) {
        if (isSameBox(box, this.box)) {
            return this;
        }
        const out = Pixels.filled(widthOf(box), heightOf(box));
        const common = overlap(box, this.box);
        for (let y = common.top; y < common.bottom; y++) {
            const from = (y * this.width + common.left) * 4;
            const to = ((y - box.top) * out.width + common.left - box.left) * 4;
            out.data.set(this.data.subarray(from, from + widthOf(common) * 4), to);
        }
        return out;
    }

    /**
     * `patch` through `mask`: round(under + (patch - under) * mask / 255), the server's formula. Where the
     * picture is not opaque it becomes so, and the colour has the share that it has of that (blend.py:
     * composite_alpha).
     *
     * @param {Pixels} patch its top left lies at that of `box`
     * @param {Mask} mask in this picture's coordinates
     * @param {Box} box of the patch
     * @returns {Pixels} the same to the bit wherever the mask is 0
     */
    put(patch, mask, box) {
        const common = overlap(overlap(box, mask.box), this.box);
        const out = new Pixels(this.width, this.height, this.data.slice());
        for (let y = common.top; y < common.bottom; y++) {
            blendRow(out.data, patch.data, mask.data, {
                to: (y * this.width + common.left) * 4,
                over: ((y - box.top) * patch.width + common.left - box.left) * 4,
                alpha: (y - mask.box.top) * widthOf(mask.box) + common.left - mask.box.left,
                count: widthOf(common),
            });
        }
        return out;
    }
}

/** Sums of whole numbers: 255 is odd, so nothing ever lies half way, and adding 127 rounds to nearest. */
function blendRow(under, patch, mask, { to, over, alpha, count }) {
    for (let end = alpha + count; alpha < end; alpha++, to += 4, over += 4) {
        const share = mask[alpha] && under[to + 3] < 255 ? raiseAlpha(under, to + 3, mask[alpha]) : mask[alpha];
        for (let c = 0; share && c < 3; c++) {
            under[to + c] = ((under[to + c] * (255 - share) + patch[over + c] * share + 127) / 255) | 0;
        }
    }
}

/** Raise one alpha by opaque paint of `share` 1..255; the share that the paint's colour then has. */
function raiseAlpha(under, at, share) {
    const after = (under[at] + ((255 - under[at]) * share + 127) / 255) | 0;
    under[at] = after;
    return ((share * 255 + (after >> 1)) / after) | 0;
}

/** The smallest box round all pixels of at least an alpha; an empty one where there are none. */
export function alphaBounds({ width, height, data }, least = 1) {
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            if (data[(y * width + x) * 4 + 3] >= least) {
                left = Math.min(left, x);
                right = Math.max(right, x + 1);
                top = Math.min(top, y);
                bottom = y + 1;
            }
        }
    }
    return boxOf(left, top, right, bottom);
}
