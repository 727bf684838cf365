/** Prompts belong to the picture for which they were written: another picture has its own. */

/**
 * Swaps the settings' prompts when the store shows another picture. What was written before the first picture was
 * open goes with that picture.
 *
 * @param {import("./store.mjs").Store} store
 * @param {import("./settings.mjs").Settings} settings
 */
export function followPicture(store, settings) {
    const wordsOf = new WeakMap();
    let { picture, doc } = store;
    store.addEventListener("change", () => {
        const before = { picture, doc };
        ({ picture, doc } = store);
        if (picture === before.picture) {
            return;
        }
        wordsOf.set(before.picture, settings.words);
        if (before.doc.base || wordsOf.has(picture)) {
            settings.setWords(wordsOf.get(picture));
        }
    });
}
