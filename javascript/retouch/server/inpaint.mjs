/** Inpaint jobs: paint the masked area as an intent says. The class also queues the jobs of the other classes. */

import { OfflineError } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { keepFiniteScores } from "../document/scores.mjs";
import { addCandidates, addJob, assignPart, chosenJob, listSingles, mergeCandidates, variationsOf } from "../document/variations.mjs";
import { Pixels } from "../image/pixels.mjs";
import { groupByPrompt, encodeMask, makeInpaintBody } from "./requests.mjs";
import { text } from "../util/text.mjs";

/** Shown before anything is sent. */
const UNMASKED = text("paint.unmasked");
const REPLACED = text("paint.replaced");
const STOPPED = text("paint.stopped");

/** Dispatches "jobs" when a job begins or ends. */
export class InpaintJobs extends EventTarget {
    #jobs = [];

    /**
     * @param {import("../studio.mjs").Studio & {pendingClicks?: () => Promise<unknown>}} studio `pendingClicks`
     *     resolves once every click has its mask
     */
    constructor({ api, store, settings, promptHistory, progress, notices, pendingClicks = () => null }) {
        super();
        Object.assign(this, { api, store, settings, promptHistory, progress, notices, pendingClicks });
    }

    get busy() {
        return this.#jobs.length > 0;
    }

    /** Paints the masked area as an intent says, once every pending click has its mask. */
    async runIntent({ name, label }) {
        const { store, settings } = this;
        settings.set({ intent: name });
        this.promptHistory.add(settings.get("prompt"));
        await this.pendingClicks();
        const groups = store.doc.base ? groupByPrompt(store.doc, settings) : [];
        if (!groups.length) {
            return this.notices.say(store.doc.base ? UNMASKED : text("paint.noPicture"), "warning");
        }
        const parts = groups.map((group) => ({ mask: group.mask, request: makeInpaintBody(group, name, settings) }));
        return this.run(label, (task, doc) => this.#inpaintGroups(task, doc, { name, label, groups, parts }));
    }

    /** Paints more variations like the chosen one, with the seeds that follow. */
    paintMore() {
        const variations = variationsOf(this.store.doc);
        const asked = variations && chosenJob(variations);
        if (!asked?.parts?.length) {
            return;
        }
        const find = (doc) => variationsOf(doc)?.jobs.find(({ id }) => id === asked.id);
        this.run(text("paint.more"), async (task, doc) => {
            const job = find(doc) ?? asked;
            const { candidates, parts, warnings } = await this.#inpaintParts(task, doc, job.parts);
            if (!candidates.length) {
                return null;
            }
            return find(this.store.doc)
                ? addCandidates(this.store.doc, asked.id, candidates, { parts, warnings })
                : addJob(this.store.doc, { ...job, candidates, parts, warnings });
        });
    }

    async #inpaintGroups(task, doc, { name, label, groups, parts }) {
        const painted = await this.#inpaintParts(task, doc, parts);
        if (!painted.candidates.length) {
            return null;
        }
        const objects = groups.flatMap((group) => group.objects.map(({ id }) => id));
        const mask = groups.reduce((sum, { mask }) => sum.union(mask), NOTHING);
        const request = parts.length === 1 ? parts[0].request : null;
        return addJob(this.store.doc, { intent: name, name: label, asked: mask, objects, request, ...painted });
    }

    /**
     * Paints every part. A candidate shows the parts' results of one rank together. A part without a result is left
     * out; `paintMore` asks for it again.
     */
    async #inpaintParts(task, doc, parts) {
        const [done, tried, allWarnings] = [[], new Map(), new Set()];
        for (const [place, { mask, request, next = request.seed }] of parts.entries()) {
            const body = { ...request, seed: next };
            const { candidates, infotext, stopped, warnings } = await this.#inpaintPart(task, doc, mask, body);
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

    async #inpaintPart(task, doc, mask, request) {
        const body = { ...request, ...(await encodeMask(doc, mask)), answer: "patches", return_steps: true, task };
        const answer = await this.api.postWithPicture(pickSentPicture(doc), "inpaint", body);
        this.showWarnings(answer);
        const candidates = await readCandidates(answer, doc);
        const { infotext, stopped, warnings = [] } = answer;
        return { candidates, infotext, stopped, warnings };
    }

    /**
     * Shows the warnings of an answer. The strip of variations keeps them in sight, so a notice repeats none. A job
     * without variations shows a notice each time, with the reason.
     */
    showWarnings({ warnings = [], stopped, candidates, reports = [] }, hasVariations = candidates?.length > 0) {
        const say = hasVariations ? "sayOnce" : "say";
        warnings.forEach((warning) => this.notices[say](warning, "warning"));
        if (candidates?.length === 0) {
            const why = reports.map((report) => report.why).filter(Boolean);
            const told = stopped ? STOPPED : [text("paint.nothing"), ...why].join(": ");
            this.notices.say(told, stopped ? "info" : "warning");
        }
    }

    /**
     * Runs one job. The next one waits for it, here and in the server's queue.
     *
     * @param {(task: string, doc: Doc) => Promise<Doc | null>} work gives the next document, null for none
     */
    async run(label, work) {
        const job = {
            label,
            task: `retouch-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`,
            base: this.store.doc.base,
        };
        this.#jobs.push(job);
        this.#notify();
        const before = this.last ?? Promise.resolve();
        this.last = before
            .then(() => this.#runJob(job, work))
            .catch((error) => this.#reportFailure(error, () => this.run(label, work)));
        await this.last;
        this.#jobs = this.#jobs.filter((other) => other !== job);
        this.#notify();
    }

    async #runJob(job, work) {
        this.progress.start(job.task, job.label);
        try {
            if (this.store.doc.base !== job.base) {
                return this.notices.say(REPLACED, "warning");
            }
            const doc = await work(job.task, this.store.doc);
            if (this.store.doc.base !== job.base) {
                return this.notices.say(REPLACED, "warning");
            }
            return doc && this.store.do(job.label, doc);
        } finally {
            this.progress.stop();
        }
    }

    #reportFailure(error, again) {
        const told = error instanceof OfflineError ? text("paint.disconnected") : error.message;
        this.notices.say(told, "error", { label: text("paint.retry"), run: again });
    }

    #notify() {
        this.dispatchEvent(new Event("jobs"));
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
