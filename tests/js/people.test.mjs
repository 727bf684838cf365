import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { newDocument, addObject } from "../../javascript/retouch/document/document.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { peopleOf } from "../../javascript/retouch/document/people.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { describePeople } from "../../javascript/retouch/recipes/text.mjs";

const BASE = Pixels.filled(40, 20, [1, 2, 3, 255]);
const docWith = (...objects) => objects.reduce(addObject, newDocument(BASE));
const click = (x, y, positive = true, on = true) => ({ x, y, positive, on });

test("a person's point is the mean active positive click, as fractions", () => {
    const clicks = [click(9, 9, false), click(3, 3, true, false), click(12, 4), click(13, 5)];
    const doc = docWith({ mask: Mask.ofBox(boxOf(0, 0, 20, 20)), prompt: " red hair ", clicks });
    assert.deepEqual(peopleOf(doc), [{ prompt: "red hair", at: [12.5 / 40, 4.5 / 20] }]);
});

test("without a click on the mask its deepest pixel is used, also in a ring", () => {
    const square = Mask.ofBox(boxOf(10, 2, 21, 13));
    assert.deepEqual(peopleOf(docWith({ mask: square, prompt: "a" }))[0].at, [15.5 / 40, 7.5 / 20]);
    const ring = square.subtract(Mask.ofBox(boxOf(12, 4, 21, 11)));
    const doc = docWith({ mask: ring, prompt: "a", clicks: [click(15, 7)] });
    const [x, y] = peopleOf(doc)[0].at;
    assert.ok(ring.at(Math.floor(x * 40), Math.floor(y * 20)) > 0);
});

test("objects unused, without a mask or a prompt are not people", () => {
    const mask = Mask.ofBox(boxOf(0, 0, 4, 4));
    const doc = docWith({ mask }, { mask, prompt: "a", use: false }, { prompt: "b" }, { mask, prompt: "  " });
    assert.deepEqual(peopleOf(doc), []);
    assert.equal(describePeople([]), "");
});

test("the description of people lists their prompts", () => {
    assert.match(describePeople([{ prompt: "red hair" }, { prompt: "a beard" }]), /all passes: "red hair", "a beard"\.$/);
});
