/** Inpaint jobs: paint the masked area as an intent says. */

import { fromBase64 } from "../util/base64.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { keepFiniteScores } from "../document/scores.mjs";
import { addCandidates, addJob, assignPart, chosenJob, listSingles, mergeCandidates, variationsOf } from "../document/variations.mjs";
import { Pixels } from "../image/pixels.mjs";
import { groupByPrompt, encodeMask, makeInpaintBody } from "./requests.mjs";
import { text } from "../util/text.mjs";

/** Shown before anything is sent. */
const UNMASKED = text("paint.unmasked");

export class InpaintJobs {
    /**
     * @param {import("../studio.mjs").Studio & {pendingClicks?: () => Promise<unknown>}} studio `pendingClicks`
     *     resolves once every click has its mask
     */
    constructor({ store, settings, promptHistory, jobQueue, notices, pendingClicks = () => null }) {
        Object.assign(this, { store, settings, promptHistory, jobQueue, notices, pendingClicks });
        jobQueue.define("inpaint", (request) => this.#inpaint(request));
        jobQueue.define("more", (request) => this.#inpaintMore(request));
    }

    /** Paints the masked area as an intent says, once every pending click has its mask. */
    async runIntent({ name, label }) {
        const { store, settings } = this;
        settings.set({ intent: name });
        this.promptHistory.add(settings.get("prompt"));
        await this.pendingClicks();
        const groups = store.doc.base ? groupByPrompt(store.doc, settings.get("invert")) : [];
        if (!groups.length) {
            return this.notices.say(store.doc.base ? UNMASKED : text("paint.noPicture"), "warning");
        }
        const parts = groups.map((group) => ({ mask: group.mask, request: makeInpaintBody(group, name, settings) }));
        const objects = groups.flatMap((group) => group.objects.map(({ id }) => id));
        return this.jobQueue.start("inpaint", label, { intent: name, label, objects, parts });
    }

    /** Paints more variations like the chosen one, with the seeds that follow. */
    paintMore() {
        const variations = variationsOf(this.store.doc);
        const asked = variations && chosenJob(variations);
        return asked?.parts?.length && this.jobQueue.start("more", text("paint.more"), { asked });
    }

    async #inpaintMore(request) {
        const { asked } = request.args;
        const find = (doc) => variationsOf(doc)?.jobs.find(({ id }) => id === asked.id);
        const job = find(request.doc) ?? asked;
        const { candidates, parts, warnings } = await this.#inpaintParts(request, job.parts);
        if (!candidates.length) {
            return null;
        }
        const more = { parts, warnings };
        return (doc) =>
            find(doc) ? addCandidates(doc, asked.id, candidates, more) : addJob(doc, { ...job, candidates, ...more });
    }

    async #inpaint(request) {
        const { intent, objects, parts, label } = request.args;
        const painted = await this.#inpaintParts(request, parts);
        if (!painted.candidates.length) {
            return null;
        }
        const asked = parts.reduce((sum, { mask }) => sum.union(mask), NOTHING);
        const single = parts.length === 1 ? parts[0].request : null;
        return (doc) => addJob(doc, { intent, name: label, asked, objects, request: single, ...painted });
    }

    /**
     * Paints every part. A candidate shows the parts' results of one rank together. A part without a result is left
     * out; `paintMore` asks for it again.
     */
    async #inpaintParts(request, parts) {
        const { doc } = request;
        const [done, tried, allWarnings] = [[], new Map(), new Set()];
        for (const [place, { mask, request: fields, next = fields.seed }] of parts.entries()) {
            const body = { ...fields, seed: next };
            const { candidates, infotext, stopped, warnings } = await this.#inpaintPart(request, mask, body);
            warnings.forEach((warning) => allWarnings.add(warning));
            if (candidates.length) {
                tried.set(place, Math.max(...candidates.flatMap(listSingles).map(({ seed }) => seed)) + 1);
                done.push({ candidates: candidates.map((candidate) => assignPart(candidate, place)), infotext });
            }
            if (stopped) {
                break;
            }
        }
        const count = done.length ? Math.min(...done.map(({ candidates }) => candidates.length)) : 0;
        const ranked = Array.from({ length: count }, (_, rank) => done.map(({ candidates }) => candidates[rank]));
        return {
            candidates: ranked.map((those) => mergeCandidates(doc, those)),
            parts: parts.map((part, place) => (tried.has(place) ? { ...part, next: tried.get(place) } : part)),
            infotext: done[0]?.infotext ?? "",
            warnings: [...allWarnings],
        };
    }

    async #inpaintPart(request, mask, fields) {
        const { doc } = request;
        const body = { ...fields, ...(await encodeMask(doc, mask)), answer: "patches", return_steps: true };
        const answer = await request.postWithPicture("inpaint", body);
        this.jobQueue.showWarnings(answer);
        const candidates = await readCandidates(answer, doc);
        const { infotext, stopped, warnings = [] } = answer;
        return { candidates, infotext, stopped, warnings };
    }
}

/**
 * The candidates of an answer, best first. With several regions a candidate shows the results of one rank together.
 *
 * @returns {Promise<import("../document/variations.mjs").Candidate[]>}
 */
async function readCandidates({ reports, candidates }, doc) {
    const several = reports.filter((report) => report.candidates?.length);
    const regions = several.length ? several : [{ how: reports[0]?.how, candidates }];
    const ranked = await Promise.all(regions.map(readRegion));
    const most = Math.max(...ranked.map((those) => those.length));
    const ofRank = (rank) => ranked.map((those) => those[Math.min(rank, those.length - 1)]);
    return Array.from({ length: most }, (_, rank) => mergeCandidates(doc, ofRank(rank)));
}

function readRegion({ how = null, candidates }) {
    return Promise.all(candidates.map((candidate) => readCandidate(candidate, Object.freeze(how))));
}

/** A candidate with what the history keeps: how it was painted, and the painting as the server sent it. */
async function readCandidate({ patch, mask, box, seed, scores }, how) {
    const place = boxOfList(box);
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
    const painting = Object.freeze({ seed, box, scores: keepFiniteScores(scores), score: 0, patch, mask });
    const fields = { box: place, patch: pixels, mask: await Mask.fromPng(mask, place), seed, scores: scores ?? {} };
    return { ...fields, how, painting };
}
