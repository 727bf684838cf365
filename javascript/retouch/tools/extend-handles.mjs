/**
 * Handles: the grips of the canvas as elements, so that the keyboard can reach them and a screen reader names
 * them. The pointer goes through them, to the tool.
 */

import { h, setAttribute } from "../ui/dom.mjs";
import { GRIPS, placeOf } from "../geometry/handles.mjs";
import { canvasBox, canvasSize, NO_MARGINS, WIDEST } from "../geometry/margins.mjs";
import { toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

const STEP = 8;
const FAR = 64;
const ARROWS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };

/** Keys of what the handles are called, and of how many pixels a side has. */
const NAMES = {
    left: "handles.left",
    right: "handles.right",
    top: "handles.top",
    bottom: "handles.bottom",
    "top left": "handles.topLeft",
    "top right": "handles.topRight",
    "bottom left": "handles.bottomLeft",
    "bottom right": "handles.bottomRight",
};
const ADDED = {
    left: "handles.left.added",
    right: "handles.right.added",
    top: "handles.top.added",
    bottom: "handles.bottom.added",
};

export class Handles {
    #parts;

    /**
     * @param {import("./tool.mjs").Bench} bench
     * @param {(change: {grip: Grip, way: {x: number, y: number}, both: boolean}) => void} moved
     */
    constructor(bench, moved) {
        Object.assign(this, { bench, moved });
        this.#parts = GRIPS.map((grip) => ({ grip, element: this.#handle(grip) }));
        const elements = this.#parts.map(({ element }) => element);
        const label = text("handles.label");
        this.element = h("div", { class: "rt-handles", role: "group", "aria-label": label, hidden: true }, elements);
        bench.element.after(this.element);
    }

    #handle(grip) {
        const name = nameOf(grip);
        return h("div", {
            class: "rt-handle",
            role: "slider",
            tabindex: 0,
            "aria-label": name,
            "aria-valuemin": 0,
            "aria-valuemax": WIDEST,
            "aria-valuenow": 0,
            "data-testid": `handle-${[...sidesOf(grip), kindOf(grip)].join("-")}`,
            onkeydown: (event) => this.#key(event, grip),
        });
    }

    /** Arrow keys move a grip, Home puts it back on the picture, Escape all of them. */
    #key(event, grip) {
        const [axis, sign] = ARROWS[event.key] ?? [];
        if (grip[axis]) {
            const step = event.ctrlKey ? 1 : event.shiftKey ? FAR : STEP;
            this.moved({ grip, way: { x: 0, y: 0, [axis]: sign * step }, both: event.altKey });
        } else if (event.key === "Home" || event.key === "Delete") {
            const { margins } = this.bench.extension;
            const back = Object.fromEntries(sidesOf(grip).map((side) => [side, 0]));
            this.bench.tell("margins", { margins: { ...margins, ...back } });
        } else if (event.key === "Escape") {
            this.bench.tell("margins", { margins: NO_MARGINS });
        } else if (!axis) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    /** @param {{size: Size, margins: Margins}} canvas */
    place(view, ratio, { size, margins }) {
        const box = canvasBox(size, margins);
        const { width, height } = canvasSize(size, margins);
        this.element.hidden = false;
        for (const { grip, element } of this.#parts) {
            const spot = placeOf(grip, box);
            const { x, y } = toView(view, spot.x, spot.y);
            element.style.transform = `translate(${x / ratio}px, ${y / ratio}px)`;
            const said = sidesOf(grip).map((side) => text(ADDED[side], { count: margins[side] }));
            setAttribute(element, "aria-valuenow", Math.max(...sidesOf(grip).map((side) => margins[side])));
            setAttribute(element, "aria-valuetext", text("handles.value", { pixels: said.join(", "), width, height }));
        }
    }

    remove() {
        this.element.remove();
    }
}

function sidesOf({ x, y }) {
    return [y, x].filter(Boolean);
}

/** "Right edge", "Top left corner". */
function nameOf(grip) {
    return text(NAMES[sidesOf(grip).join(" ")]);
}

function kindOf({ x, y }) {
    return x && y ? "corner" : "edge";
}
