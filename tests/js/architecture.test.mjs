/** Which folder of the studio's modules may import which others, and what runs without a page. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import test from "node:test";

const ROOT = resolve(import.meta.dirname, "../../javascript/retouch");
const ALLOWED = {
    util: [],
    ui: ["util"],
    geometry: ["util"],
    image: ["util", "geometry"],
    document: ["util", "geometry", "image"],
    server: ["util", "geometry", "image", "document"],
    tools: ["util", "geometry", "image", "document", "ui"],
    canvas: ["util", "geometry", "image", "document", "tools"],
    files: ["util", "ui", "geometry", "image", "document", "server"],
    host: ["ui"],
    panels: ["util", "ui", "geometry", "image", "document", "server", "tools", "files", "host"],
    recipes: ["util", "ui", "image", "document", "server", "files"],
    batch: ["util", "ui", "image", "document", "server", "files", "recipes"],
};
/** These import nothing that needs a page or a network. */
const BARE = ["util", "geometry", "image", "document"];
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

/** Characters of a test's name as the source has it; a template counts with its placeholders. */
const LONGEST_TEST_NAME = 70;

function testNamesOf(path) {
    const calls = /^\s*test(?:\.\w+)?\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gm;
    return [...readFileSync(path, "utf8").matchAll(calls)].map(([, , name]) => name);
}

const folderOf = (path) => (dirname(path) === ROOT ? "" : relative(ROOT, path).split(/[\\/]/)[0]);
const MODULES = modulesBelow(ROOT);

test("every module is in a folder, but for four", () => {
    assert.deepEqual(MODULES.filter((path) => !folderOf(path)).map((path) => relative(ROOT, path)).sort(), FLAT);
    const folders = readdirSync(ROOT).filter((name) => statSync(join(ROOT, name)).isDirectory());
    assert.deepEqual(folders.filter((name) => name !== "styles").sort(), Object.keys(ALLOWED).sort());
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

for (const path of MODULES.filter((one) => BARE.includes(folderOf(one)))) {
    test(`${relative(ROOT, path)} is imported without a page`, async () => {
        assert.equal(typeof (await import(path)), "object");
    });
}

test("every test name has at most 70 characters", () => {
    const files = readdirSync(import.meta.dirname, { recursive: true }).filter((name) => name.endsWith(".test.mjs"));
    const names = files.flatMap((name) => testNamesOf(join(import.meta.dirname, name)));
    assert.ok(names.length > 200);
    assert.deepEqual(names.filter((name) => name.length > LONGEST_TEST_NAME), []);
});
