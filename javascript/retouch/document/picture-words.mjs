/** Prompts belong to the picture for which they were written: another picture has its own. */

/**
 * Swaps the settings' prompts when the store shows another picture. The history gets those of the picture before.
 * What was written before the first picture was open goes with that picture.
 *
 * @param {import("./store.mjs").Store} store
 * @param {import("./settings.mjs").Settings} settings
 * @param {import("./prompt-history.mjs").PromptHistory} history
 */
export function followPicture(store, settings, history) {
    const wordsOf = new WeakMap();
    let { picture, doc } = store;
    store.addEventListener("change", () => {
        const before = { picture, doc };
        ({ picture, doc } = store);
        if (picture === before.picture) {
            return;
        }
        wordsOf.set(before.picture, settings.words);
        [settings.get("recipe_prompt"), settings.get("prompt")].forEach((prompt) => history.add(prompt));
        if (before.doc.base || wordsOf.has(picture)) {
            settings.setWords(wordsOf.get(picture));
        }
    });
}
