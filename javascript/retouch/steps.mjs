/** The history of kept steps: each on or off in any order, reopened, renamed or deleted. */

import { renamedStep, toggledStep, withoutStep } from "./document.mjs";
import { h, keyed, setValue } from "./dom.mjs";
import { iconButton } from "./icons.mjs";
import { wordsOf } from "./measures.mjs";
import { reopening } from "./offer.mjs";
import { flat } from "./settings.mjs";
import { section } from "./section.mjs";

/** Parts of a request that have their own place in the settings; the others are knobs that were moved. */
const PLACED = ["prompt", "negative_prompt", "seed", "variations", "invert"];

export class StepsPanel {
    constructor({ store, settings }) {
        Object.assign(this, { store, settings });
        this.list = h("ul", { class: "rt-list", "aria-label": "Kept steps" });
        this.empty = h(
            "p",
            { class: "rt-hint" },
            "Steps that you keep are listed here. Each can be switched off, in any order.",
        );
        this.element = section("history", "History", [this.empty, this.list]);
        store.addEventListener("change", () => this.update());
        this.update();
    }

    update() {
        const { steps } = this.store.doc;
        this.empty.hidden = steps.length > 0;
        const rows = [...steps].reverse();
        keyed(this.list, rows, {
            key: ({ id }) => id,
            make: (step) => this.#row(step),
            update: (row, step) => this.#fill(row, step),
        });
    }

    #row({ id }) {
        const change = (label, doc, merge = null) => this.store.do(label, doc, { merge });
        const step = () => this.store.doc.steps.find((other) => other.id === id);
        const on = h("input", {
            type: "checkbox",
            "aria-label": "On",
            "data-tip": "Switch on or off",
            onchange: () => change("Switch a step", toggledStep(this.store.doc, id)),
        });
        const name = h("input", {
            type: "text",
            class: "rt-name",
            "aria-label": "Name of the step",
            oninput: (e) => change("Rename", renamedStep(this.store.doc, id, e.target.value), `step-${id}`),
        });
        const again = iconButton("history", "Reopen: mask and request again", () => this.reopen(step()), {
            "data-testid": "reopen",
        });
        const gone = iconButton("close", "Delete the step", () =>
            change("Delete a step", withoutStep(this.store.doc, id)),
        );
        const row = h(
            "li",
            { "data-testid": "step" },
            h("div", { class: "rt-row" }, on, name, h("span", { class: "rt-area" }), again, gone),
            h("div", { class: "rt-measures" }),
        );
        row.parts = { on, name, again };
        return row;
    }

    #fill(row, step) {
        row.parts.on.checked = step.on;
        row.classList.toggle("rt-off", !step.on);
        setValue(row.parts.name, step.name);
        row.querySelector(".rt-area").textContent = step.report?.seed === undefined ? "" : `seed ${step.report.seed}`;
        row.querySelector(".rt-measures").textContent = wordsOf(step.report?.scores);
        row.parts.again.hidden = !step.asked?.width;
    }

    /** The step off, its mask an object, its request in the settings: as before it was painted. */
    reopen(step) {
        const { intent, ...asked } = step.request ?? {};
        const placed = Object.fromEntries(PLACED.filter((name) => name in asked).map((name) => [name, asked[name]]));
        const moved = Object.fromEntries(
            Object.entries(asked).filter(([name]) => !PLACED.includes(name) && name !== "object"),
        );
        if (intent) {
            this.settings.set({
                ...placed,
                intent,
                overrides: { ...this.settings.get("overrides"), [intent]: flat(moved) },
            });
        }
        this.store.do("Reopen a step", reopening(this.store.doc, step));
    }
}
