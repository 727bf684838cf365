import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import * as docs from "../../javascript/retouch/document/document.mjs";
import {
    boxOnBase,
    listDependents,
    extendDocument,
    extensionOf,
    solidBox,
    listPaintedDependents,
} from "../../javascript/retouch/document/extended-canvas.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { addJob, variationsOf } from "../../javascript/retouch/document/variations.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";

const GRAY = [100, 100, 100, 255];
const RED = [255, 0, 0, 255];
const NEW = [0, 0, 200, 255];
const AT = { x: 10, y: 4 };
const CANVAS = boxOf(0, 0, 40, 18);

/** A picture of 20 x 10, its first ten columns painted red by a step. */
function stepped() {
    const box = boxOf(0, 0, 10, 10);
    const step = { name: "Fill", box, patch: Pixels.filled(10, 10, RED), mask: Mask.ofBox(box), infotext: "red" };
    return docs.addStep(docs.newDocument(Pixels.filled(20, 10, GRAY), "photo.png"), step);
}

/** What a server would answer: new all round, over the first two columns of the picture too. */
function painted(doc, at = AT, size = { width: 40, height: 18 }, fade = 2) {
    const seen = docs.composePicture(doc);
    const out = Pixels.filled(size.width, size.height, NEW);
    for (let y = 0; y < seen.height; y++) {
        for (let x = fade; x < seen.width; x++) {
            out.data.set(seen.at(x, y), ((y + at.y) * out.width + x + at.x) * 4);
        }
    }
    return out;
}

function recordOf(doc, more = {}) {
    const under = { base: doc.base, steps: doc.steps };
    return { state: "w1", stages: [], known: CANVAS, at: AT, under, infotext: "wide", ...more };
}

test("the picture after an extension equals the painted pixels, bit for bit", () => {
    const doc = stepped();
    const pixels = painted(doc);
    const wide = extendDocument(doc, pixels, recordOf(doc));
    assert.ok(docs.composePicture(wide).equals(pixels));
    assert.equal(wide.steps[0].box.left, 10);
    assert.equal(wide.infotext, "wide");
    assert.equal(wide.steps[0].infotext, "");
});

test("an earlier step toggled off shows the base outside the extension", () => {
    const doc = stepped();
    const wide = extendDocument(doc, painted(doc), recordOf(doc));
    const off = docs.composePicture(docs.toggleStep(wide, wide.steps[0].id));
    assert.deepEqual(off.at(10 + 5, 4 + 5), GRAY);
    assert.deepEqual(off.at(10 + 1, 4 + 5), NEW);
    assert.deepEqual(off.at(0, 0), NEW);
});

test("without steps the extended base is the painted picture itself", () => {
    const doc = docs.newDocument(Pixels.filled(20, 10, GRAY));
    const pixels = painted(doc);
    assert.equal(extendDocument(doc, pixels, recordOf(doc)).base, pixels);
});

test("an extension shifts objects, clicks, boxes and sketch, sharing masks", () => {
    const mask = Mask.ofBox(boxOf(3, 2, 6, 5));
    const clicks = [{ x: 4, y: 3, positive: true, on: true }];
    const given = { mask, candidates: [mask], clicks, box: boxOf(2, 1, 7, 6), memory: "m" };
    const first = docs.addObject(docs.newDocument(Pixels.filled(20, 10, GRAY)), given);
    const doc = docs.setSketch(first, { box: boxOf(1, 1, 2, 2), pixels: Pixels.filled(1, 1, RED) });
    const wide = extendDocument(doc, painted(doc), recordOf(doc));
    const [object] = wide.objects;
    assert.deepEqual(object.mask.box, boxOf(13, 6, 16, 9));
    assert.equal(object.mask.data, mask.data);
    assert.equal(object.mask, object.candidates[0]);
    assert.deepEqual(object.clicks, [{ x: 14, y: 7, positive: true, on: true }]);
    assert.deepEqual(object.box, boxOf(12, 5, 17, 10));
    assert.equal(object.memory, "");
    assert.deepEqual(wide.sketch.box, boxOf(11, 5, 12, 6));
    assert.deepEqual(wide.sketch.pixels, doc.sketch.pixels);
    assert.deepEqual(doc.objects[0].mask.box, boxOf(3, 2, 6, 5));
});

test("undoing an extension gives the earlier document itself", () => {
    const doc = stepped();
    const store = new Store(doc);
    store.do("Extend", extendDocument(doc, painted(doc), recordOf(doc)));
    store.undo();
    assert.equal(store.doc, doc);
    assert.equal(extensionOf(store.doc), null);
});

test("a removed stage shifts later steps and uncovers earlier ones", () => {
    const doc = stepped();
    const wide = extendDocument(doc, painted(doc), recordOf(doc));
    const later = docs.addStep(wide, {
        name: "Later",
        box: boxOf(12, 6, 14, 8),
        patch: Pixels.filled(2, 2, [9, 9, 9, 255]),
        mask: Mask.ofBox(boxOf(12, 6, 14, 8)),
        infotext: "later",
    });
    const renamed = docs.renameStep(later, later.steps[0].id, "Red");
    const known = boxOf(10, 4, 40, 18);
    const back = painted(doc, { x: 0, y: 0 }, { width: 30, height: 14 }, 0);
    const less = extendDocument(renamed, back, recordOf(doc, { known, under: extensionOf(wide).under }));
    assert.deepEqual(less.steps[1].box, boxOf(2, 2, 4, 4));
    assert.equal(less.steps[1].infotext, "later");
    assert.equal(less.steps[0].name, "Red");
    assert.deepEqual(less.steps[0].mask.box, boxOf(0, 0, 10, 10));
    assert.deepEqual(docs.composePicture(less).at(0, 0), RED);
    assert.deepEqual(docs.composePicture(less).at(3, 3), [9, 9, 9, 255]);
    const off = docs.toggleStep(less, less.steps[0].id);
    assert.deepEqual(docs.composePicture(off).at(0, 0), GRAY);
});

test("a step kept during the extension is shifted and lies on top", () => {
    const doc = docs.newDocument(Pixels.filled(20, 10, GRAY));
    const box = boxOf(0, 0, 2, 2);
    const stepDoc = docs.addStep(doc, { name: "Fill", box, patch: Pixels.filled(2, 2, RED), mask: Mask.ofBox(box) });
    const wide = extendDocument(stepDoc, painted(doc), recordOf(doc));
    assert.deepEqual(docs.composePicture(wide).at(10, 4), RED);
});

test("offered variations are dropped by an extension", () => {
    const doc = docs.newDocument(Pixels.filled(20, 10, GRAY));
    const offered = addJob(doc, { objects: [], candidates: [{}], parts: [] });
    assert.equal(variationsOf(extendDocument(offered, painted(doc), recordOf(doc))), null);
});

test("a box of the canvas lies on the base where the painted part begins", () => {
    assert.deepEqual(boxOnBase({ known: boxOf(10, 4, 40, 18) }, [12, 4, 20, 9]), boxOf(2, 0, 10, 5));
});

test("the solid box excludes a transparent border", () => {
    const pixels = Pixels.filled(6, 4, [1, 2, 3, 0]);
    pixels.data[(1 * 6 + 2) * 4 + 3] = 255;
    pixels.data[(2 * 6 + 4) * 4 + 3] = 255;
    assert.deepEqual(solidBox(pixels), boxOf(2, 1, 5, 3));
    assert.deepEqual(solidBox(Pixels.filled(6, 4, GRAY)), boxOf(0, 0, 6, 4));
});

test("stages that depend on a stage are found transitively", () => {
    const stage = (number, wave, box, crop) => ({ number, wave, box, crop });
    const stages = [
        stage(1, 0, [20, 0, 30, 10], [0, 0, 30, 10]),
        stage(2, 1, [30, 0, 40, 10], [20, 0, 40, 10]),
        stage(3, 2, [40, 0, 50, 10], [30, 0, 50, 10]),
        stage(4, 0, [-10, 0, 0, 10], [-10, 0, 20, 10]),
    ];
    assert.deepEqual(listDependents(stages, 1), [2, 3]);
    assert.deepEqual(listDependents(stages, 3), []);
    assert.deepEqual(listDependents(stages, 4), []);
});

test("painted dependents of a stage exclude unpainted stages", () => {
    const stage = (number, wave, box, crop, done) => ({ number, wave, box, crop, done });
    const stages = [
        stage(1, 0, [20, 0, 30, 10], [10, 0, 30, 10], true),
        stage(2, 1, [30, 0, 40, 10], [20, 0, 40, 10], true),
        stage(3, 2, [40, 0, 50, 10], [30, 0, 50, 10], false),
    ];
    assert.deepEqual(listDependents(stages, 1), [2, 3]);
    assert.deepEqual(listPaintedDependents(stages, 1), [2]);
});
