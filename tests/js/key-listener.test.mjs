import assert from "node:assert/strict";
import test from "node:test";

import { makeShortcuts } from "../../javascript/retouch/shortcuts.mjs";
import { readChord } from "../../javascript/retouch/ui/key-listener.mjs";

const pressed = (key, modifiers = {}) =>
    readChord({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

test("a chord names the held modifiers and the pressed key", () => {
    assert.equal(pressed("b"), "B");
    assert.equal(pressed("z", { ctrlKey: true }), "Ctrl+Z");
    assert.equal(pressed("Z", { metaKey: true, shiftKey: true }), "Ctrl+Shift+Z");
    assert.equal(pressed("1", { altKey: true }), "Alt+1");
    assert.equal(pressed(" "), "Space");
});

test("a character is one chord whether or not it needs Shift", () => {
    assert.equal(pressed("?", { shiftKey: true }), "?");
    assert.equal(pressed("?"), "?");
});

test("no two shortcuts share keys, and each has a label and an action", () => {
    const anything = new Proxy({}, { get: () => () => true });
    const actions = makeShortcuts(anything, anything);
    const keys = actions.flatMap((action) => action.keys);
    assert.deepEqual(keys, [...new Set(keys)]);
    assert.ok(actions.every(({ label, run }) => label && typeof run === "function"));
});
