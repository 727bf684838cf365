/** What a person reads on the page, by its key: `ui/text.mjs` has all of it, so that a translation is one file. */

import { LANGUAGE, TEXT } from "../ui/text.mjs";

const PLACEHOLDER = /\{(\w+)\}/g;
const plurals = new Intl.PluralRules(LANGUAGE);

/**
 * @param {string} key of TEXT; others are a RangeError
 * @param {Object<string, string | number>} [values] one for each {placeholder}, or it is a RangeError; `count` chooses
 *     the plural form as well
 * @returns {string}
 */
export function text(key, values = {}) {
    return wordsOf(key, values).replace(PLACEHOLDER, (_, name) => {
        if (!(name in values)) {
            throw new RangeError(`"${key}" has no value for {${name}}`);
        }
        return values[name];
    });
}

function wordsOf(key, { count }) {
    if (!Object.hasOwn(TEXT, key)) {
        throw new RangeError(`"${key}" is no key of ui/text.mjs`);
    }
    const words = TEXT[key];
    return typeof words === "string" ? words : (words[plurals.select(count)] ?? words.other);
}
