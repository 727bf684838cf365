/** The edge of the selected object's mask: grow, shrink, feather and the like, seen while they are dragged. */

import { setShape, selectedObject } from "../document/document.mjs";
import { h } from "../ui/dom.mjs";
import { PLAIN_SHAPE } from "../document/shaped-mask.mjs";
import { text } from "../util/text.mjs";

const SLIDERS = [
    ["grow", text("edge.grow"), -128, 128],
    ["feather", text("edge.feather"), 0, 128],
    ["smooth", text("edge.smooth"), 0, 64],
    ["islands", text("edge.islands"), 0, 2000],
];
const SWITCHES = [
    ["holes", text("edge.holes")],
    ["invert", text("edge.invert")],
];

export class MaskShapeForm {
    #frame = 0;

    /** `snap` moves the selected object's outline to the picture's own edges. */
    constructor(store, snap) {
        this.store = store;
        this.inputs = {};
        this.reset = h(
            "button",
            { type: "button", class: "rt-link", onclick: () => this.#set(PLAIN_SHAPE) },
            text("edge.reset"),
        );
        const switches = h(
            "div",
            { class: "rt-switches" },
            SWITCHES.map((s) => this.#makeSwitch(...s)),
            this.reset,
        );
        const sharp = h(
            "button",
            {
                type: "button",
                class: "rt-button",
                "data-testid": "snap",
                "data-tip": text("edge.snap.tip"),
                onclick: snap,
            },
            text("edge.snap"),
        );
        switches.append(sharp);
        this.element = h(
            "fieldset",
            { class: "rt-shape", "data-testid": "shape" },
            h("legend", {}, text("edge.label")),
            SLIDERS.map((s) => this.#makeSlider(...s)),
            switches,
        );
    }

    #makeSlider(name, label, min, max) {
        const id = `rt-shape-${name}`;
        const set = (value) => this.#setNextFrame({ [name]: Math.min(Math.max(Math.round(Number(value) || 0), min), max) });
        const range = h("input", {
            type: "range",
            min,
            max,
            "aria-label": text("knobs.slider", { label }),
            tabindex: -1,
            oninput: (e) => set(e.target.value),
        });
        const number = h("input", { id, type: "number", min, max, onchange: (e) => set(e.target.value) });
        this.inputs[name] = (value) => [range, number].forEach((input) => (input.value = value));
        return h(
            "div",
            { class: "rt-knob" },
            h("label", { for: id }, label),
            h("span", { class: "rt-slider" }, range, number),
        );
    }

    #makeSwitch(name, label) {
        const box = h("input", {
            type: "checkbox",
            "data-testid": `shape-${name}`,
            onchange: () => this.#set({ [name]: box.checked }),
        });
        this.inputs[name] = (value) => (box.checked = value);
        return h("label", { class: "rt-check" }, box, label);
    }

    /** A slider speaks more often than a large mask can be shaped: once a frame is enough. */
    #setNextFrame(changes) {
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#set(changes));
    }

    #set(changes) {
        const { doc } = this.store;
        if (selectedObject(doc)) {
            this.store.do(text("edge.done"), setShape(doc, doc.selected, changes), {
                merge: `shape-${doc.selected}-${Object.keys(changes)}`,
            });
        }
    }

    update() {
        const object = selectedObject(this.store.doc);
        this.element.hidden = !object;
        if (object) {
            Object.entries(this.inputs).forEach(([name, show]) => show(object.shape[name]));
            this.reset.disabled = Object.keys(PLAIN_SHAPE).every((name) => PLAIN_SHAPE[name] === object.shape[name]);
        }
    }
}
