/** Recipes that were written and not saved: kept in the browser until they are saved or thrown away. */

const KEY = "retouch-recipe-drafts";

/** @returns {{draft: string, replaces: string}[]} recipes, each with its name here and which of one's own it changes */
export function drafts(storage = globalThis.localStorage) {
    try {
        const found = JSON.parse(storage?.getItem(KEY) ?? "[]");
        return Array.isArray(found) ? found.filter(({ draft, passes }) => draft && Array.isArray(passes)) : [];
    } catch {
        return [];
    }
}

/** A recipe of `drafts`, in place of what was kept under its name. */
export function keepDraft(recipe, storage = globalThis.localStorage) {
    const known = drafts(storage);
    const isThere = known.some(({ draft }) => draft === recipe.draft);
    const kept = isThere ? known.map((one) => (one.draft === recipe.draft ? recipe : one)) : [...known, recipe];
    store(kept, storage);
}

export function dropDraft(name, storage = globalThis.localStorage) {
    const known = drafts(storage);
    const kept = known.filter(({ draft }) => draft !== name);
    if (kept.length < known.length) {
        store(kept, storage);
    }
}

function store(kept, storage) {
    try {
        storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
        // A browser that keeps nothing: the editor still has it.
    }
}
