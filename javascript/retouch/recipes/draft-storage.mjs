/** Recipes that were written and not saved: kept in the browser until they are saved or thrown away. */

import { writeJson } from "../util/local-storage.mjs";

const KEY = "retouch-recipe-drafts";

/** @returns {{draft: string, replaces: string}[]} recipes, each with its name here and which of one's own it changes */
export function loadDrafts(storage = globalThis.localStorage) {
    try {
        const stored = JSON.parse(storage?.getItem(KEY) ?? "[]");
        return Array.isArray(stored) ? stored.filter(({ draft, passes }) => draft && Array.isArray(passes)) : [];
    } catch {
        return [];
    }
}

/** A recipe of `loadDrafts`, in place of what was kept under its name. */
export function keepDraft(recipe, storage = globalThis.localStorage) {
    const known = loadDrafts(storage);
    const isThere = known.some(({ draft }) => draft === recipe.draft);
    const recipes = isThere ? known.map((one) => (one.draft === recipe.draft ? recipe : one)) : [...known, recipe];
    saveDrafts(recipes, storage);
}

export function dropDraft(name, storage = globalThis.localStorage) {
    const known = loadDrafts(storage);
    const recipes = known.filter(({ draft }) => draft !== name);
    if (recipes.length < known.length) {
        saveDrafts(recipes, storage);
    }
}

function saveDrafts(recipes, storage) {
    writeJson(storage, KEY, recipes); // without room the editor still has it
}
