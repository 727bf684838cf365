/** Widgets for knobs, made from the server's JSON schema: labels, bounds, choices and help come from there. */

import { h } from "./dom.mjs";
import { text } from "../util/text.mjs";

/** Every knob of a request's schema that is not itself an object: [{path, label, help, group, order, type, items, low, high, choices, optional, default}]. */
export function knobsOf(schema, prefix = "") {
    return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
        const path = prefix + name;
        const inner = findVariant(field, (s) => s.type === "object" && s.properties);
        return inner ? knobsOf(inner, `${path}.`) : [readKnob(path, field)];
    });
}

function readKnob(path, field) {
    const plain = findVariant(field, (s) => s.type && s.type !== "null") ?? field;
    return {
        path,
        label: field.title || path,
        help: field.description ?? "",
        group: field.group ?? "",
        order: field.order ?? 0,
        type: plain.type ?? "string",
        items: plain.items?.type ?? null,
        low: plain.minimum,
        high: plain.maximum,
        choices: plain.enum ?? null,
        optional: (field.anyOf ?? []).some((s) => s.type === "null"),
        default: field.default ?? null,
    };
}

/** The knobs that stand above the folds, in order. @param {object[]} knobs see `knobsOf` */
export function frontKnobs(knobs) {
    return knobs.filter(({ order }) => order > 0).sort((a, b) => a.order - b.order);
}

/** The other knobs by the title of their fold. Returns a Map in the order of declaration. */
export function foldedKnobs(knobs) {
    const folds = new Map();
    for (const knob of knobs.filter(({ order }) => !order)) {
        folds.set(knob.group, [...(folds.get(knob.group) ?? []), knob]);
    }
    return folds;
}

function findVariant(field, fits) {
    return fits(field) ? field : (field.anyOf ?? []).find(fits);
}

/** A whole number, hundredths, or what the span asks for. */
export function inputStep({ type, low, high }) {
    return type === "integer" ? 1 : high - low <= 2 ? 0.01 : 0.5;
}

const isBounded = ({ type, low, high }) =>
    ["integer", "number"].includes(type) && low !== undefined && high !== undefined;
const isSlidable = (k) => isBounded(k) && k.high - k.low <= 4096;

/**
 * One knob's row. `value` is what will be used, `moved` whether that is the person's own choice; `set(value)`
 * hears of a change, with undefined for "back to the default". `owner` sets it apart from others of its name;
 * `make` makes what it is set with.
 */
export function makeKnobRow(knob, { owner = "", value, moved, set, make = makeWidget }) {
    const id = ["rt-knob", owner, knob.path.replaceAll(".", "-")].filter(Boolean).join("-");
    const back = h(
        "button",
        {
            type: "button",
            class: "rt-back",
            hidden: !moved,
            "aria-label": text("knobs.backOf", { label: knob.label }),
            "data-tip": text("knobs.back"),
            onclick: () => set(undefined),
        },
        "↺",
    );
    const label = h("label", { for: id, title: knob.help }, knob.label);
    const input = make(knob, id, value, set);
    return h(
        "div",
        { class: `rt-knob rt-${knob.type}${moved ? " rt-moved" : ""}`, "data-knob": knob.path },
        label,
        input,
        back,
    );
}

export function makeWidget(knob, id, value, set) {
    if (knob.type === "boolean") {
        return h("input", { id, type: "checkbox", checked: Boolean(value), onchange: (e) => set(e.target.checked) });
    }
    if (knob.choices) {
        return makeSelect(knob, id, value, set);
    }
    if (knob.type === "array") {
        return makeListField(knob, id, value, set);
    }
    return isSlidable(knob) ? makeSlider(knob, id, value, set) : makeInput(knob, id, value, set);
}

function makeSelect(knob, id, value, set) {
    const options = knob.choices.map((choice) => h("option", { value: choice, selected: choice === value }, choice));
    return h("select", { id, onchange: (e) => set(e.target.value) }, options);
}

/** A slider and a number side by side. A blank number means "as it comes". */
function makeSlider(knob, id, value, set) {
    const bounds = { min: knob.low, max: knob.high, step: inputStep(knob) };
    const say = (raw) => set(raw === "" ? undefined : clampValue(knob, Number(raw)));
    const number = h("input", {
        ...bounds,
        id,
        type: "number",
        value: value ?? "",
        placeholder: text("knobs.auto"),
        onchange: (e) => say(e.target.value),
    });
    const range = h("input", {
        ...bounds,
        type: "range",
        value: value ?? restingValue(knob),
        "aria-label": text("knobs.slider", { label: knob.label }),
        tabindex: -1,
    });
    range.addEventListener("input", () => (number.value = range.value));
    range.addEventListener("change", () => say(range.value));
    return h("span", { class: "rt-slider" }, range, number);
}

/** Where a slider without a value stands: at nothing, where that is possible. */
function restingValue({ low, high }) {
    return Math.min(Math.max(0, low), high);
}

function clampValue({ low, high }, value) {
    return Math.min(Math.max(value, low), high);
}

function makeInput(knob, id, value, set) {
    const isNumber = knob.type === "integer" || knob.type === "number";
    const read = (raw) => (raw === "" ? undefined : isNumber ? Number(raw) : raw);
    const props = isNumber ? { type: "number", min: knob.low ?? false, max: knob.high ?? false } : { type: "text" };
    return h("input", {
        ...props,
        id,
        value: value ?? "",
        placeholder: knob.optional || value === null ? text("knobs.auto") : "",
        onchange: (e) => set(read(e.target.value)),
    });
}

/** Several words or numbers, with commas between them. What is no number is left for the server to refuse. */
function makeListField({ items, help }, id, value, set) {
    const item = (word) => (items === "string" || Number.isNaN(Number(word)) ? word : Number(word));
    const read = (raw) => splitList(raw).map(item);
    return h("input", {
        id,
        type: "text",
        placeholder: help,
        value: (value ?? []).join(", "),
        onchange: (e) => set(e.target.value.trim() === "" ? undefined : read(e.target.value)),
    });
}

/** The words of a list as it is written. */
export function splitList(raw) {
    return raw
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean);
}
