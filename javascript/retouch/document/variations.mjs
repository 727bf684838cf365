/**
 * The offer: variations that were painted and wait to be kept. It is part of the document, so that undo brings
 * back what was thrown away.
 *
 * @typedef {{box: Box, patch: Pixels, mask: Mask, seed: number, scores: object, part?: number, of?: Candidate[],
 *     how?: How | null, painting?: Painting}} Candidate best first. `part`: the place of its part in the offer; `of`:
 *     those of several parts that this one shows together; `how` and `painting` as in `sidecar.mjs`
 * @typedef {{intent: string, name: string, asked: Mask, objects: string[], request: object | null,
 *     parts: Part[], infotext: string, candidates: Candidate[], chosen: number, warnings?: string[],
 *     steps?: Step[]}} Offer `request`: of the only part; `warnings`: of the answers; `steps`: what is kept instead of the chosen one, which looks the same
 * @typedef {{mask: Mask, request: object, next: number}} Part what to ask again, without pictures, of the objects
 *     that share a prompt, and the first seed that was not tried yet
 */

import { unionBox, boxOfSize, overlap } from "../geometry/box.mjs";
import { changedObject, kept, newId, picture, pictureIn, selected, withObject } from "./document.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { Pixels } from "../image/pixels.mjs";

/** @returns {Offer | null} */
export function offerOf(doc) {
    return doc.offer ?? null;
}

/** Nothing stays selected: points and outlines would lie over what was painted. */
export function withOffer(doc, offer) {
    return Object.freeze({ ...selected(doc, null), offer: Object.freeze({ chosen: 0, ...offer }) });
}

/** Without its offer, and with what it was painted for selected again. */
export function withoutOffer(doc) {
    const offer = offerOf(doc);
    return offer ? Object.freeze({ ...selected(doc, offer.objects.at(-1) ?? doc.selected), offer: null }) : doc;
}

/** The chosen variation, null without an offer. */
export function chosenOf(doc) {
    const offer = offerOf(doc);
    return offer ? offer.candidates[offer.chosen] : null;
}

/** Another variation, counted round and round. */
export function choosing(doc, index) {
    const { candidates } = offerOf(doc);
    const count = candidates.length;
    return withOffer(doc, { ...offerOf(doc), chosen: ((index % count) + count) % count });
}

/** More variations of the same, behind those that are there; the first of the new ones is chosen. */
export function withMore(doc, candidates, { parts = offerOf(doc).parts, warnings = [] } = {}) {
    const offer = offerOf(doc);
    return withOffer(doc, {
        ...offer,
        parts,
        warnings: [...new Set([...(offer.warnings ?? []), ...warnings])],
        candidates: [...offer.candidates, ...candidates],
        chosen: offer.candidates.length,
    });
}

/**
 * The chosen variation becomes a step, or a step for each of its parts. What was masked for it is neither used nor
 * shown any more, so that the next click begins something new.
 */
export function keepingOffer(doc) {
    const { objects, steps } = offerOf(doc);
    const done = objects.reduce((now, id) => changedObject(now, id, { use: false, visible: false }), withoutOffer(doc));
    const made = steps ? steps : stepsOf(offerOf(doc));
    return Object.freeze({ ...selected(made.reduce(kept, done), null), sketch: steps ? doc.sketch : null });
}

function stepsOf(offer) {
    const best = offer.candidates[offer.chosen];
    const alike = offer.candidates.filter((candidate) => partsOf(candidate) === partsOf(best));
    return membersOf(best).map((one, place) => {
        const others = alike.map((other) => membersOf(other)[place]);
        const step = stepOf(offer, one, dropDuplicates(others, one));
        return best.of ? { ...step, asked: step.asked.cropped(overlap(step.asked.box, step.box)) } : step;
    });
}

/** Each painting once, `one` itself among them: a region of fewer variations shows its last with several others. */
function dropDuplicates(candidates, one) {
    const byPainting = new Map(candidates.map((candidate) => [candidate.painting ?? candidate, candidate]));
    byPainting.set(one.painting ?? one, one);
    return [...byPainting.values()];
}

/** Those that a candidate shows together, or itself. */
export function membersOf(candidate) {
    return candidate.of ?? [candidate];
}

/** The candidate as one of an offer's part. */
export function assignPart(candidate, part) {
    return { ...candidate, part, ...(candidate.of ? { of: candidate.of.map((one) => ({ ...one, part })) } : {}) };
}

function partsOf(candidate) {
    return membersOf(candidate).map(({ part }) => part).join();
}

/** Of one part: `all` are its variations, `one` the chosen one. */
function stepOf(offer, one, all) {
    const { box, patch, mask, seed, scores } = one;
    const { mask: asked, request } = offer.parts?.[one.part] ?? { mask: offer.asked, request: offer.request };
    const said = { request: { ...request, seed }, infotext: offer.infotext, report: { seed, scores } };
    const step = { name: offer.name, intent: offer.intent, box, patch, mask, asked, ...said };
    const again = { how: one.how, paintings: all.map(({ painting }) => painting), chosen: all.indexOf(one) };
    return one.how ? { ...step, ...again } : step;
}

/** A step's mask as an object again, and the step itself off: as it was before it was painted. */
export function reopening(doc, step) {
    const steps = doc.steps.map((other) => (other.id === step.id ? Object.freeze({ ...other, on: false }) : other));
    return withObject(Object.freeze({ ...withoutOffer(doc), steps }), {
        id: newId(),
        name: step.name,
        mask: step.asked,
        added: step.asked,
    });
}

/** Several candidates painted side by side as one: each through its own mask, on what is there now. */
export function merged(doc, candidates) {
    if (candidates.length === 1) {
        return candidates[0];
    }
    const box = candidates.reduce((sum, candidate) => unionBox(sum, candidate.box), candidates[0].box);
    const steps = [...doc.steps.filter(({ on }) => on), ...candidates];
    const mask = candidates.reduce((sum, candidate) => sum.union(solid(candidate.mask)), NOTHING);
    const scores = averaged(candidates.map((candidate) => candidate.scores));
    const [{ seed }] = candidates;
    return { box, patch: pictureIn(doc.base, steps, box), mask: mask.cropped(box), seed, scores, of: candidates.flatMap(membersOf) };
}

/** Each number's mean over those that have one. */
function averaged(all) {
    const mean = (name) => {
        const known = all.map((scores) => scores[name]).filter(Number.isFinite);
        return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
    };
    return Object.fromEntries(Object.keys(all[0]).map((name) => [name, mean(name)]));
}

function solid(mask) {
    return new Mask(
        mask.box,
        mask.data.map((alpha) => (alpha ? 255 : 0)),
    );
}

/** A whole picture painted elsewhere, as a candidate of only what differs; null where nothing does. */
export function differing(doc, after) {
    const before = picture(doc);
    if (after.width !== before.width || after.height !== before.height) {
        return null;
    }
    const now = new Uint32Array(before.data.buffer, before.data.byteOffset, before.width * before.height);
    const then = new Uint32Array(after.data.buffer, after.data.byteOffset, now.length);
    const mask = new Mask(
        boxOfSize(before),
        Uint8Array.from(now, (pixel, i) => (pixel === then[i] ? 0 : 255)),
    ).trimmed();
    return mask.width ? { box: mask.box, patch: after.crop(mask.box), mask } : null;
}

/** The picture with a variation on it. */
export function pictureWith(doc, candidate) {
    const under = picture(doc);
    return candidate ? under.put(candidate.patch, candidate.mask, candidate.box) : under;
}

/** A small copy for the strip, at most `side` pixels long, by plain subsampling. */
export function thumbnail(pixels, side) {
    const scale = Math.max(1, Math.max(pixels.width, pixels.height) / side);
    const [width, height] = [pixels.width, pixels.height].map((n) => Math.max(1, Math.round(n / scale)));
    const from = new Uint32Array(pixels.data.buffer, pixels.data.byteOffset, pixels.width * pixels.height);
    const out = new Uint32Array(width * height);
    for (let y = 0; y < height; y++) {
        const row = Math.min(pixels.height - 1, Math.floor((y + 0.5) * scale)) * pixels.width;
        for (let x = 0; x < width; x++) {
            out[y * width + x] = from[row + Math.min(pixels.width - 1, Math.floor((x + 0.5) * scale))];
        }
    }
    return new Pixels(width, height, new Uint8ClampedArray(out.buffer));
}
