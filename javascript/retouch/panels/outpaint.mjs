/** The panel of the tool Extend: canvas size by aspect, anchor or margins; prompts; knobs; and the plan. */

import { KnobGroups, makeOverrideRow } from "../ui/knob-groups.mjs";
import { makeOutpaintSizeForm } from "./outpaint-size.mjs";
import { h, setAttribute } from "../ui/dom.mjs";
import { makeSeedField, makeTextField } from "../ui/setting-fields.mjs";
import { icon } from "../ui/icons.mjs";
import { frontKnobs, knobsOf } from "../ui/knob-widgets.mjs";
import { makePlanLines } from "./plan-text.mjs";
import { OUTPAINT_OWNER } from "../server/outpaint-plan.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

/** Knobs that have their own place on the page: how far, and the prompts by side and stage. */
const ELSEWHERE =
    /^(left|top|right|bottom|factor|width|height|aspect|horizontal|vertical|prompt.*|stage_prompts|off_screen)$/;
const OWNER = { name: OUTPAINT_OWNER, label: text("extend.title") };
const SCENE = text("extend.prompt.hint");
const BY_SIDE = [
    ["prompt_left", text("extend.prompt.left")],
    ["prompt_right", text("extend.prompt.right")],
    ["prompt_top", text("extend.prompt.top")],
    ["prompt_bottom", text("extend.prompt.bottom")],
    ["off_screen", text("extend.prompt.offScreen")],
];

export class OutpaintPanel {
    /**
     * @param {import("../studio.mjs").Studio} studio
     * @param {import("./outpaint-stages.mjs").OutpaintStages} stages
     */
    constructor({ settings, outpaintPlan, outpaintJobs, jobQueue, view }, stages) {
        Object.assign(this, { settings, outpaintPlan, outpaintJobs, jobQueue, view, knobs: [] });
        this.form = makeOutpaintSizeForm(outpaintPlan, view);
        this.planLines = h("div", { class: "rt-planned", role: "status", "data-testid": "extend-plan" });
        this.extendButton = h(
            "button",
            {
                type: "button",
                class: "rt-button rt-primary rt-extend-now",
                "data-testid": "extend-now",
                "data-tip": text("extend.tip"),
                onclick: () => outpaintJobs.extend(),
            },
            icon("extend"),
            text("extend.title"),
        );
        this.first = h("div", { class: "rt-adjust" });
        this.adjust = new KnobGroups(settings);
        const prompt = this.#makePromptField("prompt", text("extend.prompt"), SCENE, 2);
        const seed = makeSeedField(settings, "rt-extend-seed");
        this.element = h("div", { class: "rt-extend", hidden: true, "data-testid": "extend-panel" }, [
            makeSection("extend", text("extend.title"), [this.form.element, prompt, this.extendButton, this.planLines]),
            stages.element,
            makeSection("extend-words", text("extend.prompts"), this.#makePromptFields(), { open: false }),
            makeSection("extend-knobs", text("extend.knobs"), [this.first, seed, this.adjust.element], { open: false }),
        ]);
        [settings, outpaintPlan].forEach((source) => source.addEventListener("change", () => this.update()));
        jobQueue.addEventListener("jobs", () => this.update());
        view.addEventListener("tool", () => this.update());
        this.update();
    }

    #makePromptField(name, label, placeholder, rows, { read = (text) => text ?? "", write = (text) => text } = {}) {
        const setting = {
            read: () => read(this.outpaintPlan.prompts[name]),
            write: (text) => this.outpaintPlan.setPrompt(name, write(text)),
        };
        return makeTextField(this.settings, setting, { placeholder, label, rows, testid: `extend-${name}` });
    }

    #makePromptFields() {
        const sides = BY_SIDE.map(([name, label]) =>
            this.#makePromptField(name, label, text("extend.prompt.sideHint", { label }), 1),
        );
        const lines = { read: (list = []) => list.join("\n"), write: (text) => (text.trim() ? text.split("\n") : []) };
        const stages = this.#makePromptField(
            "stage_prompts",
            text("extend.prompt.stages"),
            text("extend.prompt.stages.hint"),
            3,
            lines,
        );
        return [...sides, stages];
    }

    /** Shows the server's knobs and places, as GET schema lists them. */
    describe(schema) {
        this.knobs = knobsOf(schema).filter(({ path, group }) => group && !ELSEWHERE.test(path));
        this.form.setPlaces(knobsOf(schema));
        this.update();
    }

    update() {
        const { outpaintPlan, jobQueue, settings, knobs } = this;
        this.element.hidden = this.view.tool !== "extend";
        if (this.element.hidden) {
            return;
        }
        this.form.update();
        this.planLines.replaceChildren(...makePlanLines(outpaintPlan, knobs));
        setAttribute(this.planLines, "aria-busy", outpaintPlan.hasRequest && !outpaintPlan.plan && !outpaintPlan.fault);
        this.extendButton.disabled = !outpaintPlan.hasRequest || outpaintPlan.fault !== null || jobQueue.busy;
        const moved = JSON.stringify([settings.overridesOf(OUTPAINT_OWNER), knobs.length]);
        if (this.moved !== moved) {
            this.moved = moved;
            this.first.replaceChildren(...frontKnobs(knobs).map((knob) => makeOverrideRow(settings, OUTPAINT_OWNER, knob)));
        }
        this.adjust.show(OWNER, knobs);
    }
}
