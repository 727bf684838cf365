/** Every knob of a pass that is written, from the server's schema: what most people touch first, the rest folded. */

import { h, keyed, setAttribute } from "../ui/dom.mjs";
import { knobRow, widget, wordsIn } from "../ui/knob-widgets.mjs";
import { isSame, valueAt } from "./draft.mjs";
import { section } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

/** Always to be seen, in this order; after what is looked for. */
const FIRST = [
    "denoising_strength",
    "prompt",
    "negative_prompt",
    "variations",
    "shape.blur",
    "shape.padding",
    "gate.mode",
    "enabled",
];
/** Folded; a knob belongs to the first that fits. */
const GROUPS = [
    ["regions", text("knobs.regions"), /^target\./],
    ["mask", text("knobs.mask"), /^shape\./],
    [
        "painting",
        text("knobs.painting"),
        /^(masked_content|colour_correction|keep_tone|grain|compression|match_edge|restore_faces|seed|seed_step)$/,
    ],
    ["gate", text("knobs.gate"), /^gate\./],
    [
        "sampling",
        text("knobs.sampling"),
        /^(steps|cfg_scale|sampler|scheduler|checkpoint|vae|clip_skip|noise_multiplier)$/,
    ],
    ["more", text("knobs.more"), /./],
];
const OWNER = "pass";

export class PassKnobs {
    /** Which row is made anew: its input shows what was typed, which may not be what it came to. */
    #turns = new Map();
    #round = 0;

    /**
     * @param {object[]} knobs of a pass, see knobs.mjs
     * @param {Object<string, string[]>} uses the targets that a knob of the target is for, where not for all
     * @param {object[]} models the detectors there are
     * @param {(path: string, value: any) => void} change hears of a knob's value; undefined for its default
     */
    constructor({ knobs, uses, models, change }) {
        Object.assign(this, { uses, models, change });
        this.fold = GROUPS.map(([name, title, fits]) => this.#folded(name, title, fits));
        const looked = knobs.filter(({ path }) => path === "target.what" || targetKnob(path) in uses);
        looked.sort((a, b) => Number(b.path === "target.what") - Number(a.path === "target.what"));
        const first = FIRST.map((path) => knobs.find((knob) => knob.path === path)).filter(Boolean);
        const left = new Set(knobs.filter((knob) => !looked.includes(knob) && !first.includes(knob)));
        for (const group of this.fold) {
            group.knobs = [...left].filter(({ path }) => group.fits.test(path));
            group.knobs.forEach((knob) => left.delete(knob));
        }
        const body = h("div", { class: "rt-adjust" });
        this.groups = [{ knobs: [...looked, ...first], body }, ...this.fold];
        this.element = h("div", { class: "rt-edit-knobs" }, body, ...this.fold.map(({ element }) => element));
    }

    #folded(name, title, fits) {
        const count = h("small", {});
        const body = h("div", { class: "rt-adjust" });
        const element = section(`pass-${name}`, h("span", {}, title, " ", count), [body], { open: false });
        return { fits, count, body, element };
    }

    /** @param {Map<string, string>} faults by knob; `fresh` where it is another pass than before */
    show(pass, faults, fresh = false) {
        this.#round += Number(fresh);
        this.pass = pass;
        const key = ({ path }) => `${this.#round} ${path} ${this.#turns.get(path) ?? 0}`;
        const make = (knob) => this.#row(knob);
        const update = (row, { path }) => showState(row, valueAt(pass, path) !== undefined, faults.get(path) ?? "");
        const focus = document.activeElement?.id;
        for (const { knobs, body, count } of this.groups) {
            const those = knobs.filter((knob) => this.#isUsed(knob));
            keyed(body, those, { key, make, update });
            const moved = those.filter(({ path }) => valueAt(pass, path) !== undefined).length;
            if (count) {
                count.textContent = moved ? text("knobs.changed", { count: moved }) : "";
            }
        }
        if (focus?.startsWith("rt-knob-") && document.activeElement?.id !== focus) {
            this.element.querySelector(`#${focus}`)?.focus();
        }
    }

    /** Whether a knob of that path is there. */
    has(path) {
        return this.#rowOf(path) !== null;
    }

    /** Unfold a knob and give it the focus. */
    reveal(path) {
        const row = this.#rowOf(path);
        const body = row?.closest(".rt-section-body");
        if (body?.hidden) {
            this.element.querySelector(`[aria-controls="${body.id}"]`).click();
        }
        row?.querySelector("input:not([tabindex='-1']), select, textarea")?.focus();
    }

    #rowOf(path) {
        return this.element.querySelector(`[data-knob="${path}"]`);
    }

    /** A knob that its target has no use for is shown only where it is moved: so that it can be put back. */
    #isUsed({ path }) {
        const users = path.startsWith("target.") ? this.uses[targetKnob(path)] : null;
        const what = this.pass.target?.what ?? "detectors";
        return !users || users.includes(what) || valueAt(this.pass, path) !== undefined;
    }

    #row(knob) {
        const { path } = knob;
        const value = valueAt(this.pass, path);
        const set = (to) => {
            this.#turns.set(path, (this.#turns.get(path) ?? 0) + 1);
            this.#say(knob, to);
        };
        const make = this.#maker(knob);
        const moved = value !== undefined;
        const row = knobRow(knob, { owner: OWNER, value: value ?? knob.default, moved, set, make });
        const id = `${row.querySelector("label").htmlFor}-fault`;
        const fault = h("p", { class: "rt-edit-fault", id, hidden: true });
        return h("div", { class: "rt-edit-knob" }, row, fault);
    }

    /** A value that is the default needs no saying. */
    #say(knob, to) {
        this.change(knob.path, isSame(to, knob.default) ? undefined : to);
    }

    #maker(knob) {
        if (/prompt$/.test(knob.path)) {
            return (_, id, value) => this.#words(knob, id, value);
        }
        return knob.path === "target.models" ? (...given) => this.#detectors(...given) : widget;
    }

    #words(knob, id, value) {
        const typed = (event) => this.#say(knob, event.target.value);
        return h("textarea", { id, class: "rt-words", rows: 2, value, placeholder: knob.help, oninput: typed });
    }

    /** Names with commas between them, and a list to take them from. */
    #detectors(knob, id, value, set) {
        const field = widget(knob, id, value, set);
        const add = (event) => set([...new Set([...wordsIn(field.value), event.target.value])]);
        const options = this.models.map(({ name, installed, description }) =>
            h(
                "option",
                { value: name, title: description },
                installed ? name : text("editor.detector.absent", { name }),
            ),
        );
        const list = h(
            "select",
            {
                id: `${id}-add`,
                "aria-label": text("editor.detector.label"),
                "data-testid": "add-detector",
                onchange: add,
            },
            h("option", { value: "", selected: true }, text("editor.detector.add")),
            options,
        );
        return h("span", { class: "rt-edit-pick" }, field, list);
    }
}

function targetKnob(path) {
    return path.replace(/^target\./, "");
}

/** Whether it is moved and what is wrong with it, at the row that is there. */
function showState(element, isMoved, text) {
    const [row, fault] = element.children;
    row.classList.toggle("rt-moved", isMoved);
    row.querySelector(".rt-back").hidden = !isMoved;
    fault.hidden = !text;
    fault.textContent = text;
    const field = row.querySelector(`#${row.querySelector("label").htmlFor}`);
    setAttribute(field, "aria-invalid", Boolean(text));
    if (text) {
        setAttribute(field, "aria-describedby", fault.id);
    } else {
        field.removeAttribute("aria-describedby");
    }
}
