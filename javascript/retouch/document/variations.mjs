/**
 * Variations: candidates of one job or of several, which wait until one is kept or all are discarded. They are part of
 * the document, so that undo brings discarded ones back.
 *
 * @typedef {{box: Box, patch: Pixels, mask: Mask, seed: number, scores: object, job?: string, part?: number,
 *     of?: Candidate[], how?: How | null, painting?: Painting}} Candidate `job`: the id of its job; `part`: the index of
 *     its part; `of`: the candidates of several parts that this one shows together; `how` and `painting` as in
 *     `history-file.mjs`
 * @typedef {{id: string, intent: string, name: string, asked: Mask, objects: string[], request: object | null,
 *     parts: Part[], infotext: string, warnings?: string[], steps?: Step[]}} Job `request`: of the only part;
 *     `warnings`: of the answers; `steps`: kept instead of the candidate, which looks the same
 * @typedef {{jobs: Job[], candidates: Candidate[], chosen: number}} Variations `candidates` are best first for each job
 * @typedef {{mask: Mask, request: object, next: number}} Part what to ask again, without pictures, of the objects
 *     that share a prompt, and the first seed that was not tried yet
 */

import { unionBox, boxOfSize, overlap } from "../geometry/box.mjs";
import { changeObject, addStep, newId, composePicture, composeBox, selectObject, addObject } from "./document.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { Pixels } from "../image/pixels.mjs";

/** @returns {Variations | null} */
export function variationsOf(doc) {
    return doc.variations ?? null;
}

/** The job of the chosen candidate. @returns {Job} */
export function chosenJob({ jobs, candidates, chosen }) {
    return jobs.find(({ id }) => id === candidates[chosen].job);
}

/** The document with the candidates of a job behind those that wait. The first of them is chosen. */
export function addJob(doc, { candidates, ...job }) {
    const { jobs, candidates: others } = variationsOf(doc) ?? { jobs: [], candidates: [] };
    const named = Object.freeze({ id: newId(), ...job });
    return withCandidates(doc, [...jobs, named], others, candidates, named.id);
}

/** Adds candidates of a job that has some: behind all others, with the first of the new ones chosen. */
export function addCandidates(doc, id, candidates, { parts, warnings = [] } = {}) {
    const { jobs, candidates: others } = variationsOf(doc);
    const more = (job) =>
        Object.freeze({
            ...job,
            parts: parts ?? job.parts,
            warnings: [...new Set([...(job.warnings ?? []), ...warnings])],
        });
    return withCandidates(doc, jobs.map((job) => (job.id === id ? more(job) : job)), others, candidates, id);
}

function withCandidates(doc, jobs, others, candidates, job) {
    const added = candidates.map((candidate) => ({ ...candidate, job }));
    return setVariations(doc, { jobs, candidates: [...others, ...added], chosen: others.length });
}

/** The document with variations. Nothing stays selected: points and outlines would cover the painted area. */
function setVariations(doc, variations) {
    return Object.freeze({ ...selectObject(doc, null), variations: Object.freeze(variations) });
}

/** The document without variations, and with the object of the chosen one selected again. */
export function clearVariations(doc) {
    const variations = variationsOf(doc);
    return variations
        ? Object.freeze({ ...selectObject(doc, chosenJob(variations).objects.at(-1) ?? doc.selected), variations: null })
        : doc;
}

/** Chooses the variation at `index`, modulo their number. */
export function chooseVariation(doc, index) {
    const variations = variationsOf(doc);
    const count = variations.candidates.length;
    return setVariations(doc, { ...variations, chosen: ((index % count) + count) % count });
}

/**
 * Makes the chosen variation a step, or a step for each of its parts. The objects masked for it are no longer used or
 * shown, so that the next click begins a new object.
 */
export function keepVariation(doc) {
    const { objects, steps } = chosenJob(variationsOf(doc));
    const done = objects.reduce(
        (now, id) => changeObject(now, id, { use: false, visible: false }),
        clearVariations(doc),
    );
    const newSteps = steps ? steps : makeSteps(variationsOf(doc));
    return Object.freeze({ ...selectObject(newSteps.reduce(addStep, done), null), sketch: steps ? doc.sketch : null });
}

/** Variations as versions before 0.2 saved them, of one job, in the present form. */
export function upgradeVariations({ candidates, chosen = 0, ...job }) {
    const id = newId();
    return Object.freeze({
        jobs: [Object.freeze({ id, ...job })],
        candidates: candidates.map((candidate) => ({ ...candidate, job: id })),
        chosen,
    });
}

function makeSteps(variations) {
    const [best, job] = [variations.candidates[variations.chosen], chosenJob(variations)];
    const alike = variations.candidates.filter((other) => other.job === job.id && partKey(other) === partKey(best));
    return listSingles(best).map((one, place) => {
        const others = alike.map((other) => listSingles(other)[place]);
        const step = makeStep(job, one, dropDuplicates(others, one));
        return best.of ? { ...step, asked: step.asked.cropped(overlap(step.asked.box, step.box)) } : step;
    });
}

/** Each painting once, with `one` itself: a region with fewer variations repeats its last one. */
function dropDuplicates(candidates, one) {
    const byPainting = new Map(candidates.map((candidate) => [candidate.painting ?? candidate, candidate]));
    byPainting.set(one.painting ?? one, one);
    return [...byPainting.values()];
}

/** The candidates that one shows together, or itself. */
export function listSingles(candidate) {
    return candidate.of ?? [candidate];
}

/** The candidate with the index of its part. */
export function assignPart(candidate, part) {
    return { ...candidate, part, ...(candidate.of ? { of: candidate.of.map((one) => ({ ...one, part })) } : {}) };
}

function partKey(candidate) {
    return listSingles(candidate).map(({ part }) => part).join();
}

/** The step of one part: `all` are its variations, `one` is the chosen one. */
function makeStep(job, one, all) {
    const { box, patch, mask, seed, scores } = one;
    const { mask: asked, request } = job.parts?.[one.part] ?? { mask: job.asked, request: job.request };
    const origin = { request: { ...request, seed }, infotext: job.infotext, report: { seed, scores } };
    const step = { name: job.name, intent: job.intent, box, patch, mask, asked, ...origin };
    const repaintable = { how: one.how, paintings: all.map(({ painting }) => painting), chosen: all.indexOf(one) };
    return one.how ? { ...step, ...repaintable } : step;
}

/** Switches a step off and makes its mask an object again, as before it was painted. */
export function reopenStep(doc, step) {
    const steps = doc.steps.map((other) => (other.id === step.id ? Object.freeze({ ...other, on: false }) : other));
    return addObject(Object.freeze({ ...clearVariations(doc), steps }), {
        id: newId(),
        name: step.name,
        mask: step.asked,
        added: step.asked,
    });
}

/** One candidate that shows several: each is composited through its own mask on the present picture. */
export function mergeCandidates(doc, candidates) {
    if (candidates.length === 1) {
        return candidates[0];
    }
    const box = candidates.reduce((sum, candidate) => unionBox(sum, candidate.box), candidates[0].box);
    const steps = [...doc.steps.filter(({ on }) => on), ...candidates];
    const mask = candidates.reduce((sum, candidate) => sum.union(binarizeMask(candidate.mask)), NOTHING);
    const scores = meanScores(candidates.map((candidate) => candidate.scores));
    const [{ seed }] = candidates;
    return {
        box,
        patch: composeBox(doc.base, steps, box),
        mask: mask.cropped(box),
        seed,
        scores,
        of: candidates.flatMap(listSingles),
    };
}

/** Each number's mean over those that have one. */
function meanScores(all) {
    const mean = (name) => {
        const known = all.map((scores) => scores[name]).filter(Number.isFinite);
        return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
    };
    return Object.fromEntries(Object.keys(all[0]).map((name) => [name, mean(name)]));
}

function binarizeMask(mask) {
    return new Mask(
        mask.box,
        mask.data.map((alpha) => (alpha ? 255 : 0)),
    );
}

/** The pixels of `after` that differ from the document's picture, as a candidate; null where none do. */
export function changedArea(doc, after) {
    const before = composePicture(doc);
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
export function composeWithCandidate(doc, candidate) {
    const under = composePicture(doc);
    return candidate ? under.put(candidate.patch, candidate.mask, candidate.box) : under;
}

/** A copy of at most `side` pixels a side, by plain subsampling. */
export function makeThumbnail(pixels, side) {
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
