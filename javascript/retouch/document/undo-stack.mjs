/**
 * Undo stack: the states of one picture.
 *
 * @typedef {import("./document.mjs").Doc} Doc
 * @typedef {{label: string, doc: Doc, merge?: string | null}} State
 */

import { newId } from "./document.mjs";

/** Steps that can be undone. */
export const DEPTH = 100;

/** `at` is the index of the present state. */
export class UndoStack {
    constructor(states, at = 0, id = newId()) {
        Object.assign(this, { states: [...states], at, id });
    }

    static ofDoc(doc, label = "") {
        return new UndoStack([{ label, doc, merge: null }]);
    }

    get isBlank() {
        return this.doc.base === null;
    }

    /** The index of the present state if it has that base, else of the newest one that has it; -1 for none. */
    findBase(base) {
        return this.doc.base === base ? this.at : this.states.findLastIndex(({ doc }) => doc.base === base);
    }

    /** Adds a state after the one at `at`. Undone states are forgotten. */
    add(label, doc, merge = null) {
        const present = this.states[this.at];
        const replaces = merge !== null && present.merge === merge;
        this.states.length = this.at + (replaces ? 0 : 1);
        this.states.push({ label, doc, merge });
        this.states.splice(0, this.states.length - DEPTH - 1);
        this.at = this.states.length - 1;
    }

    get doc() {
        return this.states[this.at].doc;
    }

    get pixels() {
        const { base } = this.doc;
        return base ? base.width * base.height : 0;
    }
}
