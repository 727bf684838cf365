/** Fields of one setting each, that follow it wherever else it is changed. */

import { debounced } from "../util/debounce.mjs";
import { h, setValue } from "./dom.mjs";
import { readSeed } from "../util/seed-text.mjs";
import { text } from "../util/text.mjs";

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

/** The seed, blank for any. One that is not taken as it was typed is told below. */
export function seedField(settings, id) {
    const told = h("p", { class: "rt-hint rt-told", id: `${id}-told`, role: "status", hidden: true });
    const field = h("input", {
        id,
        type: "number",
        min: -1,
        placeholder: text("seed.random"),
        "aria-describedby": told.id,
        onchange: () => set(readSeed(field.value)),
    });
    const update = () => setValue(field, settings.get("seed") < 0 ? "" : String(settings.get("seed")));
    const set = ({ seed, remark }) => {
        told.textContent = remark;
        told.hidden = remark === "";
        settings.set({ seed });
        update();
    };
    settings.addEventListener("change", update);
    update();
    return h("div", {}, h("div", { class: "rt-knob" }, h("label", { for: id }, text("seed.label")), field), told);
}
