/**
 * Store: the pictures of one page, each with its past. Documents are never changed, so a past is a list of them
 * that share what they have in common. Undo leads through the past of the present picture, and from its beginning
 * to the picture that was left for it; redo leads back.
 */

import { atRest } from "./document.mjs";
import { text } from "../util/text.mjs";

/** Steps that can be undone. */
export const DEPTH = 100;
/** Other pictures that are kept, and the pixels of all of them. */
export const OTHERS = 5;
export const OTHER_PIXELS = 200_000_000;
/** States this far from the present keep their masks compressed. */
const NEAR = 2;

/** The states of one picture, and which of them is the present. */
class Past {
    at = 0;

    constructor(doc, label = "") {
        this.states = [{ label, doc, merge: null }];
    }

    get doc() {
        return this.states[this.at].doc;
    }

    get pixels() {
        const { base } = this.doc;
        return base ? base.width * base.height : 0;
    }
}

/**
 * Dispatches "change" with {label, before, doc}, and "dropped" with {doc} for a picture that had to make room for
 * others.
 */
export class Store extends EventTarget {
    #pasts;
    #in = 0;

    constructor(doc) {
        super();
        this.#pasts = [new Past(doc)];
    }

    get #past() {
        return this.#pasts[this.#in];
    }

    get doc() {
        return this.#past.doc;
    }

    get canUndo() {
        return this.#past.at > 0 || this.#in > 0;
    }

    get canRedo() {
        return this.#past.at < this.#past.states.length - 1 || this.#in < this.#pasts.length - 1;
    }

    /** What led to each state of the present picture, oldest first; the first state's is how it was opened. */
    get labels() {
        return this.#past.states.map(({ label }) => label);
    }

    /** The present's place in `labels`. */
    get at() {
        return this.#past.at;
    }

    /** The other pictures as they were left, in the order of undo, and the present one's place among all. */
    get others() {
        return { docs: this.#pasts.filter((past) => past !== this.#past).map(({ doc }) => doc), place: this.#in };
    }

    /**
     * The next state. Undone ones are forgotten.
     *
     * @param {string} label what was done, as the history shows it
     * @param {string | null} merge a key: if the present was made with the same one, it is replaced, so that
     *     dragging a slider, or a mask that arrives after its click, is one step
     */
    do(label, doc, { merge = null } = {}) {
        const { states, at } = this.#past;
        const present = states[at];
        if (doc === present.doc) {
            return;
        }
        const replaces = merge !== null && present.merge === merge;
        states.length = at + (replaces ? 0 : 1);
        states.push({ label, doc, merge });
        states.splice(0, states.length - DEPTH - 1);
        this.#move(states.length - 1, present.doc, label);
    }

    /** Changes the present without a step of its own: what is selected, shown or hidden. */
    amend(doc) {
        const { states, at } = this.#past;
        const present = states[at];
        if (doc !== present.doc) {
            states[at] = { ...present, doc };
            this.#move(at, present.doc, "");
        }
    }

    undo() {
        if (this.#past.at > 0) {
            this.goTo(this.#past.at - 1);
        } else {
            this.#enter(this.#in - 1);
        }
    }

    redo() {
        if (this.#past.at < this.#past.states.length - 1) {
            this.goTo(this.#past.at + 1);
        } else {
            this.#enter(this.#in + 1);
        }
    }

    /** @param {number} at a place in `labels`; others are ignored */
    goTo(at) {
        const { states } = this.#past;
        if (at !== this.at && states[at]) {
            this.#move(at, this.doc, states[at].label);
        }
    }

    /**
     * Another picture, with a past of its own.
     *
     * @param {boolean} keep whether the present picture stays, to be undone to
     */
    open(doc, keep) {
        const before = this.doc;
        const others = this.#pasts.filter((past) => keep || past !== this.#past);
        const dropped = [];
        while (others.length > OTHERS || sumPixels(others) > OTHER_PIXELS) {
            dropped.push(others.shift().doc);
        }
        this.#pasts = [...others, new Past(doc, text("did.open", { name: doc.name }))];
        this.#in = others.length;
        this.#moved(before, this.labels[0]);
        dropped.forEach((gone) => this.dispatchEvent(new CustomEvent("dropped", { detail: { doc: gone } })));
    }

    /** The picture of this base, where it is still kept. */
    back(base) {
        this.#enter(this.#pasts.findIndex((past) => past.doc.base === base));
    }

    /** What was kept elsewhere: `docs` as `others` gave them, and the present one at its place. */
    restore(doc, { docs = [], place = docs.length } = {}) {
        const before = this.doc;
        const all = [...docs.slice(0, place), doc, ...docs.slice(place)];
        this.#pasts = all.map((one) => new Past(one, text("did.open", { name: one.name })));
        this.#in = place;
        this.#moved(before, "");
    }

    #enter(place) {
        if (this.#pasts[place] && place !== this.#in) {
            const before = this.doc;
            this.#in = place;
            this.#moved(before, this.labels[this.at]);
        }
    }

    #move(at, before, label) {
        this.#past.at = at;
        const far = this.#past.states[at - NEAR - 1];
        if (far) {
            atRest(far.doc, this.doc);
        }
        this.#moved(before, label);
    }

    #moved(before, label) {
        const { doc } = this;
        if (before.base !== doc.base) {
            this.#pasts.filter((past) => past !== this.#past).forEach((past) => atRest(past.doc, doc));
        }
        this.dispatchEvent(new CustomEvent("change", { detail: { label, before, doc } }));
    }
}

function sumPixels(pasts) {
    return pasts.reduce((sum, { pixels }) => sum + pixels, 0);
}
