/** Knob groups: the knobs of an owner, each with a reset button; made anew only when something has changed. */

import { h } from "./dom.mjs";
import { foldedKnobs, makeKnobRow } from "./knob-widgets.mjs";
import { text } from "../util/text.mjs";

export class KnobGroups {
    constructor(settings) {
        Object.assign(this, { settings, shown: "" });
        this.element = h("div", { class: "rt-adjust" });
    }

    /**
     * @param {{name: string, label: string}} owner whose knobs they are
     * @param {object[]} knobs see `knobsOf`
     * @param {object} [defaults] by dotted path, where they differ from the knobs' own
     */
    show(owner, knobs, defaults = {}) {
        const shown = JSON.stringify([owner.name, this.settings.overridesOf(owner.name), knobs.map(({ path }) => path)]);
        if (this.shown === shown) {
            return;
        }
        this.shown = shown;
        const focus = document.activeElement?.id;
        const head = h("p", { class: "rt-hint" }, text("knobs.of"), h("b", {}, owner.label), ". ", this.#makeReset(owner));
        this.element.replaceChildren(head, ...this.#makeGroups(owner, knobs, defaults));
        if (focus?.startsWith("rt-knob-")) {
            this.element.querySelector(`#${focus}`)?.focus();
        }
    }

    #makeReset({ name }) {
        const moved = Object.keys(this.settings.overridesOf(name)).length;
        const back = () => this.settings.resetOverrides(name);
        return moved
            ? h("button", { type: "button", class: "rt-link", onclick: back }, text("knobs.reset", { count: moved }))
            : text("knobs.defaults");
    }

    #makeGroups(owner, knobs, defaults) {
        return [...foldedKnobs(knobs)].map(([title, group]) => {
            const rows = group.map((knob) => makeOverrideRow(this.settings, owner.name, knob, defaults));
            return h("fieldset", {}, h("legend", {}, title), rows);
        });
    }
}

/** One knob of an owner, with what it will be. */
export function makeOverrideRow(settings, name, knob, defaults = {}) {
    const moved = settings.overridesOf(name);
    return makeKnobRow(knob, {
        owner: name,
        value: moved[knob.path] ?? defaults[knob.path] ?? knob.default,
        moved: knob.path in moved,
        set: (to) => settings.setOverride(name, knob.path, to),
    });
}
