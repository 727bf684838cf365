/**
 * Store: the pictures of one page, each with an undo stack. A stack is a list of documents: they are immutable and
 * share what they have in common. Undo goes back in the stack of the present picture, and from its first state to
 * the picture opened before it. Redo goes forward.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 * @typedef {import("./undo-stack.mjs").State} State
 * @typedef {{id: string, states: State[], at: number}} PictureRecord a picture with its undo stack, as it is stored
 */

import { compressMasks, newDocument } from "./document.mjs";
import { UndoStack } from "./undo-stack.mjs";
import { listUnsavedWork } from "./unsaved-work.mjs";
import { text } from "../util/text.mjs";

/** Other pictures that are kept, and the pixels of all of them. */
export const OTHERS = 5;
export const OTHER_PIXELS = 200_000_000;
/** States this far from the present keep their masks compressed. */
const NEAR = 2;

/**
 * Dispatches "change" with {label, before, doc}, "pictures" when another picture has changed or was closed, and
 * "dropped" with {doc} for a picture that had to make room for others.
 */
export class Store extends EventTarget {
    #stacks;
    #place = 0;

    constructor(doc) {
        super();
        this.#stacks = [UndoStack.ofDoc(doc)];
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

    /** @returns {{id: string, doc: Doc, isPresent: boolean}[]} the open pictures, in the order of undo */
    get pictures() {
        const open = this.#stacks.filter(({ isBlank }) => !isBlank);
        return open.map((stack) => ({ id: stack.id, doc: stack.doc, isPresent: stack === this.#stack }));
    }

    /** @returns {PictureRecord[]} the open pictures with their undo stacks, in the order of undo */
    get records() {
        return this.#stacks.filter(({ isBlank }) => !isBlank).map(({ id, states, at }) => ({ id, states: [...states], at }));
    }

    /** The present document of a picture; null where it is closed. */
    docOf(id) {
        return this.#stacks.find((stack) => stack.id === id)?.doc ?? null;
    }

    /**
     * The next state. Undone ones are forgotten.
     *
     * @param {string} label what was done, as the history shows it
     * @param {string | null} merge a key: if the present was made with the same one, it is replaced, so that
     *     dragging a slider, or a mask that arrives after its click, is one step
     */
    do(label, doc, { merge = null } = {}) {
        const before = this.doc;
        if (doc !== before) {
            this.#stack.add(label, doc, merge);
            this.#setState(this.at, before, label);
        }
    }

    /**
     * The next state of a picture, whether it is shown or not. It follows the present state if that has this base,
     * else the newest one that has it, so that a result is not lost when a person has undone meanwhile.
     *
     * @param {string} id of the picture
     * @param {import("../image/pixels.mjs").Pixels} base
     * @param {(doc: Doc) => Doc} change
     * @returns {boolean} false where the picture is closed or has no state with this base
     */
    applyTo(id, base, label, change) {
        const stack = this.#stacks.find((one) => one.id === id);
        const at = stack?.findBase(base) ?? -1;
        if (at < 0) {
            return false;
        }
        const before = this.doc;
        const from = stack.states[at].doc;
        const doc = change(from);
        if (doc !== from) {
            stack.at = at;
            stack.add(label, doc);
            this.#tell(stack, before, label);
        }
        return true;
    }

    #tell(stack, before, label) {
        if (stack === this.#stack) {
            this.#setState(stack.at, before, label);
        } else {
            this.dispatchEvent(new Event("pictures"));
        }
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

    /** Opens another picture, with an undo stack of its own. The others stay open. */
    open(doc) {
        this.#addStack(UndoStack.ofDoc(doc, text("did.open", { name: doc.name })));
    }

    /** Opens a picture with the undo stack that it had. @param {PictureRecord} record */
    openRecord({ id, states, at }) {
        if (this.docOf(id)) {
            return this.show(id);
        }
        this.#addStack(new UndoStack(states, at, id));
    }

    /** Those over the limits make room: the oldest one without unsaved work, else the oldest. */
    #addStack(stack) {
        const before = this.doc;
        const others = this.#stacks.filter(({ isBlank }) => !isBlank);
        const dropped = [];
        while (others.length > OTHERS || sumPixels(others) > OTHER_PIXELS) {
            const saved = others.findIndex(({ doc }) => listUnsavedWork(doc).length === 0);
            dropped.push(...others.splice(Math.max(saved, 0), 1));
        }
        this.#stacks = [...others, stack];
        this.#place = others.length;
        this.#notify(before, this.labels[this.at]);
        dropped.forEach(({ doc }) => this.dispatchEvent(new CustomEvent("dropped", { detail: { doc } })));
    }

    /** Shows another open picture. */
    show(id) {
        this.#switchTo(this.#stacks.findIndex((stack) => stack.id === id));
    }

    /** Calls `run` once a picture is shown. */
    onceShown(id, run) {
        const onChange = () => {
            if (this.picture.id === id) {
                this.removeEventListener("change", onChange);
                run();
            }
        };
        this.addEventListener("change", onChange);
    }

    /** Closes a picture. The one after it is shown, or the one before it, or none. */
    close(id) {
        const at = this.#stacks.findIndex((stack) => stack.id === id);
        if (at < 0) {
            return;
        }
        const before = this.doc;
        const shown = this.#stack;
        this.#stacks = this.#stacks.filter((stack) => stack.id !== id);
        if (!this.#stacks.length) {
            this.#stacks = [UndoStack.ofDoc(newDocument())];
        }
        const place = this.#stacks.indexOf(shown);
        this.#place = place < 0 ? Math.min(at, this.#stacks.length - 1) : place;
        if (place < 0) {
            this.#notify(before, this.labels[this.at]);
        } else {
            this.dispatchEvent(new Event("pictures"));
        }
    }

    /** @param {PictureRecord[]} records as `records` gave them @param {string} present the id of the one to show */
    restore(records, present) {
        const before = this.doc;
        this.#stacks = records.map(({ id, states, at }) => new UndoStack(states, at, id));
        this.#place = Math.max(records.findIndex(({ id }) => id === present), 0);
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
