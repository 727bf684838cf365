/**
 * Kept steps: which depend on one another, and which of its paintings a step shows. A step that the server painted
 * holds all its paintings, packed, and how they were painted. A step over a sketch, or one that an extension moved,
 * holds only what it shows.
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
 * The later steps that are on and were painted upon one, directly or through others.
 *
 * @param {Step[]} steps
 * @returns {Step[]}
 */
export function listStepsUpon(steps, id) {
    const at = steps.findIndex((step) => step.id === id);
    const below = steps.slice(at, at + 1);
    for (const later of steps.slice(at + 1)) {
        if (later.on && below.some((step) => !isEmpty(overlap(seenBox(later), step.box)))) {
            below.push(later);
        }
    }
    return below.slice(1);
}

/** The box of the picture that the model saw for a step; without `how`, the step's own box. */
function seenBox({ how, box }) {
    return how ? boxOfList(how.step.crop) : box;
}

/** @returns {Promise<Step>} the step showing another of its paintings, counted round and round */
export async function choosePainting(step, index) {
    const { paintings } = step;
    const chosen = ((index % paintings.length) + paintings.length) % paintings.length;
    const { box: list, patch, mask, seed, scores } = paintings[chosen];
    const box = boxOfList(list);
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
    const fields = { box, patch: pixels, mask: await Mask.fromPng(mask, box), report: { seed, scores } };
    if (
        ![pixels.box, fields.mask.box].every((one) => widthOf(one) === widthOf(box) && heightOf(one) === heightOf(box))
    ) {
        throw new RangeError("a painting is not as large as its box");
    }
    return Object.freeze({ ...step, ...fields, chosen });
}

/** Steps of a file with ids, and named by region and pass. */
export function labelSteps(steps) {
    const passes = new Set(steps.map(({ how }) => how?.step.pass_index));
    return steps.map((step) =>
        Object.freeze({ id: newId(), ...step, name: step.name || makeStepName(step, passes.size > 1) }),
    );
}

function makeStepName({ how }, several) {
    const label = how?.step.label || text("step.unnamed");
    const name = label[0].toUpperCase() + label.slice(1);
    return several && how ? text("step.ofPass", { name, number: how.step.pass_index + 1 }) : name;
}

/** The document with a step in place of the one of the same id; null where it is no longer there. */
export function replaceStep(doc, step) {
    const steps = doc.steps.map((other) => (other.id === step.id ? step : other));
    return doc.steps.some(({ id }) => id === step.id) ? Object.freeze({ ...doc, steps }) : null;
}
