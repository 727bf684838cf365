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
 *     objects: Obj[], selected: string | null, sketch: Layer | null,
 *     variations?: import("./variations.mjs").Variations | null, extension?: import("./extended-canvas.mjs").Extension,
 *     about?: object}} Doc `baggage`: see metadata.mjs; `about`: of the history file it was opened from
 */

import { boxOfSize, moveBox } from "../geometry/box.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { forgetShapes, PLAIN_SHAPE, shapeMask } from "./shaped-mask.mjs";
import { text } from "../util/text.mjs";

export { composePicture, composeBox } from "./compose.mjs";
export { PLAIN_SHAPE, shapeMask };

const NO_BYTES = new Uint8Array(0);

/** @returns {Doc} */
export function newDocument(base = null, name = "", infotext = "", baggage = NO_BYTES) {
    return freeze({ base, name, infotext, baggage, steps: [], objects: [], selected: null, sketch: null });
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
 * Adds an object above the others and selects it.
 *
 * @param {Partial<Obj>} [fields] what differs from an empty object
 * @returns {Doc} its last object is the new one
 */
export function addObject(doc, fields = {}) {
    const object = freeze({ ...emptyObject(doc), ...fields });
    return freeze({ ...doc, objects: [...doc.objects, object], selected: object.id });
}

function emptyObject(doc) {
    return {
        id: newId(),
        name: nextObjectName(doc),
        mask: NOTHING,
        added: NOTHING,
        cut: NOTHING,
        shape: PLAIN_SHAPE,
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

function nextObjectName(doc) {
    const taken = new Set(doc.objects.map(({ name }) => name));
    let number = 1;
    while (taken.has(text("object.numbered", { number }))) {
        number++;
    }
    return text("object.numbered", { number });
}

export function removeObject(doc, id) {
    const at = doc.objects.findIndex((object) => object.id === id);
    const objects = doc.objects.filter((object) => object.id !== id);
    const next = objects[Math.min(at, objects.length - 1)]?.id ?? null;
    return freeze({ ...doc, objects, selected: doc.selected === id ? next : doc.selected });
}

/** @param {Partial<Obj>} changes */
export function changeObject(doc, id, changes) {
    const objects = doc.objects.map((object) =>
        object.id === id ? freeze({ ...object, ...changes }) : object,
    );
    return freeze({ ...doc, objects });
}

/** @param {Partial<Shape>} changes */
export function setShape(doc, id, changes) {
    return changeObject(doc, id, { shape: freeze({ ...objectOf(doc, id).shape, ...changes }) });
}

export function selectObject(doc, id) {
    return doc.selected === id ? doc : freeze({ ...doc, selected: id });
}

/** Sets a segmenter's candidates, smallest first; the strokes on the object stay. */
export function setCandidates(doc, id, candidates, { memory = "", candidate = 0 } = {}) {
    const object = objectOf(doc, id);
    const mask = applyBrush(object, candidates[candidate] ?? NOTHING);
    return changeObject(doc, id, { candidates, candidate, memory, mask });
}

/** Chooses the candidate `by` places on, modulo their number. */
export function nextCandidate(doc, id, by = 1) {
    const { candidates, candidate, memory } = objectOf(doc, id);
    const count = candidates.length;
    const next = count ? (((candidate + by) % count) + count) % count : 0;
    return count > 1 ? setCandidates(doc, id, candidates, { memory, candidate: next }) : doc;
}

/** Adds a stroke or a lasso to an object's mask, or with `erase` removes it. */
export function addStroke(doc, id, stroke, erase) {
    const object = objectOf(doc, id);
    const changes = erase
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
    return changeObject(doc, id, changes);
}

function applyBrush({ added, cut }, mask) {
    return mask.union(added).subtract(cut);
}

/**
 * Combines several objects into the first: their shaped masks, in the order given.
 *
 * @param {"union" | "subtract" | "intersect"} how "subtract" takes the others from the first
 */
export function combineObjects(doc, ids, how) {
    const [first, ...others] = ids.map((id) => objectOf(doc, id));
    const masks = others.map((object) => shapeMask(object, doc.base));
    const mask = masks.reduce((sum, other) => sum[how](other), shapeMask(first, doc.base));
    const objects = doc.objects.filter(({ id }) => id === first.id || !ids.includes(id));
    const plain = {
        mask,
        added: mask,
        cut: NOTHING,
        shape: PLAIN_SHAPE,
        clicks: [],
        box: null,
        candidates: [],
        memory: "",
    };
    return selectObject(changeObject({ ...doc, objects }, first.id, plain), first.id);
}

/** What would be repainted: the objects in use as they are shaped, and wherever the sketch has colour. */
export function activeMask(doc) {
    const masks = doc.objects.filter(({ use }) => use).map((object) => shapeMask(object, doc.base));
    return [...masks, sketchMask(doc.sketch)].reduce((sum, mask) => sum.union(mask), NOTHING);
}

// ---- steps

/** Adds a step on top. @param {Step} step gets an id where it has none; is on unless `on` is false */
export function addStep(doc, step) {
    return freeze({ ...doc, steps: [...doc.steps, freeze({ id: newId(), on: true, ...step })] });
}

export function toggleStep(doc, id) {
    return changeStep(doc, id, (step) => ({ on: !step.on }));
}

export function renameStep(doc, id, name) {
    return changeStep(doc, id, () => ({ name }));
}

function changeStep(doc, id, change) {
    const steps = doc.steps.map((step) => (step.id === id ? freeze({ ...step, ...change(step) }) : step));
    return freeze({ ...doc, steps });
}

export function removeStep(doc, id) {
    return freeze({ ...doc, steps: doc.steps.filter((step) => step.id !== id) });
}

/** @param {number} to the step's new place, 0 lowest */
export function moveStep(doc, id, to) {
    const steps = doc.steps.filter((step) => step.id !== id);
    steps.splice(
        to,
        0,
        doc.steps.find((step) => step.id === id),
    );
    return freeze({ ...doc, steps });
}

// ---- the sketch

/** @param {Layer | null} layer */
export function setSketch(doc, layer) {
    return freeze({ ...doc, sketch: layer });
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
    return sketch && sketch.pixels.crop(moveBox(boxOfSize(base), -sketch.box.left, -sketch.box.top));
}

// ---- memory

/** Compresses the masks of a document that `present` does not share. */
export function compressMasks(doc, present) {
    const near = new Set(present.objects.flatMap(masksOf));
    for (const mask of doc.objects.flatMap(masksOf).filter((mask) => !near.has(mask))) {
        forgetShapes(mask);
        mask.compress();
    }
}

function masksOf({ mask, added, cut, candidates }) {
    return [mask, added, cut, ...candidates];
}

function freeze(record) {
    return Object.freeze(record);
}
