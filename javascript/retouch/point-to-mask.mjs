/** From the canvas' pointing tools to objects: what was clicked becomes the best mask of it. */

import { objectOf, setCandidates, addObject } from "./document/document.mjs";

/** Candidates of one object overlap; another thing found by the same words does not. */
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

    /** Resolves once every click so far has its mask, or will have none. */
    whenSettled() {
        return this.#lastClick;
    }

    /** The canvas is busy for as long as anything is being looked for. */
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

    /** A click or a box on an object: its mask arrives as part of the same undoable step. */
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
        return store.amend(
            setCandidates(
                store.doc,
                id,
                answer.regions.map(({ mask }) => mask),
                { memory: answer.memory },
            ),
        );
    }

    /** The everything tool needs all objects before the pointer moves over the first. */
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
