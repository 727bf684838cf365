/** The slim bar of tools, and the options of the one in hand. */

import { h, setAttribute } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

/** name, label, key, what to do with it. */
export const TOOLS = [
    ["point", "Point", "W", "Click what you mean; right button or Alt takes away."],
    ["box", "Box", "M", "Drag a box round what you mean."],
    ["everything", "Everything", "A", "Every object is outlined as you move over it; click to take it."],
    ["lasso", "Lasso", "L", "Draw round it; Alt takes away."],
    ["brush", "Brush", "B", "Paint the mask; Alt takes away."],
    ["eraser", "Eraser", "E", "Rub out the mask."],
    ["sketch", "Colour sketch", "S", "Paint colours: they are both mask and starting content."],
    [
        "extend",
        "Extend",
        "O",
        "Drag an edge or a corner of the canvas outward; Shift keeps the aspect, Alt takes both sides.",
    ],
    ["pan", "Hand", "H", "Drag the picture; Space does so in every tool."],
];
const PAINTING = ["brush", "eraser", "sketch"];
const POINTING = ["point", "box", "everything"];

export class Toolbar {
    constructor({ view, act }) {
        this.view = view;
        this.buttons = TOOLS.map(([name, label, key]) => {
            const face = name === "sketch" ? "palette" : name === "pan" ? "hand" : name;
            return iconButton(face, label, () => act.tool(name), {
                key,
                "data-tool": name,
                "data-testid": `tool-${name}`,
            });
        });
        this.swap = iconButton("swap", text("toolbar.swap"), () => act.swap(), { key: "X", "data-testid": "swap" });
        const bar = h(
            "div",
            {
                class: "rt-toolbar",
                role: "toolbar",
                "aria-label": text("toolbar.label"),
                "aria-orientation": "vertical",
            },
            this.buttons,
            h("hr", {}),
            this.swap,
        );
        bar.addEventListener("keydown", (event) => this.#rove(event));
        this.element = h("nav", { class: "rt-tools", "aria-label": text("toolbar.label") }, bar);
        this.update();
    }

    /** Arrow keys walk along the bar. */
    #rove(event) {
        const all = [...this.buttons, this.swap];
        const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (by) {
            event.preventDefault();
            event.stopPropagation();
            all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
        }
    }

    update() {
        this.buttons.forEach((button) => setAttribute(button, "aria-pressed", button.dataset.tool === this.view.tool));
        setAttribute(this.swap, "aria-pressed", Boolean(this.view.subtracting));
        this.swap.dataset.tip = this.view.subtracting
            ? text("toolbar.subtracting")
            : text("toolbar.adding");
    }
}

/** What the tool in hand can be told: size and colour of a brush, words for the pointing ones. */
export class ToolOptions {
    constructor({ view, act, settings }) {
        Object.assign(this, { view, act, settings });
        this.hint = h("span", { class: "rt-tool-hint" });
        this.text = h("input", {
            type: "text",
            class: "rt-text-prompt",
            placeholder: text("find.hint"),
            "aria-label": text("find.label"),
            "data-testid": "text-prompt",
        });
        const form = h(
            "form",
            { class: "rt-text-form", role: "search" },
            this.text,
            h(
                "button",
                { type: "submit", class: "rt-button", "data-testid": "find" },
                icon("text"),
                text("find.button"),
            ),
        );
        form.addEventListener("submit", (event) => (event.preventDefault(), act.find(this.text.value)));
        this.segmenter = h("select", {
            "aria-label": text("segmenter.label"),
            "data-tip": text("segmenter.tip"),
            hidden: true,
            "data-testid": "segmenter",
            onchange: (e) => settings.set({ segmenter: e.target.value }),
        });
        const fine = h("input", {
            type: "checkbox",
            checked: settings.get("refine_edges"),
            "data-testid": "refine-edges",
            onchange: (e) => settings.set({ refine_edges: e.target.checked }),
        });
        const snap = h(
            "label",
            { class: "rt-check", "data-tip": text("segmenter.fine.tip") },
            fine,
            text("segmenter.fine"),
        );
        this.pointing = h("div", { class: "rt-options" }, snap, this.segmenter, form);
        this.brush = this.#brush();
        this.element = h(
            "div",
            { class: "rt-tool-options", role: "group", "aria-label": text("toolbar.options") },
            this.hint,
            this.pointing,
            this.brush,
        );
        this.update();
    }

    /** Which segmenters are installed, as the server lists them; no choice is shown where there is none. */
    offer(segmenters) {
        const here = segmenters.filter(({ installed }) => installed);
        const chosen = here.some(({ name }) => name === this.settings.get("segmenter"))
            ? this.settings.get("segmenter")
            : "";
        this.settings.set({ segmenter: chosen });
        const best = h("option", { value: "" }, text("segmenter.best"));
        this.segmenter.replaceChildren(
            best,
            ...here.map(({ name }) => h("option", { value: name, selected: name === chosen }, name)),
        );
        this.segmenter.hidden = here.length < 2;
    }

    #brush() {
        this.inputs = {
            size: this.#range("size", text("brush.size"), 1, 512, (v) => `${Math.round(v)} px`, 1),
            hardness: this.#range("hardness", text("brush.hardness"), 0, 100, (v) => `${Math.round(v * 100)} %`, 100),
            opacity: this.#range("opacity", text("brush.opacity"), 1, 100, (v) => `${Math.round(v * 100)} %`, 100),
        };
        this.colour = h("input", {
            type: "color",
            "aria-label": text("brush.colour"),
            "data-testid": "colour",
            oninput: (e) => this.act.brush({ colour: e.target.value }),
        });
        return h(
            "div",
            { class: "rt-options" },
            this.colour,
            Object.values(this.inputs).map(({ element }) => element),
        );
    }

    #range(name, label, min, max, say, scale) {
        const input = h("input", {
            type: "range",
            min,
            max,
            "aria-label": label,
            "data-testid": `brush-${name}`,
            oninput: () => this.act.brush({ [name]: Number(input.value) / scale }),
        });
        const output = h("output", {});
        const show = (value) => {
            input.value = value * scale;
            output.textContent = say(value);
            input.setAttribute("aria-valuetext", say(value));
        };
        return { element: h("label", { class: "rt-option" }, h("span", {}, label), input, output), show };
    }

    update() {
        const { tool, brush } = this.view;
        this.hint.textContent = TOOLS.find(([name]) => name === tool)?.[3] ?? "";
        this.pointing.hidden = !POINTING.includes(tool);
        this.brush.hidden = !PAINTING.includes(tool);
        this.colour.hidden = tool !== "sketch";
        this.colour.value = brush.colour;
        Object.entries(this.inputs).forEach(([name, { show }]) => show(brush[name]));
    }
}
