import assert from "node:assert/strict";
import test from "node:test";

import { refreshRecipes } from "../../javascript/retouch.mjs";
import { recipeFileName, recipeFileText, recipeName, describePasses, bareRecipe } from "../../javascript/retouch/recipes/text.mjs";
import { needsMask } from "../../javascript/retouch/server/fix.mjs";

test("a recipe is sent and saved without the list field 'own'", () => {
    assert.deepEqual(bareRecipe({ name: "Mine", schema: 2, own: true }), { name: "Mine", schema: 2 });
    assert.deepEqual(JSON.parse(recipeFileText({ name: "Mine", own: false })), { name: "Mine" });
});

test("a recipe without a name is Custom", () => {
    assert.equal(recipeName({}), "Custom");
    assert.equal(recipeName({ name: "Mine" }), "Mine");
});

test("a mask is needed only if an enabled pass has a mask target", () => {
    const masked = ["mask", "background", "seam"];
    const of = (what, enabled) => needsMask({ passes: [{}, { target: { what }, enabled }] }, masked);
    assert.deepEqual(["mask", "background", "seam", "detectors", "tiles"].map((what) => of(what)), [
        true,
        true,
        true,
        false,
        false,
    ]);
    assert.equal(of("mask", false), false);
    assert.equal(needsMask({}, masked), false);
});

test("each pass is described by its target and settings", () => {
    const passes = [
        { target: { models: ["face", "hand"] } },
        { target: { what: "tiles" }, denoising_strength: 0.3, variations: 4, gate: { mode: "on" } },
        { target: { models: ["eyes"], of_pass: 1 }, enabled: false },
        {},
    ];
    assert.deepEqual(describePasses({ passes }), [
        { looks: "face, hand", extras: "denoising strength 0.4" },
        { looks: "tiles", extras: "denoising strength 0.3 · 4 variations · gate" },
        { looks: "eyes, within pass 1", extras: "denoising strength 0.4 · off" },
        { looks: "nothing yet", extras: "denoising strength 0.4" },
    ]);
});

test("a recipe file name contains no path", () => {
    assert.equal(recipeFileName({ name: "../Größe & Co" }), "größe-co.json");
    assert.equal(recipeFileName({ name: "☃" }), "recipe.json");
    assert.equal(recipeFileName({ name: "x".repeat(80) }), `${"x".repeat(48)}.json`);
});

test("each accordion's list is asked for once a page", () => {
    const pressed = [];
    const buttons = ["txt2img", "img2img"].map((page) => ({ dataset: {}, click: () => pressed.push(page) }));
    const root = { querySelectorAll: () => buttons.filter(({ dataset }) => !dataset.pressed) };
    refreshRecipes(root);
    refreshRecipes(root);
    assert.deepEqual(pressed, ["txt2img", "img2img"]);
});
