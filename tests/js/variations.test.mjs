import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { newDocument, composePicture, addObject } from "../../javascript/retouch/document/document.mjs";
import { Mask, NOTHING } from "../../javascript/retouch/image/mask.mjs";
import * as variations from "../../javascript/retouch/document/variations.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { deserialize, serialize } from "../../javascript/retouch/document/serialize.mjs";
import { groupByPrompt, encodeMask, makeInpaintBody } from "../../javascript/retouch/server/requests.mjs";
import { Settings } from "../../javascript/retouch/document/settings.mjs";

const RED = [255, 0, 0, 255];
const GREY = [90, 90, 90, 255];
const BOX = boxOf(2, 1, 5, 4);

function candidate(box = BOX, seed = 7, colour = RED) {
    const patch = Pixels.filled(box.right - box.left, box.bottom - box.top, colour);
    return { box, patch, mask: Mask.ofBox(box), seed, scores: {} };
}

function masked(...boxes) {
    const start = newDocument(Pixels.filled(10, 8, GREY), "a.png", "");
    return boxes.reduce((doc, box) => addObject(doc, { mask: Mask.ofBox(box) }), start);
}

function offered(doc = masked(BOX), candidates = [candidate(), candidate(BOX, 8, [0, 255, 0, 255])]) {
    const request = { intent: "fill", seed: 7 };
    return variations.addJob(doc, {
        intent: "fill",
        name: "Fill",
        asked: Mask.ofBox(BOX),
        objects: doc.objects.map(({ id }) => id),
        request,
        infotext: "x",
        candidates,
    });
}

const settings = (changes = {}) => {
    const result = new Settings(null);
    result.set(changes);
    return result;
};

test("a variation is applied only once kept", () => {
    const doc = offered();
    assert.equal(composePicture(doc), doc.base);
    assert.deepEqual(composePicture(variations.keepVariation(doc)).at(2, 1), RED);
    assert.equal(variations.clearVariations(doc).variations, null);
});

test("keeping applies the chosen variation with its seed", () => {
    const doc = variations.keepVariation(variations.chooseVariation(offered(), 1));
    assert.deepEqual(composePicture(doc).at(4, 3), [0, 255, 0, 255]);
    assert.equal(doc.steps[0].request.seed, 8);
    assert.equal(doc.steps[0].infotext, "x");
});

/** The variations of two jobs, each for one of two objects. */
function offeredTwice() {
    const doc = masked(BOX, boxOf(6, 5, 8, 7));
    const [first, second] = doc.objects.map(({ id }) => id);
    const job = { asked: Mask.ofBox(BOX), request: { seed: 7 }, infotext: "x" };
    const before = variations.addJob(doc, {
        ...job, intent: "fill", name: "Fill", objects: [first], candidates: [candidate(), candidate(BOX, 8)], warnings: ["a"],
    });
    return variations.addJob(before, {
        ...job, intent: "refine", name: "Refine", objects: [second], candidates: [candidate(boxOf(6, 5, 8, 7), 9)],
    });
}

test("painting again adds to the variations and shows the first new one", () => {
    const { candidates, chosen } = offeredTwice().variations;
    assert.deepEqual(candidates.map(({ seed }) => seed), [7, 8, 9]);
    assert.equal(chosen, 2);
});

test("a kept variation is a step of its own job with its objects only", () => {
    for (const [index, name, use] of [[0, "Fill", [false, true]], [2, "Refine", [true, false]]]) {
        const doc = variations.keepVariation(variations.chooseVariation(offeredTwice(), index));
        assert.deepEqual(doc.steps.map((step) => step.name), [name]);
        assert.deepEqual(doc.objects.map((object) => object.use), use);
        assert.equal(doc.variations, null);
    }
});

test("more variations of a job keep the warnings and jobs of the others", () => {
    const start = offeredTwice();
    const [first] = start.variations.jobs;
    const { jobs, candidates } = variations.addCandidates(start, first.id, [candidate(BOX, 10)], { warnings: ["a", "b"] }).variations;
    assert.deepEqual(jobs.map(({ warnings = [] }) => warnings), [["a", "b"], []]);
    assert.deepEqual(candidates.map(({ job }) => jobs.findIndex(({ id }) => id === job)), [0, 0, 1, 0]);
});

test("choosing a variation wraps around", () => {
    assert.equal(variations.chooseVariation(offered(), -1).variations.chosen, 1);
    assert.equal(variations.chooseVariation(offered(), 2).variations.chosen, 0);
});

test("keeping an offer deselects its objects, discarding selects them again", () => {
    const doc = offered();
    const [object] = doc.objects;
    const [after] = variations.keepVariation(doc).objects;
    assert.deepEqual([after.use, after.visible], [false, false]);
    assert.equal(doc.selected, null);
    assert.equal(variations.clearVariations(doc).selected, object.id);
});

test("more variations follow the earlier ones and the first new one is shown", () => {
    const start = offered();
    const doc = variations.addCandidates(start, start.variations.jobs[0].id, [candidate(BOX, 9)]);
    assert.deepEqual(
        doc.variations.candidates.map(({ seed }) => seed),
        [7, 8, 9],
    );
    assert.equal(doc.variations.chosen, 2);
});

test("reopening a step switches it off and brings back its mask", () => {
    const after = variations.keepVariation(offered());
    const doc = variations.reopenStep(after, after.steps[0]);
    assert.equal(doc.steps[0].on, false);
    assert.ok(doc.objects.at(-1).mask.equals(Mask.ofBox(BOX)));
    assert.equal(doc.selected, doc.objects.at(-1).id);
});

test("two separate regions merge to one candidate that keeps the gap", () => {
    const doc = masked();
    const far = boxOf(7, 5, 9, 7);
    const both = variations.mergeCandidates(doc, [candidate(), candidate(far, 7, [0, 0, 255, 255])]);
    const whole = variations.composeWithCandidate(doc, both);
    assert.deepEqual([whole.at(2, 1), whole.at(7, 5), whole.at(6, 4)], [RED, [0, 0, 255, 255], GREY]);
    assert.equal(both.mask.at(6, 4), 0);
});

test("a whole-picture result becomes a step of the changed area only", () => {
    const doc = masked();
    const after = doc.base.put(Pixels.filled(3, 3, RED), Mask.ofBox(BOX), BOX);
    const change = variations.changedArea(doc, after);
    assert.deepEqual({ ...change.box }, { ...BOX });
    assert.ok(variations.composeWithCandidate(doc, change).equals(after));
    assert.equal(variations.changedArea(doc, doc.base), null);
    assert.equal(variations.changedArea(doc, Pixels.filled(9, 8)), null);
});

/** As the server paints it: with what paints it again, and its painting as it came. */
function repaintable(box, seed, part) {
    const painting = { seed, box: [box.left, box.top, box.right, box.bottom], scores: {}, patch: `p${seed}`, mask: "m" };
    return { ...candidate(box, seed), part, how: { step: { crop: [0, 0, 10, 8] }, masks: {} }, painting };
}

test("a step keeps all its variations and how it was painted", () => {
    const doc = offered(masked(BOX), [repaintable(BOX, 7), repaintable(BOX, 8)]);
    const [step] = variations.keepVariation(variations.chooseVariation(doc, 1)).steps;
    assert.deepEqual(step.paintings.map(({ patch }) => patch), ["p7", "p8"]);
    assert.deepEqual([step.chosen, step.report.seed, step.how.step.crop], [1, 8, [0, 0, 10, 8]]);
    const plain = variations.keepVariation(offered()).steps[0];
    assert.equal("how" in plain || "paintings" in plain, false);
});

test("parts are kept as separate steps that composite as the whole", () => {
    const [doc, far] = [masked(), boxOf(7, 5, 9, 7)];
    const both = [7, 8].map((seed) => variations.mergeCandidates(doc, [repaintable(BOX, seed, 0), repaintable(far, seed, 1)]));
    const parts = [BOX, far].map((box, at) => ({ mask: Mask.ofBox(box), request: { prompt: `${at}` }, next: 9 }));
    const left = variations.mergeCandidates(doc, [repaintable(far, 9, 1)]);
    const offer = variations.addJob(doc, { name: "Fill", objects: [], parts, infotext: "x", candidates: [...both, left] });
    const after = variations.keepVariation(variations.chooseVariation(offer, 1));
    assert.ok(composePicture(after).equals(variations.composeWithCandidate(doc, both[1])));
    const summary = after.steps.map(({ request, chosen, paintings, asked }) => [request.prompt, chosen, paintings.length, asked.box]);
    assert.deepEqual(summary, [["0", 1, 2, BOX], ["1", 1, 2, far]]);
    const [alone] = variations.keepVariation(variations.chooseVariation(offer, 2)).steps;
    assert.deepEqual([alone.request.prompt, alone.paintings.length], ["1", 1]);
});

test("regions of one part become steps with own mask and unique paintings", () => {
    const [doc, far] = [masked(), boxOf(7, 5, 9, 7)];
    const [near, last] = [[7, 8].map((seed) => repaintable(BOX, seed)), repaintable(far, 7)];
    const candidates = near.map((one) => variations.assignPart(variations.mergeCandidates(doc, [one, last]), 0));
    const parts = [{ mask: Mask.ofBox(BOX).union(Mask.ofBox(far)), request: { prompt: "" }, next: 9 }];
    const offer = variations.addJob(doc, { name: "Fill", objects: [], parts, infotext: "x", candidates });
    const after = variations.keepVariation(variations.chooseVariation(offer, 1));
    assert.ok(composePicture(after).equals(variations.composeWithCandidate(doc, candidates[1])));
    const summary = after.steps.map(({ chosen, paintings, asked, how }) => [chosen, paintings.length, asked.trimmed().box, how !== null]);
    assert.deepEqual(summary, [[1, 2, BOX, true], [0, 1, far, true]]);
});

test("a thumbnail is small and keeps its shape", () => {
    const small = variations.makeThumbnail(Pixels.filled(400, 100, RED), 40);
    assert.deepEqual([small.width, small.height, small.at(39, 9)], [40, 10, RED]);
    assert.equal(variations.makeThumbnail(Pixels.filled(4, 2), 40).width, 4);
});

test("objects with equal prompts share a request, others have their own", () => {
    let doc = masked(BOX, boxOf(6, 0, 8, 2), boxOf(0, 6, 2, 8));
    doc = { ...doc, objects: doc.objects.map((object, i) => ({ ...object, prompt: i === 1 ? "a bird" : "" })) };
    const groups = groupByPrompt(doc, false);
    assert.deepEqual(
        groups.map(({ prompt, objects }) => [prompt, objects.length]),
        [
            ["", 2],
            ["a bird", 1],
        ],
    );
    assert.equal(groups[0].mask.at(6, 0), 0);
    assert.equal(groupByPrompt(doc, true).length, 1);
});

test("unused or empty objects are left out of requests", () => {
    const doc = addObject(masked(BOX), { mask: NOTHING });
    assert.equal(groupByPrompt(doc, false)[0].objects.length, 1);
    const unused = { ...doc, objects: doc.objects.map((object) => ({ ...object, use: false })) };
    assert.deepEqual(groupByPrompt(unused, false), []);
});

test("a request holds the prompt, the object's name and the moved knobs", () => {
    const doc = masked(BOX);
    const made = settings({ prompt: "grass" });
    made.setOverride("remove", "shape.grow", 3);
    const [group] = groupByPrompt({ ...doc, objects: [{ ...doc.objects[0], name: "dog" }] }, false);
    const body = makeInpaintBody(group, "remove", made);
    assert.deepEqual([body.prompt, body.object, body.shape], ["grass", "dog", { grow: 3 }]);
    assert.equal(makeInpaintBody(groupByPrompt(doc, false)[0], "fill", made).object, "");
});

test("a sent mask is clipped to the picture", async () => {
    const { mask, box } = await encodeMask(masked(), Mask.ofBox(boxOf(-3, 2, 4, 20)));
    assert.deepEqual(box, [0, 2, 4, 8]);
    assert.equal((await Mask.fromPng(mask)).area, 24);
});

test("a document round trips through storage bit for bit", async () => {
    const colour = [9, 8, 7, 254];
    const start = addObject(newDocument(Pixels.filled(10, 8, colour), "a.png", ""), { mask: Mask.ofBox(BOX) });
    const doc = variations.keepVariation(offered(start, [candidate(BOX, 7, [255, 0, 0, 254])]));
    const back = await deserialize(structuredClone(await serialize(doc)));
    assert.ok(composePicture(back).equals(composePicture(doc)));
    assert.ok(back.objects[0].mask.equals(doc.objects[0].mask));
    assert.ok(back.steps[0].asked.equals(doc.steps[0].asked));
    assert.equal(back.steps[0].request.seed, 7);
});

test("paint on transparency is opaque in proportion to its mask", () => {
    // [alpha before, mask, colour before, alpha after, colour after], as composite_alpha and composite give them
    const rows = [
        [0, 255, 9, 255, 200],
        [0, 1, 9, 1, 200],
        [0, 128, 0, 128, 200],
        [77, 0, 40, 77, 40],
        [77, 200, 40, 217, 187],
        [128, 128, 0, 192, 133],
        [254, 3, 10, 254, 12],
        [255, 60, 10, 255, 55],
        [254, 255, 7, 255, 200],
        [1, 1, 250, 2, 225],
    ];
    for (const [before, share, colour, alpha, painted] of rows) {
        const under = Pixels.filled(1, 1, [colour, colour, colour, before]);
        const mask = new Mask(boxOf(0, 0, 1, 1), Uint8Array.of(share));
        const made = under.put(Pixels.filled(1, 1, [200, 200, 200, 255]), mask, boxOf(0, 0, 1, 1));
        assert.deepEqual(made.at(0, 0), [painted, painted, painted, alpha]);
    }
});
