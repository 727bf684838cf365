import assert from "node:assert/strict";
import test from "node:test";

import { knobsOf, inputStep } from "../../javascript/retouch/ui/knob-widgets.mjs";
import { flatten, unflatten, Settings } from "../../javascript/retouch/document/settings.mjs";

function storage(start = {}) {
    const items = { ...start };
    return { items, getItem: (name) => items[name] ?? null, setItem: (name, value) => (items[name] = value) };
}

test("flatten and unflatten are inverse", () => {
    const tree = { steps: 20, shape: { grow: -4, area: "only masked" }, list: ["a", "b"] };
    assert.deepEqual(flatten(tree), { steps: 20, "shape.grow": -4, "shape.area": "only masked", list: ["a", "b"] });
    assert.deepEqual(unflatten(flatten(tree)), tree);
});

test("an override applies to one intent and can be removed", () => {
    const settings = new Settings(storage());
    settings.setOverride("fill", "shape.grow", 9);
    assert.deepEqual(settings.overridesOf("fill"), { "shape.grow": 9 });
    assert.deepEqual(settings.overridesOf("remove"), {});
    settings.setOverride("fill", "shape.grow", undefined);
    assert.deepEqual(settings.overridesOf("fill"), {});
});

test("settings are stored between sessions, the prompt is not", () => {
    const place = storage();
    const settings = new Settings(place);
    settings.set({ variations: 4, prompt: "a lemon" });
    const next = new Settings(place);
    assert.equal(next.get("variations"), 4);
    assert.equal(next.get("prompt"), "");
});

test("invalid stored settings give the defaults", () => {
    assert.equal(new Settings(storage({ "retouch-settings": "{" })).get("variations"), 2);
});

test("the change event lists only settings that differ", () => {
    const settings = new Settings(storage());
    const events = [];
    settings.addEventListener("change", ({ detail }) => events.push(detail));
    settings.set({ prompt: "", seed: 5 });
    settings.set({ seed: 5 });
    assert.deepEqual(events, [["seed"]]);
});

test("knobs come from the schema, with what is nested and what may be blank", () => {
    const schema = {
        properties: {
            steps: {
                title: "Steps",
                anyOf: [{ type: "integer", minimum: 1, maximum: 150 }, { type: "null" }],
                default: null,
            },
            shape: {
                type: "object",
                properties: { area: { title: "Area", type: "string", enum: ["a", "b"], default: "a" } },
            },
        },
    };
    const [steps, area] = knobsOf(schema);
    assert.deepEqual([steps.path, steps.low, steps.high, steps.optional, steps.default], ["steps", 1, 150, true, null]);
    assert.deepEqual([area.path, area.choices, area.default], ["shape.area", ["a", "b"], "a"]);
});

test("the step of a number input follows from its type and range", () => {
    assert.equal(inputStep({ type: "integer", low: 0, high: 9 }), 1);
    assert.equal(inputStep({ type: "number", low: 0, high: 1 }), 0.01);
    assert.equal(inputStep({ type: "number", low: 1, high: 30 }), 0.5);
});
