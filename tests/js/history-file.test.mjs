import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import * as docs from "../../javascript/retouch/document/document.mjs";
import { extendDocument } from "../../javascript/retouch/document/extended-canvas.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { addJob, keepVariation } from "../../javascript/retouch/document/variations.mjs";
import { readDocument, makeHistoryFile } from "../../javascript/retouch/files/open-file.mjs";
import { listStepsUpon, choosePainting } from "../../javascript/retouch/document/step-history.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { JobQueue } from "../../javascript/retouch/server/job-queue.mjs";
import { RepaintJobs } from "../../javascript/retouch/server/repaint.mjs";
import { deserialize, serialize } from "../../javascript/retouch/document/serialize.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { readHistoryFile, writeHistoryFile } from "../../javascript/retouch/document/history-file.mjs";
import { toBase64 } from "../../javascript/retouch/util/base64.mjs";
import { contentOf, isZip, membersOf, zipped } from "../../javascript/retouch/util/zip.mjs";

const GREY = [90, 90, 90, 255];
const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 255];
const BOX = boxOf(2, 1, 5, 4);
const bytesOf = (text) => new TextEncoder().encode(text);

async function painting(box, colour, seed) {
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const patch = toBase64(new Uint8Array(await (await Pixels.filled(width, height, colour).toBlob()).arrayBuffer()));
    const list = [box.left, box.top, box.right, box.bottom];
    return { seed, box: list, scores: { seam: 1.5 }, score: 0.5, patch, mask: await Mask.ofBox(box).toPng() };
}

/** A step as a recipe paints it: two variations, and what paints it again. */
async function fixed(box = BOX, crop = [0, 0, 8, 8], pass_index = 0) {
    const paintings = [await painting(box, RED, 7), await painting(box, BLUE, 8)];
    const masks = { denoise: await Mask.ofBox(boxOf(0, 0, 8, 8)).toPng(), composite: paintings[0].mask };
    const how = { step: { label: "face", pass_index, crop, hole: false }, masks };
    const step = { id: docs.newId(), name: "Face", intent: "", request: null, infotext: "x", on: true, how, paintings };
    return choosePainting(step, 0);
}

function byHand(box = boxOf(0, 0, 3, 3)) {
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const patch = Pixels.filled(width, height, [0, 200, 0, 255]);
    const fields = { request: { intent: "fill", seed: 3 }, report: { seed: 3, scores: { seam: null, drift_around: 2 } } };
    return { name: "Mine", intent: "fill", box, patch, mask: Mask.ofBox(box), asked: Mask.ofBox(BOX), infotext: "y", ...fields };
}

const start = () => docs.newDocument(Pixels.filled(10, 8, GREY), "a.png", "before");
const doc = async () => docs.addStep(docs.addStep(start(), await fixed()), byHand());

// ---- ZIP

test("members survive a round trip and other files are refused as ZIP", async () => {
    const file = zipped([["a.txt", bytesOf("hello")], ["größe", new Uint8Array(0)]]);
    assert.ok(isZip(file));
    const members = membersOf(file);
    assert.deepEqual([...members.keys()], ["a.txt", "größe"]);
    assert.equal(new TextDecoder().decode(await contentOf(members.get("a.txt"))), "hello");
    assert.equal(isZip(bytesOf("\x89PNG and much more than that")), false);
    assert.throws(() => membersOf(bytesOf("PK but nothing of the kind, and long enough")), /damaged/);
});

test("a flipped bit in a member is reported as damage", async () => {
    const file = zipped([["a.txt", bytesOf("hello")]]);
    file[file.indexOf("h".charCodeAt(0), 30)] ^= 1;
    await assert.rejects(contentOf(membersOf(file).get("a.txt")), /damaged/);
    await assert.rejects(contentOf(undefined), /damaged/);
});

// ---- the file

test("a document survives a round trip with steps, switches and page data", async () => {
    const before = docs.toggleStep(await doc(), (await doc()).steps[0].id);
    const off = docs.toggleStep(before, before.steps[0].id);
    const now = await readHistoryFile(await writeHistoryFile(off), "a.retouch");
    assert.equal(now.infotext, "before");
    assert.deepEqual([...now.base.data], [...off.base.data]);
    assert.deepEqual(now.steps.map(({ name, on }) => [name, on]), [["Face", false], ["Mine", true]]);
    assert.deepEqual([...docs.composePicture(now).data], [...docs.composePicture(off).data]);
    const [face, mine] = now.steps;
    assert.deepEqual(face.how, off.steps[0].how);
    assert.deepEqual(face.paintings, off.steps[0].paintings);
    assert.equal(mine.how, null);
    assert.deepEqual(mine.request, { intent: "fill", seed: 3 });
    assert.ok(mine.asked.equals(Mask.ofBox(BOX)));
    assert.equal(mine.infotext, "y");
    assert.deepEqual(mine.report, { seed: 3, scores: { drift_around: 2 } });
});

test("a file rewritten by the server still tells how to reopen a step", async () => {
    const members = membersOf(await writeHistoryFile(await doc()));
    const known = [...members].filter(([name]) => /^(history.json|before.png|\d+-(\d+(-mask)?|denoise|composite|hole).png)$/.test(name));
    const files = await Promise.all(known.map(async ([name, member]) => [name, await contentOf(member)]));
    const now = await readHistoryFile(zipped(files));
    assert.ok(now.steps[1].asked.equals(Mask.ofBox(BOX)));
});

test("another variation chosen for a step is shown and saved", async () => {
    const step = await choosePainting(await fixed(), -1);
    assert.deepEqual([step.chosen, step.report.seed, step.patch.at(0, 0)], [1, 8, BLUE]);
    const now = await readHistoryFile(await writeHistoryFile(docs.addStep(start(), step)));
    assert.deepEqual([now.steps[0].chosen, docs.composePicture(now).at(3, 2)], [1, BLUE]);
});

test("a step outside the picture is left out, one half outside is clipped", async () => {
    const both = docs.addStep(docs.addStep(start(), byHand(boxOf(20, 0, 23, 3))), byHand(boxOf(8, 6, 12, 10)));
    const now = await readHistoryFile(await writeHistoryFile(both));
    assert.deepEqual(now.steps.map(({ box }) => box), [boxOf(8, 6, 10, 8)]);
    assert.deepEqual([...docs.composePicture(now).data], [...docs.composePicture(both).data]);
});

test("unnamed steps are named by label and pass", async () => {
    const unnamed = [await fixed(BOX, [0, 0, 8, 8], 0), await fixed(BOX, [0, 0, 8, 8], 1)].map((step) => ({ ...step, name: "" }));
    const named = await readHistoryFile(await writeHistoryFile(unnamed.reduce(docs.addStep, start())));
    assert.deepEqual(named.steps.map(({ name }) => name), ["Face · pass 1", "Face · pass 2"]);
});

test("a damaged file or another kind is refused in one sentence", async () => {
    const good = membersOf(await writeHistoryFile(await doc()));
    const files = await Promise.all([...good].map(async ([name, member]) => [name, await contentOf(member)]));
    const changed = (name, change) => zipped(files.map(([one, content]) => [one, one === name ? change(content) : content]));
    const withHistory = (change) => changed("history.json", (bytes) => {
        const text = JSON.parse(new TextDecoder().decode(bytes));
        change(text);
        return bytesOf(JSON.stringify(text));
    });
    const broken = [
        bytesOf("PK"),
        zipped([["a.txt", bytesOf("hello")]]),
        changed("before.png", () => bytesOf("no picture")),
        changed("0-0.png", () => files.find(([name]) => name === "before.png")[1]),
        withHistory((text) => (text.schema = 2)),
        withHistory((text) => (text.entries[0].paintings[0].box = [0, 0, 4000, 4000])),
        withHistory((text) => delete text.entries[0].paintings),
    ];
    for (const bytes of broken) {
        await assert.rejects(readHistoryFile(bytes, "a.retouch"), /^Error: a.retouch is damaged, or no history/);
    }
});

test("a history file opens as a document and survives a reload", async () => {
    const file = await makeHistoryFile(await doc());
    assert.equal(file.name, "a.retouch");
    const now = await readDocument(file);
    assert.equal(now.steps.length, 2);
    const again = await deserialize(await serialize(now));
    assert.deepEqual(again.steps[0].paintings, now.steps[0].paintings);
    assert.deepEqual([...docs.composePicture(again).data], [...docs.composePicture(now).data]);
});

// ---- what lies upon what

test("later active steps that saw a step depend on it transitively", async () => {
    const far = boxOf(6, 5, 8, 7);
    const steps = [
        await fixed(BOX),
        await fixed(far, [4, 0, 10, 8]),
        await fixed(boxOf(8, 7, 10, 8), [7, 6, 10, 8]),
        { ...(await fixed(BOX)), on: false },
        { ...byHand(boxOf(0, 6, 2, 8)), id: "hand" },
    ];
    const numbers = (id) => listStepsUpon(steps, id).map((step) => steps.indexOf(step));
    assert.deepEqual(numbers(steps[0].id), [1, 2]);
    assert.deepEqual(numbers(steps[2].id), []);
});

test("a recipe's offer is kept as its steps and the masks stay selected", async () => {
    const steps = [await fixed(), { ...(await fixed()), on: false }];
    const masked = docs.addObject(start(), { mask: Mask.ofBox(BOX) });
    const { box, patch, mask } = steps[0];
    const asked = { asked: Mask.ofBox(BOX), objects: [], request: null, candidates: [{ box, patch, mask, seed: 7, scores: {} }] };
    const after = keepVariation(addJob(masked, { intent: "", name: "Polish", ...asked, steps }));
    assert.deepEqual(after.steps.map(({ id, on }) => [id, on]), [[steps[0].id, true], [steps[1].id, false]]);
    assert.equal(after.objects[0].use, true);
});

test("steps saved on an extended canvas are not repaintable", async () => {
    const one = docs.addStep(start(), await choosePainting(await fixed(), 1));
    const seen = docs.composePicture(one);
    const known = boxOf(0, 0, 10, 8);
    const record = { way: "w", stages: [], known, at: { x: 0, y: 0 }, under: { base: one.base, steps: one.steps }, infotext: "" };
    const now = await readHistoryFile(await writeHistoryFile(extendDocument(one, seen, record)));
    assert.deepEqual([now.steps[0].how, now.steps[0].paintings.length, now.steps[0].chosen], [null, 1, 0]);
    assert.deepEqual([...docs.composePicture(now).data], [...seen.data]);
});

// ---- painting again

/** `answer(document, body)` makes the document that comes back. */
function makeRepaintJobs(store, answer) {
    const calls = { bodies: [], notices: [] };
    const api = {
        post: async (path, body) => {
            calls.bodies.push({ path, ...body });
            const sent = await readHistoryFile(Buffer.from(body.file, "base64"));
            return { file: toBase64(await writeHistoryFile(await answer(sent, body))), warnings: [] };
        },
    };
    const notices = { say: (text) => calls.notices.push(text), sayOnce: () => {} };
    const jobQueue = new JobQueue({ api, store, notices, progress: { start: () => {}, stop: () => {} } });
    return { ...calls, jobs: new RepaintJobs({ store, jobQueue, notices }) };
}

async function repaintedStep(step, { on = true } = {}) {
    const paintings = [await painting(BOX, [1, 2, 3, 255], 99)];
    return { ...(await choosePainting({ ...step, paintings }, 0)), on };
}

test("a repainted step keeps its name and is undone in one step", async () => {
    const store = new Store(docs.renameStep(await doc(), (await doc()).steps[0].id, ""));
    const [face, mine] = store.doc.steps;
    const { jobs, bodies } = makeRepaintJobs(store, async (sent) => ({
        ...sent,
        steps: [{ ...(await repaintedStep(sent.steps[0])), name: "" }, sent.steps[1]],
    }));
    await jobs.repaint(face.id, true);
    const { path, repaint, later, return_file } = bodies[0];
    assert.deepEqual([path, repaint, later, return_file], ["history", [1], "repaint", true]);
    assert.deepEqual(store.doc.steps.map(({ id, name }) => [id, name]), [[face.id, "Face"], [mine.id, "Mine"]]);
    assert.deepEqual(docs.composePicture(store.doc).at(4, 3), [1, 2, 3, 255]);
    assert.equal(store.doc.steps[1], mine);
    store.undo();
    assert.equal(store.doc.steps[0], face);
});

test("a repainted step that became worse is off, with a notice", async () => {
    const store = new Store(await doc());
    const { jobs, notices } = makeRepaintJobs(store, async (sent) => ({
        ...sent,
        steps: [await repaintedStep(sent.steps[0], { on: false }), sent.steps[1]],
    }));
    await jobs.repaint(store.doc.steps[0].id);
    assert.equal(store.doc.steps[0].on, false);
    assert.match(notices[0], /"Face" became worse/);
});

test("steps on top are repainted over what is shown; no change adds no step", async () => {
    const under = docs.addStep(docs.addStep(start(), { ...(await fixed()), on: false }), await fixed());
    const store = new Store(under);
    const { jobs, bodies } = makeRepaintJobs(store, (sent) => sent);
    await jobs.repaintUpon(under.steps[0].id);
    assert.deepEqual([bodies[0].revert, bodies[0].later], [[1], "repaint"]);
    assert.equal(store.doc, under);
    assert.equal(store.canUndo, false);
});

test("choosing another variation can be undone", async () => {
    const store = new Store(await doc());
    const { jobs } = makeRepaintJobs(store, (sent) => sent);
    await jobs.chooseVariation(store.doc.steps[0], 1);
    assert.deepEqual(docs.composePicture(store.doc).at(4, 3), BLUE);
    store.undo();
    assert.deepEqual(docs.composePicture(store.doc).at(4, 3), RED);
});
