/**
 * Exact Euclidean distances between pixel centres of a binary picture, in time linear in its pixels.
 *
 * The columns are done first, by two sweeps; a row then needs the lower envelope of parabolas
 * (P. Felzenszwalb and D. Huttenlocher, Distance Transforms of Sampled Functions, 2012). Where only
 * "nearer than n" is asked, the envelope becomes a union of intervals, which is cheaper still.
 */

const SOLID = 128;

/**
 * Steps down or up each column to the nearest pixel that counts, at most `far`.
 *
 * @param {Uint8Array} alpha height * width
 * @param {boolean} inside whether pixels >= 128 count, or those below
 * @returns {Uint16Array} 0 on pixels that count, `far` where there is none within `far`
 */
export function columnSteps(alpha, width, height, inside, far) {
    const steps = new Uint16Array(width * height);
    const flip = inside ? 0 : 255;
    for (let i = 0; i < width; i++) {
        steps[i] = (alpha[i] ^ flip) >= SOLID ? 0 : far;
    }
    for (let i = width; i < steps.length; i++) {
        const above = steps[i - width];
        steps[i] = (alpha[i] ^ flip) >= SOLID ? 0 : above < far ? above + 1 : far;
    }
    for (let i = steps.length - width - 1; i >= 0; i--) {
        const below = steps[i + width] + 1;
        if (below < steps[i]) {
            steps[i] = below;
        }
    }
    return steps;
}

/**
 * Which pixels lie within `reach` of one that counts, the pixels that count included.
 *
 * @returns {Uint8Array} 255 where so, else 0
 */
export function within(alpha, width, height, inside, reach) {
    const steps = columnSteps(alpha, width, height, inside, reach + 1);
    const spans = Int32Array.from({ length: reach + 2 }, (_, d) =>
        d > reach ? -1 : Math.floor(Math.sqrt(reach * reach - d * d)),
    );
    const out = new Uint8Array(width * height);
    for (let row = 0; row < out.length; row += width) {
        coverRow(out, steps, spans, row, width);
    }
    return out;
}

/** A pixel at column distance d covers `spans[d]` pixels to each side; -1 covers nothing. */
function coverRow(out, steps, spans, row, width) {
    for (let x = 0, end = -1; x < width; x++) {
        const span = spans[steps[row + x]];
        if (span >= 0 && x + span > end) {
            end = x + span;
        }
        out[row + x] = x <= end ? 255 : 0;
    }
    for (let x = width - 1, end = width; x >= 0; x--) {
        const span = spans[steps[row + x]];
        if (span >= 0 && x - span < end) {
            end = x - span;
        }
        if (x >= end) {
            out[row + x] = 255;
        }
    }
}

/**
 * Squared distance to the nearest pixel that counts; exact up to `far`, at least `far` squared beyond.
 *
 * @param {number} far below 65535
 * @returns {Uint32Array}
 */
export function squaredDistances(alpha, width, height, inside, far) {
    const steps = columnSteps(alpha, width, height, inside, far);
    const out = new Uint32Array(width * height);
    const envelope = { sites: new Int32Array(width), from: new Float64Array(width), far };
    for (let row = 0; row < out.length; row += width) {
        lowerEnvelope(out.subarray(row, row + width), steps.subarray(row, row + width), envelope);
    }
    return out;
}

/** min over x' of (x - x')^2 + steps[x']^2 for each x of one row. */
function lowerEnvelope(out, steps, { sites, from, far }) {
    let last = -1;
    for (let x = 0; x < steps.length; x++) {
        if (steps[x] >= far) {
            continue;
        }
        let start = 0;
        while (last >= 0 && (start = takeover(steps, sites[last], x)) <= from[last]) {
            last--;
        }
        last++;
        sites[last] = x;
        from[last] = last === 0 ? 0 : start;
    }
    if (last < 0) {
        out.fill(far * far);
        return;
    }
    for (let x = 0, at = 0; x < steps.length; x++) {
        while (at < last && from[at + 1] <= x) {
            at++;
        }
        const apart = x - sites[at];
        const step = steps[sites[at]];
        out[x] = apart * apart + step * step;
    }
}

/** The first whole x from which the parabola of site b lies below that of site a < b. */
function takeover(steps, a, b) {
    const ours = steps[b] * steps[b] + b * b;
    const theirs = steps[a] * steps[a] + a * a;
    return Math.max(0, Math.floor((ours - theirs) / (2 * (b - a))) + 1);
}
