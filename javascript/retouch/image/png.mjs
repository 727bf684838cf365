/**
 * Lossless PNG of gray, gray + alpha, RGB and RGBA samples (ISO/IEC 15948), by the platform's own zlib. Samples of
 * 8 bits are written; of 16-bit samples the high byte is read, as the server does.
 *
 * A canvas cannot carry these: it multiplies colours by alpha and rounds, and privacy settings may add noise
 * to what is read back. Bytes in, bytes out: nothing here touches a page.
 */

import { crc, joinedBytes, through } from "../util/bytes.mjs";

export const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };
const COLOUR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 };
const HEADER_END = 33;

/**
 * @param {Uint8Array | Uint8ClampedArray} data height * width * channels
 * @param {1 | 2 | 3 | 4} channels
 * @returns {Promise<Uint8Array>} the file
 */
export async function encodePng(data, width, height, channels) {
    const header = new Uint8Array(13);
    const view = new DataView(header.buffer);
    view.setUint32(0, width);
    view.setUint32(4, height);
    header.set([8, COLOUR_TYPES[channels], 0, 0, 0], 8);
    const packed = await through(
        new CompressionStream("deflate"),
        filterRows(data, width * channels, channels),
    );
    const chunks = [makeChunk("IHDR", header), makeChunk("IDAT", packed), makeChunk("IEND", new Uint8Array(0))];
    return joinedBytes([Uint8Array.from(SIGNATURE), ...chunks]);
}

export function isPng(bytes) {
    return bytes.length >= HEADER_END && SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * @returns {{width: number, height: number, channels: number, depth: 8 | 16} | null} null when `decodePng` cannot
 *     read the file: not a PNG, interlaced, with a palette, or of fewer than 8 bits a sample
 */
export function pngHeader(bytes) {
    if (!isPng(bytes)) {
        return null;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [depth, channels] = [bytes[24], CHANNELS[bytes[25]]];
    if (depth < 8 || bytes[28] !== 0 || !channels) {
        return null;
    }
    return { width: view.getUint32(16), height: view.getUint32(20), channels, depth };
}

/**
 * @param {Uint8Array} bytes a file that `pngHeader` knows
 * @returns {Promise<{width: number, height: number, channels: number, data: Uint8Array}>}
 */
export async function decodePng(bytes) {
    const header = pngHeader(bytes);
    if (!header) {
        throw new Error("This is not a gray, RGB or RGBA PNG of 8 or 16 bits without interlacing.");
    }
    const packed = chunksOf(bytes)
        .filter(({ type }) => type === "IDAT")
        .map(({ body }) => body);
    const raw = await through(new DecompressionStream("deflate"), joinedBytes(packed));
    const { depth, ...plain } = header;
    const data = unfilterRows(raw, header);
    return { ...plain, data: depth === 16 ? takeHighBytes(data) : data };
}

/** Big endian: the first of each two. */
function takeHighBytes(data) {
    return Uint8Array.from({ length: data.length / 2 }, (_, i) => data[i * 2]);
}

/**
 * The chunks of a PNG in order; a file that breaks off ends there.
 *
 * @returns {{type: string, body: Uint8Array, whole: Uint8Array}[]} `whole` has length, type and checksum as well;
 *     [] for a file that is no PNG
 */
export function chunksOf(bytes) {
    if (!isPng(bytes)) {
        return [];
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const chunks = [];
    for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
        const length = view.getUint32(at);
        const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
        if (at + 12 + length > bytes.length) {
            break;
        }
        const whole = bytes.subarray(at, at + 12 + length);
        chunks.push({ type, body: whole.subarray(8, 8 + length), whole });
        at += 12 + length;
    }
    return chunks;
}

/** Gray rows as they are, for masks are flat; colours as the difference to the pixel on the left. */
function filterRows(data, stride, channels) {
    const rows = data.length / stride;
    const out = new Uint8Array(data.length + rows);
    const kind = channels === 1 ? 0 : 1;
    for (let row = 0, to = 0; row < rows; row++) {
        const from = row * stride;
        out[to++] = kind;
        out.set(data.subarray(from, from + stride), to);
        for (let i = kind ? stride - 1 : 0; i >= channels; i--) {
            out[to + i] -= data[from + i - channels];
        }
        to += stride;
    }
    return out;
}

function unfilterRows(raw, { width, height, channels, depth }) {
    const step = (channels * depth) / 8;
    const stride = width * step;
    if (raw.length !== (stride + 1) * height) {
        throw new Error(
            `A ${width}x${height} PNG holds ${raw.length} bytes instead of ${(stride + 1) * height}.`,
        );
    }
    const out = new Uint8Array(stride * height);
    for (let y = 0; y < height; y++) {
        const from = y * (stride + 1);
        const line = raw.subarray(from + 1, from + 1 + stride);
        unfilterRow(out, line, raw[from], { at: y * stride, stride, step, above: y > 0 });
    }
    return out;
}

/**
 * One row without its filter (PNG, chapter 9.2).
 *
 * @param {Uint8Array} out all rows; those above are done
 * @param {{at: number, stride: number, step: number, above: boolean}} where `at`: the row's first byte, `step`:
 *     bytes of a pixel, `above`: whether there is a row above
 */
function unfilterRow(out, line, kind, { at, stride, step, above }) {
    out.set(line, at);
    const up = above ? stride : 0;
    const end = at + stride;
    if (kind === 1) {
        addLeft(out, at + step, end, step);
    } else if (kind === 2) {
        addAbove(out, at, up ? end : at, stride);
    } else if (kind === 3) {
        addMean(out, at, end, { step, up });
    } else if (kind === 4) {
        addPaeth(out, at, end, { step, up });
    } else if (kind !== 0) {
        throw new Error(`A PNG row has the unknown filter ${kind}.`);
    }
}

function addLeft(out, from, end, step) {
    for (let i = from; i < end; i++) {
        out[i] += out[i - step];
    }
}

function addAbove(out, from, end, stride) {
    for (let i = from; i < end; i++) {
        out[i] += out[i - stride];
    }
}

/** `up`: bytes back to the row above, 0 where there is none. */
function addMean(out, from, end, { step, up }) {
    for (let i = from; i < end; i++) {
        const left = i >= from + step ? out[i - step] : 0;
        out[i] += (left + (up ? out[i - up] : 0)) >> 1;
    }
}

function addPaeth(out, from, end, { step, up }) {
    for (let i = from; i < end; i++) {
        const left = i >= from + step ? out[i - step] : 0;
        const corner = up && i >= from + step ? out[i - up - step] : 0;
        out[i] += paeth(left, up ? out[i - up] : 0, corner);
    }
}

function paeth(left, up, corner) {
    const guess = left + up - corner;
    const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
    return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** @returns {Uint8Array} a chunk, whole */
export function makeChunk(type, body) {
    const out = new Uint8Array(body.length + 12);
    const view = new DataView(out.buffer);
    view.setUint32(0, body.length);
    out.set(
        Array.from(type, (letter) => letter.charCodeAt(0)),
        4,
    );
    out.set(body, 8);
    view.setUint32(body.length + 8, crc(out.subarray(4, body.length + 8)));
    return out;
}
