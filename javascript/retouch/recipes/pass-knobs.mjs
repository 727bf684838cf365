/** Every knob of a pass that is written, from the server's schema: what most people touch first, the rest folded. */

import { h, syncChildren, setAttribute } from "../ui/dom.mjs";
import { foldedKnobs, frontKnobs, makeKnobRow, makeWidget, splitList } from "../ui/knob-widgets.mjs";
import { isEqual, getPath } from "./draft.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

const OWNER = "pass";

export class PassKnobs {
    /** Which row is made anew: its input shows what was typed, which may not be what it came to. */
    #revisions = new Map();
    #round = 0;

    /**
     * @param {object[]} knobs of a pass, see `knobsOf`
     * @param {Object<string, string[]>} uses the targets that a knob of the target is for, where not for all
     * @param {object[]} models the detectors there are
     * @param {(path: string, value: any) => void} change hears of a knob's value; undefined for its default
     */
    constructor({ knobs, uses, models, change }) {
        Object.assign(this, { uses, models, change });
        const isFirst = ({ path }) => path === "target.what" || targetKnob(path) in uses;
        const first = knobs.filter(isFirst).sort((a, b) => isWhat(b) - isWhat(a));
        const others = knobs.filter((knob) => !isFirst(knob));
        this.fold = [...foldedKnobs(others)].map(([title, folded]) => ({ ...this.#makeFold(title), knobs: folded }));
        const body = h("div", { class: "rt-adjust" });
        this.groups = [{ knobs: [...first, ...frontKnobs(others)], body }, ...this.fold];
        this.element = h("div", { class: "rt-edit-knobs" }, body, ...this.fold.map(({ element }) => element));
    }

    #makeFold(title) {
        const count = h("small", {});
        const body = h("div", { class: "rt-adjust" });
        const element = makeSection(`pass-${title.toLowerCase()}`, h("span", {}, title, " ", count), [body], { open: false });
        return { count, body, element };
    }

    /** @param {Map<string, string>} faults by knob; `fresh` where it is another pass than before */
    show(pass, faults, fresh = false) {
        this.#round += Number(fresh);
        this.pass = pass;
        const key = ({ path }) => `${this.#round} ${path} ${this.#revisions.get(path) ?? 0}`;
        const make = (knob) => this.#makeRow(knob);
        const update = (row, { path }) => showState(row, getPath(pass, path) !== undefined, faults.get(path) ?? "");
        const focus = document.activeElement?.id;
        for (const { knobs, body, count } of this.groups) {
            const those = knobs.filter((knob) => this.#isUsed(knob));
            syncChildren(body, those, { key, make, update });
            const moved = those.filter(({ path }) => getPath(pass, path) !== undefined).length;
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
        return !users || users.includes(what) || getPath(this.pass, path) !== undefined;
    }

    #makeRow(knob) {
        const { path } = knob;
        const value = getPath(this.pass, path);
        const set = (to) => {
            this.#revisions.set(path, (this.#revisions.get(path) ?? 0) + 1);
            this.#setKnob(knob, to);
        };
        const make = this.#widgetMaker(knob);
        const moved = value !== undefined;
        const row = makeKnobRow(knob, { owner: OWNER, value: value ?? knob.default, moved, set, make });
        const id = `${row.querySelector("label").htmlFor}-fault`;
        const fault = h("p", { class: "rt-edit-fault", id, hidden: true });
        return h("div", { class: "rt-edit-knob" }, row, fault);
    }

    /** A value that is the default needs no saying. */
    #setKnob(knob, to) {
        this.change(knob.path, isEqual(to, knob.default) ? undefined : to);
    }

    #widgetMaker(knob) {
        if (/prompt$/.test(knob.path)) {
            return (_, id, value) => this.#makePromptField(knob, id, value);
        }
        return knob.path === "target.models" ? (...args) => this.#makeDetectorField(...args) : makeWidget;
    }

    #makePromptField(knob, id, value) {
        const typed = (event) => this.#setKnob(knob, event.target.value);
        return h("textarea", { id, class: "rt-words", rows: 2, value, placeholder: knob.help, oninput: typed });
    }

    /** Names with commas between them, and a list to take them from. */
    #makeDetectorField(knob, id, value, set) {
        const field = makeWidget(knob, id, value, set);
        const add = (event) => set([...new Set([...splitList(field.value), event.target.value])]);
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
