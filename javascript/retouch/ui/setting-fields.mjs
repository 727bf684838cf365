/** Fields of one setting each; they follow changes made elsewhere. */

import { debounce } from "../util/debounce.mjs";
import { h, setValue } from "./dom.mjs";
import { readSeed } from "../util/seed-text.mjs";
import { text } from "../util/text.mjs";

const WAIT_MS = 150;

/** A text in several lines. `{read, write}` access the setting, `settings` dispatches its changes. */
export function makeTextField(settings, { read, write }, { placeholder, label, rows, testid }) {
    const change = debounce(write, WAIT_MS);
    const field = h("textarea", { class: "rt-words", rows, placeholder, "aria-label": label, "data-testid": testid });
    field.addEventListener("input", () => change(field.value));
    field.addEventListener("change", () => change.now(field.value));
    const update = () => setValue(field, read());
    settings.addEventListener("change", update);
    update();
    return field;
}

/** A field below its visible label. */
export function addLabel(field, label) {
    return h("label", { class: "rt-labelled" }, label, field);
}

/** The seed, blank for any. A line below says where another seed is used than was typed. */
export function makeSeedField(settings, id) {
    const remarkLine = h("p", { class: "rt-hint rt-told", id: `${id}-told`, role: "status", hidden: true });
    const field = h("input", {
        id,
        type: "number",
        min: -1,
        placeholder: text("seed.random"),
        "aria-describedby": remarkLine.id,
        onchange: () => set(readSeed(field.value)),
    });
    const update = () => setValue(field, settings.get("seed") < 0 ? "" : String(settings.get("seed")));
    const set = ({ seed, remark }) => {
        remarkLine.textContent = remark;
        remarkLine.hidden = remark === "";
        settings.set({ seed });
        update();
    };
    settings.addEventListener("change", update);
    update();
    return h("div", {}, h("div", { class: "rt-knob" }, h("label", { for: id }, text("seed.label")), field), remarkLine);
}
