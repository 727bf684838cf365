/** Values in a browser's storage, which may be absent, full or hold something else. No work depends on them. */

/** The value under a key, written as JSON; `fallback` without a readable one. */
export function readJson(storage, key, fallback) {
    try {
        return JSON.parse(storage?.getItem(key) ?? "null") ?? fallback;
    } catch {
        return fallback;
    }
}

export function writeJson(storage, key, value) {
    writeText(storage, key, JSON.stringify(value));
}

/** Stores a text. A full storage keeps the text of before. */
export function writeText(storage, key, value) {
    try {
        storage?.setItem(key, value);
    } catch {
        // the next start has the value of before
    }
}
