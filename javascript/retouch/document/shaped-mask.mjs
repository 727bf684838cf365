/** An object's mask as its shape knobs make it, remembered while the mask lives. */

import { boxOfSize, overlap } from "../geometry/box.mjs";

/** @typedef {import("./document.mjs").Shape} Shape */

/** @type {Shape} leaves a mask as it is */
export const PLAIN_SHAPE = Object.freeze({
    grow: 0,
    feather: 0,
    smooth: 0,
    holes: false,
    islands: 0,
    invert: false,
});

/** Results kept per mask: a slider going to and fro meets its last few. */
const KEPT = 4;

const results = new WeakMap();

/**
 * Holes and islands first, for smoothing and growth would close or enlarge them; the soft edge after the hard
 * one; inversion last, so that growth is always of what was pointed at.
 *
 * @param {import("./document.mjs").Obj} object
 * @param {import("../geometry/box.mjs").Size | null} size the picture's; needed to invert, and cuts off what grows out
 * @returns {import("../image/mask.mjs").Mask}
 */
export function shapeMask({ mask, shape }, size = null) {
    if (isPlainShape(shape)) {
        return mask;
    }
    const key = JSON.stringify([shape, size?.width, size?.height]);
    const known = results.get(mask) ?? results.set(mask, new Map()).get(mask);
    const result = known.get(key) ?? applyShape(mask, shape, size);
    known.delete(key);
    known.set(key, result);
    if (known.size > KEPT) {
        known.delete(known.keys().next().value);
    }
    return result;
}

/** Lets go of what was remembered for a mask. */
export function forgetShapes(mask) {
    results.delete(mask);
}

function isPlainShape(shape) {
    return Object.keys(PLAIN_SHAPE).every((knob) => shape[knob] === PLAIN_SHAPE[knob]);
}

function applyShape(mask, { grow, feather, smooth, holes, islands, invert }, size) {
    let out = size ? mask.cropped(overlap(mask.box, boxOfSize(size))) : mask;
    out = holes ? out.fillHoles() : out;
    out = islands > 0 ? out.dropIslands(islands) : out;
    out = smooth > 0 ? out.smooth(smooth, size) : out;
    out = grow ? out.grow(grow, size) : out;
    out = feather > 0 ? out.feather(feather, size) : out;
    return invert && size ? out.invert(size) : out;
}
