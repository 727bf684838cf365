/** Jobs: an intent, more of the same, or a recipe; sent, watched, and made an offer of. */

import { Offline } from "./api.mjs";
import { fromBase64 } from "./base64.mjs";
import { boxOfList } from "./boxes.mjs";
import { picture } from "./document.mjs";
import { Mask, NOTHING } from "./mask.mjs";
import { differing, merged, offerOf, withMore, withOffer } from "./offer.mjs";
import { Pixels } from "./pixels.mjs";
import { groupsOf, pictured, recipeOf } from "./request.mjs";

/** Nothing masked: said before anything is sent. */
const UNMASKED = "Nothing is masked yet: click on something, or paint over it, and press again.";
const REPLACED = "The picture was replaced while a job ran for the one before; what it painted is discarded.";
const UNCHANGED = "Nothing was changed: the recipe found nothing to repaint.";

/** Dispatches "jobs" when a job begins or ends. */
export class Painter extends EventTarget {
    #jobs = [];

    constructor({ api, store, settings, progress, notices }) {
        super();
        Object.assign(this, { api, store, settings, progress, notices });
    }

    get busy() {
        return this.#jobs.length > 0;
    }

    /** Paint what is masked as an intent says. */
    intent({ name, label }) {
        const { store, settings } = this;
        const groups = store.doc.base ? groupsOf(store.doc, settings) : [];
        settings.set({ intent: name });
        if (!groups.length) {
            return this.notices.say(store.doc.base ? UNMASKED : "Open a picture first.", "warning");
        }
        return this.#run(label, (task, doc) => this.#offered(task, doc, { name, label, groups }));
    }

    /** More variations of what is offered, from the seeds that follow. */
    more() {
        const offer = offerOf(this.store.doc);
        if (!offer?.request) {
            return;
        }
        const next = Math.max(...offer.candidates.map(({ seed }) => seed)) + 1;
        this.#run("More", async (task, doc) => {
            const { candidates } = await this.#painted(task, doc, offer.asked, { ...offer.request, seed: next });
            return offerOf(this.store.doc)
                ? withMore(this.store.doc, candidates)
                : withOffer(this.store.doc, { ...offer, candidates });
        });
    }

    /** Find and repaint by a recipe; its result is offered like any other. */
    recipe(name) {
        this.#run(name, async (task, doc) => {
            const body = { recipe: name, task, seed: this.settings.get("seed"), ...promptsOf(this.settings) };
            const answer = await this.api.about(picture(doc), "fix", body);
            this.#warn(answer);
            const after = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
            const change = differing(doc, after);
            if (!change) {
                this.notices.say(UNCHANGED);
                return null;
            }
            const offer = { intent: "", name, asked: NOTHING, objects: [], request: null, infotext: answer.infotext };
            return withOffer(this.store.doc, { ...offer, candidates: [{ ...change, seed: answer.seed, scores: {} }] });
        });
    }

    async #offered(task, doc, { name, label, groups }) {
        const answers = [];
        for (const group of groups) {
            const request = recipeOf(group, name, this.settings);
            answers.push({ ...(await this.#painted(task, doc, group.mask, request)), request });
        }
        const count = Math.min(...answers.map(({ candidates }) => candidates.length));
        const candidates = Array.from({ length: count }, (_, i) =>
            merged(
                doc,
                answers.map((answer) => answer.candidates[i]),
            ),
        );
        if (!count) {
            return null;
        }
        const objects = groups.flatMap((group) => group.objects.map(({ id }) => id));
        const asked = groups.reduce((sum, { mask }) => sum.union(mask), NOTHING);
        const request = groups.length === 1 ? answers[0].request : null;
        return withOffer(this.store.doc, {
            intent: name,
            name: label,
            asked,
            objects,
            request,
            infotext: answers[0].infotext,
            candidates,
        });
    }

    async #painted(task, doc, mask, request) {
        const body = { ...request, ...(await pictured(doc, mask)), answer: "patches", task };
        const answer = await this.api.about(picture(doc), "inpaint", body);
        this.#warn(answer);
        return { candidates: await Promise.all(answer.candidates.map(candidateOf)), infotext: answer.infotext };
    }

    #warn({ warnings = [], stopped, candidates }) {
        warnings.forEach((warning) => this.notices.sayOnce(warning, "warning"));
        if (stopped && candidates?.length === 0) {
            this.notices.say("Stopped: nothing was finished.");
        }
    }

    /** One job from press to offer. The next one waits for it, here and in the server's queue. */
    async #run(label, work) {
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
            .catch((error) => this.#failed(error, () => this.#run(label, work)));
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
        const text =
            error instanceof Offline ? "The connection to the server was lost while it painted." : error.message;
        this.notices.say(text, "error", { label: "Try again", run: again });
    }

    #changed() {
        this.dispatchEvent(new Event("jobs"));
    }
}

function promptsOf(settings) {
    return { prompt: settings.get("prompt"), negative_prompt: settings.get("negative_prompt") };
}

async function candidateOf({ patch, mask, box, seed, scores }) {
    const place = boxOfList(box);
    const pixels = await Pixels.fromBlob(new Blob([fromBase64(patch)]));
    return { box: place, patch: pixels, mask: await Mask.fromPng(mask, place), seed, scores: scores ?? {} };
}
