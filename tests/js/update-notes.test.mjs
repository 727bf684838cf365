/** The notice after an update. */

import assert from "node:assert/strict";
import test from "node:test";

import { showUpdateNotes } from "../../javascript/retouch/ui/update-notes.mjs";
import { text } from "../../javascript/retouch/util/text.mjs";

const VERSION = text("update.version");

/** A Storage as browsers have it: its keys are properties, its methods are not. */
function storage(items) {
    const methods = { getItem: (key) => place[key] ?? null, setItem: (key, value) => (place[key] = value) };
    const place = Object.assign(Object.create(methods), items);
    return place;
}

function notesShown(place, version = VERSION) {
    const shown = [];
    showUpdateNotes(version, { say: (words, kind) => shown.push([words, kind]) }, place);
    return shown;
}

test("notes are shown once after an update", () => {
    const place = storage({ "retouch-version": "0.1.0" });
    assert.deepEqual(notesShown(place), [[text("update.notes"), "lasting"]]);
    assert.deepEqual(notesShown(place), []);
});

test("somebody who used a version that did not count gets the notes", () => {
    assert.equal(notesShown(storage({ "retouch-settings": "{}" })).length, 1);
});

test("a new user gets no notes, nor at the second visit", () => {
    const place = storage({ "another-page": "1" });
    assert.deepEqual(notesShown(place), []);
    assert.deepEqual(notesShown(place), []);
});

test("a page older than its server shows no notes and stores nothing", () => {
    const place = storage({ "retouch-version": "0.1.0" });
    assert.deepEqual(notesShown(place, "9.9.9"), []);
    assert.equal(place["retouch-version"], "0.1.0");
});

test("a browser without storage shows no notes", () => {
    assert.deepEqual(notesShown(null), []);
});
