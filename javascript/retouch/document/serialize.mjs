/** A document as what a browser can store: pixels as PNG files, masks as plain bytes; and back. */

import { Mask } from "../image/mask.mjs";
import { Pixels } from "../image/pixels.mjs";

const files = new WeakMap();

/** Pixels never change: each picture is made a file once. */
function fileOf(pixels) {
    if (!files.has(pixels)) {
        files.set(pixels, pixels.toBlob());
    }
    return files.get(pixels);
}

/** Any tree of plain data, bytes, pixels and masks. */
export async function serialize(value) {
    if (value instanceof Pixels) {
        return { kind: "pixels", file: await fileOf(value) };
    }
    if (value instanceof Mask) {
        return { kind: "mask", box: { ...value.box }, data: value.data };
    }
    if (value instanceof Uint8Array) {
        return value;
    }
    return mapTree(value, serialize);
}

export async function deserialize(value) {
    if (value?.kind === "pixels" && value.file instanceof Blob) {
        const pixels = await Pixels.fromBlob(value.file);
        files.set(pixels, Promise.resolve(value.file));
        return pixels;
    }
    if (value?.kind === "mask" && value.data instanceof Uint8Array) {
        return new Mask(value.box, value.data);
    }
    return value instanceof Uint8Array ? value : mapTree(value, deserialize);
}

async function mapTree(value, visit) {
    if (Array.isArray(value)) {
        return Object.freeze(await Promise.all(value.map(visit)));
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    const entries = Object.entries(value).map(async ([name, item]) => [name, await visit(item)]);
    return Object.freeze(Object.fromEntries(await Promise.all(entries)));
}
