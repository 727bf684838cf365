/** Fields for the size of the canvas: an aspect, where the picture lies in it, and the margins that follow. */

import { h, setAttribute, setValue } from "../ui/dom.mjs";
import { ASPECTS, SIDES, WIDEST } from "../geometry/margins.mjs";
import { text } from "../util/text.mjs";

const TITLES = {
    left: text("extend.left"),
    top: text("extend.top"),
    right: text("extend.right"),
    bottom: text("extend.bottom"),
};
const ANCHORS = [
    ["horizontal", text("extend.horizontal")],
    ["vertical", text("extend.vertical")],
];
const AS_IT_LIES = text("extend.asDragged");

/** @returns {{element: HTMLElement, update: () => void, setPlaces: (knobs: object[]) => void}} */
export function makeOutpaintSizeForm(outpaintPlan, view) {
    const change = (work) => (work(), view.activeTool.reveal?.());
    const aspects = makeAspectRow((aspect) => change(() => outpaintPlan.setAspect(aspect)));
    const margins = makeMarginFields((changes) => change(() => outpaintPlan.setMargins(changes)));
    const anchors = makeAnchorFields((changes) => change(() => outpaintPlan.setAnchor(changes)));
    return {
        element: h("div", { class: "rt-canvas-form" }, aspects.element, margins.element, anchors.element),
        setPlaces: (knobs) => anchors.setPlaces(knobs),
        update() {
            aspects.update(outpaintPlan.size);
            margins.update(outpaintPlan.margins);
            anchors.update(outpaintPlan.size);
        },
    };
}

/** Common aspects as buttons, which a second press lets go; any other is typed. */
function makeAspectRow(set) {
    const buttons = ASPECTS.map((aspect) =>
        h(
            "button",
            {
                type: "button",
                class: "rt-button rt-aspect",
                "aria-pressed": false,
                "data-testid": `aspect-${aspect}`,
                onclick: (event) => set(event.currentTarget.getAttribute("aria-pressed") === "true" ? "" : aspect),
            },
            aspect,
        ),
    );
    const typed = h("input", {
        type: "text",
        placeholder: text("extend.aspect.other"),
        "aria-label": text("extend.aspect.label"),
        "data-tip": text("extend.aspect.tip"),
        "data-testid": "aspect",
        onchange: () => set(typed.value.trim()),
    });
    const update = ({ aspect }) => {
        buttons.forEach((button) => setAttribute(button, "aria-pressed", button.textContent === aspect));
        setValue(typed, ASPECTS.includes(aspect) ? "" : aspect);
    };
    const element = h(
        "div",
        { class: "rt-aspects", role: "group", "aria-label": text("extend.aspect") },
        buttons,
        typed,
    );
    return { element, update };
}

function makeMarginFields(set) {
    const fields = SIDES.map((side) => {
        const input = h("input", {
            type: "number",
            min: 0,
            max: WIDEST,
            step: 8,
            "data-testid": `margin-${side}`,
            onchange: () => set({ [side]: Math.max(0, Math.round(Number(input.value) || 0)) }),
        });
        return { side, input, label: h("label", {}, h("span", {}, TITLES[side]), input) };
    });
    const update = (margins) => fields.forEach(({ side, input }) => setValue(input, String(margins[side])));
    const labels = fields.map(({ label }) => label);
    const face = { class: "rt-margins", role: "group", "aria-label": text("extend.margins") };
    const element = h("div", face, labels);
    return { element, update };
}

/** The places come from the server's schema. */
function makeAnchorFields(set) {
    const fields = ANCHORS.map(([name, title]) => {
        const select = h("select", { "data-testid": name, onchange: () => set({ [name]: select.value }) });
        return { name, select, label: h("label", {}, h("span", {}, title), select) };
    });
    const update = (size) => fields.forEach(({ name, select }) => setValue(select, size[name]));
    const setPlaces = (knobs) => {
        for (const { name, select } of fields) {
            const places = knobs.find(({ path }) => path === name)?.choices ?? [];
            const options = places.map((place) => h("option", { value: place }, place));
            select.replaceChildren(h("option", { value: "" }, AS_IT_LIES), ...options);
        }
    };
    const labels = fields.map(({ label }) => label);
    const element = h("div", { class: "rt-anchors", role: "group", "aria-label": text("extend.anchors") }, labels);
    return { element, update, setPlaces };
}

