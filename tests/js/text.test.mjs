/** What a person reads: one file has all of it, and whoever shows it asks by key. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import test from "node:test";

import { TEXT } from "../../javascript/retouch/ui/text.mjs";
import { text } from "../../javascript/retouch/util/text.mjs";

const ROOT = resolve(import.meta.dirname, "../../javascript/retouch");
const LITERAL = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
const LITERAL_OR_COMMENT = new RegExp(`${LITERAL.source}|/\\*[^]*?\\*/|//.*`, "g");
/** Developers read errors of these, or the data of them is no sentence. */
const SKIPPED = ["vendor", "styles", "image", "geometry"];

/** Names of keys as events and the list of shortcuts have them. */
const KEYS = /^(Enter|Escape|Esc|Delete|Backspace|Tab|Home|End|Space|Ctrl|Alt|Shift|Arrow\w*|Page|Drag|Wheel|[A-Z])(s?)$/;
/** Words that look like some for the page, and are none. */
const NO_WORDS = new Set([
    "AbortError", // names of the platform
    "Content-Type",
    "Files",
    "Custom", // names of recipes, which the server has, too
    "Face polish",
    "Inpaint upload.png", // a file's name
    "The file is damaged, or no ZIP.", // `readSidecar` says it in its own words
]);

function modulesBelow(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? modulesBelow(path) : path.endsWith(".mjs") ? [path] : [];
    });
}

/** Its code, without comments, RangeErrors, which developers read, and the table of the tools. */
function codeOf(path) {
    const code = readFileSync(path, "utf8").replaceAll(LITERAL_OR_COMMENT, (found) => (found[0] === "/" ? "" : found));
    return code.replaceAll(/RangeError\(.*\)/g, "RangeError()");
}

const SOURCES = modulesBelow(ROOT)
    .filter((path) => !path.endsWith(join("ui", "text.mjs")))
    .filter((path) => !SKIPPED.includes(relative(ROOT, path).split(sep)[0]))
    .map((path) => ({ name: relative(ROOT, path), code: codeOf(path) }));
const AREAS = new Set(Object.keys(TEXT).map((key) => key.split(".")[0]));

const formsOf = (words) => (typeof words === "string" ? [words] : Object.values(words));
const placeholdersOf = (key) => new Set(formsOf(TEXT[key]).flatMap((words) => words.match(/\{\w+\}/g) ?? []));

/** The literals in a module that look like keys. */
function keysIn(code) {
    const literals = [...code.matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"/g)].map(([, key]) => key);
    return literals.filter((key) => AREAS.has(key.split(".")[0]));
}

/** What stands between the brackets of each call of `text`. */
function callsIn(code) {
    return [...code.matchAll(/(?<![\w.#])text\(/g)].map(({ index, 0: { length } }) => {
        let [depth, end] = [1, index + length];
        for (; depth; end++) {
            depth += { "(": 1, ")": -1 }[code[end]] ?? 0;
        }
        return code.slice(index + length, end - 1);
    });
}

/** What a literal says by itself, without its placeholders. */
function saidBy(literal) {
    return literal.slice(1, -1).replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "").trim();
}

function isRead(said) {
    const isSentence = /^[A-Z][a-z]+([ ,.:;…].*)?$/s.test(said) || / [a-z]{2,} [a-z]{2,}/.test(said);
    const isStyle = /^rt-| rt-|:[a-z0-9]|^\(/.test(said);
    return isSentence && !isStyle && !NO_WORDS.has(said) && !said.split("+").every((part) => KEYS.test(part));
}

test("placeholders are filled, and plural forms chosen by the count", () => {
    assert.equal(text("did.open", { name: "$& a.png" }), "Open $& a.png");
    assert.deepEqual([1, 2].map((count) => text("work.masks", { count })), ["a mask", "2 masks"]);
    assert.deepEqual([0, 1, 2].map((count) => text("plan.stages", { count })), ["0 stages", "1 stage", "2 stages"]);
});

test("an unknown key or a missing value is an error", () => {
    assert.throws(() => text("page.none"), /"page.none" is no key/);
    assert.throws(() => text("toString"), /no key/);
    assert.throws(() => text("did.open"), /"did.open" has no value for \{name\}/);
    assert.throws(() => text("plan.stages"), RangeError);
});

test("every plural has the English forms with the same placeholders", () => {
    for (const words of Object.values(TEXT).filter((one) => typeof one !== "string")) {
        assert.deepEqual(Object.keys(words), ["one", "other"]);
    }
});

test("every key is used somewhere", () => {
    const used = new Set(SOURCES.flatMap(({ code }) => keysIn(code)));
    assert.deepEqual(Object.keys(TEXT).filter((key) => !used.has(key)), []);
});

test("every key that is used is there", () => {
    const asked = SOURCES.flatMap(({ code }) => callsIn(code).flatMap((call) => /^"([^"]+)"/.exec(call)?.[1] ?? []));
    const unknown = [...asked, ...SOURCES.flatMap(({ code }) => keysIn(code))].filter((key) => !(key in TEXT));
    assert.deepEqual(unknown, []);
});

test("every text call gives a value for each placeholder", () => {
    const wrong = SOURCES.flatMap(({ name, code }) =>
        callsIn(code).flatMap((call) =>
            keysIn(call.split("{")[0])
                .flatMap((key) => [...placeholdersOf(key)].map((place) => [key, place.slice(1, -1)]))
                .filter(([, place]) => !new RegExp(`[{,]\\s*(\\.\\.\\.\\w+|${place}\\b)`).test(call))
                .map(([key, place]) => `${name}: ${key} without {${place}}`),
        ),
    );
    assert.deepEqual(wrong, []);
});

for (const { name, code } of SOURCES) {
    test(`${name} has no words of its own`, () => {
        const found = [...code.matchAll(LITERAL)].map(([literal]) => literal).filter((one) => isRead(saidBy(one)));
        assert.deepEqual(found, []);
        const face = /(?:"(?:aria-(?:label|description|valuetext)|data-tip)"|\b(?:title|placeholder|alt|label|hint)): *(["'`][^"'`]*)/g;
        const named = [...code.matchAll(face)].map(([, literal]) => literal).filter((one) => /[a-z]{2}/.test(saidBy(`${one}"`)));
        assert.deepEqual(named, []);
    });
}
