/** The icons that the page names, and their drawings from Lucide. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";

import { TOOLS } from "../../javascript/retouch/tools/index.mjs";
import { FALLBACK, icon, LUCIDE } from "../../javascript/retouch/ui/icons.mjs";
import { ICONS } from "../../javascript/retouch/vendor/lucide.mjs";

const ROOT = resolve(import.meta.dirname, "../../javascript/retouch");
/** The intents of `retouch/recipes/intents.py`. */
const INTENTS = ["fill", "remove", "replace", "add", "refine"];

/** The names of `icon("name")` and `iconButton("name", ...)` in the page's modules. */
function iconNamesInCode() {
    const paths = readdirSync(ROOT, { recursive: true }).filter((name) => name.endsWith(".mjs"));
    return paths.flatMap((path) => {
        const code = readFileSync(join(ROOT, path), "utf8");
        return [...code.matchAll(/\b(?:icon|iconButton)\(\s*"(\w+)"/g)].map(([, name]) => name);
    });
}

/** An element that keeps its attributes, as `icon` needs no more of a page. */
function withPage(act) {
    globalThis.document = {
        createElementNS: () => ({
            append() {},
            setAttribute(name, value) {
                this[name] = value;
            },
        }),
    };
    try {
        return act();
    } finally {
        delete globalThis.document;
    }
}

test("every icon of the page is drawn, and no drawing is unused", () => {
    assert.deepEqual(Object.keys(ICONS), [...new Set([...Object.values(LUCIDE), FALLBACK])].sort());
});

test("every icon that the page names has a row in the table", () => {
    const names = [...iconNamesInCode(), ...TOOLS.map((tool) => tool.icon), ...INTENTS];
    assert.ok(names.length > 50);
    assert.deepEqual(
        names.filter((name) => !Object.hasOwn(LUCIDE, name)),
        [],
    );
});

test("an icon is hidden from screen readers and 18 pixels wide", () => {
    const { width, height, viewBox, innerHTML, ...rest } = withPage(() => icon("lasso"));
    assert.deepEqual([width, height, viewBox, innerHTML], [18, 18, "0 0 24 24", ICONS.lasso]);
    assert.deepEqual([rest.class, rest["aria-hidden"]], ["rt-icon", "true"]);
});

for (const name of ["enhance", "constructor", "", undefined]) {
    test(`an intent with the unknown name ${name} gets the fallback icon`, () => {
        assert.equal(withPage(() => icon(name)).innerHTML, ICONS[FALLBACK]);
    });
}
