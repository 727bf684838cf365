/** One kept step in the history: its switch, name and variations, and its buttons. */

import { renameStep, toggleStep, removeStep } from "../document/document.mjs";
import { h, setAttribute, setValue } from "../ui/dom.mjs";
import { iconButton } from "../ui/icons.mjs";
import { describeScores } from "./quality-text.mjs";
import { listStepsUpon } from "../document/step-history.mjs";
import { joinNumbers } from "./plan-text.mjs";
import { text } from "../util/text.mjs";

/** A step over a sketch, one that an extension moved, or one from a file without `how`. */
const FOR_GOOD = text("step.forGood");

export class StepRow {
    /**
     * @param {import("./steps.mjs").StepsPanel} panel
     * @param {string} id of the step
     */
    constructor(panel, id) {
        Object.assign(this, { panel, id, isAsking: false });
        this.number = h("span", { class: "rt-step-number", "aria-hidden": "true" });
        this.on = h("input", {
            type: "checkbox",
            "aria-label": text("step.on"),
            "data-tip": text("step.on.tip"),
            onchange: () => this.#change(text("step.switch"), toggleStep(this.doc, id)),
        });
        this.name = h("input", {
            type: "text",
            class: "rt-name",
            "aria-label": text("step.name"),
            oninput: ({ target }) =>
                this.#change(text("step.rename"), renameStep(this.doc, id, target.value), `step-${id}`),
        });
        this.level = this.#makeLevelButton();
        this.again = iconButton("again", text("step.again"), () => this.#pressAgain(), { "data-testid": "step-again" });
        this.reopen = iconButton("history", text("step.reopen.label"), () => panel.reopen(this.step), {
            "data-testid": "reopen",
        });
        this.measures = h("div", { class: "rt-measures" });
        this.under = h("div", { class: "rt-under", "data-testid": "upon-it" });
        this.choice = h("div", { class: "rt-choice", role: "group", "aria-label": text("step.choice") });
        this.element = this.#build();
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

    #makeLevelButton() {
        const next = () => this.panel.repaintJobs.chooseVariation(this.step, this.step.chosen + 1);
        const props = { class: "rt-level", "data-tip": text("step.next"), "data-testid": "step-variation" };
        return h("button", { type: "button", ...props, onclick: next });
    }

    #build() {
        const remove = () => this.#change(text("step.delete"), removeStep(this.doc, this.id));
        const gone = iconButton("close", text("step.delete.label"), remove);
        const parts = [this.number, this.on, this.name, this.level, this.again, this.reopen, gone];
        const row = h("div", { class: "rt-row" }, parts);
        return h("li", { "data-testid": "step" }, row, this.measures, this.under, this.choice);
    }

    update(step) {
        const { steps } = this.doc;
        const later = listStepsUpon(steps, this.id);
        const numbers = later.map((other) => steps.indexOf(other) + 1);
        this.number.textContent = steps.indexOf(step) + 1;
        this.on.checked = step.on;
        this.element.classList.toggle("rt-off", !step.on);
        setValue(this.name, step.name);
        this.measures.textContent = describeReport(step);
        this.under.textContent = later.length ? text("step.upon", { steps: joinNumbers(numbers) }) : "";
        this.reopen.hidden = !step.asked?.width;
        this.#showLevel(step);
        this.#showChoices(step, later);
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
    #showChoices({ how }, later) {
        const those = later.filter((step) => step.how);
        const numbers = joinNumbers(those.map((step) => this.doc.steps.indexOf(step) + 1));
        this.choices = how || numbers ? { itself: Boolean(how), those: numbers } : null;
        this.again.hidden = !this.choices;
        this.again.disabled = this.panel.jobQueue.busy;
        this.isAsking &&= Boolean(this.choices?.those) && !this.panel.jobQueue.busy;
        setAttribute(this.again, "aria-expanded", this.isAsking);
        this.choice.hidden = !this.isAsking;
        this.choice.replaceChildren(...(this.isAsking ? this.#makeChoiceButtons() : []));
    }

    #pressAgain() {
        if (!this.choices.those) {
            return this.panel.repaintJobs.repaint(this.id);
        }
        this.isAsking = !this.isAsking;
        this.update(this.step);
    }

    #makeChoiceButtons() {
        const { repaintJobs } = this.panel;
        const { itself, those } = this.choices;
        const choices = [
            [text("step.again.alone"), text("step.again.alone.tip"), () => repaintJobs.repaint(this.id)],
            [
                text("step.again.then", { steps: those }),
                text("step.again.then.tip"),
                () => repaintJobs.repaint(this.id, true),
            ],
            [text("step.again.only", { steps: those }), text("step.again.only.tip"), () => repaintJobs.repaintUpon(this.id)],
        ];
        return (itself ? choices : choices.slice(2)).map(([label, tip, press]) =>
            h("button", { type: "button", class: "rt-button", "data-tip": tip, onclick: () => this.#closeChoices(press) }, label),
        );
    }

    #closeChoices(press) {
        this.isAsking = false;
        press();
    }
}

function describeReport({ report: { seed, scores } = {}, how }) {
    const words = [seed === undefined ? "" : text("seed.of", { seed }), describeScores(scores), how ? "" : FOR_GOOD];
    return words.filter(Boolean).join(" · ");
}
