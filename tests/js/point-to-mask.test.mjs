import assert from "node:assert/strict";
import test from "node:test";

import { defaultCandidate } from "../../javascript/retouch/point-to-mask.mjs";

const regions = (...scores) => scores.map((score) => ({ score }));

test("default candidate has the highest score, of equal ones the smallest", () => {
    assert.equal(defaultCandidate(regions(0.3, 0.9, 0.5)), 1);
    assert.equal(defaultCandidate(regions(0.7, 0.9, 0.9)), 1);
    assert.equal(defaultCandidate([]), 0);
});
