/** The prompts of earlier requests and pictures, newest first. A browser's storage keeps them. */

import { readJson, writeJson } from "../util/local-storage.mjs";

const KEY = "retouch-prompts";
const MOST = 50;

/** Without a storage it is empty. */
export class PromptHistory {
    #place = -1;

    constructor(storage = globalThis.localStorage) {
        this.storage = storage;
    }

    get prompts() {
        const stored = readJson(this.storage, KEY, []);
        return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
    }

    /** Puts a prompt first. A blank one is not kept. */
    add(prompt) {
        this.#place = -1;
        if (prompt.trim()) {
            const others = this.prompts.filter((one) => one !== prompt);
            writeJson(this.storage, KEY, [prompt, ...others].slice(0, MOST));
        }
    }

    /**
     * The prompt `by` places older than the one that was returned last, null at the end. From the newest one it leads
     * back to the blank prompt.
     */
    step(by) {
        const place = this.#place + by;
        if (place < -1 || place >= this.prompts.length) {
            return null;
        }
        this.#place = place;
        return place < 0 ? "" : this.prompts[place];
    }
}
