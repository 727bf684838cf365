/** What the server says of a recipe that is being written: what is wrong or odd, and where. */

import { ServerError } from "../server/client.mjs";
import { debounce } from "../util/debounce.mjs";
import { faultPlace, remarkPlace } from "./draft.mjs";
import { takenWords } from "./text.mjs";

const WAIT_MS = 300;

export class Verdict {
    #asked = 0;

    /** `changed()` hears of every answer. */
    constructor(api, changed) {
        Object.assign(this, { api, changed, fault: null, remarks: [] });
        /** Ask soon, once nothing has changed for a moment. */
        this.ask = debounce((recipe) => this.judge(recipe), WAIT_MS);
    }

    /** Whatever is on its way is of yesterday. */
    forget() {
        this.ask.cancel();
        this.#asked++;
        this.fault = null;
    }

    /** Ask now. True where nothing is wrong; false, too, where it has changed meanwhile. */
    async judge(recipe) {
        this.ask.cancel();
        const mine = ++this.#asked;
        const [fault, remarks] = await this.#answer(recipe);
        if (mine !== this.#asked) {
            return false;
        }
        Object.assign(this, { fault, remarks });
        this.changed();
        return !fault;
    }

    async #answer(recipe) {
        try {
            const { warnings } = await this.api.post("recipes/read", { text: JSON.stringify(recipe) });
            return [null, warnings.map(remarkPlace)];
        } catch (error) {
            return [faultOf(error), []];
        }
    }

    /** The server would not have it. */
    refused(error) {
        this.fault = faultOf(error);
        this.changed();
    }

    /** @returns {Map<string, string>} what is wrong with the knobs of a pass, or for null of the recipe itself */
    faults(pass) {
        return this.fault?.pass === pass ? new Map([[this.fault.knob, this.fault.text]]) : new Map();
    }

    /** @returns {Map<number, string>} what is to be said of passes, in one line each */
    marks() {
        const marks = new Map();
        for (const { pass, text } of [this.fault, ...this.remarks].filter(Boolean)) {
            if (pass !== null) {
                marks.set(pass, [marks.get(pass), text].filter(Boolean).join(" "));
            }
        }
        return marks;
    }
}

/** A server that is away has no place for it. */
function faultOf(error) {
    const place = error instanceof ServerError ? faultPlace(error.path) : { pass: null, knob: "" };
    return { ...place, text: error.path === "recipe.name" ? takenWords(error) : error.message };
}
