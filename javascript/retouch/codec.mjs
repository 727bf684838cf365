/**
 * Picture files to RGBA and back, by the browser where it is exact: for opaque colours. Files with alpha go
 * through our own PNG, because a canvas multiplies colours by alpha and rounds.
 *
 * Colours are taken as the file has them (no colour management), as the server does, so that both see the same
 * numbers; EXIF rotation is applied.
 */

import { chunkNames, decodePng, encodePng, pngHeader } from "./png.mjs";

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

/** @returns {Promise<{width: number, height: number, data: Uint8ClampedArray}>} RGBA, straight alpha, upright */
export async function decodedPixels(blob) {
    const bytes = await bytesOfBlob(blob);
    const header = pngHeader(bytes);
    if (
        header &&
        (header.channels !== 3 || typeof OffscreenCanvas === "undefined") &&
        !chunkNames(bytes).some((name) => name === "eXIf" || name === "tRNS")
    ) {
        return asRgba(await decodePng(bytes));
    }
    return byBrowser(blob);
}

/** @returns {Promise<Blob>} PNG, exact */
export async function encodedPixels({ width, height, data, opaque }) {
    if (!opaque || typeof OffscreenCanvas === "undefined") {
        return new Blob(
            [await encodePng(opaque ? withoutAlpha(data) : data, width, height, opaque ? 3 : 4)],
            {
                type: "image/png",
            },
        );
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
}

async function byBrowser(blob) {
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

function withoutAlpha(data) {
    const out = new Uint8Array((data.length / 4) * 3);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
        out[to] = data[from];
        out[to + 1] = data[from + 1];
        out[to + 2] = data[from + 2];
    }
    return out;
}
