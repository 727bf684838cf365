/** What to do with what is masked: the prompt, one button per intent, and every knob behind them. */

import { debounced, h, setValue } from "./dom.mjs";
import { icon } from "./icons.mjs";
import { knobRow, knobsOf } from "./knobs.mjs";
import { section } from "./section.mjs";
import { flat } from "./settings.mjs";

/** Fields of the request that are not knobs to adjust, or have their own place on the page. */
const ELSEWHERE =
    /^(image|image_id|task|mask|box|sketch|intent|object|answer|return_masks|invert|prompt|negative_prompt|variations|seed|subseed|subseed_strength)$|^target\./;
const GROUPS = [
    ["Painting", /^(denoising_strength|masked_content|colour_correction|restore_faces|soft.*)$/],
    ["Mask and context", /^shape\./],
    ["Sampling", /^(steps|cfg_scale|sampler|scheduler|checkpoint|vae|clip_skip|noise_multiplier)$/],
    ["More", /./],
];

export class IntentsPanel {
    /** `intents` and `schema` as the server describes them. */
    constructor({ settings, painter, store }) {
        Object.assign(this, { settings, painter, store, intents: [], knobs: [] });
        this.buttons = h("div", { class: "rt-intents", role: "group", "aria-label": "Intents" });
        this.prompt = this.#words("prompt", "What should be there", "Prompt", 3);
        this.negative = this.#words("negative_prompt", "What should not", "Negative prompt", 1);
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
        this.seed = h("input", {
            id: "rt-seed",
            type: "number",
            min: -1,
            placeholder: "random",
            onchange: (e) =>
                settings.set({ seed: e.target.value === "" ? -1 : Math.max(-1, Math.round(Number(e.target.value))) }),
        });
        this.adjust = h("div", { class: "rt-adjust" });
        const row = h(
            "div",
            { class: "rt-numbers" },
            h(
                "label",
                { class: "rt-check", "data-tip": "Repaint all that is not masked: the background" },
                this.invert,
                "Not masked",
            ),
            h("label", { for: "rt-variations" }, "Variations", this.variations),
        );
        const main = section("paint", "Paint", [this.prompt, this.buttons, row]);
        const more = section(
            "adjust",
            "Adjust",
            [
                this.negative,
                h("div", { class: "rt-knob" }, h("label", { for: "rt-seed" }, "Seed"), this.seed),
                this.adjust,
            ],
            { open: false },
        );
        this.elements = [main, more];
        settings.addEventListener("change", () => this.update());
        this.update();
    }

    #words(name, placeholder, label, rows) {
        const change = debounced((value) => this.settings.set({ [name]: value }), 150);
        const field = h("textarea", { class: "rt-words", rows, placeholder, "aria-label": label, "data-testid": name });
        field.addEventListener("input", () => change(field.value));
        field.addEventListener("change", () => change.now(field.value));
        return field;
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
        const tip = `${intent.description}  (Alt+${index + 1})`;
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
        setValue(this.prompt, settings.get("prompt"));
        setValue(this.negative, settings.get("negative_prompt"));
        this.invert.checked = settings.get("invert");
        setValue(this.variations, String(settings.get("variations")));
        setValue(this.seed, settings.get("seed") < 0 ? "" : String(settings.get("seed")));
        this.buttons
            .querySelectorAll("button")
            .forEach((b) => b.classList.toggle("rt-last", b.dataset.intent === settings.get("intent")));
        this.#adjust();
    }

    /** Made anew only when what it shows differs: a field that is being used keeps the focus. */
    #adjust() {
        const intent = this.current;
        const shown = JSON.stringify([intent?.name, intent && this.settings.moved(intent.name), this.knobs.length]);
        if (!intent || this.shown === shown) {
            return;
        }
        this.shown = shown;
        const focus = document.activeElement?.id;
        const head = h("p", { class: "rt-hint" }, "Knobs of ", h("b", {}, intent.label), ". ", this.#reset(intent));
        this.adjust.replaceChildren(head, ...this.#groups(intent));
        if (focus?.startsWith("rt-knob-")) {
            this.adjust.querySelector(`#${focus}`)?.focus();
        }
    }

    #reset(intent) {
        const moved = Object.keys(this.settings.moved(intent.name)).length;
        return moved
            ? h(
                  "button",
                  { type: "button", class: "rt-link", onclick: () => this.settings.reset(intent.name) },
                  `Reset ${moved} changed`,
              )
            : "All at their defaults.";
    }

    #groups(intent) {
        const defaults = flat(intent.pass ?? {});
        const moved = this.settings.moved(intent.name);
        const left = new Set(this.knobs);
        return GROUPS.map(([title, fits]) => {
            const those = [...left].filter(({ path }) => fits.test(path));
            those.forEach((knob) => left.delete(knob));
            return those.length
                ? h(
                      "fieldset",
                      {},
                      h("legend", {}, title),
                      those.map((knob) => this.#row(intent, knob, defaults, moved)),
                  )
                : null;
        }).filter(Boolean);
    }

    #row(intent, knob, defaults, moved) {
        const value = moved[knob.path] ?? defaults[knob.path] ?? knob.default;
        return knobRow(knob, {
            value,
            moved: knob.path in moved,
            set: (to) => this.settings.move(intent.name, knob.path, to),
        });
    }
}

function bounded(raw, low, high) {
    return Math.min(Math.max(Math.round(Number(raw) || low), low), high);
}
