/**
 * Work: what of a document is in no file yet. Saving or sending a picture saves its steps; only what is exported
 * or sent as a mask saves masks.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 */

import { areaOf } from "../geometry/box.mjs";

/** Per picture the lists of steps, and per list of objects the sketches, that are in a file. */
const savedSteps = new WeakMap();
const savedMasks = new WeakMap();

/** The picture as it is now is in a file. */
export function markSaved({ base, steps }) {
    if (base) {
        savedSteps.set(base, (savedSteps.get(base) ?? new WeakSet()).add(steps));
    }
}

/** What is masked now is in a file. */
export function markMasksSaved({ objects, sketch }) {
    savedMasks.set(objects, sketch);
}

/** @returns {boolean} whether the picture as it is now is in a file */
export function isSaved({ base, steps }) {
    return !base || (savedSteps.get(base)?.has(steps) ?? false);
}

/**
 * @param {Doc} doc
 * @returns {string[]} what would be lost with it, in words; [] for nothing
 */
export function listUnsavedWork(doc) {
    const masks = doc.objects.filter(({ use, mask, shape }) => use && (areaOf(mask.box) || shape.invert)).length;
    const areMasksSaved = savedMasks.has(doc.objects) && savedMasks.get(doc.objects) === doc.sketch;
    return [
        isSaved(doc) ? "" : describePainted(doc),
        doc.variations ? "variations that are not kept" : "",
        areMasksSaved ? "" : masks > 1 ? `${masks} masks` : masks ? "a mask" : "",
        areMasksSaved || !doc.sketch ? "" : "a colour sketch",
    ].filter(Boolean);
}

function describePainted({ steps, extension }) {
    const count = steps.filter(({ on }) => on).length;
    const painted = count > 1 ? `${count} steps` : count ? "a step" : "changes";
    return extension ? `an extension and ${painted}` : painted;
}

/** "a, b and c" */
export function joinWords(words) {
    return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" and ");
}
