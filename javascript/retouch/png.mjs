/**
 * Lossless PNG of 8-bit gray, gray + alpha, RGB and RGBA samples (ISO/IEC 15948), by the platform's own zlib.
 *
 * A canvas cannot carry these: it multiplies colours by alpha and rounds, and privacy settings may add noise
 * to what is read back. Bytes in, bytes out: nothing here touches a page.
 */

import { crc, joinedBytes, through } from "./bytes.mjs";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
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
        filtered(data, width * channels, channels),
    );
    const chunks = [chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", new Uint8Array(0))];
    return joinedBytes([Uint8Array.from(SIGNATURE), ...chunks]);
}

/**
 * @returns {{width: number, height: number, channels: number} | null} null when `decodePng` cannot read the
 *     file: not a PNG, interlaced, with a palette, or of another depth than 8 bits
 */
export function pngHeader(bytes) {
    if (bytes.length < HEADER_END || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
        return null;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const channels = CHANNELS[bytes[25]];
    if (bytes[24] !== 8 || bytes[28] !== 0 || !channels) {
        return null;
    }
    return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

/**
 * @param {Uint8Array} bytes a file that `pngHeader` knows
 * @returns {Promise<{width: number, height: number, channels: number, data: Uint8Array}>}
 */
export async function decodePng(bytes) {
    const header = pngHeader(bytes);
    if (!header) {
        throw new Error("This is not an 8-bit gray, RGB or RGBA PNG without interlacing.");
    }
    const packed = chunksOf(bytes)
        .filter(({ type }) => type === "IDAT")
        .map(({ body }) => body);
    const raw = await through(new DecompressionStream("deflate"), joinedBytes(packed));
    return { ...header, data: unfiltered(raw, header) };
}

/** The chunks' names before the picture data: tells whether a file holds more than its pixels. */
export function chunkNames(bytes) {
    return chunksOf(bytes).map(({ type }) => type);
}

function chunksOf(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found = [];
    for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
        const length = view.getUint32(at);
        const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
        found.push({ type, body: bytes.subarray(at + 8, at + 8 + length) });
        at += 12 + length;
    }
    return found;
}

/** Gray rows as they are, for masks are flat; colours as the difference to the pixel on the left. */
function filtered(data, stride, channels) {
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

function unfiltered(raw, { width, height, channels }) {
    const stride = width * channels;
    if (raw.length !== (stride + 1) * height) {
        throw new Error(
            `A ${width}x${height} PNG holds ${raw.length} bytes instead of ${(stride + 1) * height}.`,
        );
    }
    const out = new Uint8Array(stride * height);
    for (let y = 0; y < height; y++) {
        const from = y * (stride + 1);
        const line = raw.subarray(from + 1, from + 1 + stride);
        unfilterRow(out, line, raw[from], { at: y * stride, stride, channels, above: y > 0 });
    }
    return out;
}

function unfilterRow(out, line, kind, { at, stride, channels, above }) {
    if (kind === 0) {
        out.set(line, at);
        return;
    }
    for (let i = 0; i < stride; i++) {
        const left = i >= channels ? out[at + i - channels] : 0;
        const up = above ? out[at + i - stride] : 0;
        const corner = above && i >= channels ? out[at + i - stride - channels] : 0;
        out[at + i] = line[i] + predicted(kind, left, up, corner);
    }
}

function predicted(kind, left, up, corner) {
    switch (kind) {
        case 1:
            return left;
        case 2:
            return up;
        case 3:
            return (left + up) >> 1;
        case 4:
            return paeth(left, up, corner);
        default:
            throw new Error(`A PNG row has the unknown filter ${kind}.`);
    }
}

function paeth(left, up, corner) {
    const guess = left + up - corner;
    const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
    return a <= b && a <= c ? left : b <= c ? up : corner;
}

function chunk(type, body) {
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
