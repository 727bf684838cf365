/**
 * Pointer input: passes pointer and wheel events of mouse, pen and fingers to tools and viewport. The left button, the
 * pen and one finger use the tool; the middle button, Space and two fingers move the picture; the wheel zooms.
 *
 * @typedef {import("../tools/tool.mjs").Spot} Spot
 */

import { paneAt } from "./compare-panes.mjs";
import { toPicture } from "../geometry/viewport.mjs";

const LEFT = 0;
const MIDDLE = 1;
const RIGHT = 2;
const PEN_END = 32;
const LINE_PX = 16;
const PAGE_PX = 400;
const WHEEL_SPEED = 0.0015;
const PINCH_SPEED = 0.01;
/** CSS pixels around the comparison's divider that take it. */
const DIVIDER = 8;

export class PointerInput {
    #view;
    #canvas;
    #gesture = null;
    #fingers = new Map();
    #space = false;

    /** @param {import("./canvas-view.mjs").CanvasView} view */
    constructor(canvas, view, signal) {
        this.#view = view;
        this.#canvas = canvas;
        const on = (type, listener, options = {}) =>
            canvas.addEventListener(type, listener.bind(this), { signal, ...options });
        on("pointerdown", this.#down);
        on("pointermove", this.#move);
        on("pointerup", this.#up);
        on("pointercancel", this.#cancel);
        on("pointerleave", this.#leave);
        on("dblclick", this.#doubleClick);
        on("wheel", this.#wheel, { passive: false });
        on("contextmenu", (event) => event.preventDefault());
    }

    /** While Space is down a drag moves the picture. */
    set space(isDown) {
        this.#space = isDown;
        this.#canvas.style.cursor = isDown ? "grab" : this.#view.activeTool.cursor;
    }

    /** @returns {{x: number, y: number}} of an event in the view, in device pixels */
    #place({ clientX, clientY }) {
        const box = this.#canvas.getBoundingClientRect();
        const { ratio } = this.#view;
        return { x: (clientX - box.left) * ratio, y: (clientY - box.top) * ratio };
    }

    /** @returns {Spot} */
    #spot(event, pane = this.#gesture?.pane) {
        const { x, y } = this.#place(event);
        const { view } = pane ?? paneAt(this.#view.viewport, this.#view.compare, x, y);
        const turned = event.button === RIGHT || (event.buttons & (RIGHT | PEN_END)) !== 0;
        return {
            ...toPicture(view, x, y),
            pressure: event.pointerType === "pen" ? event.pressure : 1,
            erase: this.#gesture?.erase ?? (event.altKey || turned) !== this.#view.subtracting,
            shift: event.shiftKey,
            ctrl: event.ctrlKey || event.metaKey,
            alt: event.altKey,
        };
    }

    #down(event) {
        this.#canvas.focus({ preventScroll: true });
        this.#canvas.setPointerCapture(event.pointerId);
        const at = this.#place(event);
        if (event.pointerType === "touch") {
            this.#fingers.set(event.pointerId, at);
        }
        if (this.#fingers.size === 2) {
            this.#begin("pinch", {});
        } else if (!this.#gesture && this.#view.hasPicture) {
            this.#press(event, at);
        }
    }

    #press(event, at) {
        if (event.button === MIDDLE || this.#space || this.#view.activeTool.pans) {
            event.preventDefault();
            this.#begin("pan", { at });
            this.#canvas.style.cursor = "grabbing";
        } else if (this.#onDivider(at)) {
            this.#begin("divide", {});
        } else if (event.button === LEFT || event.button === RIGHT || event.buttons & PEN_END) {
            const pane = paneAt(this.#view.viewport, this.#view.compare, at.x, at.y);
            const spot = this.#spot(event, pane);
            this.#begin("use", { pane, erase: spot.erase });
            this.#view.activeTool.down(spot);
        }
    }

    #begin(kind, more) {
        if (this.#gesture?.kind === "use") {
            this.#view.activeTool.cancel();
        }
        this.#gesture = { kind, ...more };
    }

    #onDivider({ x }) {
        const { compare, viewport, ratio } = this.#view;
        return compare.mode === "slider" && Math.abs(x - compare.at * viewport.width) < DIVIDER * ratio;
    }

    #move(event) {
        const at = this.#place(event);
        switch (this.#gesture?.kind) {
            case "use":
                this.#view.activeTool.move(this.#spots(event));
                break;
            case "pan":
                this.#view.camera.pan(at.x - this.#gesture.at.x, at.y - this.#gesture.at.y);
                this.#gesture.at = at;
                break;
            case "pinch":
                this.#pinch(event, at);
                break;
            case "divide":
                this.#view.compare = { at: Math.min(Math.max(at.x / this.#view.viewport.width, 0), 1) };
                break;
            default:
                this.#hover(event, at);
        }
        this.#view.setCursor(this.#spot(event));
    }

    /** Every place the pointer was since the last event, for smooth strokes. */
    #spots(event) {
        const events = event.getCoalescedEvents?.() ?? [];
        return (events.length ? events : [event]).map((one) => this.#spot(one));
    }

    #hover(event, at) {
        const tool = this.#view.activeTool;
        if (this.#view.hasPicture) {
            tool.hover(this.#spot(event));
        }
        if (!this.#space) {
            this.#canvas.style.cursor = this.#onDivider(at) ? "ew-resize" : tool.cursor;
        }
    }

    /** What lay between the fingers stays between them. */
    #pinch(event, at) {
        if (!this.#fingers.has(event.pointerId)) {
            return;
        }
        const before = spanOf([...this.#fingers.values()]);
        this.#fingers.set(event.pointerId, at);
        const after = spanOf([...this.#fingers.values()]);
        this.#view.camera.pan(after.x - before.x, after.y - before.y);
        if (before.length > 0) {
            this.#view.camera.scaleBy(after.length / before.length, after.x, after.y);
        }
    }

    #up(event) {
        this.#fingers.delete(event.pointerId);
        const { kind } = this.#gesture ?? {};
        if (kind === "pinch" && this.#fingers.size > 0) {
            return;
        }
        if (kind === "use") {
            this.#view.activeTool.up(this.#spot(event));
        }
        this.#gesture = null;
        this.#canvas.style.cursor = this.#view.activeTool.cursor;
    }

    #cancel(event) {
        this.#fingers.delete(event.pointerId);
        if (this.#gesture?.kind === "use") {
            this.#view.activeTool.cancel();
        }
        this.#gesture = null;
    }

    #leave() {
        if (!this.#gesture) {
            this.#view.activeTool.hover(null);
            this.#view.setCursor(null);
        }
    }

    #doubleClick(event) {
        if (this.#view.hasPicture && event.button === LEFT) {
            this.#view.activeTool.doubleClick(this.#spot(event));
        }
    }

    #wheel(event) {
        event.preventDefault();
        const unit = [1, LINE_PX, PAGE_PX][event.deltaMode];
        const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
        const { x, y } = this.#place(event);
        if (event.altKey) {
            this.#view.cycleCandidate(Math.sign(dy || dx));
        } else if (event.shiftKey) {
            this.#view.camera.pan(-(dx || dy), 0);
        } else {
            this.#view.camera.pan(event.ctrlKey ? 0 : -dx, 0);
            this.#view.camera.scaleBy(Math.exp(-dy * (event.ctrlKey ? PINCH_SPEED : WHEEL_SPEED)), x, y);
        }
    }
}

function spanOf([a, b]) {
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.hypot(a.x - b.x, a.y - b.y) };
}
