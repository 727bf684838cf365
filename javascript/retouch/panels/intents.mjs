/** What to do with what is masked: the prompt, one button per intent, and every knob behind them. */

import { KnobGroups } from "../ui/knob-groups.mjs";
import { h, setValue } from "../ui/dom.mjs";
import { addLabel, makeSeedField, makeTextField } from "../ui/setting-fields.mjs";
import { icon } from "../ui/icons.mjs";
import { frontKnobs, knobsOf } from "../ui/knob-widgets.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { flatten } from "../document/settings.mjs";
import { text } from "../util/text.mjs";

/** Knobs that have their own place on the page. */
const ELSEWHERE = ["prompt", "negative_prompt", "variations"];

export class IntentsPanel {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ settings, promptHistory, inpaintJobs, store }) {
        Object.assign(this, { settings, promptHistory, inpaintJobs, store, intents: [], knobs: [] });
        this.buttons = h("div", { class: "rt-intents", role: "group", "aria-label": text("intents.label") });
        this.prompt = this.#makePromptField("prompt", text("intents.prompt.hint"), text("intents.prompt"), 3);
        this.prompt.dataset.tip = text("intents.prompt.tip");
        this.prompt.addEventListener("keydown", (event) => this.#recallPrompt(event));
        this.negative = this.#makePromptField("negative_prompt", text("intents.negative.hint"), text("intents.negative"), 1);
        this.invert = h("input", {
            type: "checkbox",
            "data-testid": "not-masked",
            onchange: (e) => settings.set({ invert: e.target.checked }),
        });
        this.variations = h("input", {
            id: "rt-variations",
            type: "number",
            min: 1,
            max: 16,
            onchange: (e) => settings.set({ variations: clampInteger(e.target.value, 1, 16) }),
        });
        this.adjust = new KnobGroups(settings);
        const row = h(
            "div",
            { class: "rt-numbers" },
            h(
                "label",
                { class: "rt-check", "data-tip": text("intents.invert.tip") },
                this.invert,
                text("intents.invert"),
            ),
            h("label", { for: "rt-variations" }, text("intents.variations"), this.variations),
        );
        const main = makeSection("paint", text("intents.title"), [
            addLabel(this.prompt, text("intents.prompt")),
            this.buttons,
            row,
        ]);
        this.title = h("span", {}, text("intents.adjust"));
        const more = makeSection(
            "adjust",
            this.title,
            [addLabel(this.negative, text("intents.negative")), makeSeedField(settings, "rt-seed"), this.adjust.element],
            { open: false },
        );
        this.elements = [main, more];
        settings.addEventListener("change", () => this.update());
        store.addEventListener("change", () => this.#showReadiness());
        this.update();
    }

    #makePromptField(name, placeholder, label, rows) {
        const { settings } = this;
        const setting = { read: () => settings.get(name), write: (value) => settings.set({ [name]: value }) };
        return makeTextField(settings, setting, { placeholder, label, rows, testid: name });
    }

    /** Alt and an arrow: an older or newer prompt. */
    #recallPrompt(event) {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        const prompt = by && event.altKey ? this.promptHistory.step(by) : null;
        if (prompt !== null) {
            event.preventDefault();
            this.settings.set({ prompt });
        }
    }

    /** Shows the server's intents and knobs, as GET intents and GET schema list them. */
    describe(intents, schema) {
        this.intents = intents;
        const knobs = knobsOf(schema).filter(({ path, group }) => group && !ELSEWHERE.includes(path));
        const ordered = [...frontKnobs(knobs), ...knobs.filter(({ order }) => !order)];
        this.knobs = ordered.map((knob) => ({ ...knob, order: 0 })); // all in folds, the most used first
        this.buttons.replaceChildren(...intents.map((intent, index) => this.#makeButton(intent, index)));
        this.#showReadiness();
        this.update();
    }

    #makeButton(intent, index) {
        const press = () => (this.settings.set({ prompt: this.prompt.value }), this.inpaintJobs.runIntent(intent));
        const tip = text("intents.tip", { description: intent.description, number: index + 1 });
        return h(
            "button",
            {
                type: "button",
                class: "rt-intent",
                "data-intent": intent.name,
                "data-testid": `intent-${intent.name}`,
                "aria-description": intent.description,
                "data-tip": tip,
                onclick: press,
            },
            icon(intent.name),
            intent.label,
        );
    }

    /** Press the intent of a name, or the last one again. */
    press(name) {
        const wanted = name || this.settings.get("intent");
        this.buttons.querySelector(wanted ? `[data-intent="${wanted}"]` : "button")?.click();
    }

    /** Dims the buttons while nothing is masked. A press then tells what is missing. */
    #showReadiness() {
        const { objects, sketch, base } = this.store.doc;
        const isReady = base !== null && (sketch !== null || objects.some(({ use, mask, shape }) => use && (mask.width > 0 || shape.invert)));
        this.buttons.classList.toggle("rt-unready", !isReady);
    }

    get current() {
        return this.intents.find(({ name }) => name === this.settings.get("intent")) ?? this.intents[0];
    }

    update() {
        const { settings } = this;
        this.invert.checked = settings.get("invert");
        setValue(this.variations, String(settings.get("variations")));
        this.buttons
            .querySelectorAll("button")
            .forEach((b) => b.classList.toggle("rt-last", b.dataset.intent === settings.get("intent")));
        if (this.current) {
            this.title.textContent = text("intents.adjustOf", { intent: this.current.label });
            this.adjust.show(this.current, this.knobs, flatten(this.current.pass ?? {}));
        }
    }
}

function clampInteger(raw, low, high) {
    return Math.min(Math.max(Math.round(Number(raw) || low), low), high);
}
