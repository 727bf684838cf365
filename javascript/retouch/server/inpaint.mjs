/** Jobs, and those of the intents: what is masked, or more of the same; sent, watched, and made an offer of. */

import { Offline } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { numbersOf } from "../document/scores.mjs";
import { membersOf, merged, offerOf, assignPart, withMore, withOffer } from "../document/variations.mjs";
import { Pixels } from "../image/pixels.mjs";
import { groupsOf, pictured, recipeOf } from "./requests.mjs";
import { text } from "../util/text.mjs";

/** Nothing masked: said before anything is sent. */
const UNMASKED = text("paint.unmasked");
const REPLACED = text("paint.replaced");
const STOPPED = text("paint.stopped");

/** Dispatches "jobs" when a job begins or ends. */
export class Painter extends EventTarget {
    #jobs = [];

    /** `pointed()` resolves once every click has its mask. */
    constructor({ api, store, settings, progress, notices, pointed = () => null }) {
        super();
        Object.assign(this, { api, store, settings, progress, notices, pointed });
    }

    get busy() {
        return this.#jobs.length > 0;
    }

    /** Paint what is masked as an intent says. Who clicks and presses at once means what was clicked. */
    async intent({ name, label }) {
        const { store, settings } = this;
        settings.set({ intent: name });
        await this.pointed();
        const groups = store.doc.base ? groupsOf(store.doc, settings) : [];
        if (!groups.length) {
            return this.notices.say(store.doc.base ? UNMASKED : text("paint.noPicture"), "warning");
        }
        const parts = groups.map((group) => ({ mask: group.mask, request: recipeOf(group, name, settings) }));
        return this.run(label, (task, doc) => this.#offered(task, doc, { name, label, groups, parts }));
    }

    /** More variations of what is offered, from the seeds that follow. */
    more() {
        const offer = offerOf(this.store.doc);
        if (!offer?.parts?.length) {
            return;
        }
        this.run(text("paint.more"), async (task, doc) => {
            const { candidates, parts, warnings } = await this.#all(task, doc, offer.parts);
            if (!candidates.length) {
                return null;
            }
            return offerOf(this.store.doc)
                ? withMore(this.store.doc, candidates, { parts, warnings })
                : withOffer(this.store.doc, { ...offer, candidates, parts, warnings });
        });
    }

    async #offered(task, doc, { name, label, groups, parts }) {
        const painted = await this.#all(task, doc, parts);
        if (!painted.candidates.length) {
            return null;
        }
        const objects = groups.flatMap((group) => group.objects.map(({ id }) => id));
        const asked = groups.reduce((sum, { mask }) => sum.union(mask), NOTHING);
        const request = parts.length === 1 ? parts[0].request : null;
        return withOffer(this.store.doc, { intent: name, name: label, asked, objects, request, ...painted });
    }

    /**
     * Each part of an offer painted, the best of each together, and so on. A part that fails is left out of these,
     * and asked again when there are to be more.
     */
    async #all(task, doc, parts) {
        const [done, tried, told] = [[], new Map(), new Set()];
        for (const [place, { mask, request, next = request.seed }] of parts.entries()) {
            const asked = { ...request, seed: next };
            const { candidates, infotext, stopped, warnings } = await this.#painted(task, doc, mask, asked);
            warnings.forEach((warning) => told.add(warning));
            if (candidates.length) {
                tried.set(place, Math.max(...candidates.flatMap(membersOf).map(({ seed }) => seed)) + 1);
                done.push({ candidates: candidates.map((candidate) => assignPart(candidate, place)), infotext });
            }
            if (stopped) {
                break;
            }
        }
        const count = done.length ? Math.min(...done.map(({ candidates }) => candidates.length)) : 0;
        const ranked = Array.from({ length: count }, (_, rank) => done.map(({ candidates }) => candidates[rank]));
        return {
            candidates: ranked.map((those) => merged(doc, those)),
            parts: parts.map((part, place) => (tried.has(place) ? { ...part, next: tried.get(place) } : part)),
            infotext: done[0]?.infotext ?? "",
            warnings: [...told],
        };
    }

    async #painted(task, doc, mask, request) {
        const body = { ...request, ...(await pictured(doc, mask)), answer: "patches", return_steps: true, task };
        const answer = await this.api.about(pickSentPicture(doc), "inpaint", body);
        this.warn(answer);
        const candidates = await readCandidates(answer, doc);
        const { infotext, stopped, warnings = [] } = answer;
        return { candidates, infotext, stopped, warnings };
    }

    /**
     * What an answer warns of. Where it makes an offer, the strip of variations shows it for as long as it lasts, and
     * a notice only what is new. A job that ends with nothing to offer says so, each time, and why.
     */
    warn({ warnings = [], stopped, candidates, reports = [] }, isOffer = candidates?.length > 0) {
        const say = isOffer ? "sayOnce" : "say";
        warnings.forEach((warning) => this.notices[say](warning, "warning"));
        if (candidates?.length === 0) {
            const why = reports.map((report) => report.why).filter(Boolean);
            const told = stopped ? STOPPED : [text("paint.nothing"), ...why].join(": ");
            this.notices.say(told, stopped ? "info" : "warning");
        }
    }

    /**
     * One job from press to what it leaves. The next one waits for it, here and in the server's queue.
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
        this.#changed();
        const before = this.last ?? Promise.resolve();
        this.last = before
            .then(() => this.#done(job, work))
            .catch((error) => this.#failed(error, () => this.run(label, work)));
        await this.last;
        this.#jobs = this.#jobs.filter((other) => other !== job);
        this.#changed();
    }

    async #done(job, work) {
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

    #failed(error, again) {
        const told = error instanceof Offline ? text("paint.disconnected") : error.message;
        this.notices.say(told, "error", { label: text("paint.retry"), run: again });
    }

    #changed() {
        this.dispatchEvent(new Event("jobs"));
    }
}

/**
 * What was painted, best first. Of several regions those of a rank together, each of them on its own as well.
 *
 * @returns {Promise<import("../document/variations.mjs").Candidate[]>}
 */
async function readCandidates({ reports, candidates }, doc) {
    const several = reports.filter((report) => report.candidates?.length);
    const regions = several.length ? several : [{ how: reports[0]?.how, candidates }];
    const ranked = await Promise.all(regions.map(readRegion));
    const most = Math.max(...ranked.map((those) => those.length));
    const ofRank = (rank) => ranked.map((those) => those[Math.min(rank, those.length - 1)]);
    return Array.from({ length: most }, (_, rank) => merged(doc, ofRank(rank)));
}

function readRegion({ how = null, candidates }) {
    return Promise.all(candidates.map((candidate) => candidateOf(candidate, Object.freeze(how))));
}

/** With what a history keeps of it: how it was painted, and its painting as it came. */
async function candidateOf({ patch, mask, box, seed, scores }, how) {
    const place = boxOfList(box);
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
    const painting = Object.freeze({ seed, box, scores: numbersOf(scores), score: 0, patch, mask });
    const shown = { box: place, patch: pixels, mask: await Mask.fromPng(mask, place), seed, scores: scores ?? {} };
    return { ...shown, how, painting };
}
