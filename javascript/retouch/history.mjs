/**
 * Store: the document of one page and its past. Documents are never changed, so the past is a list of them that
 * share what they have in common.
 */

import { atRest } from "./document.mjs";

/** Steps that can be undone. */
export const DEPTH = 100;
/** States this far from the present keep their masks compressed. */
const NEAR = 2;

export class Store extends EventTarget {
    #states;
    #at = 0;

    constructor(doc) {
        super();
        this.#states = [{ label: "", doc, merge: null }];
    }

    get doc() {
        return this.#states[this.#at].doc;
    }

    get canUndo() {
        return this.#at > 0;
    }

    get canRedo() {
        return this.#at < this.#states.length - 1;
    }

    /** What led to each state, oldest first; the first state's is "". */
    get labels() {
        return this.#states.map(({ label }) => label);
    }

    /** The present's place in `labels`. */
    get at() {
        return this.#at;
    }

    /**
     * The next state. Undone ones are forgotten.
     *
     * @param {string} label what was done, as the history shows it
     * @param {string | null} merge a key: if the present was made with the same one, it is replaced, so that
     *     dragging a slider, or a mask that arrives after its click, is one step
     */
    do(label, doc, { merge = null } = {}) {
        const present = this.#states[this.#at];
        if (doc === present.doc) {
            return;
        }
        const replaces = merge !== null && present.merge === merge;
        this.#states.length = this.#at + (replaces ? 0 : 1);
        this.#states.push({ label, doc, merge });
        this.#states.splice(0, this.#states.length - DEPTH - 1);
        this.#move(this.#states.length - 1, present.doc, label);
    }

    /** Changes the present without a step of its own: what is selected, shown or hidden. */
    amend(doc) {
        const present = this.#states[this.#at];
        if (doc !== present.doc) {
            this.#states[this.#at] = { ...present, doc };
            this.#move(this.#at, present.doc, "");
        }
    }

    undo() {
        this.goTo(this.#at - 1);
    }

    redo() {
        this.goTo(this.#at + 1);
    }

    /** @param {number} at a place in `labels`; others are ignored */
    goTo(at) {
        if (at !== this.#at && this.#states[at]) {
            this.#move(at, this.doc, this.#states[at].label);
        }
    }

    /** Another picture: nothing before it can be undone. */
    reset(doc) {
        const before = this.doc;
        this.#states = [{ label: "", doc, merge: null }];
        this.#move(0, before, "");
    }

    #move(at, before, label) {
        this.#at = at;
        const far = this.#states[at - NEAR - 1];
        if (far) {
            atRest(far.doc, this.doc);
        }
        this.dispatchEvent(new CustomEvent("change", { detail: { label, before, doc: this.doc } }));
    }
}
