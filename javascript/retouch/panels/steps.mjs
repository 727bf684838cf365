/** The history of kept steps: each on or off in any order, painted again, reopened, renamed or deleted. */

import { h, keyed } from "../ui/dom.mjs";
import { reopening } from "../document/variations.mjs";
import { flat } from "../document/settings.mjs";
import { section } from "../ui/collapsible.mjs";
import { StepRow } from "./step-row.mjs";
import { text } from "../util/text.mjs";

/** Parts of a request that have their own place in the settings; the others are knobs that were moved. */
const PLACED = ["prompt", "negative_prompt", "seed", "variations", "invert"];

export class StepsPanel {
    #rows = new WeakMap();

    constructor({ store, settings, painter, repainting }) {
        Object.assign(this, { store, settings, painter, repainting });
        this.list = h("ul", { class: "rt-list rt-steps", "aria-label": text("steps.label") });
        this.empty = h(
            "p",
            { class: "rt-hint" },
            text("steps.empty"),
        );
        this.element = section("history", text("steps.title"), [this.empty, this.list]);
        store.addEventListener("change", () => this.update());
        painter.addEventListener("jobs", () => this.update());
        this.update();
    }

    update() {
        const { steps } = this.store.doc;
        this.empty.hidden = steps.length > 0;
        const rows = [...steps].reverse();
        keyed(this.list, rows, {
            key: ({ id }) => id,
            make: ({ id }) => this.#made(id),
            update: (element, step) => this.#rows.get(element).update(step),
        });
    }

    #made(id) {
        const row = new StepRow(this, id);
        this.#rows.set(row.element, row);
        return row.element;
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
        this.store.do(text("step.reopen"), reopening(this.store.doc, step));
    }
}
