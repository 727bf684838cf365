/**
 * Store: the pictures of one page, each with an undo stack. A stack is a list of documents: they are immutable and
 * share what they have in common. Undo goes back in the stack of the present picture, and from its first state to
 * the picture opened before it. Redo goes forward.
 */

import { compressMasks } from "./document.mjs";
import { text } from "../util/text.mjs";

/** Steps that can be undone. */
export const DEPTH = 100;
/** Other pictures that are kept, and the pixels of all of them. */
export const OTHERS = 5;
export const OTHER_PIXELS = 200_000_000;
/** States this far from the present keep their masks compressed. */
const NEAR = 2;

/** The states of one picture; `at` is the index of the present one. */
class UndoStack {
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
    #stacks;
    #place = 0;

    constructor(doc) {
        super();
        this.#stacks = [new UndoStack(doc)];
    }

    get #stack() {
        return this.#stacks[this.#place];
    }

    get doc() {
        return this.#stack.doc;
    }

    /** Stands for the present picture: the same object in all of its states. */
    get picture() {
        return this.#stack;
    }

    get canUndo() {
        return this.#stack.at > 0 || this.#place > 0;
    }

    get canRedo() {
        return this.#stack.at < this.#stack.states.length - 1 || this.#place < this.#stacks.length - 1;
    }

    /** What led to each state of the present picture, oldest first; the first state's is how it was opened. */
    get labels() {
        return this.#stack.states.map(({ label }) => label);
    }

    /** The present's place in `labels`. */
    get at() {
        return this.#stack.at;
    }

    /** The other pictures as they were left, in the order of undo, and the present one's place among all. */
    get others() {
        return {
            docs: this.#stacks.filter((stack) => stack !== this.#stack).map(({ doc }) => doc),
            place: this.#place,
        };
    }

    /**
     * The next state. Undone ones are forgotten.
     *
     * @param {string} label what was done, as the history shows it
     * @param {string | null} merge a key: if the present was made with the same one, it is replaced, so that
     *     dragging a slider, or a mask that arrives after its click, is one step
     */
    do(label, doc, { merge = null } = {}) {
        const { states, at } = this.#stack;
        const present = states[at];
        if (doc === present.doc) {
            return;
        }
        const replaces = merge !== null && present.merge === merge;
        states.length = at + (replaces ? 0 : 1);
        states.push({ label, doc, merge });
        states.splice(0, states.length - DEPTH - 1);
        this.#setState(states.length - 1, present.doc, label);
    }

    /** Changes the present without a step of its own: what is selected, shown or hidden. */
    amend(doc) {
        const { states, at } = this.#stack;
        const present = states[at];
        if (doc !== present.doc) {
            states[at] = { ...present, doc };
            this.#setState(at, present.doc, "");
        }
    }

    undo() {
        if (this.#stack.at > 0) {
            this.goTo(this.#stack.at - 1);
        } else {
            this.#switchTo(this.#place - 1);
        }
    }

    redo() {
        if (this.#stack.at < this.#stack.states.length - 1) {
            this.goTo(this.#stack.at + 1);
        } else {
            this.#switchTo(this.#place + 1);
        }
    }

    /** @param {number} at a place in `labels`; others are ignored */
    goTo(at) {
        const { states } = this.#stack;
        if (at !== this.at && states[at]) {
            this.#setState(at, this.doc, states[at].label);
        }
    }

    /**
     * Opens another picture, with an undo stack of its own.
     *
     * @param {boolean} keep whether the present picture stays, to be undone to
     */
    open(doc, keep) {
        const before = this.doc;
        const others = this.#stacks.filter((stack) => keep || stack !== this.#stack);
        const dropped = [];
        while (others.length > OTHERS || sumPixels(others) > OTHER_PIXELS) {
            dropped.push(others.shift().doc);
        }
        this.#stacks = [...others, new UndoStack(doc, text("did.open", { name: doc.name }))];
        this.#place = others.length;
        this.#notify(before, this.labels[0]);
        dropped.forEach((gone) => this.dispatchEvent(new CustomEvent("dropped", { detail: { doc: gone } })));
    }

    /** The picture of this base, where it is still kept. */
    reopen(base) {
        this.#switchTo(this.#stacks.findIndex((stack) => stack.doc.base === base));
    }

    /** What was kept elsewhere: `docs` as `others` gave them, and the present one at its place. */
    restore(doc, { docs = [], place = docs.length } = {}) {
        const before = this.doc;
        const all = [...docs.slice(0, place), doc, ...docs.slice(place)];
        this.#stacks = all.map((one) => new UndoStack(one, text("did.open", { name: one.name })));
        this.#place = place;
        this.#notify(before, "");
    }

    #switchTo(place) {
        if (this.#stacks[place] && place !== this.#place) {
            const before = this.doc;
            this.#place = place;
            this.#notify(before, this.labels[this.at]);
        }
    }

    #setState(at, before, label) {
        this.#stack.at = at;
        const far = this.#stack.states[at - NEAR - 1];
        if (far) {
            compressMasks(far.doc, this.doc);
        }
        this.#notify(before, label);
    }

    #notify(before, label) {
        const { doc } = this;
        if (before.base !== doc.base) {
            this.#stacks.filter((stack) => stack !== this.#stack).forEach((stack) => compressMasks(stack.doc, doc));
        }
        this.dispatchEvent(new CustomEvent("change", { detail: { label, before, doc } }));
    }
}

function sumPixels(stacks) {
    return stacks.reduce((sum, { pixels }) => sum + pixels, 0);
}
