import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { fromBase64 } from "../../javascript/retouch/util/base64.mjs";
import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import * as docs from "../../javascript/retouch/document/document.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { DEPTH } from "../../javascript/retouch/document/undo-stack.mjs";
import { Mask, NOTHING } from "../../javascript/retouch/image/mask.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { Stroke } from "../../javascript/retouch/image/brush-stroke.mjs";
import { addStrokeToLayer } from "../../javascript/retouch/image/sketch-layer.mjs";

const GRAY = [100, 100, 100, 255];
const opened = () => docs.newDocument(Pixels.filled(20, 10, GRAY), "photo.png");
const box = boxOf;

function stepOf(place, colour, alpha = 255) {
    const [width, height] = [place.right - place.left, place.bottom - place.top];
    const mask = new Mask(place, new Uint8Array(width * height).fill(alpha));
    return { name: "Fill", box: place, patch: Pixels.filled(width, height, colour), mask };
}

function rgbaOf(text) {
    const rgb = fromBase64(text);
    return Uint8ClampedArray.from({ length: (rgb.length / 3) * 4 }, (_, i) =>
        i % 4 === 3 ? 255 : rgb[Math.floor(i / 4) * 3 + (i % 4)],
    );
}

test("a patch is blended as the server blends it, number for number", () => {
    const golden = JSON.parse(readFileSync(new URL("masks.json", import.meta.url), "utf8")).blend;
    const { width, height } = golden;
    const [under, over, result] = [golden.under, golden.over, golden.result].map(
        (text) => new Pixels(width, height, rgbaOf(text)),
    );
    const mask = new Mask(box(0, 0, width, height), fromBase64(golden.mask));
    assert.deepEqual(under.put(over, mask, under.box).data, result.data);
});

test("a patch is opaque and leaves everything outside its mask alone", () => {
    const under = Pixels.filled(6, 4, [10, 20, 30, 40]);
    const out = under.put(
        Pixels.filled(4, 4, [200, 200, 200, 255]),
        Mask.ofBox(box(3, 1, 9, 3)),
        box(2, 0, 6, 4),
    );
    assert.deepEqual(out.at(3, 1), [200, 200, 200, 255]);
    assert.deepEqual(out.at(2, 1), [10, 20, 30, 40]);
    assert.deepEqual(out.at(3, 3), [10, 20, 30, 40]);
});

test("steps toggle, move and go in any order and never change the base", () => {
    const first = opened();
    const red = docs.addStep(first, stepOf(box(0, 0, 10, 10), [255, 0, 0, 255]));
    const both = docs.addStep(red, stepOf(box(5, 0, 15, 10), [0, 0, 255, 255]));
    assert.deepEqual(docs.composePicture(both).at(7, 5), [0, 0, 255, 255]);
    const [one, two] = both.steps;
    assert.deepEqual(docs.composePicture(docs.moveStep(both, one.id, 1)).at(7, 5), [255, 0, 0, 255]);
    assert.deepEqual(docs.composePicture(docs.toggleStep(both, two.id)).at(7, 5), [255, 0, 0, 255]);
    assert.deepEqual(docs.composePicture(docs.removeStep(both, one.id)).at(2, 5), GRAY);
    const off = docs.toggleStep(docs.toggleStep(both, one.id), two.id);
    assert.equal(docs.composePicture(off), first.base);
    assert.deepEqual(first.base.at(7, 5), GRAY);
});

test("a part of the picture is what the whole shows there", () => {
    const steps = [
        stepOf(box(0, 0, 10, 10), [255, 0, 0, 255], 100),
        stepOf(box(5, 2, 15, 9), [0, 0, 255, 255], 77),
    ];
    const doc = steps.reduce(docs.addStep, opened());
    const place = box(3, 1, 12, 10);
    assert.deepEqual(docs.composeBox(doc.base, doc.steps, place).data, docs.composePicture(doc).crop(place).data);
});

test("brush strokes are kept when the segmenter answers again", () => {
    let doc = docs.addObject(opened());
    const { id } = docs.selectedObject(doc);
    doc = docs.setCandidates(doc, id, [Mask.ofBox(box(0, 0, 5, 5))]);
    doc = docs.addStroke(doc, id, Mask.ofBox(box(8, 0, 10, 2)), false);
    doc = docs.addStroke(doc, id, Mask.ofBox(box(0, 0, 2, 2)), true);
    doc = docs.setCandidates(doc, id, [Mask.ofBox(box(0, 0, 6, 6)), Mask.ofBox(box(0, 0, 3, 3))]);
    const { mask } = docs.objectOf(doc, id);
    assert.equal(mask.area, 36 - 4 + 4);
    assert.equal(mask.at(9, 1), 255);
    assert.equal(mask.at(1, 1), 0);
    assert.equal(docs.objectOf(docs.nextCandidate(doc, id), id).mask.area, 9 - 4 + 4);
});

test("candidates cycle in both directions", () => {
    const masks = [1, 2, 3].map((side) => Mask.ofBox(box(0, 0, side, side)));
    const doc = docs.addObject(opened());
    const { id } = doc.objects[0];
    const withMasks = docs.setCandidates(doc, id, masks, { memory: "m" });
    const back = docs.nextCandidate(withMasks, id, -1);
    assert.equal(docs.objectOf(back, id).mask.area, 9);
    assert.equal(docs.objectOf(docs.nextCandidate(back, id), id).candidate, 0);
    assert.equal(docs.objectOf(back, id).memory, "m");
});

test("objects are named, selected, changed and removed", () => {
    const two = docs.addObject(docs.addObject(opened()), { prompt: "a cat" });
    assert.deepEqual(
        two.objects.map(({ name }) => name),
        ["Object 1", "Object 2"],
    );
    const [one, other] = two.objects;
    assert.equal(two.selected, other.id);
    assert.equal(docs.removeObject(two, other.id).selected, one.id);
    assert.equal(docs.changeObject(two, one.id, { name: "Sky" }).objects[0].name, "Sky");
    assert.equal(two.objects[0].name, "Object 1");
});

test("combining objects applies their shapes and keeps the first object", () => {
    let doc = docs.addObject(opened(), { mask: Mask.ofBox(box(2, 2, 4, 4)), name: "A" });
    doc = docs.addObject(doc, { mask: Mask.ofBox(box(3, 3, 6, 6)), name: "B" });
    const [a, b] = doc.objects.map(({ id }) => id);
    const grown = docs.setShape(doc, a, { grow: 1 });
    const cut = docs.combineObjects(grown, [a, b], "subtract");
    assert.deepEqual(
        cut.objects.map(({ name }) => name),
        ["A"],
    );
    assert.equal(cut.objects[0].mask.area, 12 - 3);
    assert.equal(docs.combineObjects(grown, [b, a], "intersect").objects[0].name, "B");
    assert.deepEqual(cut.objects[0].shape, docs.PLAIN_SHAPE);
});

test("the active mask unites shaped objects in use and the sketch", () => {
    let doc = docs.addObject(opened(), { mask: Mask.ofBox(box(0, 0, 2, 2)) });
    doc = docs.addObject(doc, { mask: Mask.ofBox(box(5, 5, 6, 6)), use: false });
    doc = docs.addObject(doc, {
        mask: Mask.ofBox(box(0, 0, 20, 9)),
        shape: { ...docs.PLAIN_SHAPE, invert: true },
    });
    assert.equal(docs.activeMask(doc).area, 20 + 4);
    const stroke = new Stroke(doc.base, { size: 2, hardness: 1, opacity: 1 });
    stroke.lineTo({ x: 10, y: 5, pressure: 1 });
    const layer = addStrokeToLayer(null, { stroke, erase: false, colour: [255, 0, 0] });
    const sketched = docs.setSketch(doc, layer);
    assert.equal(docs.activeMask(sketched).at(9, 4), docs.sketchMask(layer).at(9, 4));
    assert.deepEqual(docs.sketchPixels(sketched).at(9, 4).slice(0, 3), [255, 0, 0]);
    assert.equal(docs.sketchPixels(sketched).width, 20);
    const rubber = new Stroke(doc.base, { size: 8, hardness: 1, opacity: 1 });
    rubber.lineTo({ x: 10, y: 5, pressure: 1 });
    assert.equal(addStrokeToLayer(layer, { stroke: rubber, erase: true, colour: [0, 0, 0] }), null);
});

test("a shaped mask is cached until its shape changes", () => {
    const doc = docs.addObject(opened(), {
        mask: Mask.ofBox(box(2, 2, 4, 4)),
        shape: { ...docs.PLAIN_SHAPE, grow: 2 },
    });
    const [object] = doc.objects;
    assert.equal(docs.shapeMask(object, doc.base), docs.shapeMask({ ...object }, doc.base));
    const more = docs.setShape(doc, object.id, { grow: 3 }).objects[0];
    assert.notEqual(docs.shapeMask(more, doc.base), docs.shapeMask(object, doc.base));
});

test("undoing every step gives the opened document itself", () => {
    const doc = opened();
    const store = new Store(doc);
    store.do("Object", docs.addObject(store.doc));
    store.do("Fill", docs.addStep(store.doc, stepOf(box(0, 0, 9, 9), [1, 2, 3, 255])));
    store.undo();
    store.undo();
    assert.equal(store.canUndo, false);
    assert.equal(store.doc, doc);
    store.redo();
    assert.equal(store.doc.objects.length, 1);
    store.do("Other", docs.addObject(store.doc));
    assert.equal(store.canRedo, false);
    assert.deepEqual(store.labels, ["", "Object", "Other"]);
});

test("a hundred steps can be undone", () => {
    const store = new Store(opened());
    for (let i = 0; i < DEPTH + 30; i++) {
        store.do(`Name ${i}`, { ...store.doc, name: `${i}` });
    }
    let count = 0;
    for (; store.canUndo; count++) {
        store.undo();
    }
    assert.equal(count, 100);
    assert.equal(store.doc.name, "29");
});

test("steps of one key merge, but not across an undo", () => {
    const store = new Store(opened());
    const grow = (by) => store.do("Grow", { ...store.doc, name: `${by}` }, { merge: "grow" });
    grow(1);
    grow(2);
    assert.deepEqual(store.labels, ["", "Grow"]);
    store.undo();
    assert.equal(store.doc.name, "photo.png");
    grow(3);
    assert.deepEqual(store.labels, ["", "Grow"]);
    assert.equal(store.doc.name, "3");
});

test("amending adds no undo step and keeps the redo steps", () => {
    const store = new Store(opened());
    store.do("Object", docs.addObject(store.doc));
    store.undo();
    const changes = [];
    store.addEventListener("change", ({ detail }) => changes.push([detail.before.name, detail.doc.name]));
    store.amend({ ...store.doc, name: "b" });
    assert.equal(store.canRedo, true);
    assert.equal(store.canUndo, false);
    assert.deepEqual(changes, [["photo.png", "b"]]);
});

test("undo states far back keep their masks", () => {
    const store = new Store(opened());
    store.do("Object", docs.addObject(store.doc, { mask: Mask.ofBox(box(1, 1, 5, 5)) }));
    for (let i = 0; i < 5; i++) {
        store.do(
            "Paint",
            docs.addStroke(store.doc, store.doc.selected, Mask.ofBox(box(i, 6, i + 1, 7)), false),
        );
    }
    store.goTo(1);
    assert.equal(store.doc.objects[0].mask.area, 16);
    assert.equal(store.doc.objects[0].cut, NOTHING);
});
