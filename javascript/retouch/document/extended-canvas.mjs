/**
 * A document on an extended canvas, which is smaller again after stages are reverted. Objects, steps and sketch keep
 * their place on the picture, and every step kept before can still be switched off.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 * @typedef {{x: number, y: number}} Point
 * @typedef {{number: number, side: string, box: number[], crop: number[], wave: number, seed: number,
 *     done: boolean}} Stage boxes in pixels of the whole canvas
 * @typedef {{state: string, stages: Stage[], known: Box, at: Point, under: {base: Pixels, steps: Step[]},
 *     infotext: string}} Extension the last one of a document. `state` is the server's name for it, `known` what of
 *     the canvas is painted and thus the document's base, `at` where on the canvas the first picture lies,
 *     `under` that picture
 */

import { areaOf, boxOfList, boxOfSize, isEmpty, moveBox, overlap } from "../geometry/box.mjs";
import { composePicture } from "./document.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { clearVariations } from "./variations.mjs";
import { Pixels, alphaBounds } from "../image/pixels.mjs";

/** Alpha from which on a pixel is there. */
const SOLID = 128;
const solidBoxes = new WeakMap();

/** @returns {Extension | null} */
export function extensionOf(doc) {
    return doc.extension ?? null;
}

/**
 * The document on the pixels of an extension: a first one, or another state of the present one.
 *
 * @param {Doc} doc
 * @param {Pixels} pixels of `record.known`
 * @param {Extension} record
 * @returns {Doc} its picture is `pixels`, but for steps kept since; without variations
 */
export function extendDocument(doc, pixels, record) {
    const { under } = record;
    const place = pictureOffset(record);
    const from = doc.base === under.base ? { x: 0, y: 0 } : pictureOffset(extensionOf(doc));
    const move = makeMover(place.x - from.x, place.y - from.y);
    const { base, painted } = restoreUnderSteps(pixels, under, place);
    const laid = makeMover(place.x, place.y);
    const steps = doc.steps.map((step) => {
        const first = under.steps.find(({ id }) => id === step.id);
        return first
            ? subtractPainted(laid.step({ ...first, on: step.on, name: step.name }), painted)
            : move.step(step);
    });
    const { objects, sketch } = clearVariations(doc);
    return Object.freeze({
        ...clearVariations(doc),
        base,
        steps,
        objects: objects.map(move.object),
        sketch: sketch && { ...sketch, box: move.box(sketch.box) },
        infotext: record.infotext,
        extension: Object.freeze(record),
    });
}

/** Where the first picture lies in the base. */
function pictureOffset({ at, known }) {
    return { x: at.x - known.left, y: at.y - known.top };
}

/** A box of the canvas, in pixels of the base. */
export function boxOnBase({ known }, list) {
    return moveBox(boxOfList(list), -known.left, -known.top);
}

/**
 * Moves what lies on a picture. What is shared stays shared; what a segmenter remembers is of another picture, and
 * so is how a step could be painted again.
 */
function makeMover(dx, dy) {
    const masks = new Map();
    const mask = (one) => masks.get(one) ?? masks.set(one, one.moved(dx, dy)).get(one);
    const box = (one) => one && moveBox(one, dx, dy);
    const step = ({ how: _, paintings: __, chosen: ___, ...one }) => {
        const moved = one.asked ? { asked: mask(one.asked) } : {};
        return Object.freeze({ ...one, ...moved, box: box(one.box), mask: mask(one.mask) });
    };
    const object = (one) =>
        Object.freeze({
            ...one,
            mask: mask(one.mask),
            added: mask(one.added),
            cut: mask(one.cut),
            candidates: one.candidates.map(mask),
            clicks: one.clicks.map((click) => ({ ...click, x: click.x + dx, y: click.y + dy })),
            box: box(one.box),
            memory: "",
        });
    return { box, step, object };
}

/** A step of the picture that was extended: the new fades over it, and says how all of it was made. */
function subtractPainted(step, painted) {
    return Object.freeze({ ...step, mask: step.mask.subtract(painted), infotext: "" });
}

/**
 * What was painted with the first picture laid under its steps again, wherever these show unpainted.
 *
 * @returns {{base: Pixels, painted: Mask}} `painted`: where within the first picture's place it differs from it
 */
function restoreUnderSteps(pixels, under, place) {
    if (!under.steps.length) {
        return { base: pixels, painted: NOTHING };
    }
    const before = composePicture(under);
    const box = overlap(moveBox(boxOfSize(before), place.x, place.y), boxOfSize(pixels));
    const data = pixels.data.slice();
    const mask = new Uint8Array(areaOf(box));
    for (let y = box.top, index = 0; y < box.bottom; y++) {
        let to = (y * pixels.width + box.left) * 4;
        let from = ((y - place.y) * before.width + box.left - place.x) * 4;
        for (let x = box.left; x < box.right; x++, to += 4, from += 4, index++) {
            if (sameColour(data, to, before.data, from)) {
                copyColour(data, to, under.base.data, from);
            } else {
                mask[index] = 255;
            }
        }
    }
    const painted = isEmpty(box) ? NOTHING : new Mask(box, mask).trimmed();
    return { base: new Pixels(pixels.width, pixels.height, data), painted };
}

function sameColour(a, i, b, j) {
    return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2];
}

function copyColour(a, i, b, j) {
    a[i] = b[j];
    a[i + 1] = b[j + 1];
    a[i + 2] = b[j + 2];
}

/**
 * The later stages whose crops show a stage, directly or through others.
 *
 * @param {Stage[]} stages
 * @returns {number[]}
 */
export function listDependents(stages, number) {
    const gone = stages.filter((stage) => stage.number === number);
    for (const stage of [...stages].sort((a, b) => a.wave - b.wave || a.number - b.number)) {
        if (gone.some((other) => isDependent(stage, other))) {
            gone.push(stage);
        }
    }
    return gone.slice(1).map((stage) => stage.number);
}

/** The painted dependents of a stage: they are repainted or reverted with it. */
export function listPaintedDependents(stages, number) {
    const painted = stages.filter(({ done }) => done);
    return listDependents(painted, number);
}

function isDependent(stage, other) {
    return other.wave < stage.wave && !isEmpty(overlap(boxOfList(stage.crop), boxOfList(other.box)));
}

/** What the server takes for the picture: a box round everything solid; what is transparent is area to fill. */
export function solidBox(pixels) {
    if (!solidBoxes.has(pixels)) {
        solidBoxes.set(pixels, pixels.opaque ? boxOfSize(pixels) : alphaBounds(pixels, SOLID));
    }
    return solidBoxes.get(pixels);
}
