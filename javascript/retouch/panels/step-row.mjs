/** One kept step in the history: its switch, its name, its variations, and what may become of it. */

import { renamedStep, toggledStep, withoutStep } from "../document/document.mjs";
import { h, setAttribute, setValue } from "../ui/dom.mjs";
import { iconButton } from "../ui/icons.mjs";
import { wordsOf } from "./quality-text.mjs";
import { upon } from "../document/step-history.mjs";
import { listedWords } from "./plan-text.mjs";
import { text } from "../util/text.mjs";

/** Painted over a sketch, moved by an extension, or brought without a word of how it was made. */
const FOR_GOOD = text("step.forGood");

export class StepRow {
    /** @param panel {store, painter, repainting, reopen} */
    constructor(panel, id) {
        Object.assign(this, { panel, id, asking: false });
        this.number = h("span", { class: "rt-step-number", "aria-hidden": "true" });
        this.on = h("input", {
            type: "checkbox",
            "aria-label": text("step.on"),
            "data-tip": text("step.on.tip"),
            onchange: () => this.#change(text("step.switch"), toggledStep(this.doc, id)),
        });
        this.name = h("input", {
            type: "text",
            class: "rt-name",
            "aria-label": text("step.name"),
            oninput: ({ target }) =>
                this.#change(text("step.rename"), renamedStep(this.doc, id, target.value), `step-${id}`),
        });
        this.level = this.#level();
        this.again = iconButton("again", text("step.again"), () => this.#again(), { "data-testid": "step-again" });
        this.reopen = iconButton("history", text("step.reopen.label"), () => panel.reopen(this.step), {
            "data-testid": "reopen",
        });
        this.measures = h("div", { class: "rt-measures" });
        this.under = h("div", { class: "rt-under", "data-testid": "upon-it" });
        this.choice = h("div", { class: "rt-choice", role: "group", "aria-label": text("step.choice") });
        this.element = this.#built();
    }

    get doc() {
        return this.panel.store.doc;
    }

    get step() {
        return this.doc.steps.find(({ id }) => id === this.id);
    }

    #change(label, doc, merge = null) {
        this.panel.store.do(label, doc, { merge });
    }

    #level() {
        const next = () => this.panel.repainting.choose(this.step, this.step.chosen + 1);
        const props = { class: "rt-level", "data-tip": text("step.next"), "data-testid": "step-variation" };
        return h("button", { type: "button", ...props, onclick: next });
    }

    #built() {
        const remove = () => this.#change(text("step.delete"), withoutStep(this.doc, this.id));
        const gone = iconButton("close", text("step.delete.label"), remove);
        const parts = [this.number, this.on, this.name, this.level, this.again, this.reopen, gone];
        const row = h("div", { class: "rt-row" }, parts);
        return h("li", { "data-testid": "step" }, row, this.measures, this.under, this.choice);
    }

    update(step) {
        const { steps } = this.doc;
        const later = upon(steps, this.id);
        const numbers = later.map((other) => steps.indexOf(other) + 1);
        this.number.textContent = steps.indexOf(step) + 1;
        this.on.checked = step.on;
        this.element.classList.toggle("rt-off", !step.on);
        setValue(this.name, step.name);
        this.measures.textContent = reportOf(step);
        this.under.textContent = later.length ? text("step.upon", { steps: listedWords(numbers) }) : "";
        this.reopen.hidden = !step.asked?.width;
        this.#showLevel(step);
        this.#offer(step, later);
    }

    #showLevel({ paintings = [], chosen }) {
        this.level.hidden = paintings.length < 2;
        if (this.level.hidden) {
            return;
        }
        this.level.textContent = `${chosen + 1}/${paintings.length}`;
        setAttribute(this.level, "aria-label", text("step.variation", { number: chosen + 1, count: paintings.length }));
    }

    /** A step of which it is not known how it was painted is not painted again: it can be reopened. */
    #offer({ how }, later) {
        const those = later.filter((step) => step.how);
        const numbers = listedWords(those.map((step) => this.doc.steps.indexOf(step) + 1));
        this.choices = how || numbers ? { itself: Boolean(how), those: numbers } : null;
        this.again.hidden = !this.choices;
        this.again.disabled = this.panel.painter.busy;
        this.asking &&= Boolean(this.choices?.those) && !this.panel.painter.busy;
        setAttribute(this.again, "aria-expanded", this.asking);
        this.choice.hidden = !this.asking;
        this.choice.replaceChildren(...(this.asking ? this.#buttons() : []));
    }

    #again() {
        if (!this.choices.those) {
            return this.panel.repainting.again(this.id);
        }
        this.asking = !this.asking;
        this.update(this.step);
    }

    #buttons() {
        const { repainting } = this.panel;
        const { itself, those } = this.choices;
        const made = [
            [text("step.again.alone"), text("step.again.alone.tip"), () => repainting.again(this.id)],
            [
                text("step.again.then", { steps: those }),
                text("step.again.then.tip"),
                () => repainting.again(this.id, true),
            ],
            [text("step.again.only", { steps: those }), text("step.again.only.tip"), () => repainting.upon(this.id)],
        ];
        return (itself ? made : made.slice(2)).map(([label, tip, press]) =>
            h("button", { type: "button", class: "rt-button", "data-tip": tip, onclick: () => this.#done(press) }, label),
        );
    }

    #done(press) {
        this.asking = false;
        press();
    }
}

function reportOf({ report: { seed, scores } = {}, how }) {
    const words = [seed === undefined ? "" : text("seed.of", { seed }), wordsOf(scores), how ? "" : FOR_GOOD];
    return words.filter(Boolean).join(" · ");
}
