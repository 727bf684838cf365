import assert from "node:assert/strict";
import test from "node:test";

import { listMeasures, describeScores } from "../../javascript/retouch/panels/quality-text.mjs";

test("scores are shown beside those before, missing ones are left out", () => {
    const scores = { seam: 1.204, seam_before: 0.5, drift_around: 0, sharpness: null, sharpness_before: 0.9 };
    assert.equal(describeScores(scores), "Seam 0.50 → 1.20 (fair) · Drift 0.00 (good)");
    assert.equal(describeScores({ confidence_after: 0.876 }), "Confidence 0.88 (good)");
    assert.equal(describeScores({ seam: -0.001, seam_before: -0.126 }), "Seam -0.13 → 0.00 (good)");
    assert.deepEqual(listMeasures({}), []);
    assert.deepEqual(listMeasures(undefined), []);
});

test("each measure is marked good, fair or poor", () => {
    const mark = (scores) => listMeasures(scores)[0].mark;
    assert.deepEqual([0.4, 1.7, 4].map((seam) => mark({ seam })), ["good", "fair", "poor"]);
    assert.deepEqual([0, 3, 30].map((drift_around) => mark({ drift_around })), ["good", "fair", "poor"]);
    assert.deepEqual([0.3, 0.6, 1, 1.3, 1.9, 2.3].map((sharpness) => mark({ sharpness })), ["poor", "fair", "good", "good", "fair", "poor"]);
    const drop = (by) => mark({ confidence_before: 0.9, confidence_after: 0.9 - by });
    assert.deepEqual([-0.1, 0.2, 0.5].map(drop), ["good", "fair", "poor"]);
    assert.equal(mark({ sharpness: 0 }), "poor");
});
