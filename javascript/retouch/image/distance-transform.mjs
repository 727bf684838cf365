/**
 * Exact Euclidean distances between pixel centres to the pixels that have at least a shade, in time linear in the
 * pixels.
 *
 * The columns are done first, by two sweeps; a row then needs the lower envelope of parabolas
 * (P. Felzenszwalb and D. Huttenlocher, Distance Transforms of Sampled Functions, 2012). Where only
 * "nearer than n" is asked, the envelope becomes a union of intervals, which is cheaper still.
 */

/**
 * Steps down or up each column to the nearest pixel that counts, at most `far`.
 *
 * @param {Uint8Array} alpha height * width
 * @param {number} level pixels of at least this shade count
 * @returns {Uint16Array} 0 on pixels that count, `far` where there is none within `far`
 */
function columnSteps(alpha, width, height, level, far) {
    const steps = new Uint16Array(width * height);
    for (let i = 0; i < width; i++) {
        steps[i] = alpha[i] >= level ? 0 : far;
    }
    for (let i = width; i < steps.length; i++) {
        const above = steps[i - width];
        steps[i] = alpha[i] >= level ? 0 : above < far ? above + 1 : far;
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
 * Raise `out` to at least `level` within `reach` pixels of each pixel of `alpha` that has at least `level`.
 *
 * @param {Uint8Array} out height * width, 0..255; changed in place
 * @param {Uint8Array} alpha height * width, 0..255
 */
export function raiseWithin(out, alpha, width, height, level, reach) {
    const steps = columnSteps(alpha, width, height, level, reach + 1);
    const spans = Int32Array.from({ length: reach + 2 }, (_, d) =>
        d > reach ? -1 : Math.floor(Math.sqrt(reach * reach - d * d)),
    );
    for (let row = 0; row < out.length; row += width) {
        raiseRow(out, steps, spans, row, width, level);
    }
}

/** A pixel at column distance d reaches `spans[d]` pixels to each side; -1 reaches nothing. */
function raiseRow(out, steps, spans, row, width, level) {
    for (let x = 0, end = -1; x < width; x++) {
        const span = spans[steps[row + x]];
        if (span >= 0 && x + span > end) {
            end = x + span;
        }
        if (x <= end && out[row + x] < level) {
            out[row + x] = level;
        }
    }
    for (let x = width - 1, end = width; x >= 0; x--) {
        const span = spans[steps[row + x]];
        if (span >= 0 && x - span < end) {
            end = x - span;
        }
        if (x >= end && out[row + x] < level) {
            out[row + x] = level;
        }
    }
}

/**
 * Squared distance to the nearest pixel that counts; exact up to `far`, at least `far` squared beyond.
 *
 * @param {number} far below 65535
 * @returns {Uint32Array}
 */
export function squaredDistances(alpha, width, height, level, far) {
    const steps = columnSteps(alpha, width, height, level, far);
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
