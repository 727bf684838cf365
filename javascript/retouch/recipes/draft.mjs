/** A recipe being written: its passes added, taken out, moved and changed. Each change makes another recipe. Pure. */

import { recipeName, bareRecipe } from "./text.mjs";

/** Characters of a name that the server takes. */
const LONGEST_NAME = 80;

/** The one to begin with; `schema` is the version that the server writes. */
export function blankRecipe(schema) {
    return { name: "", schema, passes: [{}] };
}

/** @returns {any} what lies under a dotted path; undefined where nothing does */
export function getPath(tree, path) {
    return path.split(".").reduce((spot, name) => spot?.[name], tree);
}

/** The tree with a value under a dotted path; without it for undefined, and without what is empty then. */
export function setPath(tree, path, value) {
    const [name, ...rest] = path.split(".");
    const { [name]: old, ...others } = tree;
    const inner = rest.length ? setPath(old ?? {}, rest.join("."), value) : value;
    const isEmpty = inner === undefined || (rest.length > 0 && !Object.keys(inner).length);
    return isEmpty ? others : { ...tree, [name]: inner };
}

/** One knob of the pass at a place, from 0. */
export function changePass(recipe, place, path, value) {
    const passes = recipe.passes.map((one, index) => (index === place ? setPath(one, path, value) : one));
    return { ...recipe, passes };
}

/** A new pass behind that of a place; the first for -1. */
export function addPass(recipe, place) {
    return reorderPasses(recipe, placesOf(recipe).toSpliced(place + 1, 0, null));
}

/** A pass twice. */
export function duplicatePass(recipe, place) {
    return reorderPasses(recipe, placesOf(recipe).toSpliced(place + 1, 0, place));
}

export function removePass(recipe, place) {
    return reorderPasses(recipe, placesOf(recipe).toSpliced(place, 1));
}

/** The pass of a place moved by so many; the same recipe where that leads out of it. */
export function movePass(recipe, place, by) {
    const to = place + by;
    return recipe.passes[to] ? reorderPasses(recipe, placesOf(recipe).toSpliced(place, 1).toSpliced(to, 0, place)) : recipe;
}

/** @returns {number[]} the passes, from 0, that look within the regions of the pass at a place */
export function passesWithin(recipe, place) {
    return placesOf(recipe).filter((index) => recipe.passes[index].target?.of_pass === place + 1);
}

function placesOf({ passes }) {
    return passes.map((_, place) => place);
}

/**
 * The passes in another order, each by its old place, null for a new one. A pass within another stays within it: within
 * the first copy of a duplicated one, and within none where it is removed.
 */
function reorderPasses(recipe, order) {
    const passes = order.map((old) => {
        const one = recipe.passes[old] ?? {};
        const named = one.target?.of_pass;
        const now = order.indexOf(named - 1) + 1;
        return named ? setPath(one, "target.of_pass", now || undefined) : one;
    });
    return { ...recipe, passes };
}

/**
 * Where the path of a fault leads.
 *
 * @param {string} path as errors carry it: "passes[1].target.models[0]", with or without "recipe." before it
 * @returns {{pass: number | null, knob: string}} the pass from 0, null for the recipe itself; the knob's path
 */
export function parseFaultPath(path) {
    const inside = path.replace(/^recipe(\.|$)/, "");
    const [, pass = null, rest = inside] = /^passes\[(\d+)\]\.?(.*)$/.exec(inside) ?? [];
    return { pass: pass && Number(pass), knob: rest.replace(/\[\d+\]/g, "") };
}

/** @returns {{pass: number | null, text: string}} which pass, from 0, a remark of the server is about */
export function parseRemark(remark) {
    const [, number = null, text = remark] = /^Pass (\d+): (.*)$/s.exec(remark) ?? [];
    return { pass: number && number - 1, text };
}

/** What the editor starts with: an own recipe, an unsaved one as it is, of another a copy. */
export function startDraft(recipe, known) {
    if (recipe.draft || !known.includes(recipe)) {
        return recipe;
    }
    const name = recipeName(recipe);
    return recipe.own ? { ...recipe, replaces: name } : { ...bareRecipe(recipe), name: makeCopyName(name, known.map(recipeName)) };
}

/** A name for a copy that nobody of `taken` has. */
function makeCopyName(original, taken) {
    const lower = new Set(taken.map((one) => one.toLowerCase()));
    const stem = original.replace(/ copy( \d+)?$/, "");
    for (let number = 1; ; number++) {
        const end = number > 1 ? ` copy ${number}` : " copy";
        const name = stem.slice(0, LONGEST_NAME - end.length) + end;
        if (!lower.has(name.toLowerCase())) {
            return name;
        }
    }
}

/** Whether two recipes say the same, in whichever order. */
export function isEqual(one, other) {
    return JSON.stringify(one, sortKeys) === JSON.stringify(other, sortKeys);
}

function sortKeys(_key, value) {
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}
