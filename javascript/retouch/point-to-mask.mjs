/** Makes masks of objects from the clicks and boxes of the canvas. */

import { objectOf, setCandidates, addObject } from "./document/document.mjs";

/** Adds an object for each region found by words. Unlike candidates of one object, they do not overlap. */
export function addFoundObjects(doc, regions, text) {
    return regions.reduce(
        (now, { mask, label }) => addObject(now, { name: label || text, mask, candidates: [mask] }),
        doc,
    );
}

export class PointToMask {
    #pending = new Set();
    #lastClick = Promise.resolve();

    /** @param {import("./studio.mjs").Studio} studio */
    constructor({ store, view, segmentJobs, notices }) {
        Object.assign(this, { store, view, segmentJobs, notices });
        view.addEventListener("prompt", (event) => {
            this.#lastClick = Promise.allSettled([this.#lastClick, this.#showBusy(this.#segmentPrompt(event.detail))]);
        });
        store.addEventListener(
            "change",
            ({ detail }) => detail.before?.base !== detail.doc.base && this.onToolChange(view.tool),
        );
    }

    /** Resolves once every click so far has its mask or has failed. */
    whenSettled() {
        return this.#lastClick;
    }

    /** Marks the canvas busy until `work` ends. */
    #showBusy(work) {
        const { element } = this.view;
        this.#pending.add(work);
        element?.setAttribute("aria-busy", "true");
        return work.finally(() => {
            this.#pending.delete(work);
            if (!this.#pending.size) {
                element?.removeAttribute("aria-busy");
            }
        });
    }

    /** Segments an object's clicks and box. Its mask becomes part of the same undoable step. */
    async #segmentPrompt({ object: { id }, clicks, box }) {
        const { store } = this;
        const doc = store.doc;
        if (!clicks.some(({ on, positive }) => on && positive) && !box) {
            this.segmentJobs.cancel(id);
            return store.amend(setCandidates(doc, id, []));
        }
        const { memory } = objectOf(doc, id);
        const answer = await this.#tryJob(() => this.segmentJobs.segmentAt(doc, id, { clicks, box, memory }));
        const now = objectOf(store.doc, id);
        if (!answer || !now || now.clicks !== clicks || now.box !== box) {
            return undefined;
        }
        const masks = answer.regions.map(({ mask }) => mask);
        const { memory: remembered, candidate } = answer;
        return store.amend(setCandidates(store.doc, id, masks, { memory: remembered, candidate }));
    }

    /** The tool Everything needs all regions before the pointer moves over the first. */
    async onToolChange(name) {
        const { base } = this.store.doc;
        if (name !== "everything" || !base) {
            return;
        }
        const answer = await this.#showBusy(this.#tryJob(() => this.segmentJobs.segmentEverything(this.store.doc)));
        if (answer && this.store.doc.base === base) {
            this.view.regions = answer.regions;
        }
    }

    async #tryJob(work) {
        try {
            const answer = await work();
            answer?.warnings.forEach((warning) => this.notices.say(warning, "warning"));
            return answer;
        } catch (error) {
            this.notices.say(error.message, "error");
            return null;
        }
    }
}
