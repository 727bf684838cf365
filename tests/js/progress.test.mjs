import assert from "node:assert/strict";
import test from "node:test";

import { formatRemaining } from "../../javascript/retouch/panels/progress.mjs";

test("a remaining time is in seconds, and in minutes from two minutes on", () => {
    assert.equal(formatRemaining(0.2), "about 1 s left");
    assert.equal(formatRemaining(12.4), "about 12 s left");
    assert.equal(formatRemaining(119), "about 119 s left");
    assert.equal(formatRemaining(120), "about 2 min left");
    assert.equal(formatRemaining(1000), "about 17 min left");
});
