/**
 * What the next request will ask for, beyond picture and mask: prompt, seed, and for each intent the knobs that
 * the person has moved away from its defaults.
 */

import { UNCHANGED_SIZE } from "../geometry/margins.mjs";
import { readJson, writeJson } from "../util/local-storage.mjs";

const KEY = "retouch-settings";
const START = {
    prompt: "",
    recipe_prompt: "",
    negative_prompt: "",
    seed: -1,
    variations: 2,
    invert: false,
    intent: "",
    segmenter: "",
    refine_edges: true,
    extension: UNCHANGED_SIZE,
    extension_words: {},
    overrides: {},
};
/** What was written for one picture. */
const WORDS = ["prompt", "recipe_prompt", "extension_words"];
/** What is a habit rather than a part of one picture's work: kept from one day to the next. */
const HABITS = ["negative_prompt", "variations", "segmenter", "refine_edges", "overrides"];

/** Dispatches "change" with the changed names as `detail`. */
export class Settings extends EventTarget {
    constructor(storage = globalThis.localStorage) {
        super();
        this.storage = storage;
        this.values = { ...START, ...loadHabits(storage) };
    }

    get(name) {
        return this.values[name];
    }

    set(changes) {
        const names = Object.keys(changes).filter((name) => this.values[name] !== changes[name]);
        if (!names.length) {
            return;
        }
        this.values = { ...this.values, ...changes };
        if (names.some((name) => HABITS.includes(name))) {
            saveHabits(this.storage, this.values);
        }
        this.dispatchEvent(new CustomEvent("change", { detail: names }));
    }

    /** What was written for the present picture. */
    get words() {
        return Object.fromEntries(WORDS.map((name) => [name, this.values[name]]));
    }

    /** Replaces what was written for a picture; without an argument it is blank. */
    setWords(words = {}) {
        this.set(Object.fromEntries(WORDS.map((name) => [name, words[name] ?? START[name]])));
    }

    /** The changed knobs of an intent or another owner, by dotted path. */
    overridesOf(intent) {
        return this.values.overrides[intent] ?? {};
    }

    /** Changes one knob; undefined resets it to the default. */
    setOverride(intent, path, value) {
        const { [path]: _, ...others } = this.overridesOf(intent);
        const moved = value === undefined ? others : { ...others, [path]: value };
        this.set({ overrides: { ...this.values.overrides, [intent]: moved } });
    }

    resetOverrides(intent) {
        this.set({ overrides: { ...this.values.overrides, [intent]: {} } });
    }
}

function loadHabits(storage) {
    const stored = Object(readJson(storage, KEY, {}));
    return Object.fromEntries(HABITS.filter((name) => name in stored).map((name) => [name, stored[name]]));
}

function saveHabits(storage, values) {
    writeJson(storage, KEY, Object.fromEntries(HABITS.map((name) => [name, values[name]])));
}

/** {"a.b": 1} as {a: {b: 1}}: knobs as the server takes them. */
export function unflatten(flat) {
    const out = {};
    for (const [path, value] of Object.entries(flat)) {
        const names = path.split(".");
        const last = names.pop();
        const place = names.reduce((spot, name) => (spot[name] ??= {}), out);
        place[last] = value;
    }
    return out;
}

/** {a: {b: 1}} as {"a.b": 1}; lists are values. */
export function flatten(tree, prefix = "") {
    return Object.entries(tree).reduce((out, [name, value]) => {
        const path = prefix + name;
        const deeper = value !== null && typeof value === "object" && !Array.isArray(value);
        return { ...out, ...(deeper ? flatten(value, `${path}.`) : { [path]: value }) };
    }, {});
}
