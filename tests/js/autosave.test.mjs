import assert from "node:assert/strict";
import test from "node:test";

import { upgradeDoc } from "../../javascript/retouch/document/autosave.mjs";
import { newDocument } from "../../javascript/retouch/document/document.mjs";
import { addJob, chosenJob, variationsOf } from "../../javascript/retouch/document/variations.mjs";

test("variations that an earlier version stored become those of one job", () => {
    for (const name of ["offer", "variations"]) {
        const stored = { intent: "fill", name: "Fill", objects: [], parts: [], candidates: [{ seed: 7 }, { seed: 8 }], chosen: 1 };
        const upgraded = upgradeDoc({ ...newDocument(), [name]: stored });
        const { candidates, chosen } = variationsOf(upgraded);
        assert.deepEqual([candidates.map(({ seed }) => seed), chosen], [[7, 8], 1]);
        assert.equal(chosenJob(variationsOf(upgraded)).name, "Fill");
        assert.equal("offer" in upgraded, false);
    }
});

test("a document of the present version stays as it is", () => {
    const doc = addJob(newDocument(), { objects: [], candidates: [{}], parts: [] });
    assert.deepEqual(upgradeDoc(doc), doc);
    assert.equal("variations" in upgradeDoc(newDocument()), false);
});
