/** Pictures at half the size: each pixel the mean of four. Odd rests repeat their last row or column. */

const LANES = 0x00ff00ff;
const HALVES = 0x00020002;
const OPAQUE = 255;

/** @param {Uint8Array | Uint8ClampedArray} data height * width * 4; colours weigh as much as their alpha */
export function halveRgba(data, width, height) {
    const [wide, high] = [halfOf(width), halfOf(height)];
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    const out = new Uint32Array(wide * high);
    for (let y = 0, to = 0; y < high; y++) {
        const above = 2 * y * width;
        const below = Math.min(2 * y + 1, height - 1) * width;
        for (let x = 0; x < width; x += 2, to++) {
            const right = x + 1 < width ? x + 1 : x;
            out[to] = meanOf(
                pixels[above + x],
                pixels[above + right],
                pixels[below + x],
                pixels[below + right],
            );
        }
    }
    return { data: new Uint8ClampedArray(out.buffer), width: wide, height: high };
}

/** Two channels at a time, 16 bits apart, where all four are opaque. */
function meanOf(a, b, c, d) {
    if ((a & b & c & d) >>> 24 !== OPAQUE) {
        return weighedMean(a, b, c, d);
    }
    const even = (a & LANES) + (b & LANES) + (c & LANES) + (d & LANES) + HALVES;
    const odd =
        ((a >>> 8) & LANES) + ((b >>> 8) & LANES) + ((c >>> 8) & LANES) + ((d >>> 8) & LANES) + HALVES;
    return ((even >>> 2) & LANES) | (((odd >>> 2) & LANES) << 8);
}

function weighedMean(a, b, c, d) {
    const sum = (a >>> 24) + (b >>> 24) + (c >>> 24) + (d >>> 24);
    let out = ((sum + 2) >> 2) << 24;
    for (let shift = 0; sum && shift < 24; shift += 8) {
        out |=
            Math.round(
                (weighedChannel(a, shift) +
                    weighedChannel(b, shift) +
                    weighedChannel(c, shift) +
                    weighedChannel(d, shift)) /
                    sum,
            ) << shift;
    }
    return out;
}

function weighedChannel(pixel, shift) {
    return ((pixel >>> shift) & 255) * (pixel >>> 24);
}

/** @param {Uint8Array} data height * width */
export function halveAlpha(data, width, height) {
    const [wide, high] = [halfOf(width), halfOf(height)];
    const out = new Uint8Array(wide * high);
    for (let y = 0, to = 0; y < high; y++) {
        const above = 2 * y * width;
        const below = Math.min(2 * y + 1, height - 1) * width;
        for (let x = 0; x < width; x += 2, to++) {
            const right = x + 1 < width ? x + 1 : x;
            out[to] =
                (data[above + x] + data[above + right] + data[below + x] + data[below + right] + 2) >> 2;
        }
    }
    return { data: out, width: wide, height: high };
}

/** @param {typeof halveRgba | typeof halveAlpha} halved */
export function halveTimes(halved, times, data, width, height) {
    let out = { data, width, height };
    for (let turn = 0; turn < times; turn++) {
        out = halved(out.data, out.width, out.height);
    }
    return out;
}

function halfOf(length) {
    return (length + 1) >> 1;
}
