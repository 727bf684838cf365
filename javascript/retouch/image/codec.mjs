/**
 * Picture files to RGBA and back, by the browser where it is exact: for opaque colours of no profile. Others go
 * through png.mjs, because a canvas multiplies colours by alpha and rounds, has a largest size, and with some
 * privacy settings adds noise to what is read back.
 *
 * Colours are taken as the file has them (no colour management), as the server does, so that both see the same
 * numbers.
 */

import { chunksOf, decodePng, encodePng, pngHeader } from "./png.mjs";

/** Chunks by which a browser may convert the colours or turn the picture. */
const MANAGED = new Set(["iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf"]);
/** Pixels of a side, and of all, that every browser's canvas holds. */
const [LONGEST, LARGEST] = [16_384, 2 ** 27];

/** @returns {Promise<Uint8Array>} */
export async function bytesOfBlob(blob) {
    return new Uint8Array(await blob.arrayBuffer());
}

/** @param {Uint8ClampedArray} data RGBA */
export function isOpaque(data) {
    for (let i = 3; i < data.length; i += 4) {
        if (data[i] !== 255) {
            return false;
        }
    }
    return true;
}

/** @param {Uint8ClampedArray} data RGBA */
export function isGrey(data) {
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) {
            return false;
        }
    }
    return true;
}

/**
 * A picture file that a server or this page wrote, or any that `decodePng` reads. An orientation in a PNG's EXIF is
 * not applied: see read-picture.mjs.
 *
 * @returns {Promise<{width: number, height: number, data: Uint8ClampedArray}>} RGBA, straight alpha
 */
export async function decodePixels(blob) {
    const bytes = await bytesOfBlob(blob);
    const header = pngHeader(bytes);
    const types = chunksOf(bytes).map(({ type }) => type);
    if (!header || types.includes("tRNS")) {
        return decodeInBrowser(blob);
    }
    const plain = header.channels === 3 && header.depth === 8 && !types.some((type) => MANAGED.has(type));
    return plain && fitsCanvas(header) ? decodeInBrowser(blob) : asRgba(await decodePng(bytes));
}

/** @returns {Promise<Blob>} PNG, exact */
export async function encodePixels({ width, height, data, opaque }) {
    if (!opaque || !fitsCanvas({ width, height })) {
        const png = await encodePng(opaque ? withoutAlpha(data) : data, width, height, opaque ? 3 : 4);
        return new Blob([png], { type: "image/png" });
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
}

/** @returns {Promise<Uint8Array>} PNG of the first colour, with alpha where it is not opaque */
export function encodeGrey({ width, height, data, opaque }) {
    return encodePng(takeGrey(data, opaque), width, height, opaque ? 1 : 2);
}

/** Whether a canvas of this size gives opaque colours back as it got them. */
function fitsCanvas({ width, height }) {
    return Math.max(width, height) <= LONGEST && width * height <= LARGEST && isCanvasExact();
}

let exact = null;

/** Some privacy settings add noise to what is read from a canvas. */
function isCanvasExact() {
    exact ??=
        typeof OffscreenCanvas !== "undefined" &&
        readsBackExactly(Uint8ClampedArray.from({ length: 1024 }, makeSample));
    return exact;
}

function makeSample(_, i) {
    return i % 4 === 3 ? 255 : (i * 151) % 256;
}

function readsBackExactly(data) {
    const context = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
    context.putImageData(new ImageData(data, 16, 16), 0, 0);
    const read = context.getImageData(0, 0, 16, 16).data;
    return data.every((value, i) => value === read[i]);
}

/** Any picture file as the browser reads it, upright. Where it is transparent its colours are not exact. */
export async function decodeInBrowser(blob) {
    const bitmap = await createImageBitmap(blob, {
        imageOrientation: "from-image",
        colorSpaceConversion: "none",
        premultiplyAlpha: "none",
    });
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { width, height, data: context.getImageData(0, 0, width, height).data };
}

function asRgba({ width, height, channels, data }) {
    if (channels === 4) {
        return { width, height, data: new Uint8ClampedArray(data.buffer) };
    }
    const out = new Uint8ClampedArray(width * height * 4).fill(255);
    const [colours, alpha] = [channels > 2 ? 3 : 1, channels % 2 === 0 ? channels - 1 : -1];
    for (let i = 0, to = 0; i < data.length; i += channels, to += 4) {
        for (let c = 0; c < 3; c++) {
            out[to + c] = data[i + (colours === 3 ? c : 0)];
        }
        out[to + 3] = alpha < 0 ? 255 : data[i + alpha];
    }
    return { width, height, data: out };
}

function takeGrey(data, opaque) {
    const step = opaque ? 4 : 2;
    const out = new Uint8Array(data.length / step);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 4 / step) {
        out[to] = data[from];
        if (!opaque) {
            out[to + 1] = data[from + 3];
        }
    }
    return out;
}

function withoutAlpha(data) {
    const out = new Uint8Array((data.length / 4) * 3);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
        out[to] = data[from];
        out[to + 1] = data[from + 1];
        out[to + 2] = data[from + 2];
    }
    return out;
}
