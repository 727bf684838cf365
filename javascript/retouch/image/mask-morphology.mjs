/**
 * What can be done to the shape of soft alpha, 0 = keep, 255 = repaint. A shade is a strength: growth and fade act on
 * the mask's level sets, so that a mask of shade 127 grows as one of 136 does. The same rules as the server's masks,
 * number for number: growth is round and exact, and the picture's border is no edge to shrink from.
 * Every function takes (data, width, height, amount) and gives new data of the same size.
 */

import { raiseWithin, squaredDistances } from "./distance-transform.mjs";
import { labelComponents } from "./connected-components.mjs";

/** A mask of more shades than this is taken apart at every 16th shade. */
const EXACT_LEVELS = 16;
const LEVEL_STEP = 16;

/** Every pixel takes the strongest shade within `by` pixels. */
export function growAlpha(data, width, height, by) {
    const out = new Uint8Array(data);
    for (const level of levelsOf(data)) {
        raiseWithin(out, data, width, height, level, by);
    }
    return out;
}

/** Every pixel takes the weakest shade within `by` pixels. */
export function shrinkAlpha(data, width, height, by) {
    return invertAlpha(growAlpha(invertAlpha(data), width, height, by));
}

/** Every shade stays and falls smoothly outside, to exactly 0 from `by` + 1 on. */
export function featherAlpha(data, width, height, by) {
    const out = new Uint8Array(data);
    for (const level of levelsOf(data)) {
        const squares = squaredDistances(data, width, height, level, by + 2);
        const ramp = smoothRamp(by, level);
        for (let i = 0; i < out.length; i++) {
            if (squares[i] < ramp.length && ramp[squares[i]] > out[i]) {
                out[i] = ramp[squares[i]];
            }
        }
    }
    return out;
}

function invertAlpha(data) {
    return data.map((alpha) => 255 - alpha);
}

/** The shades above 0 at which a mask is taken apart, rising. */
function levelsOf(data) {
    const used = new Uint8Array(256);
    for (let i = 0; i < data.length; i++) {
        used[data[i]] = 1;
    }
    const shades = [...used.keys()].filter((shade) => shade && used[shade]);
    if (shades.length <= EXACT_LEVELS) {
        return shades;
    }
    const [least, most] = [shades[0], shades[shades.length - 1]];
    const inner = Array.from({ length: 15 }, (_, step) => LEVEL_STEP * (step + 1));
    return [least, ...inner.filter((level) => level > least && level < most), most];
}

/** Alpha by squared distance to a level set. In single precision and halves to even, as numpy has it, to agree to the bit. */
function smoothRamp(by, level) {
    const round = Math.fround;
    return Uint8Array.from({ length: (by + 1) ** 2 }, (_, square) => {
        const ramp = round(1 - round(round(Math.sqrt(square)) / (by + 1)));
        const smooth = round(round(ramp * ramp) * round(3 - round(2 * ramp)));
        return roundToEven(round(smooth * level));
    });
}

function roundToEven(value) {
    const below = Math.floor(value);
    const rest = value - below;
    return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The strongest shade, 0 in a blank mask. */
function strongestOf(data) {
    let most = 0;
    for (const alpha of data) {
        most = Math.max(most, alpha);
    }
    return most;
}

/** Kept areas that do not reach the border of the data are filled with the strongest shade. */
export function fillHoles(data, width, height) {
    const most = strongestOf(data);
    const isKept = (i) => data[i] === 0 || 2 * data[i] < most;
    const { labels, count } = labelComponents(isKept, width, height, false);
    const outside = new Uint8Array(count + 1);
    outside[0] = 1;
    for (let x = 0; x < width; x++) {
        outside[labels[x]] = outside[labels[labels.length - 1 - x]] = 1;
    }
    for (let row = 0; row < labels.length; row += width) {
        outside[labels[row]] = outside[labels[row + width - 1]] = 1;
    }
    return data.map((alpha, i) => (outside[labels[i]] ? alpha : most));
}

/**
 * Connected parts of fewer than `least` pixels are dropped, with their soft edges. A pixel counts when it has at
 * least half of its part's strongest shade.
 */
export function dropIslands(data, width, height, least) {
    const { labels, count } = labelComponents((i) => data[i] > 0, width, height, true);
    const strongest = new Uint8Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
        strongest[labels[i]] = Math.max(strongest[labels[i]], data[i]);
    }
    const sizes = new Int32Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
        sizes[labels[i]] += data[i] > 0 && 2 * data[i] >= strongest[labels[i]] ? 1 : 0;
    }
    return data.map((alpha, i) => (sizes[labels[i]] < least ? 0 : alpha));
}

const BLURS = 3;

/**
 * Teeth and nicks narrower than about `by` go, straight edges stay: blurred by three boxes of radius
 * by / 3, then made steep again at half of the strongest shade, over about a pixel.
 */
export function smoothAlpha(data, width, height, by) {
    const radius = Math.max(1, Math.round(by / BLURS));
    let blurred = new Float32Array(data);
    for (let turn = 0; turn < BLURS; turn++) {
        blurred = blurColumns(blurRows(blurred, width, height, radius), width, height, radius);
    }
    const steepness = 1.5 * (2 * radius + 1); // an edge is blurred to 3/4 of a box's share a pixel
    const most = strongestOf(data);
    const out = new Uint8ClampedArray(data.length);
    for (let i = 0; i < out.length; i++) {
        out[i] = Math.min((blurred[i] - most / 2) * steepness + most / 2, most);
    }
    return new Uint8Array(out.buffer);
}

/** A running mean; beyond the border lies what lies on it. */
function blurRows(values, width, height, radius) {
    const out = new Float32Array(values.length);
    const share = 1 / (2 * radius + 1);
    for (let row = 0; row < values.length; row += width) {
        const last = row + width - 1;
        let sum = values[row] * (radius + 1);
        for (let x = 1; x <= radius; x++) {
            sum += values[Math.min(row + x, last)];
        }
        for (let at = row; at <= last; at++) {
            out[at] = sum * share;
            const ahead = at + radius + 1;
            const behind = at - radius;
            sum += values[ahead < last ? ahead : last] - values[behind > row ? behind : row];
        }
    }
    return out;
}

function blurColumns(values, width, height, radius) {
    const out = new Float32Array(values.length);
    const share = 1 / (2 * radius + 1);
    const sums = new Float32Array(width);
    const row = (y) => Math.min(Math.max(y, 0), height - 1) * width;
    for (let y = -radius; y <= radius; y++) {
        addRow(sums, values, row(y), 1);
    }
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            out[y * width + x] = sums[x] * share;
        }
        addRow(sums, values, row(y + radius + 1), 1);
        addRow(sums, values, row(y - radius), -1);
    }
    return out;
}

function addRow(sums, values, from, sign) {
    for (let x = 0; x < sums.length; x++) {
        sums[x] += sign * values[from + x];
    }
}
