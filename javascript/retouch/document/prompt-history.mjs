/** The prompts that were painted with, newest first: kept from one day to the next. */

const KEY = "retouch-prompts";
const MOST = 50;

/** Without a storage it is empty. */
export class PromptHistory {
    #place = -1;

    constructor(storage = globalThis.localStorage) {
        this.storage = storage;
    }

    get prompts() {
        try {
            const stored = JSON.parse(this.storage?.getItem(KEY) ?? "[]");
            return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
        } catch {
            return [];
        }
    }

    /** Puts a prompt first. A blank one is not kept. */
    add(prompt) {
        this.#place = -1;
        if (prompt.trim()) {
            const others = this.prompts.filter((one) => one !== prompt);
            this.storage?.setItem(KEY, JSON.stringify([prompt, ...others].slice(0, MOST)));
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
