/**
 * What can be done to the shape of soft alpha, 0 = keep, 255 = repaint; solid from 128 up. The same rules as the
 * server's masks, number for number: growth is round and exact, and the picture's border is no edge to shrink from.
 * Every function takes (data, width, height, amount) and gives new data of the same size.
 */

import { squaredDistances, within } from "./distance.mjs";
import { connectedParts } from "./parts.mjs";

const SOLID = 128;

/** Every pixel within `by` of a solid one becomes solid. */
export function grown(data, width, height, by) {
    const out = within(data, width, height, true, by);
    for (let i = 0; i < out.length; i++) {
        if (data[i] > out[i]) {
            out[i] = data[i];
        }
    }
    return out;
}

/** Every pixel within `by` of one that is not solid becomes 0. */
export function shrunk(data, width, height, by) {
    const out = within(data, width, height, false, by);
    for (let i = 0; i < out.length; i++) {
        out[i] = out[i] ? 0 : data[i];
    }
    return out;
}

/** Opaque where solid, falling smoothly outside, to exactly 0 from `by` + 1 on. */
export function feathered(data, width, height, by) {
    const squares = squaredDistances(data, width, height, true, by + 2);
    const ramp = smoothRamp(by);
    const out = new Uint8Array(data);
    for (let i = 0; i < out.length; i++) {
        if (squares[i] < ramp.length && ramp[squares[i]] > out[i]) {
            out[i] = ramp[squares[i]];
        }
    }
    return out;
}

/** Alpha by squared distance. In single precision and halves to even, as numpy has it, to agree to the bit. */
function smoothRamp(by) {
    const round = Math.fround;
    return Uint8Array.from({ length: (by + 1) ** 2 }, (_, square) => {
        const ramp = round(1 - round(round(Math.sqrt(square)) / (by + 1)));
        const smooth = round(round(ramp * ramp) * round(3 - round(2 * ramp)));
        return roundedToEven(round(smooth * 255));
    });
}

function roundedToEven(value) {
    const below = Math.floor(value);
    const rest = value - below;
    return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Kept areas that do not reach the border of the data are filled. */
export function withoutHoles(data, width, height) {
    const { labels, count } = connectedParts((i) => data[i] < SOLID, width, height, false);
    const outside = new Uint8Array(count + 1);
    outside[0] = 1;
    for (let x = 0; x < width; x++) {
        outside[labels[x]] = outside[labels[labels.length - 1 - x]] = 1;
    }
    for (let row = 0; row < labels.length; row += width) {
        outside[labels[row]] = outside[labels[row + width - 1]] = 1;
    }
    const out = new Uint8Array(data);
    for (let i = 0; i < out.length; i++) {
        out[i] |= outside[labels[i]] - 1;
    }
    return out;
}

/** Connected parts of fewer than `least` solid pixels are dropped, with their soft edges. */
export function withoutIslands(data, width, height, least) {
    const { labels, count } = connectedParts((i) => data[i] > 0, width, height, true);
    const sizes = new Int32Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
        sizes[labels[i]] += data[i] >> 7;
    }
    const out = new Uint8Array(data);
    for (let i = 0; i < out.length; i++) {
        if (sizes[labels[i]] < least) {
            out[i] = 0;
        }
    }
    return out;
}

const BLURS = 3;

/**
 * Teeth and nicks narrower than about `by` go, straight edges stay: blurred by three boxes of radius
 * by / 3, then made steep again at one half, over about a pixel.
 */
export function smoothed(data, width, height, by) {
    const radius = Math.max(1, Math.round(by / BLURS));
    let blurred = new Float32Array(data);
    for (let turn = 0; turn < BLURS; turn++) {
        blurred = blurredColumns(blurredRows(blurred, width, height, radius), width, height, radius);
    }
    const steepness = 1.5 * (2 * radius + 1); // an edge is blurred to 3/4 of a box's share a pixel
    const out = new Uint8ClampedArray(data.length);
    for (let i = 0; i < out.length; i++) {
        out[i] = (blurred[i] - 127.5) * steepness + 127.5;
    }
    return new Uint8Array(out.buffer);
}

/** A running mean; beyond the border lies what lies on it. */
function blurredRows(values, width, height, radius) {
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

function blurredColumns(values, width, height, radius) {
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
