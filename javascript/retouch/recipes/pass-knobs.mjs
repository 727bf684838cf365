/** Every knob of a pass that is written, from the server's schema: what most people touch first, the rest folded. */

import { h, keyed, setAttribute } from "../ui/dom.mjs";
import { foldedKnobs, frontKnobs, knobRow, widget, wordsIn } from "../ui/knob-widgets.mjs";
import { isSame, valueAt } from "./draft.mjs";
import { section } from "../ui/collapsible.mjs";

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
        const isFirst = ({ path }) => path === "target.what" || targetKnob(path) in uses;
        const first = knobs.filter(isFirst).sort((a, b) => isWhat(b) - isWhat(a));
        const others = knobs.filter((knob) => !isFirst(knob));
        this.fold = [...foldedKnobs(others)].map(([title, folded]) => ({ ...this.#folded(title), knobs: folded }));
        const body = h("div", { class: "rt-adjust" });
        this.groups = [{ knobs: [...first, ...frontKnobs(others)], body }, ...this.fold];
        this.element = h("div", { class: "rt-edit-knobs" }, body, ...this.fold.map(({ element }) => element));
    }

    #folded(title) {
        const count = h("small", {});
        const body = h("div", { class: "rt-adjust" });
        const element = section(`pass-${title.toLowerCase()}`, h("span", {}, title, " ", count), [body], { open: false });
        return { count, body, element };
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
                count.textContent = moved ? `${moved} changed` : "";
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
            h("option", { value: name, title: description }, installed ? name : `${name} (not here yet)`),
        );
        const list = h(
            "select",
            { id: `${id}-add`, "aria-label": "Add a detector", "data-testid": "add-detector", onchange: add },
            h("option", { value: "", selected: true }, "Add …"),
            options,
        );
        return h("span", { class: "rt-edit-pick" }, field, list);
    }
}

function isWhat({ path }) {
    return Number(path === "target.what");
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
