import assert from "node:assert/strict";
import test from "node:test";

import * as draft from "../../javascript/retouch/recipes/draft.mjs";
import { loadDrafts, dropDraft, keepDraft } from "../../javascript/retouch/recipes/draft-storage.mjs";
import { ServerError } from "../../javascript/retouch/server/client.mjs";
import { knobsOf, splitList } from "../../javascript/retouch/ui/knob-widgets.mjs";
import { RecipeValidation } from "../../javascript/retouch/recipes/validation.mjs";

/** Four passes known by their strength; the third looks in the second, the fourth in the third. */
const FOUR = {
    name: "Four",
    passes: [0.1, 0.2, 0.3, 0.4].map((denoising_strength, place) => ({
        denoising_strength,
        ...(place > 1 ? { target: { of_pass: place } } : {}),
    })),
};
const strengths = ({ passes }) => passes.map((one) => one.denoising_strength);
const looks = ({ passes }) => passes.map((one) => one.target?.of_pass);

test("a knob is set and reset by path without leaving empty objects", () => {
    const one = { prompt: "x", target: { models: ["face"] } };
    const set = draft.setPath(one, "shape.padding", 32);
    assert.deepEqual(set, { ...one, shape: { padding: 32 } });
    assert.deepEqual(draft.setPath(set, "shape.padding", undefined), one);
    assert.deepEqual(draft.setPath(set, "target.what", "mask").target, { models: ["face"], what: "mask" });
    assert.equal(draft.getPath(set, "shape.padding"), 32);
    assert.equal(draft.getPath(set, "gate.mode"), undefined);
    assert.deepEqual(one, { prompt: "x", target: { models: ["face"] } });
});

test("setPath stores false and 0", () => {
    assert.deepEqual(draft.setPath({}, "enabled", false), { enabled: false });
    assert.deepEqual(draft.setPath({}, "shape.grow", 0), { shape: { grow: 0 } });
});

test("changing one pass keeps the other pass objects", () => {
    const changed = draft.changePass(FOUR, 1, "gate.mode", "on");
    assert.deepEqual(changed.passes[1].gate, { mode: "on" });
    assert.equal(changed.passes[0], FOUR.passes[0]);
});

test("of_pass references follow their pass through every rearrangement", () => {
    const added = draft.addPass(FOUR, 0);
    assert.deepEqual([strengths(added), looks(added)], [
        [0.1, undefined, 0.2, 0.3, 0.4],
        [undefined, undefined, undefined, 3, 4],
    ]);
    const twice = draft.duplicatePass(FOUR, 1);
    assert.deepEqual([strengths(twice), looks(twice)], [
        [0.1, 0.2, 0.2, 0.3, 0.4],
        [undefined, undefined, undefined, 2, 4],
    ]);
    const up = draft.movePass(FOUR, 1, -1);
    assert.deepEqual([strengths(up), looks(up)], [
        [0.2, 0.1, 0.3, 0.4],
        [undefined, undefined, 1, 3],
    ]);
    const down = draft.movePass(FOUR, 1, 1);
    assert.deepEqual([strengths(down), looks(down)], [
        [0.1, 0.3, 0.2, 0.4],
        [undefined, 3, undefined, 2],
    ]);
});

test("removing a pass clears the references to it, which are listed first", () => {
    assert.deepEqual(draft.passesWithin(FOUR, 1), [2]);
    const fewer = draft.removePass(FOUR, 1);
    assert.deepEqual([strengths(fewer), looks(fewer)], [
        [0.1, 0.3, 0.4],
        [undefined, undefined, 2],
    ]);
    assert.ok(!("target" in fewer.passes[1]));
});

test("moves beyond the list are ignored, a first pass can be added", () => {
    assert.equal(draft.movePass(FOUR, 0, -1), FOUR);
    assert.equal(draft.movePass(FOUR, 3, 1), FOUR);
    assert.deepEqual(draft.addPass({ passes: [] }, 0).passes, [{}]);
});

test("a fault path is parsed to its pass and knob", () => {
    const places = {
        "passes[1].target.models[0]": { pass: 1, knob: "target.models" },
        "recipe.passes[12].shape": { pass: 12, knob: "shape" },
        "passes[0]": { pass: 0, knob: "" },
        passes: { pass: null, knob: "passes" },
        "recipe.name": { pass: null, knob: "name" },
        recipe: { pass: null, knob: "" },
    };
    for (const [path, place] of Object.entries(places)) {
        assert.deepEqual(draft.parseFaultPath(path), place, path);
    }
});

test("a remark is parsed to the pass it names", () => {
    assert.deepEqual(draft.parseRemark("Pass 2: 'Box' is not used."), { pass: 1, text: "'Box' is not used." });
    assert.deepEqual(draft.parseRemark("Recipe 'Pass 2: x'."), { pass: null, text: "Recipe 'Pass 2: x'." });
});

test("a draft edits an own recipe or copies a built-in under a free name", () => {
    const crowd = { name: "Crowd", passes: [], own: false };
    const mine = { name: "crowd COPY", passes: [], own: true };
    const long = { name: "x".repeat(80), passes: [], own: false };
    const known = [crowd, mine, long];
    assert.deepEqual(draft.startDraft(crowd, known), { name: "Crowd copy 2", passes: [] });
    assert.deepEqual(draft.startDraft(mine, known), { ...mine, replaces: "crowd COPY" });
    assert.equal(draft.startDraft(long, known).name, `${"x".repeat(75)} copy`);
    const pasted = { name: "Crowd", passes: [{}] };
    assert.equal(draft.startDraft(pasted, known), pasted);
});

test("recipes are compared regardless of key order", () => {
    assert.ok(draft.isEqual({ a: 1, b: { c: [1, 2], d: 3 } }, { b: { d: 3, c: [1, 2] }, a: 1 }));
    assert.ok(!draft.isEqual({ passes: [{ a: 1 }, {}] }, { passes: [{}, { a: 1 }] }));
});

test("unsaved drafts are stored by their key until dropped", () => {
    const storage = new Map();
    const local = { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) };
    const one = { draft: "1", replaces: "", name: "A", passes: [] };
    keepDraft(one, local);
    keepDraft({ ...one, draft: "2" }, local);
    keepDraft({ ...one, name: "B" }, local);
    assert.deepEqual(
        loadDrafts(local).map(({ draft: key, name }) => key + name),
        ["1B", "2A"],
    );
    dropDraft("1", local);
    assert.deepEqual(loadDrafts(local), [{ ...one, draft: "2" }]);
    for (const spoilt of ["{", "3", '[{"draft": "1"}]', "[null]"]) {
        storage.set([...storage.keys()][0], spoilt);
        assert.deepEqual(loadDrafts(local), [], spoilt);
    }
});

/** A server that refuses a recipe called "bad", and remarks on the others. */
const api = {
    async post(_path, { text }) {
        const { name, wait = 0 } = JSON.parse(text);
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (name === "bad") {
            throw new ServerError(422, { what: "is wrong.", path: "passes[1].target.box[2]" });
        }
        return { warnings: [`Pass 2: ${name}`, "Pass 2: again", "all of it"] };
    },
};

test("validation assigns faults and warnings to their pass", async () => {
    const validation = new RecipeValidation(api, () => {});
    assert.equal(await validation.validate({ name: "bad" }), false);
    assert.deepEqual([...validation.faultsOf(1)], [["target.box", "is wrong."]]);
    assert.deepEqual([...validation.faultsOf(0), ...validation.faultsOf(null)], []);
    assert.deepEqual([...validation.marksByPass()], [[1, "is wrong."]]);
    assert.equal(await validation.validate({ name: "odd" }), true);
    assert.deepEqual([...validation.marksByPass()], [[1, "odd again"]]);
    assert.equal(validation.fault, null);
});

test("a late answer to an earlier validation is ignored", async () => {
    let changes = 0;
    const validation = new RecipeValidation(api, () => changes++);
    const late = validation.validate({ name: "bad", wait: 20 });
    assert.equal(await validation.validate({ name: "odd" }), true);
    assert.equal(await late, false);
    assert.deepEqual([changes, validation.fault], [1, null]);
});

test("a taken name is an error of the name, an offline server of no field", () => {
    const validation = new RecipeValidation(api, () => {});
    const hint = "Take another name, or `replace` it.";
    validation.setError(new ServerError(422, { what: "'A' is taken.", hint, path: "recipe.name" }));
    assert.deepEqual([...validation.faultsOf(null)], [["name", "'A' is taken. Take another name."]]);
    validation.setError(new Error("The server does not answer."));
    assert.deepEqual([...validation.faultsOf(null)], [["", "The server does not answer."]]);
});

test("a list knob has the type of its items", () => {
    const list = (type) => ({ type: "array", items: { type } });
    const optional = { anyOf: [list("number"), { type: "null" }] };
    const knobs = knobsOf({ properties: { a: list("string"), b: optional, c: {} } });
    assert.deepEqual(
        knobs.map(({ items }) => items),
        ["string", "number", null],
    );
    assert.deepEqual(splitList(" face, , hand,"), ["face", "hand"]);
});
