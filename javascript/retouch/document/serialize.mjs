/**
 * Documents as what a browser can store, and back: pixels as PNG files, masks as run lengths. What documents share is
 * stored once, and is shared again when they are read.
 */

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
export function serialize(value) {
    return makeVisitor(serializeLeaf)(value);
}

export function deserialize(value) {
    return makeVisitor(deserializeLeaf)(value);
}

/** What stands for a leaf; undefined for what is no leaf. */
function serializeLeaf(value) {
    if (value instanceof Pixels) {
        return fileOf(value).then((file) => ({ kind: "pixels", file }));
    }
    if (value instanceof Mask) {
        return { kind: "mask", box: { ...value.box }, runs: value.runs };
    }
    return isBytes(value) ? value : undefined;
}

/** Versions up to 0.2 stored the bytes of a mask as `data`. */
function deserializeLeaf(value) {
    if (value.kind === "pixels" && value.file instanceof Blob) {
        return readPixels(value.file);
    }
    if (value.kind === "mask" && value.runs instanceof Uint32Array) {
        return Mask.fromRuns(value.box, value.runs);
    }
    if (value.kind === "mask" && value.data instanceof Uint8Array) {
        return new Mask(value.box, value.data);
    }
    return isBytes(value) ? value : undefined;
}

async function readPixels(file) {
    const pixels = await Pixels.fromBlob(file);
    files.set(pixels, Promise.resolve(file));
    return pixels;
}

function isBytes(value) {
    return value instanceof Uint8Array || value instanceof Uint32Array;
}

/** A function that converts a tree. It converts each object once, wherever it stands in the tree. */
function makeVisitor(convertLeaf) {
    const converted = new Map();
    const visit = (value) => {
        if (value === null || typeof value !== "object") {
            return value;
        }
        if (!converted.has(value)) {
            converted.set(value, Promise.resolve(convertLeaf(value)).then((leaf) => leaf ?? mapTree(value, visit)));
        }
        return converted.get(value);
    };
    return async (value) => visit(value);
}

async function mapTree(value, visit) {
    if (Array.isArray(value)) {
        return Object.freeze(await Promise.all(value.map(visit)));
    }
    const entries = Object.entries(value).map(async ([name, item]) => [name, await visit(item)]);
    return Object.freeze(Object.fromEntries(await Promise.all(entries)));
}
