import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { addStep, newDocument, setSketch, addObject } from "../../javascript/retouch/document/document.mjs";
import { OTHERS, Store } from "../../javascript/retouch/document/store.mjs";
import { DEPTH } from "../../javascript/retouch/document/undo-stack.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { isSaved, joinWords, markMasksSaved, markSaved, listUnsavedWork } from "../../javascript/retouch/document/unsaved-work.mjs";

const BOX = boxOf(1, 1, 4, 4);
const MASK = Mask.ofBox(BOX);

function fresh(name) {
    const doc = newDocument(Pixels.filled(8, 8, [1, 2, 3, 255]), name);
    markSaved(doc);
    return doc;
}

function masked(doc) {
    return addObject(doc, { mask: MASK, added: MASK });
}

function painted(doc) {
    return addStep(doc, { name: "Fill", box: BOX, patch: Pixels.filled(3, 3), mask: MASK });
}

const namesOf = (store) => store.pictures.map(({ doc }) => doc.name);

/** A store with a mask on a.png, left for b.png. */
function leaving() {
    const store = new Store(newDocument());
    store.open(fresh("a.png"));
    store.do("Mask", masked(store.doc));
    const left = store.doc;
    store.open(fresh("b.png"));
    return { store, left };
}

test("undo returns to the picture left, redo to the one opened", () => {
    const { store, left } = leaving();
    assert.equal(store.labels[store.at], "Open b.png");
    store.undo();
    assert.equal(store.doc, left);
    store.redo();
    assert.equal(store.doc.name, "b.png");
    assert.equal(store.canRedo, false);
});

test("the earlier picture is kept beyond the maximum of undo steps", () => {
    const { store, left } = leaving();
    for (let i = 0; i < DEPTH + 10; i++) {
        store.do(`step ${i}`, { ...store.doc, selected: `${i}` });
    }
    for (let i = 0; i <= DEPTH; i++) {
        store.undo();
    }
    assert.equal(store.doc, left);
    assert.deepEqual([...left.objects[0].mask.data], Array(9).fill(255));
});

test("edits of an earlier picture leave the one opened later unchanged", () => {
    const { store } = leaving();
    store.do("Mask", masked(store.doc));
    const later = store.doc;
    store.show(store.pictures[0].id);
    store.do("Paint", painted(store.doc));
    store.redo();
    assert.equal(store.doc, later);
});

test("a picture without unsaved work stays open beside the next", () => {
    const store = new Store(newDocument());
    store.open(fresh("a.png"));
    store.open(fresh("b.png"));
    assert.deepEqual(namesOf(store), ["a.png", "b.png"]);
});

test("pictures over the limit are dropped, those without unsaved work first", () => {
    const store = new Store(newDocument());
    const dropped = [];
    store.addEventListener("dropped", ({ detail }) => dropped.push(detail.doc.name));
    for (let i = 0; i < OTHERS + 3; i++) {
        store.open(fresh(`${i}.png`));
        if (i !== 1) {
            store.do("Mask", masked(store.doc));
        }
    }
    assert.deepEqual(dropped, ["1.png", "0.png"]);
    assert.equal(store.pictures.length, OTHERS + 1);
});

test("a restored store has each picture with its undo steps", () => {
    const { store } = leaving();
    store.undo();
    const again = new Store(newDocument());
    again.restore(store.records, store.picture.id);
    assert.equal(again.doc.name, "a.png");
    assert.equal(again.doc.objects.length, 1);
    again.undo();
    assert.equal(again.doc.objects.length, 0);
    again.redo();
    again.redo();
    assert.equal(again.doc.name, "b.png");
});

test("closing a picture shows the next one, and the last leaves none", () => {
    const { store } = leaving();
    const [a, b] = store.pictures;
    store.show(a.id);
    store.close(a.id);
    assert.equal(store.doc.name, "b.png");
    store.close(b.id);
    assert.equal(store.doc.base, null);
    assert.deepEqual(store.pictures, []);
});

test("a closed picture comes back with its undo steps", () => {
    const { store } = leaving();
    const [record] = store.records;
    store.close(record.id);
    store.openRecord(record);
    assert.equal(store.doc.name, "a.png");
    store.undo();
    assert.equal(store.doc.objects.length, 0);
});

test("a result reaches its picture while another is shown", () => {
    const { store, left } = leaving();
    const [{ id }] = store.pictures;
    let told = 0;
    store.addEventListener("pictures", () => (told += 1));
    assert.equal(store.applyTo(id, left.base, "Fill", painted), true);
    assert.equal(store.doc.name, "b.png");
    assert.equal(store.docOf(id).steps.length, 1);
    assert.equal(told, 1);
});

test("a result reaches the newest state with its base after undo", () => {
    const store = new Store(newDocument());
    store.open(fresh("a.png"));
    const { id } = store.picture;
    const wide = { ...store.doc, base: Pixels.filled(16, 8) };
    store.do("Extend", wide);
    store.undo();
    assert.equal(store.applyTo(id, wide.base, "Fill", painted), true);
    assert.equal(store.doc.base, wide.base);
    assert.equal(store.doc.steps.length, 1);
    assert.equal(store.applyTo(id, Pixels.filled(1, 1), "Fill", painted), false);
});

test("unsaved work is listed in words", () => {
    const doc = fresh("a.png");
    assert.deepEqual(listUnsavedWork(newDocument()), []);
    assert.deepEqual(listUnsavedWork(doc), []);
    assert.deepEqual(listUnsavedWork(masked(doc)), ["a mask"]);
    assert.deepEqual(listUnsavedWork(masked(masked(doc))), ["2 masks"]);
    assert.deepEqual(listUnsavedWork(painted(doc)), ["a step"]);
    assert.deepEqual(listUnsavedWork({ ...doc, variations: {} }), ["variations that are not kept"]);
    const layer = { box: BOX, pixels: Pixels.filled(3, 3, [9, 9, 9, 255]) };
    assert.deepEqual(listUnsavedWork(setSketch(doc, layer)), ["a colour sketch"]);
    assert.deepEqual(listUnsavedWork({ ...doc, base: Pixels.filled(9, 9) }), ["changes"]);
});

test("a saved picture has unsaved work only while it differs from the saved", () => {
    const store = new Store(fresh("a.png"));
    store.do("Paint", painted(store.doc));
    markSaved(store.doc);
    assert.equal(isSaved(store.doc), true);
    store.do("Paint", painted(store.doc));
    assert.deepEqual(listUnsavedWork(store.doc), ["2 steps"]);
    store.undo();
    assert.deepEqual(listUnsavedWork(store.doc), []);
});

test("a mask counts as saved only after saving masks", () => {
    const doc = masked(fresh("a.png"));
    markSaved(doc);
    assert.deepEqual(listUnsavedWork(doc), ["a mask"]);
    markMasksSaved(doc);
    assert.deepEqual(listUnsavedWork(doc), []);
    assert.deepEqual(listUnsavedWork(masked(doc)), ["2 masks"]);
});

test("words are joined with commas and a final 'and'", () => {
    assert.equal(joinWords(["a mask"]), "a mask");
    assert.equal(joinWords(["a", "b", "c"]), "a, b and c");
});
