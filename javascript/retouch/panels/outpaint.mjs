/** The panel of the tool Extend: how far, said by aspect, anchor or margins; with what words; and what is planned. */

import { Adjust, rowOf } from "../ui/knob-groups.mjs";
import { canvasForm } from "./outpaint-size.mjs";
import { h, setAttribute } from "../ui/dom.mjs";
import { seedField, wordsField } from "../ui/fields.mjs";
import { icon } from "../ui/icons.mjs";
import { knobsOf } from "../ui/knob-widgets.mjs";
import { plannedWords } from "./plan-text.mjs";
import { KNOBS_OF } from "../server/outpaint-plan.mjs";
import { section } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

/** Fields of the request that are not knobs to adjust, or have their own place on the page. */
const ELSEWHERE =
    /^(image|image_id|task|way|again|revert|choose|keep_later|at_once|answer|left|top|right|bottom|factor|width|height|aspect|across|down|prompt.*|stage_prompts|beyond|seed|subseed|subseed_strength)$/;
/** Knobs that are always to be seen. */
const FIRST = ["step", "overlap", "masked_content"];
const GROUPS = [
    [text("stages.title"), /^(feather|order|alternating|seed_step|variations)$/],
    [text("knobs.join"), /^(join|cleanup|colour_correction|keep_tone|grain|compression|denoising_strength)$/],
    [text("knobs.repetition"), /^(tries|limit)$/],
    [text("knobs.words"), /^(match|negative_prompt)$/],
    [text("knobs.sampling"), /^(steps|cfg_scale|sampler|scheduler|checkpoint|vae|clip_skip|noise_multiplier)$/],
    [text("knobs.more"), /./],
];
const OWNER = { name: KNOBS_OF, label: text("extend.title") };
const SCENE = text("extend.prompt.hint");
const BY_SIDE = [
    ["prompt_left", text("extend.prompt.left")],
    ["prompt_right", text("extend.prompt.right")],
    ["prompt_top", text("extend.prompt.top")],
    ["prompt_bottom", text("extend.prompt.bottom")],
    ["beyond", text("extend.prompt.beyond")],
];

export class ExtendPanel {
    constructor({ settings, prospect, extending, painter, view }, stages) {
        Object.assign(this, { settings, prospect, extending, painter, view, knobs: [] });
        this.form = canvasForm(prospect, view);
        this.planned = h("div", { class: "rt-planned", role: "status", "data-testid": "extend-plan" });
        this.press = h(
            "button",
            {
                type: "button",
                class: "rt-button rt-primary rt-extend-now",
                "data-testid": "extend-now",
                "data-tip": text("extend.tip"),
                onclick: () => extending.extend(),
            },
            icon("extend"),
            text("extend.title"),
        );
        this.first = h("div", { class: "rt-adjust" });
        this.adjust = new Adjust(settings, GROUPS);
        const prompt = this.#words("prompt", text("extend.prompt"), SCENE, 2);
        const seed = seedField(settings, "rt-extend-seed");
        this.element = h("div", { class: "rt-extend", hidden: true, "data-testid": "extend-panel" }, [
            section("extend", text("extend.title"), [this.form.element, prompt, this.press, this.planned]),
            stages.element,
            section("extend-words", text("extend.prompts"), this.#particular(), { open: false }),
            section("extend-knobs", text("extend.knobs"), [this.first, seed, this.adjust.element], { open: false }),
        ]);
        [settings, prospect].forEach((source) => source.addEventListener("change", () => this.update()));
        painter.addEventListener("jobs", () => this.update());
        view.addEventListener("tool", () => this.update());
        this.update();
    }

    #words(name, label, placeholder, rows, { read = (text) => text ?? "", write = (text) => text } = {}) {
        const setting = {
            read: () => read(this.prospect.words[name]),
            write: (text) => this.prospect.say(name, write(text)),
        };
        return wordsField(this.settings, setting, { placeholder, label, rows, testid: `extend-${name}` });
    }

    #particular() {
        const sides = BY_SIDE.map(([name, label]) =>
            this.#words(name, label, text("extend.prompt.sideHint", { label }), 1),
        );
        const lines = { read: (list = []) => list.join("\n"), write: (text) => (text.trim() ? text.split("\n") : []) };
        const stages = this.#words(
            "stage_prompts",
            text("extend.prompt.stages"),
            text("extend.prompt.stages.hint"),
            3,
            lines,
        );
        return [...sides, stages];
    }

    /** Called once the server has said what it can do. */
    describe(schema) {
        this.knobs = knobsOf(schema).filter(({ path }) => !ELSEWHERE.test(path));
        this.form.offer(knobsOf(schema));
        this.update();
    }

    update() {
        const { prospect, painter, settings, knobs } = this;
        this.element.hidden = this.view.tool !== "extend";
        if (this.element.hidden) {
            return;
        }
        this.form.update();
        this.planned.replaceChildren(...plannedWords(prospect, knobs));
        setAttribute(this.planned, "aria-busy", prospect.any && !prospect.plan && !prospect.fault);
        this.press.disabled = !prospect.any || prospect.fault !== null || painter.busy;
        const moved = JSON.stringify([settings.moved(KNOBS_OF), knobs.length]);
        if (this.moved !== moved) {
            this.moved = moved;
            const first = FIRST.map((path) => knobs.find((knob) => knob.path === path)).filter(Boolean);
            this.first.replaceChildren(...first.map((knob) => rowOf(settings, KNOBS_OF, knob)));
        }
        this.adjust.show(
            OWNER,
            knobs.filter(({ path }) => !FIRST.includes(path)),
        );
    }
}
