/**
 * The picture that a base and the steps on it make.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {import("./document.mjs").Doc} Doc
 */

import { moveBox, isEmpty, overlap } from "../geometry/box.mjs";
import { Mask } from "../image/mask.mjs";

const pictures = new WeakMap();

/** @returns {Pixels | null} the base with every step that is on, in order; remembered for the last steps asked */
export function composePicture(doc) {
    const steps = doc.steps.filter(({ on }) => on);
    if (!doc.base || !steps.length) {
        return doc.base;
    }
    const last = pictures.get(doc.base);
    if (last && last.steps.length === steps.length && steps.every((step, i) => step === last.steps[i])) {
        return last.pixels;
    }
    const pixels = steps.reduce((under, { patch, mask, box }) => under.put(patch, mask, box), doc.base);
    pictures.set(doc.base, { steps, pixels });
    return pixels;
}

/**
 * Part of the picture, without making all of it.
 *
 * @param {{box: Box, patch: Pixels, mask: Mask}[]} steps in order
 * @returns {Pixels} of the box
 */
export function composeBox(base, steps, box) {
    return steps.reduce((under, step) => putStepInto(under, step, box), base.crop(box));
}

function putStepInto(under, { patch, mask, box: place }, box) {
    const common = overlap(overlap(place, mask.box), box);
    if (isEmpty(common)) {
        return under;
    }
    const here = (there) => moveBox(there, -box.left, -box.top);
    return under.put(patch, new Mask(here(common), mask.read(common)), here(place));
}
