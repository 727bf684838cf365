/** The toolbar, and the options of the active tool. */

import { h, setAttribute } from "../ui/dom.mjs";
import { TOOLS } from "../tools/index.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

export class Toolbar {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ view, commands }) {
        this.view = view;
        this.buttons = TOOLS.map((tool) =>
            iconButton(tool.icon, tool.label, () => commands.setTool(tool.name), {
                key: tool.key,
                "data-tool": tool.name,
                "data-testid": `tool-${tool.name}`,
            }),
        );
        this.swap = iconButton("swap", text("toolbar.swap"), () => commands.swapAddSubtract(), { key: "X", "data-testid": "swap" });
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
        bar.addEventListener("keydown", (event) => this.#moveFocus(event));
        this.element = h("nav", { class: "rt-tools", "aria-label": text("toolbar.label") }, bar);
        this.update();
    }

    /** Arrow keys move the focus along the bar. */
    #moveFocus(event) {
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

/** The options of the active tool: brush and colour, or segmenter and search by words. */
export class ToolOptions {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ view, commands, settings }) {
        Object.assign(this, { view, commands, settings });
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
                icon("find"),
                text("find.button"),
            ),
        );
        form.addEventListener("submit", (event) => (event.preventDefault(), commands.findByText(this.text.value)));
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
        this.pointingOptions = h("div", { class: "rt-options" }, snap, this.segmenter, form);
        this.brushOptions = this.#makeBrushOptions();
        this.element = h(
            "div",
            { class: "rt-tool-options", role: "group", "aria-label": text("toolbar.options") },
            this.hint,
            this.pointingOptions,
            this.brushOptions,
        );
        this.update();
    }

    /** Which segmenters are installed, as the server lists them; no choice is shown where there is none. */
    setSegmenters(segmenters) {
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

    #makeBrushOptions() {
        this.inputs = {
            size: this.#makeRange("size", text("brush.size"), 1, 512, (v) => `${Math.round(v)} px`, 1),
            hardness: this.#makeRange("hardness", text("brush.hardness"), 0, 100, (v) => `${Math.round(v * 100)} %`, 100),
            opacity: this.#makeRange("opacity", text("brush.opacity"), 1, 100, (v) => `${Math.round(v * 100)} %`, 100),
        };
        this.colour = h("input", {
            type: "color",
            "aria-label": text("brush.colour"),
            "data-testid": "colour",
            oninput: (e) => this.commands.setBrush({ colour: e.target.value }),
        });
        return h(
            "div",
            { class: "rt-options" },
            this.colour,
            Object.values(this.inputs).map(({ element }) => element),
        );
    }

    #makeRange(name, label, min, max, say, scale) {
        const input = h("input", {
            type: "range",
            min,
            max,
            "aria-label": label,
            "data-testid": `brush-${name}`,
            oninput: () => this.commands.setBrush({ [name]: Number(input.value) / scale }),
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
        const { tip, options } = TOOLS.find(({ name }) => name === tool);
        this.hint.textContent = tip;
        this.pointingOptions.hidden = !options.includes("pointing");
        this.brushOptions.hidden = !options.includes("brush");
        this.colour.hidden = !options.includes("colour");
        this.colour.value = brush.colour;
        Object.entries(this.inputs).forEach(([name, { show }]) => show(brush[name]));
    }
}
