import assert from "node:assert/strict";
import test from "node:test";

import * as margins from "../../javascript/retouch/geometry/margins.mjs";
import { slidePicture, dragMargin } from "../../javascript/retouch/geometry/drag-margins.mjs";

const SIZE = { width: 300, height: 200 };
const { NO_MARGINS, UNCHANGED_SIZE } = margins;
const sides = (left, top, right, bottom) => ({ left, top, right, bottom });
const aspect = (text, horizontal = "centre", vertical = "centre") =>
    margins.marginsOf({ ...UNCHANGED_SIZE, aspect: text, horizontal, vertical }, SIZE);

// What the server's CanvasSize(aspect=…, horizontal=…).of(Size(300, 200)) answers.
for (const [text, horizontal, vertical, expected] of [
    ["16:9", "centre", "centre", sides(28, 0, 28, 0)],
    ["2.39:1", "left", "centre", sides(0, 0, 178, 0)],
    ["2.39:1", "third", "centre", sides(9, 0, 169, 0)],
    ["2.39:1", "two thirds", "centre", sides(169, 0, 9, 0)],
    ["9:16", "centre", "bottom", sides(0, 333, 0, 0)],
    ["4:5", "centre", "centre", sides(0, 88, 0, 87)],
    ["1:1", "right", "third", sides(0, 0, 0, 100)],
    ["3:2", "centre", "centre", NO_MARGINS],
]) {
    test(`${text} at ${horizontal}, ${vertical} gives the margins of the server`, () => {
        assert.deepEqual(aspect(text, horizontal, vertical), expected);
    });
}

test("an invalid aspect gives no margins and is sent for refusal", () => {
    assert.deepEqual(aspect("wide"), NO_MARGINS);
    assert.equal(margins.aspectOf("0:3"), null);
    const asked = { ...UNCHANGED_SIZE, aspect: "wide" };
    assert.deepEqual(margins.makeSizeFields(asked, SIZE), { aspect: "wide", horizontal: "centre", vertical: "centre" });
});

test("margins are sent, or width and height for anchor subject", () => {
    const asked = { ...UNCHANGED_SIZE, margins: sides(8, 0, 16, 0) };
    assert.deepEqual(margins.makeSizeFields(asked, SIZE), sides(8, 0, 16, 0));
    const subject = { width: 324, height: 200, horizontal: "subject", vertical: "centre" };
    assert.deepEqual(margins.makeSizeFields({ ...asked, horizontal: "subject" }, SIZE), subject);
});

test("an anchor moves the picture on the same canvas, the other axis stays", () => {
    const asked = { ...UNCHANGED_SIZE, margins: sides(10, 4, 90, 6) };
    const moved = margins.anchorPicture(asked, SIZE, { horizontal: "left" });
    assert.deepEqual(moved.margins, sides(0, 4, 100, 6));
    assert.equal(moved.horizontal, "left");
    assert.deepEqual(margins.anchorPicture(asked, SIZE, { horizontal: "subject" }).margins, asked.margins);
});

test("an aspect is written with common numbers or to two decimals", () => {
    const words = (width, height) => margins.aspectText({ width, height });
    assert.equal(words(933, 400), "21:9");
    assert.equal(words(356, 200), "16:9");
    assert.equal(words(300, 200), "3:2");
    assert.equal(words(1000, 677), "1.48:1");
    assert.equal(words(956, 400), "2.39:1");
    assert.equal(words(100, 1730), "1:17.30");
});

const RIGHT = { x: "right", y: "" };
const CORNER = { x: "left", y: "top" };

test("an edge moves its own margin by whole cells, never into the picture", () => {
    assert.deepEqual(dragMargin(SIZE, NO_MARGINS, RIGHT, { x: 61, y: 40 }), sides(0, 0, 64, 0));
    assert.deepEqual(dragMargin(SIZE, sides(0, 0, 64, 0), RIGHT, { x: -900, y: 0 }), NO_MARGINS);
    assert.deepEqual(dragMargin(SIZE, NO_MARGINS, RIGHT, { x: 61, y: 0 }, { exact: true }), sides(0, 0, 61, 0));
    assert.equal(dragMargin(SIZE, NO_MARGINS, RIGHT, { x: 1e6, y: 0 }).right, margins.WIDEST);
});

test("a corner moves two sides, outward to the left and up", () => {
    assert.deepEqual(dragMargin(SIZE, NO_MARGINS, CORNER, { x: -80, y: -24 }), sides(80, 24, 0, 0));
});

test("both sides alike: the opposite margin changes by as much", () => {
    const from = sides(16, 0, 40, 0);
    assert.deepEqual(dragMargin(SIZE, from, RIGHT, { x: 24, y: 0 }, { both: true }), sides(40, 0, 64, 0));
    assert.deepEqual(dragMargin(SIZE, from, RIGHT, { x: -24, y: 0 }, { both: true }), sides(0, 0, 16, 0));
});

test("keeping the aspect, a corner grows both ways from the opposite one", () => {
    const made = dragMargin(SIZE, NO_MARGINS, CORNER, { x: -150, y: -10 }, { keep: true });
    assert.deepEqual(made, sides(150, 100, 0, 0));
});

test("with the aspect kept, an edge widens the other axis on both sides", () => {
    assert.deepEqual(dragMargin(SIZE, NO_MARGINS, RIGHT, { x: 150, y: 0 }, { keep: true }), sides(0, 50, 150, 50));
    const both = dragMargin(SIZE, NO_MARGINS, RIGHT, { x: 75, y: 0 }, { keep: true, both: true });
    assert.deepEqual(both, sides(75, 50, 75, 50));
});

test("keeping the aspect, shrinking ends where a margin is used up", () => {
    const from = sides(0, 50, 150, 50);
    assert.deepEqual(dragMargin(SIZE, from, RIGHT, { x: -900, y: 0 }, { keep: true }), NO_MARGINS);
    const uneven = dragMargin(SIZE, sides(0, 10, 150, 90), RIGHT, { x: -900, y: 0 }, { keep: true });
    assert.deepEqual(uneven, sides(0, 0, 120, 80));
});

test("sliding the picture keeps the canvas size", () => {
    const from = sides(40, 0, 40, 16);
    assert.deepEqual(slidePicture(from, { x: 20, y: -99 }), sides(64, 0, 16, 16));
    assert.deepEqual(slidePicture(from, { x: 500, y: 99 }), sides(80, 16, 0, 0));
});
