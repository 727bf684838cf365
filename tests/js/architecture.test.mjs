/** Which folder of the studio's modules may import which others, and what runs without a page. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import test from "node:test";

import { makeTools, TOOLS } from "../../javascript/retouch/tools/index.mjs";
import { Tool } from "../../javascript/retouch/tools/tool.mjs";

const ROOT = resolve(import.meta.dirname, "../../javascript/retouch");
/** What the page says: nothing but data, so that whoever makes sentences may have it through `util/text.mjs`. */
const WORDS = join("ui", "text.mjs");
const ALLOWED = {
    vendor: [],
    [WORDS]: [],
    util: ["vendor", WORDS],
    ui: ["vendor", "util"],
    geometry: ["util"],
    image: ["util", "geometry"],
    document: ["util", "geometry", "image"],
    server: ["util", "geometry", "image", "document"],
    tools: ["util", "geometry", "image", "document", "ui"],
    canvas: ["util", "geometry", "image", "document"],
    files: ["util", "ui", "geometry", "image", "document", "server"],
    host: ["util", "ui"],
    panels: ["util", "ui", "geometry", "image", "document", "server", "tools", "files", "host"],
    recipes: ["util", "ui", "image", "document", "server", "files"],
    batch: ["util", "ui", "image", "document", "server", "files", "recipes"],
};
const FOLDERS = Object.keys(ALLOWED).filter((name) => name !== WORDS);
/** These import nothing that needs a page or a network. */
const BARE = ["util", "geometry", "image", "document"];
/** Classes, and functions that are exported. */
const NAMED = /^(?:export )?class (\w+)|^export (?:async )?function (\w+)/gm;
const FLAT = ["commands.mjs", "point-to-mask.mjs", "shortcuts.mjs", "studio.mjs"];

function modulesBelow(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? modulesBelow(path) : path.endsWith(".mjs") ? [path] : [];
    });
}

/** The modules that one imports, as paths; JSDoc types are none. */
function importsOf(path) {
    const code = readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
    return [...code.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, name]) => resolve(dirname(path), name));
}

function folderOf(path) {
    const name = relative(ROOT, path);
    if (name === WORDS) {
        return WORDS;
    }
    return dirname(path) === ROOT ? "" : name.split(/[\\/]/)[0];
}

/** Characters of a test's name as the source has it; a template counts with its placeholders. */
const LONGEST_TEST_NAME = 70;

function testNamesOf(path) {
    const calls = /^\s*test(?:\.\w+)?\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gm;
    return [...readFileSync(path, "utf8").matchAll(calls)].map(([, , name]) => name);
}

const MODULES = modulesBelow(ROOT);

test("every module but the four listed is in a known folder", () => {
    assert.deepEqual(MODULES.filter((path) => !folderOf(path)).map((path) => relative(ROOT, path)).sort(), FLAT);
    const folders = readdirSync(ROOT).filter((name) => statSync(join(ROOT, name)).isDirectory());
    assert.deepEqual(folders.filter((name) => name !== "styles").sort(), FOLDERS.toSorted());
});

for (const [folder, allowed] of Object.entries(ALLOWED)) {
    test(`${folder} imports only what it may`, () => {
        const wrong = MODULES.filter((path) => folderOf(path) === folder).flatMap((path) =>
            importsOf(path)
                .filter((other) => ![folder, ...allowed].includes(folderOf(other)))
                .map((other) => `${relative(ROOT, path)} imports ${relative(ROOT, other)}`),
        );
        assert.deepEqual(wrong, []);
    });
}

test("no modules import each other in a circle", () => {
    const open = new Set();
    const done = new Set();
    const visit = (path, trail) => {
        assert.ok(!open.has(path), `circle: ${[...trail, path].map((one) => relative(ROOT, one)).join(" -> ")}`);
        if (done.has(path)) {
            return;
        }
        open.add(path);
        importsOf(path).forEach((other) => visit(other, [...trail, path]));
        open.delete(path);
        done.add(path);
    };
    MODULES.forEach((path) => visit(path, []));
});

test("no class and no exported function has the name of another", () => {
    const owners = new Map();
    for (const path of MODULES) {
        const code = readFileSync(path, "utf8");
        for (const [, ofClass, ofFunction] of code.matchAll(NAMED)) {
            const name = ofClass ?? ofFunction;
            owners.set(name, [...(owners.get(name) ?? []), relative(ROOT, path)]);
        }
    }
    const twice = [...owners].filter(([, paths]) => paths.length > 1);
    assert.deepEqual(twice, []);
});

test("the canvas gets every tool from one table", () => {
    const names = TOOLS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(TOOLS.map(({ key }) => key)).size, TOOLS.length);
    const view = {};
    const tools = makeTools(view);
    assert.deepEqual(Object.keys(tools), names);
    for (const row of TOOLS) {
        assert.ok(tools[row.name] instanceof row.class && tools[row.name] instanceof Tool, row.name);
        assert.equal(tools[row.name].view, view);
        assert.equal(tools[row.name].cursor, row.cursor);
    }
});

for (const path of MODULES.filter((one) => BARE.includes(folderOf(one)))) {
    test(`${relative(ROOT, path)} is imported without a page`, async () => {
        assert.equal(typeof (await import(path)), "object");
    });
}

test("vendored libraries match their checksums and have a licence", () => {
    const folder = join(ROOT, "vendor");
    const table = readFileSync(join(folder, "README.md"), "utf8");
    for (const path of MODULES.filter((one) => folderOf(one) === "vendor")) {
        assert.ok(table.includes(createHash("sha256").update(readFileSync(path)).digest("hex")), path);
        assert.ok(statSync(path.replace(/\.mjs$/, ".LICENSE")).isFile(), path);
    }
});

test("every test name has at most 70 characters", () => {
    const files = readdirSync(import.meta.dirname, { recursive: true }).filter((name) => name.endsWith(".test.mjs"));
    const names = files.flatMap((name) => testNamesOf(join(import.meta.dirname, name)));
    assert.ok(names.length > 200);
    assert.deepEqual(names.filter((name) => name.length > LONGEST_TEST_NAME), []);
});

test("a full storage stops nothing: one module writes to it", () => {
    // autosave.mjs tells the person that its work cannot be kept
    const guarded = ["util/local-storage.mjs", "document/autosave.mjs"].map((name) => resolve(ROOT, name));
    const writers = modulesBelow(ROOT).filter((path) => /\bsetItem\(/.test(readFileSync(path, "utf8")));
    assert.deepEqual(writers.filter((path) => !guarded.includes(path)), []);
});
