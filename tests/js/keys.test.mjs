import assert from "node:assert/strict";
import test from "node:test";

import { actionsOf } from "../../javascript/retouch/shortcuts.mjs";
import { chord } from "../../javascript/retouch/ui/key-listener.mjs";

const pressed = (key, held = {}) =>
    chord({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("a chord names what is held and what is pressed", () => {
    assert.equal(pressed("b"), "B");
    assert.equal(pressed("z", { ctrlKey: true }), "Ctrl+Z");
    assert.equal(pressed("Z", { metaKey: true, shiftKey: true }), "Ctrl+Shift+Z");
    assert.equal(pressed("1", { altKey: true }), "Alt+1");
    assert.equal(pressed(" "), "Space");
});

test("a sign is the same chord on keyboards with and without Shift for it", () => {
    assert.equal(pressed("?", { shiftKey: true }), "?");
    assert.equal(pressed("?"), "?");
});

test("no two shortcuts share their keys, and each is told apart in the list", () => {
    const anything = new Proxy({}, { get: () => () => true });
    const actions = actionsOf(anything, anything);
    const keys = actions.flatMap((action) => action.keys);
    assert.deepEqual(keys, [...new Set(keys)]);
    assert.ok(actions.every(({ label, run }) => label && typeof run === "function"));
});
