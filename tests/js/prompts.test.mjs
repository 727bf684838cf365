import assert from "node:assert/strict";
import test from "node:test";

import { newDocument } from "../../javascript/retouch/document/document.mjs";
import { followPicture } from "../../javascript/retouch/document/picture-words.mjs";
import { PromptHistory } from "../../javascript/retouch/document/prompt-history.mjs";
import { Settings } from "../../javascript/retouch/document/settings.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { describePrompt } from "../../javascript/retouch/recipes/text.mjs";

function storage() {
    const items = {};
    return { getItem: (name) => items[name] ?? null, setItem: (name, value) => (items[name] = value) };
}

function picture(name) {
    return newDocument(new Pixels(4, 4, new Uint8ClampedArray(64)), name);
}

function opened() {
    const [store, settings] = [new Store(newDocument()), new Settings(storage())];
    const history = new PromptHistory(storage());
    followPicture(store, settings, history);
    return { store, settings, history };
}

test("another picture has its own prompts, and undo brings the first's back", () => {
    const { store, settings, history } = opened();
    store.open(picture("beach"));
    settings.set({ prompt: "sandy beach", recipe_prompt: "a man", extension_words: { prompt: "sea" } });
    store.open(picture("forest"));
    assert.deepEqual(settings.words, { prompt: "", recipe_prompt: "", extension_words: {} });
    assert.deepEqual(history.prompts, ["sandy beach", "a man"]);
    settings.set({ prompt: "an oak" });
    store.undo();
    assert.deepEqual(settings.words, { prompt: "sandy beach", recipe_prompt: "a man", extension_words: { prompt: "sea" } });
    store.redo();
    assert.equal(settings.get("prompt"), "an oak");
});

test("a change of the picture keeps its prompts", () => {
    const { store, settings } = opened();
    store.open(picture("beach"));
    settings.set({ prompt: "sandy beach" });
    store.do("rename", { ...store.doc, name: "shore" });
    store.undo();
    assert.equal(settings.get("prompt"), "sandy beach");
});

test("a prompt written before the first picture is open goes with it", () => {
    const { store, settings } = opened();
    settings.set({ prompt: "a lemon" });
    store.open(picture("table"));
    assert.equal(settings.get("prompt"), "a lemon");
});

test("the prompt history steps to older prompts and back to the blank one", () => {
    const history = new PromptHistory(storage());
    ["a", "b", " ", "a"].forEach((prompt) => history.add(prompt));
    assert.deepEqual(history.prompts, ["a", "b"]);
    assert.deepEqual(
        [1, 1, 1, -1, -1, -1].map((by) => history.step(by)),
        ["a", "b", null, "a", "", null],
    );
});

test("the prompt history has at most 50 prompts; invalid storage is empty", () => {
    const place = storage();
    const history = new PromptHistory(place);
    Array.from({ length: 60 }, (_, i) => history.add(`prompt ${i}`));
    assert.equal(history.prompts.length, 50);
    assert.equal(history.prompts[0], "prompt 59");
    place.setItem("retouch-prompts", "{");
    assert.deepEqual(history.prompts, []);
    const full = { getItem: () => null, setItem: () => assert.fail("no room") };
    for (const history of [new PromptHistory(null), new PromptHistory(full)]) {
        history.add("a");
        assert.equal(history.step(1), null);
    }
    assert.doesNotThrow(() => new Settings(full).set({ variations: 4 }));
});

test("a recipe names the typed prompt, else that of the picture, else none", () => {
    const infotext = "a man,\non a hill\nNegative prompt: hat\nSteps: 20, Seed: 1";
    assert.match(describePrompt(" a woman ", infotext), /"a woman"/);
    assert.match(describePrompt("", infotext), /"a man,\non a hill", as in the picture's generation text/);
    assert.match(describePrompt("", "a dog\nSteps: 20"), /"a dog"/);
    for (const bare of ["", "Steps: 20, Seed: 1", "Negative prompt: hat\nSteps: 20", "\nSteps: 20"]) {
        assert.match(describePrompt("", bare), /No prompt/);
    }
});
