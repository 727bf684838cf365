/** What to do with what is masked: the prompt, one button per intent, and every knob behind them. */

import { Adjust } from "../ui/knob-groups.mjs";
import { h, setValue } from "../ui/dom.mjs";
import { seedField, wordsField } from "../ui/fields.mjs";
import { icon } from "../ui/icons.mjs";
import { knobsOf } from "../ui/knob-widgets.mjs";
import { section } from "../ui/collapsible.mjs";
import { flat } from "../document/settings.mjs";
import { text } from "../util/text.mjs";

/** Fields of the request that are not knobs to adjust, or have their own place on the page. */
const ELSEWHERE =
    /^(image|image_id|task|mask|box|sketch|intent|object|answer|return_masks|return_history|return_steps|people|invert|prompt|negative_prompt|variations|seed|subseed|subseed_strength)$|^target\./;
const GROUPS = [
    [
        text("knobs.painting"),
        /^(denoising_strength|masked_content|colour_correction|keep_tone|grain|compression|match_edge|restore_faces|soft.*)$/,
    ],
    [text("knobs.mask"), /^shape\./],
    [text("knobs.sampling"), /^(steps|cfg_scale|sampler|scheduler|checkpoint|vae|clip_skip|noise_multiplier)$/],
    [text("knobs.more"), /./],
];

export class IntentsPanel {
    /** `intents` and `schema` as the server describes them. */
    constructor({ settings, painter, store }) {
        Object.assign(this, { settings, painter, store, intents: [], knobs: [] });
        this.buttons = h("div", { class: "rt-intents", role: "group", "aria-label": text("intents.label") });
        this.prompt = this.#words("prompt", text("intents.prompt.hint"), text("intents.prompt"), 3);
        this.negative = this.#words("negative_prompt", text("intents.negative.hint"), text("intents.negative"), 1);
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
            onchange: (e) => settings.set({ variations: bounded(e.target.value, 1, 16) }),
        });
        this.adjust = new Adjust(settings, GROUPS);
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
        const main = section("paint", text("intents.title"), [this.prompt, this.buttons, row]);
        const more = section(
            "adjust",
            text("intents.adjust"),
            [this.negative, seedField(settings, "rt-seed"), this.adjust.element],
            { open: false },
        );
        this.elements = [main, more];
        settings.addEventListener("change", () => this.update());
        this.update();
    }

    #words(name, placeholder, label, rows) {
        const { settings } = this;
        const setting = { read: () => settings.get(name), write: (value) => settings.set({ [name]: value }) };
        return wordsField(settings, setting, { placeholder, label, rows, testid: name });
    }

    /** Called once the server has said what it can do. */
    describe(intents, schema) {
        this.intents = intents;
        this.knobs = knobsOf(schema).filter(({ path }) => !ELSEWHERE.test(path));
        this.buttons.replaceChildren(...intents.map((intent, index) => this.#button(intent, index)));
        this.update();
    }

    #button(intent, index) {
        const press = () => (this.settings.set({ prompt: this.prompt.value }), this.painter.intent(intent));
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
            this.adjust.show(this.current, this.knobs, flat(this.current.pass ?? {}));
        }
    }
}

function bounded(raw, low, high) {
    return Math.min(Math.max(Math.round(Number(raw) || low), low), high);
}
