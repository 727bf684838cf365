import assert from "node:assert/strict";
import test from "node:test";

import { upgradeDoc } from "../../javascript/retouch/document/autosave.mjs";
import { newDocument } from "../../javascript/retouch/document/document.mjs";
import { setVariations, variationsOf } from "../../javascript/retouch/document/variations.mjs";

test("a document stored by an earlier version keeps its variations", () => {
    const { variations, ...doc } = setVariations(newDocument(), { objects: [], candidates: [{}], parts: [] });
    const upgraded = upgradeDoc({ ...doc, offer: variations });
    assert.equal(variationsOf(upgraded), variations);
    assert.equal("offer" in upgraded, false);
});

test("a document of the present version stays as it is", () => {
    const doc = setVariations(newDocument(), { objects: [], candidates: [{}], parts: [] });
    assert.deepEqual(upgradeDoc(doc), doc);
    assert.equal("variations" in upgradeDoc(newDocument()), false);
});
