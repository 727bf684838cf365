/**
 * Layers: what a view shows of a document, as pixels of any box at any level. Nothing here is drawn, nothing is
 * kept: tiles do both.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {import("../document/document.mjs").Doc} Doc
 * @typedef {{box: Box, patch: Pixels, mask: Mask}} Patch
 * @typedef {{object: Obj | null, stroke: Stroke, erase: boolean, colour: number[] | null}} Live a stroke being
 *     painted: on an object, which may be a new one, or, with a colour, on the sketch; `erase` as it is seen
 */

import { areaOf, unionBox, growBox, heightOf, isEmpty, NOWHERE, overlap, widthOf } from "../geometry/box.mjs";
import { composeBox, shapeMask } from "../document/document.mjs";
import { NOTHING } from "../image/mask.mjs";
import { halveAlpha, halveRgba, halveTimes } from "../image/half-size.mjs";
import { outlineOf } from "../image/mask-outline.mjs";
import { renderLayer } from "../image/sketch-layer.mjs";

/** @typedef {{width: number, height: number, data: Uint8ClampedArray}} Raster RGBA */

/**
 * @param {Patch[]} patches in order
 * @returns {Raster}
 */
export function pictureRaster(base, patches, box, level) {
    const { data, width, height } = composeBox(base, patches, box);
    return halveTimes(halveRgba, level, data, width, height);
}

/** @returns {Raster | null} null where nothing is sketched */
export function sketchRaster(layer, live, box, level) {
    const pixels = renderLayer(layer, live?.colour ? live : null, box);
    return pixels && halveTimes(halveRgba, level, pixels.data, pixels.width, pixels.height);
}

/**
 * The strongest of all masks shown, or all that they leave out, in one colour.
 *
 * @param {{objects: Obj[], live: Live | null, size: Size, colour: number[], inverted?: {planned: Mask | null} | null}}
 *     content colour: [r, g, b]; inverted: see ViewState
 * @returns {Raster | null} null where there is none
 */
export function overlayRaster({ objects, live, size, colour, inverted = null }, box, level) {
    const alphas = objects.map((object) => alphaWithStroke(object, live, size, box)).filter(Boolean);
    if (!alphas.length && !inverted) {
        return null;
    }
    const strongest = alphas.reduce(strongerOf, new Uint8Array(areaOf(box)));
    const visible = inverted ? readPaintedAlpha(inverted, strongest, box) : strongest;
    const { data, width, height } = halveTimes(halveAlpha, level, visible, widthOf(box), heightOf(box));
    const out = new Uint32Array(data.length);
    const rgb = colour[0] | (colour[1] << 8) | (colour[2] << 16);
    for (let i = 0; i < out.length; i++) {
        out[i] = (data[i] << 24) | rgb;
    }
    return { data: new Uint8ClampedArray(out.buffer), width, height };
}

function readPaintedAlpha({ planned }, masked, box) {
    return planned ? planned.read(box) : masked.map((alpha) => 255 - alpha);
}

/** @returns {number[]} see outlineOf, in tile pixels */
export function outlineRuns(object, live, size, box, level) {
    const wide = growBox(box, 2 ** level);
    const alpha = alphaWithStroke(object, live, size, wide);
    if (!alpha) {
        return [];
    }
    const { data, width, height } = halveTimes(halveAlpha, level, alpha, widthOf(wide), heightOf(wide));
    return outlineOf(data, width, height);
}

/** An object's alpha with the stroke that is being painted on it; null where there is none. */
function alphaWithStroke(object, live, size, box) {
    const mask = shapeMask(object, size);
    const stroke = live?.object?.id === object.id && !isEmpty(overlap(live.stroke.bounds, box)) ? live : null;
    if (isEmpty(overlap(mask.box, box))) {
        return stroke && !stroke.erase ? stroke.stroke.read(box) : null;
    }
    const alpha = mask.read(box);
    return stroke ? applyStroke(alpha, stroke.stroke.read(box), stroke.erase) : alpha;
}

function applyStroke(alpha, stroke, erase) {
    return erase
        ? weakerOf(
              alpha,
              stroke.map((value) => 255 - value),
          )
        : strongerOf(alpha, stroke);
}

function strongerOf(a, b) {
    for (let i = 0; i < a.length; i++) {
        if (b[i] > a[i]) {
            a[i] = b[i];
        }
    }
    return a;
}

function weakerOf(a, b) {
    for (let i = 0; i < a.length; i++) {
        if (b[i] < a[i]) {
            a[i] = b[i];
        }
    }
    return a;
}

/** The objects whose masks are shown: also one that is being painted, hidden or not yet there. */
export function listVisibleObjects(doc, live) {
    const painted = live?.object;
    const others = doc.objects.filter(({ visible, id }) => visible && id !== painted?.id);
    return painted ? [...others, painted] : others;
}

/** The objects in use, with one that is being painted. */
export function listUsedObjects(doc, live) {
    const painted = live?.object;
    const used = doc.objects.filter(({ use, id }) => use && id !== painted?.id);
    return painted ? [...used, painted] : used;
}

/** The steps that are on, and above them a variation that is not kept. */
export function patchesOf(doc, preview) {
    return [...doc.steps.filter(({ on }) => on), ...(preview ? [preview] : [])];
}

/** @returns {Box[]} where two lists of patches can differ */
export function changedPatches(before, after) {
    const start = before.findIndex((patch, i) => patch !== after[i]);
    const from = start < 0 ? before.length : start;
    return [...before.slice(from), ...after.slice(from)].map(({ box, mask }) => overlap(box, mask.box));
}

/** @returns {Box[]} where the overlays of two lists of objects can differ */
export function changedMasks(before, after, size) {
    const known = new Map(before.map((object) => [object.id, object]));
    const boxes = after.map((object) => differenceBox(known.get(object.id), object, size));
    const left = new Set(after.map(({ id }) => id));
    const gone = before
        .filter(({ id }) => !left.has(id))
        .map((object) => differenceBox(object, undefined, size));
    return [...boxes, ...gone].filter((box) => !isEmpty(box));
}

/** The box in which two states of an object can look different; exact after a stroke, quick after a slider. */
export function differenceBox(before, after, size) {
    if (before && after && before.mask === after.mask && before.shape === after.shape) {
        return NOWHERE;
    }
    const [a, b] = [before, after].map((object) => (object ? shapeMask(object, size) : NOTHING));
    return before?.shape === after?.shape ? a.differenceTo(b) : unionBox(a.box, b.box);
}

/** @returns {Box[]} where two sketches can differ */
export function changedSketch(before, after) {
    return before === after ? [] : [before?.box ?? NOWHERE, after?.box ?? NOWHERE];
}
