/** Recipe validation: the server's fault and remarks on a recipe that is being written, and where they belong. */

import { ServerError } from "../server/client.mjs";
import { debounce } from "../util/debounce.mjs";
import { parseFaultPath, parseRemark } from "./draft.mjs";
import { describeTakenName } from "./text.mjs";

const WAIT_MS = 300;

export class RecipeValidation {
    #revision = 0;

    /** `onChange()` is called after every answer. */
    constructor(api, onChange) {
        Object.assign(this, { api, onChange, fault: null, remarks: [] });
        /** Ask soon, once nothing has changed for a moment. */
        this.validateSoon = debounce((recipe) => this.validate(recipe), WAIT_MS);
    }

    /** Ignores the answer that is still to come. */
    reset() {
        this.validateSoon.cancel();
        this.#revision++;
        this.fault = null;
    }

    /** Ask now. True where nothing is wrong; false, too, where it has changed meanwhile. */
    async validate(recipe) {
        this.validateSoon.cancel();
        const mine = ++this.#revision;
        const [fault, remarks] = await this.#request(recipe);
        if (mine !== this.#revision) {
            return false;
        }
        Object.assign(this, { fault, remarks });
        this.onChange();
        return !fault;
    }

    async #request(recipe) {
        try {
            const { warnings } = await this.api.post("recipes/read", { text: JSON.stringify(recipe) });
            return [null, warnings.map(parseRemark)];
        } catch (error) {
            return [makeFault(error), []];
        }
    }

    /** Sets the fault of a refused request. */
    setError(error) {
        this.fault = makeFault(error);
        this.onChange();
    }

    /** @returns {Map<string, string>} what is wrong with the knobs of a pass, or for null of the recipe itself */
    faultsOf(pass) {
        return this.fault?.pass === pass ? new Map([[this.fault.knob, this.fault.text]]) : new Map();
    }

    /** @returns {Map<number, string>} what is to be said of passes, one line a pass */
    marksByPass() {
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
function makeFault(error) {
    const place = error instanceof ServerError ? parseFaultPath(error.path) : { pass: null, knob: "" };
    return { ...place, text: error.path === "recipe.name" ? describeTakenName(error) : error.message };
}
