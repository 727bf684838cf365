/** The history of kept steps: each on or off in any order, painted again, reopened, renamed or deleted. */

import { h, syncChildren } from "../ui/dom.mjs";
import { reopenStep } from "../document/variations.mjs";
import { flatten } from "../document/settings.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { StepRow } from "./step-row.mjs";
import { text } from "../util/text.mjs";

/** Parts of a request that have their own place in the settings; the others are knobs that were moved. */
const SETTINGS_FIELDS = ["prompt", "negative_prompt", "seed", "variations", "invert"];

export class StepsPanel {
    #rows = new WeakMap();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, settings, jobQueue, repaintJobs }) {
        Object.assign(this, { store, settings, jobQueue, repaintJobs });
        this.list = h("ul", { class: "rt-list rt-steps", "aria-label": text("steps.label") });
        this.empty = h(
            "p",
            { class: "rt-hint" },
            text("steps.empty"),
        );
        this.element = makeSection("history", text("steps.title"), [this.empty, this.list]);
        store.addEventListener("change", () => this.update());
        jobQueue.addEventListener("jobs", () => this.update());
        this.update();
    }

    update() {
        const { steps } = this.store.doc;
        this.empty.hidden = steps.length > 0;
        const rows = [...steps].reverse();
        syncChildren(this.list, rows, {
            key: ({ id }) => id,
            make: ({ id }) => this.#makeRow(id),
            update: (element, step) => this.#rows.get(element).update(step),
        });
    }

    #makeRow(id) {
        const row = new StepRow(this, id);
        this.#rows.set(row.element, row);
        return row.element;
    }

    /** The step off, its mask an object, its request in the settings: as before it was painted. */
    reopen(step) {
        const { intent, ...fields } = step.request ?? {};
        const placed = Object.fromEntries(SETTINGS_FIELDS.filter((name) => name in fields).map((name) => [name, fields[name]]));
        const moved = Object.fromEntries(
            Object.entries(fields).filter(([name]) => !SETTINGS_FIELDS.includes(name) && name !== "object"),
        );
        if (intent) {
            this.settings.set({
                ...placed,
                intent,
                overrides: { ...this.settings.get("overrides"), [intent]: flatten(moved) },
            });
        }
        this.store.do(text("step.reopen"), reopenStep(this.store.doc, step));
    }
}
