/** From the canvas' pointing tools to objects: what was clicked becomes the best mask of it. */

import { objectOf, setCandidates, addObject } from "./document/document.mjs";

/** Candidates of one object overlap; another thing found by the same words does not. */
export function foundObjects(doc, found, text) {
    return found.reduce(
        (now, { mask, label }) => addObject(now, { name: label || text, mask, candidates: [mask] }),
        doc,
    );
}

export class Pointing {
    #asking = new Set();
    #clicks = Promise.resolve();

    constructor({ store, view, segmenting, notices }) {
        Object.assign(this, { store, view, segmenting, notices });
        view.addEventListener("prompt", (event) => {
            this.#clicks = Promise.allSettled([this.#clicks, this.#watched(this.#prompted(event.detail))]);
        });
        store.addEventListener(
            "change",
            ({ detail }) => detail.before?.base !== detail.doc.base && this.toolChosen(view.tool),
        );
    }

    /** Resolves once every click so far has its mask, or will have none. */
    settled() {
        return this.#clicks;
    }

    /** The canvas is busy for as long as anything is being looked for. */
    #watched(work) {
        const { element } = this.view;
        this.#asking.add(work);
        element?.setAttribute("aria-busy", "true");
        return work.finally(() => {
            this.#asking.delete(work);
            if (!this.#asking.size) {
                element?.removeAttribute("aria-busy");
            }
        });
    }

    /** A click or a box on an object: its mask arrives as part of the same undoable step. */
    async #prompted({ object: { id }, clicks, box }) {
        const { store } = this;
        const asked = store.doc;
        if (!clicks.some(({ on, positive }) => on && positive) && !box) {
            this.segmenting.forget(id);
            return store.amend(setCandidates(asked, id, []));
        }
        const { memory } = objectOf(asked, id);
        const said = await this.#ask(() => this.segmenting.pointed(asked, id, { clicks, box, memory }));
        const now = objectOf(store.doc, id);
        if (!said || !now || now.clicks !== clicks || now.box !== box) {
            return undefined;
        }
        return store.amend(
            setCandidates(
                store.doc,
                id,
                said.found.map(({ mask }) => mask),
                { memory: said.memory },
            ),
        );
    }

    /** The everything tool needs all objects before the pointer moves over the first. */
    async toolChosen(name) {
        const { base } = this.store.doc;
        if (name !== "everything" || !base) {
            return;
        }
        const said = await this.#watched(this.#ask(() => this.segmenting.everything(this.store.doc)));
        if (said && this.store.doc.base === base) {
            this.view.regions = said.found;
        }
    }

    async #ask(work) {
        try {
            const said = await work();
            said?.warnings.forEach((warning) => this.notices.say(warning, "warning"));
            return said;
        } catch (error) {
            this.notices.say(error.message, "error");
            return null;
        }
    }
}
