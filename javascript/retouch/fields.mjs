/** Fields of one setting each, that follow it wherever else it is changed. */

import { debounced, h, setValue } from "./dom.mjs";

const WAIT_MS = 150;

/** Words in several lines: `{read, write}` are the setting, heard of by `settings`. */
export function wordsField(settings, { read, write }, { placeholder, label, rows, testid }) {
    const change = debounced(write, WAIT_MS);
    const field = h("textarea", { class: "rt-words", rows, placeholder, "aria-label": label, "data-testid": testid });
    field.addEventListener("input", () => change(field.value));
    field.addEventListener("change", () => change.now(field.value));
    const update = () => setValue(field, read());
    settings.addEventListener("change", update);
    update();
    return field;
}

/** The seed, blank for any. */
export function seedField(settings, id) {
    const read = ({ value }) => (value === "" ? -1 : Math.max(-1, Math.round(Number(value))));
    const field = h("input", {
        id,
        type: "number",
        min: -1,
        placeholder: "random",
        onchange: () => settings.set({ seed: read(field) }),
    });
    const update = () => setValue(field, settings.get("seed") < 0 ? "" : String(settings.get("seed")));
    settings.addEventListener("change", update);
    update();
    return h("div", { class: "rt-knob" }, h("label", { for: id }, "Seed"), field);
}
