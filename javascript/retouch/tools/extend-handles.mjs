/**
 * The handles of the canvas as elements, so that the keyboard can reach them and a screen reader names them. Pointer
 * events pass through them to the tool.
 *
 * @typedef {import("../geometry/box-handles.mjs").Handle} Handle
 */

import { h, setAttribute } from "../ui/dom.mjs";
import { HANDLES, handlePoint } from "../geometry/box-handles.mjs";
import { extendedBox, extendedSize, NO_MARGINS, WIDEST } from "../geometry/margins.mjs";
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

export class ExtendHandles {
    #parts;

    /**
     * @param {import("./tool.mjs").ToolView} view
     * @param {(change: {handle: Handle, offset: {x: number, y: number}, both: boolean}) => void} onMove
     */
    constructor(view, onMove) {
        Object.assign(this, { view, onMove });
        this.#parts = HANDLES.map((handle) => ({ handle, element: this.#makeElement(handle) }));
        const elements = this.#parts.map(({ element }) => element);
        const label = text("handles.label");
        this.element = h("div", { class: "rt-handles", role: "group", "aria-label": label, hidden: true }, elements);
        view.element.after(this.element);
    }

    #makeElement(handle) {
        const name = makeHandleName(handle);
        return h("div", {
            class: "rt-handle",
            role: "slider",
            tabindex: 0,
            "aria-label": name,
            "aria-valuemin": 0,
            "aria-valuemax": WIDEST,
            "aria-valuenow": 0,
            "data-testid": `handle-${[...sidesOf(handle), kindOf(handle)].join("-")}`,
            onkeydown: (event) => this.#handleKey(event, handle),
        });
    }

    /** Arrow keys move a handle, Home puts it back on the picture, Escape all of them. */
    #handleKey(event, handle) {
        const [axis, sign] = ARROWS[event.key] ?? [];
        if (handle[axis]) {
            const step = event.ctrlKey ? 1 : event.shiftKey ? FAR : STEP;
            this.onMove({ handle, offset: { x: 0, y: 0, [axis]: sign * step }, both: event.altKey });
        } else if (event.key === "Home" || event.key === "Delete") {
            const { margins } = this.view.extension;
            const back = Object.fromEntries(sidesOf(handle).map((side) => [side, 0]));
            this.view.emit("margins", { margins: { ...margins, ...back } });
        } else if (event.key === "Escape") {
            this.view.emit("margins", { margins: NO_MARGINS });
        } else if (!axis) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    /** @param {{size: Size, margins: Margins}} canvas */
    place(view, ratio, { size, margins }) {
        const box = extendedBox(size, margins);
        const { width, height } = extendedSize(size, margins);
        this.element.hidden = false;
        for (const { handle, element } of this.#parts) {
            const spot = handlePoint(handle, box);
            const { x, y } = toView(view, spot.x, spot.y);
            element.style.transform = `translate(${x / ratio}px, ${y / ratio}px)`;
            const amounts = sidesOf(handle).map((side) => text(ADDED[side], { count: margins[side] }));
            setAttribute(element, "aria-valuenow", Math.max(...sidesOf(handle).map((side) => margins[side])));
            setAttribute(element, "aria-valuetext", text("handles.value", { pixels: amounts.join(", "), width, height }));
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
function makeHandleName(handle) {
    return text(NAMES[sidesOf(handle).join(" ")]);
}

function kindOf({ x, y }) {
    return x && y ? "corner" : "edge";
}
