/**
 * The document: a picture, the steps kept on it, the objects masked in it, and a sketch. Plain frozen data and
 * functions that give new documents; what does not change is shared.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {{x: number, y: number, positive: boolean, on: boolean}} Click in picture pixels; one that is off is
 *     shown but not sent
 * @typedef {{grow: number, feather: number, smooth: number, holes: boolean, islands: number, invert: boolean}} Shape
 *     in pixels; `holes` fills them, `islands` drops those of fewer pixels
 * @typedef {{id: string, name: string, mask: Mask, added: Mask, cut: Mask, shape: Shape, visible: boolean,
 *     use: boolean, prompt: string, clicks: Click[], box: Box | null, candidates: Mask[], candidate: number,
 *     memory: string}} Obj
 *     `mask` is what the candidate and the brush make together; `added` and `cut` are the brush's share of it, so
 *     that a later click keeps what was painted by hand
 * @typedef {{id: string, name: string, box: Box, patch: Pixels, mask: Mask, on: boolean, request: object,
 *     report: object}} Step
 * @typedef {{box: Box, pixels: Pixels}} Layer RGBA, transparent outside its box
 * @typedef {{base: Pixels | null, name: string, infotext: string, baggage: Uint8Array, steps: Step[],
 *     objects: Obj[], selected: string | null, sketch: Layer | null}} Doc `baggage`: see baggage.mjs
 */

import { boxOfSize, movedBox } from "../geometry/box.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { forget, PLAIN, shapedMask } from "./shaped-mask.mjs";
import { text } from "../util/text.mjs";

export { picture, pictureIn } from "./compose.mjs";
export { PLAIN, shapedMask };

const NO_BYTES = new Uint8Array(0);

/** @returns {Doc} */
export function opened(base = null, name = "", infotext = "", baggage = NO_BYTES) {
    return frozen({ base, name, infotext, baggage, steps: [], objects: [], selected: null, sketch: null });
}

/** Unlike any other, in this document or another; needs no secure page. */
export function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
        byte.toString(16).padStart(2, "0"),
    ).join("");
}

// ---- objects

/** @returns {Obj | null} */
export function objectOf(doc, id) {
    return doc.objects.find((object) => object.id === id) ?? null;
}

export function selectedObject(doc) {
    return objectOf(doc, doc.selected);
}

/**
 * A new object above the others, selected.
 *
 * @param {Partial<Obj>} [given] whatever differs from an empty one
 * @returns {Doc} its last object is the new one
 */
export function withObject(doc, given = {}) {
    const object = frozen({ ...emptyObject(doc), ...given });
    return frozen({ ...doc, objects: [...doc.objects, object], selected: object.id });
}

function emptyObject(doc) {
    return {
        id: newId(),
        name: freeName(doc),
        mask: NOTHING,
        added: NOTHING,
        cut: NOTHING,
        shape: PLAIN,
        visible: true,
        use: true,
        prompt: "",
        clicks: [],
        box: null,
        candidates: [],
        candidate: 0,
        memory: "",
    };
}

function freeName(doc) {
    const taken = new Set(doc.objects.map(({ name }) => name));
    let number = 1;
    while (taken.has(text("object.numbered", { number }))) {
        number++;
    }
    return text("object.numbered", { number });
}

export function withoutObject(doc, id) {
    const at = doc.objects.findIndex((object) => object.id === id);
    const objects = doc.objects.filter((object) => object.id !== id);
    const next = objects[Math.min(at, objects.length - 1)]?.id ?? null;
    return frozen({ ...doc, objects, selected: doc.selected === id ? next : doc.selected });
}

/** @param {Partial<Obj>} changes */
export function changedObject(doc, id, changes) {
    const objects = doc.objects.map((object) =>
        object.id === id ? frozen({ ...object, ...changes }) : object,
    );
    return frozen({ ...doc, objects });
}

/** @param {Partial<Shape>} changes */
export function reshaped(doc, id, changes) {
    return changedObject(doc, id, { shape: frozen({ ...objectOf(doc, id).shape, ...changes }) });
}

export function selected(doc, id) {
    return doc.selected === id ? doc : frozen({ ...doc, selected: id });
}

/** What a segmenter answered, best first; the brush's share stays. */
export function withCandidates(doc, id, candidates, { memory = "", candidate = 0 } = {}) {
    const object = objectOf(doc, id);
    const mask = withHand(object, candidates[candidate] ?? NOTHING);
    return changedObject(doc, id, { candidates, candidate, memory, mask });
}

/** The candidate `by` places on, round and round. */
export function cycled(doc, id, by = 1) {
    const { candidates, candidate, memory } = objectOf(doc, id);
    const count = candidates.length;
    const next = count ? (((candidate + by) % count) + count) % count : 0;
    return count > 1 ? withCandidates(doc, id, candidates, { memory, candidate: next }) : doc;
}

/** A stroke or a lasso on an object's mask: added, or cut out. */
export function painted(doc, id, stroke, erase) {
    const object = objectOf(doc, id);
    const hand = erase
        ? {
              added: object.added.subtract(stroke),
              cut: object.cut.union(stroke),
              mask: object.mask.subtract(stroke),
          }
        : {
              added: object.added.union(stroke),
              cut: object.cut.subtract(stroke),
              mask: object.mask.union(stroke),
          };
    return changedObject(doc, id, hand);
}

function withHand({ added, cut }, mask) {
    return mask.union(added).subtract(cut);
}

/**
 * One object instead of several: their masks as they are shaped, combined in the order given.
 *
 * @param {"union" | "subtract" | "intersect"} how "subtract" takes the others from the first
 */
export function combined(doc, ids, how) {
    const [first, ...others] = ids.map((id) => objectOf(doc, id));
    const masks = others.map((object) => shapedMask(object, doc.base));
    const mask = masks.reduce((sum, other) => sum[how](other), shapedMask(first, doc.base));
    const kept = doc.objects.filter(({ id }) => id === first.id || !ids.includes(id));
    const plain = {
        mask,
        added: mask,
        cut: NOTHING,
        shape: PLAIN,
        clicks: [],
        box: null,
        candidates: [],
        memory: "",
    };
    return selected(changedObject({ ...doc, objects: kept }, first.id, plain), first.id);
}

/** What would be repainted: the objects in use as they are shaped, and wherever the sketch has colour. */
export function activeMask(doc) {
    const masks = doc.objects.filter(({ use }) => use).map((object) => shapedMask(object, doc.base));
    return [...masks, sketchMask(doc.sketch)].reduce((sum, mask) => sum.union(mask), NOTHING);
}

// ---- steps

/** @param {Step} step without an id it is given one, without `on` it is on */
export function kept(doc, step) {
    return frozen({ ...doc, steps: [...doc.steps, frozen({ id: newId(), on: true, ...step })] });
}

export function toggledStep(doc, id) {
    return changedStep(doc, id, (step) => ({ on: !step.on }));
}

export function renamedStep(doc, id, name) {
    return changedStep(doc, id, () => ({ name }));
}

function changedStep(doc, id, change) {
    const steps = doc.steps.map((step) => (step.id === id ? frozen({ ...step, ...change(step) }) : step));
    return frozen({ ...doc, steps });
}

export function withoutStep(doc, id) {
    return frozen({ ...doc, steps: doc.steps.filter((step) => step.id !== id) });
}

/** @param {number} to the step's new place, 0 lowest */
export function movedStep(doc, id, to) {
    const steps = doc.steps.filter((step) => step.id !== id);
    steps.splice(
        to,
        0,
        doc.steps.find((step) => step.id === id),
    );
    return frozen({ ...doc, steps });
}

// ---- the sketch

/** @param {Layer | null} layer */
export function sketched(doc, layer) {
    return frozen({ ...doc, sketch: layer });
}

/** The sketch's alpha as a mask. */
export function sketchMask(layer) {
    if (!layer) {
        return NOTHING;
    }
    const { data } = layer.pixels;
    return new Mask(
        layer.box,
        Uint8Array.from({ length: data.length / 4 }, (_, i) => data[i * 4 + 3]),
    );
}

/** @returns {Pixels | null} the sketch at the picture's size, transparent where nothing was painted */
export function sketchPixels({ base, sketch }) {
    return sketch && sketch.pixels.crop(movedBox(boxOfSize(base), -sketch.box.left, -sketch.box.top));
}

// ---- memory

/** Compresses the masks of a state that the present does not share. */
export function atRest(doc, present) {
    const near = new Set(present.objects.flatMap(masksOf));
    for (const mask of doc.objects.flatMap(masksOf).filter((mask) => !near.has(mask))) {
        forget(mask);
        mask.rest();
    }
}

function masksOf({ mask, added, cut, candidates }) {
    return [mask, added, cut, ...candidates];
}

function frozen(record) {
    return Object.freeze(record);
}
