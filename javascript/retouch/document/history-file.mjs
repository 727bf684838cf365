/**
 * A document's history as the server's `.retouch` file: a ZIP of `before.png`, `history.json` and, for each entry,
 * its paintings and, where it is known how they were painted, the masks of that. What only this page knows of a
 * step, as how to reopen it, rides along under `about.page`.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 * @typedef {import("./document.mjs").Step} Step
 * @typedef {{seed: number, box: number[], scores: object, score: number, patch: string, mask: string}} Painting
 *     patch and mask: PNG as base64, as the file has them, for few of them are ever looked at
 * @typedef {{step: object, masks: Object<string, string>}} How of the server: what paints a step again, opaque
 */

import { readBaggage, infotextOf, packPng } from "./metadata.mjs";
import { fromBase64, toBase64 } from "../util/base64.mjs";
import { boxOfList, boxOfSize, isEmpty, listOfBox, overlap, isSameBox } from "../geometry/box.mjs";
import { bytesOfBlob } from "../image/codec.mjs";
import { newDocument } from "./document.mjs";
import { readPngText } from "../image/png-text.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { keepFiniteScores } from "./scores.mjs";
import { labelSteps, choosePainting } from "./step-history.mjs";
import { Pixels } from "../image/pixels.mjs";
import { contentOf, membersOf, zipped } from "../util/zip.mjs";
import { text } from "../util/text.mjs";

export const ENDING = ".retouch";
const SCHEMA = 1;
const TEXT = "history.json";
const BEFORE = "before.png";
const MASKS = ["denoise", "composite", "hole"];
const LABEL = 200;

/** @returns {Promise<Doc>} the picture as it was before everything, with each entry a step; rejects in a sentence */
export async function readHistoryFile(bytes, name = "") {
    try {
        return await parseMembers(membersOf(bytes), name);
    } catch {
        throw new Error(text(name ? "open.damaged" : "open.damagedUnnamed", { name }));
    }
}

async function parseMembers(members, name) {
    const { schema, entries, about } = JSON.parse(new TextDecoder().decode(await contentOf(members.get(TEXT))));
    if (schema !== SCHEMA || !Array.isArray(entries) || !about) {
        throw new RangeError(`schema ${schema}`);
    }
    const before = await contentOf(members.get(BEFORE));
    const base = await Pixels.fromBlob(new Blob([before]));
    const page = about.page?.steps?.length === entries.length ? about.page : null;
    const pending = entries.map(async (entry, place) => {
        const file = (kind) => contentOf(members.get(`${place}-${kind}.png`)).then(toBase64);
        const fields = page ? await readPageFields(page.steps[place]) : { infotext: about.infotext ?? "" };
        return { ...(await readStep(entry, file, base)), ...fields };
    });
    const steps = labelSteps(await Promise.all(pending));
    const plain = newDocument(base, name, page?.before ?? readPngText(before), readBaggage(before));
    return Object.freeze({ ...plain, steps: Object.freeze(steps), about });
}

/** The steps that the document's file holds, in order: those that touch the picture. */
export function listFileSteps(doc) {
    return doc.steps.filter(({ box }) => !isEmpty(overlap(box, boxOfSize(doc.base))));
}

/** @returns {Promise<Uint8Array>} the file, of the steps that `listFileSteps` names */
export async function writeHistoryFile(doc) {
    const steps = listFileSteps(doc);
    const entries = await Promise.all(steps.map((step, place) => makeEntry(step, place, doc.base)));
    const page = { before: doc.infotext, steps: await Promise.all(steps.map(packPageFields)) };
    const about = { ...doc.about, infotext: infotextOf(doc), page };
    const text = JSON.stringify({ schema: SCHEMA, about, entries: entries.map(({ entry }) => entry) });
    const before = await packPng(doc.base, doc.baggage, doc.infotext);
    const files = entries.flatMap(({ files }) => files.map(([name, png]) => [name, fromBase64(png)]));
    return zipped([[TEXT, new TextEncoder().encode(text)], [BEFORE, before], ...files]);
}

// ---- an entry and a step

async function readStep({ paintings, step, chosen = 0, on = true, name = "" }, file, base) {
    const packed = paintings.map(async ({ seed, box, scores, score = 0 }, k) => {
        checkInside(box, base);
        return { seed, box, scores, score, patch: await file(k), mask: await file(`${k}-mask`) };
    });
    const there = MASKS.filter((kind) => kind !== "hole" || step?.hole);
    const masks = step ? await Promise.all(there.map(async (kind) => [kind, await file(kind)])) : [];
    const how = step ? Object.freeze({ step, masks: Object.freeze(Object.fromEntries(masks)) }) : null;
    const plain = { name, intent: "", asked: NOTHING, request: null, infotext: "", on, how };
    return choosePainting({ ...plain, paintings: Object.freeze(await Promise.all(packed)) }, chosen);
}

function checkInside(box, base) {
    const place = boxOfList(box);
    if (isEmpty(place) || !isSameBox(overlap(place, boxOfSize(base)), place)) {
        throw new RangeError(`[${box}] is no box in the picture`);
    }
}

async function makeEntry(step, place, base) {
    const paintings = step.paintings ?? [await makePainting(step, base)];
    const entry = {
        paintings: paintings.map(({ seed, box, scores, score }) => ({ seed, box, scores, score })),
        step: step.how?.step ?? null,
        chosen: step.chosen ?? 0,
        on: step.on,
        name: step.name.slice(0, LABEL),
    };
    const pngs = paintings.flatMap(({ patch, mask }, k) => [
        [`${k}`, patch],
        [`${k}-mask`, mask],
    ]);
    const masks = Object.entries(step.how?.masks ?? {});
    const files = [...pngs, ...masks].map(([kind, png]) => [`${place}-${kind}.png`, png]);
    return { entry, files };
}

/** A step of this page as a painting: only what of it lies on the picture. */
async function makePainting({ box, patch, mask, report }, base) {
    const inside = overlap(box, boxOfSize(base));
    const cropped = patch.crop({
        left: inside.left - box.left,
        top: inside.top - box.top,
        right: inside.right - box.left,
        bottom: inside.bottom - box.top,
    });
    return {
        seed: report?.seed ?? 0,
        box: listOfBox(inside),
        scores: keepFiniteScores(report?.scores),
        score: 0,
        patch: toBase64(await bytesOfBlob(await cropped.toBlob())),
        mask: await mask.cropped(inside).toPng(),
    };
}

// ---- what only this page knows of a step: all of it JSON, for the server hands on no other member

async function packPageFields({ intent, request, infotext, asked }) {
    const mask = asked?.width ? { box: listOfBox(asked.box), png: await asked.toPng() } : null;
    return { intent, request, infotext, asked: mask };
}

async function readPageFields({ intent = "", request = null, infotext = "", asked = null }) {
    const mask = asked?.png ? await Mask.fromPng(asked.png, boxOfList(asked.box)) : NOTHING;
    return { intent, request, infotext, asked: mask };
}
