import assert from "node:assert/strict";
import test from "node:test";

import { isTargetRunning, markTabs, summarizeTargets } from "../../javascript/retouch.mjs";

function button() {
    const classes = new Set();
    return {
        classList: {
            contains: (name) => classes.has(name),
            toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)),
        },
    };
}

/** A page of target tabs: [detectors chosen, enabled] each. */
function page(targets) {
    const buttons = targets.map(button);
    return {
        buttons,
        querySelectorAll(selector) {
            if (selector.endsWith(".tab-nav button")) {
                return buttons;
            }
            const index = Number(/models_(\d+) /.exec(selector)[1]) - 1;
            return Array(targets[index][0]);
        },
        querySelector(selector) {
            const index = Number(/enabled_(\d+) /.exec(selector)[1]) - 1;
            return { checked: targets[index][1] };
        },
    };
}

const marked = (root) => root.buttons.map((b) => b.classList.contains("retouch-on"));

test("a target runs when it is enabled and names a detector", () => {
    assert.equal(isTargetRunning(1, true), true);
    assert.equal(isTargetRunning(0, true), false);
    assert.equal(isTargetRunning(2, false), false);
});

test("only tabs that run are marked, and the mark is removed again", () => {
    const targets = [[1, true], [2, false], [0, true]];
    const root = page(targets);
    markTabs(root, "txt2img");
    assert.deepEqual(marked(root), [true, false, false]);
    targets[0][1] = false;
    targets[1][1] = true;
    markTabs(root, "txt2img");
    assert.deepEqual(marked(root), [false, true, false]);
});

test("the line tells the detectors and the denoising strength of each target", () => {
    const words = { none: "Nothing.", one: "1 target: {targets}.", many: "{count} targets: {targets}." };
    const face = { detectors: ["face"], strength: "0.4" };
    const hands = { detectors: ["hand", "arm"], strength: "0.7" };
    assert.equal(summarizeTargets([], words), "Nothing.");
    assert.equal(summarizeTargets([face], words), "1 target: face 0.4.");
    assert.equal(summarizeTargets([face, hands], words), "2 targets: face 0.4, hand + arm 0.7.");
});
