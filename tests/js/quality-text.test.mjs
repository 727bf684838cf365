import assert from "node:assert/strict";
import test from "node:test";

import { listMeasures, describeScores } from "../../javascript/retouch/panels/quality-text.mjs";

test("scores are shown beside those before, missing ones are left out", () => {
    const scores = { seam: 1.204, seam_before: 0.5, drift_around: 0, sharpness: null, sharpness_before: 0.9 };
    assert.equal(describeScores(scores), "Seam 0.50 → 1.20 · Drift 0.00");
    assert.equal(describeScores({ confidence_after: 0.876 }), "Confidence 0.88");
    assert.equal(describeScores({ seam: -0.001, seam_before: -0.126 }), "Seam -0.13 → 0.00");
    assert.deepEqual(listMeasures({}), []);
    assert.deepEqual(listMeasures(undefined), []);
});
