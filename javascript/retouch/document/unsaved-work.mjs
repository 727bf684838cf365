/**
 * Work: what of a document is in no file yet. Saving or sending a picture saves its steps; only what is exported
 * or sent as a mask saves masks.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 */

import { areaOf } from "../geometry/box.mjs";
import { text } from "../util/text.mjs";

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
        doc.variations ? text("work.variations") : "",
        areMasksSaved || !masks ? "" : text("work.masks", { count: masks }),
        areMasksSaved || !doc.sketch ? "" : text("work.sketch"),
    ].filter(Boolean);
}

function describePainted({ steps, extension }) {
    const count = steps.filter(({ on }) => on).length;
    const painted = count ? text("work.steps", { count }) : text("work.changes");
    return extension ? text("work.extension", { painted }) : painted;
}

/** "a, b and c" */
export function joinWords(words) {
    const [others, last] = [words.slice(0, -1).join(", "), words.at(-1) ?? ""];
    return others ? text("list.and", { others, last }) : last;
}
