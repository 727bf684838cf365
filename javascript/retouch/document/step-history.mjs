/**
 * The past: what kept steps have to do with one another, and which of its paintings a step shows. Steps that the
 * server painted carry all of their paintings, packed, and how they were painted; those for which a hand had drawn
 * something, or that an extension moved, only what they show.
 *
 * @typedef {import("./document.mjs").Step} Step
 */

import { fromBase64 } from "../util/base64.mjs";
import { boxOfList, heightOf, isEmpty, overlap, widthOf } from "../geometry/box.mjs";
import { newId } from "./document.mjs";
import { Mask } from "../image/mask.mjs";
import { Pixels } from "../image/pixels.mjs";
import { text } from "../util/text.mjs";

/**
 * Later steps that are on and were painted upon one, however far removed.
 *
 * @param {Step[]} steps
 * @returns {Step[]}
 */
export function upon(steps, id) {
    const at = steps.findIndex((step) => step.id === id);
    const below = steps.slice(at, at + 1);
    for (const later of steps.slice(at + 1)) {
        if (later.on && below.some((step) => !isEmpty(overlap(seenBy(later), step.box)))) {
            below.push(later);
        }
    }
    return below.slice(1);
}

/** What a step saw of the picture, or as much of that as is known. */
function seenBy({ how, box }) {
    return how ? boxOfList(how.step.crop) : box;
}

/** @returns {Promise<Step>} the step showing another of its paintings, counted round and round */
export async function withPainting(step, index) {
    const { paintings } = step;
    const chosen = ((index % paintings.length) + paintings.length) % paintings.length;
    const { box: list, patch, mask, seed, scores } = paintings[chosen];
    const box = boxOfList(list);
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
    const shown = { box, patch: pixels, mask: await Mask.fromPng(mask, box), report: { seed, scores } };
    if (![pixels.box, shown.mask.box].every((one) => widthOf(one) === widthOf(box) && heightOf(one) === heightOf(box))) {
        throw new RangeError("a painting is not as large as its box");
    }
    return Object.freeze({ ...step, ...shown, chosen });
}

/** Steps as they come from a file, with ids, and named by what was found and in which pass. */
export function labelled(steps) {
    const passes = new Set(steps.map(({ how }) => how?.step.pass_index));
    return steps.map((step) => Object.freeze({ id: newId(), ...step, name: step.name || nameOf(step, passes.size > 1) }));
}

function nameOf({ how }, several) {
    const label = how?.step.label || text("step.unnamed");
    const name = label[0].toUpperCase() + label.slice(1);
    return several && how ? text("step.ofPass", { name, number: how.step.pass_index + 1 }) : name;
}

/** The document with a step in place of the one of the same id; null where it is no longer there. */
export function withStep(doc, step) {
    const steps = doc.steps.map((other) => (other.id === step.id ? step : other));
    return doc.steps.some(({ id }) => id === step.id) ? Object.freeze({ ...doc, steps }) : null;
}
