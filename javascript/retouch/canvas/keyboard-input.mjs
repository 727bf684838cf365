/**
 * Keyboard input: arrow keys move a cross hair, Enter or Space stand for the press of a button. Tools that drag
 * are pressed by one Enter and released by the next. Shift goes farther, Ctrl pixel by pixel, Alt subtracts.
 */

const STEP = 10;
const FAR = 5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEYS = { Enter: "Enter", Escape: "Escape", Delete: "Delete", Backspace: "Delete" };

export class KeyboardInput {
    #view;
    #input;
    #at = null;
    #pressed = null;
    #space = null;

    /** @param {import("./canvas-view.mjs").CanvasView} view */
    constructor(canvas, view, input, signal) {
        this.#view = view;
        this.#input = input;
        canvas.addEventListener("keydown", (event) => this.#down(event), { signal });
        canvas.addEventListener("keyup", (event) => this.#up(event), { signal });
        canvas.addEventListener("blur", () => this.#leave(), { signal });
        canvas.addEventListener("pointermove", () => this.#pointer(), { signal });
        canvas.addEventListener("pointerdown", () => this.hide(), { signal });
    }

    /** @returns {{x: number, y: number} | null} in picture pixels; null while the pointer is used */
    get crosshair() {
        return this.#at;
    }

    hide() {
        if (this.#pressed) {
            this.#view.activeTool.cancel();
        }
        this.#pressed = null;
        this.#at = null;
    }

    #pointer() {
        if (this.#space) {
            this.#space.used = true;
        }
        if (!this.#pressed) {
            this.#at = null;
        }
    }

    #down(event) {
        if (!this.#view.hasPicture) {
            return;
        }
        const isHandled =
            event.key in ARROWS
                ? this.#moveCrosshair(event)
                : event.key === " "
                  ? this.#pressSpace(event)
                  : this.#key(event);
        if (isHandled) {
            event.preventDefault();
            this.#view.redraw();
        }
    }

    #moveCrosshair(event) {
        const { viewport, ratio } = this.#view;
        const step = event.ctrlKey ? 1 : (STEP * ratio * (event.shiftKey ? FAR : 1)) / viewport.scale;
        const [dx, dy] = ARROWS[event.key];
        const from = this.#at ?? this.#view.camera.middle;
        const { width, height } = this.#view.store.doc.base;
        const within = (at, length) => Math.min(Math.max(Math.floor(at), 0), length - 1) + 0.5;
        this.#at = { x: within(from.x + dx * step, width), y: within(from.y + dy * step, height) };
        this.#view.camera.reveal(this.#at);
        const spot = this.#spot(event);
        if (this.#pressed) {
            this.#view.activeTool.move([spot]);
        } else {
            this.#view.activeTool.hover(spot);
        }
        this.#view.setCursor(spot);
        this.#view.announce(`${Math.floor(spot.x)}, ${Math.floor(spot.y)}`);
        return true;
    }

    /** Space moves the picture while the pointer drags; let go without that, it is Enter. */
    #pressSpace(event) {
        if (!event.repeat) {
            this.#space = { used: false };
            this.#input.space = true;
        }
        return true;
    }

    #up(event) {
        if (event.key !== " " || !this.#space) {
            return;
        }
        const { used } = this.#space;
        this.#space = null;
        this.#input.space = false;
        if (!used && this.#at) {
            this.#press(event);
            this.#view.redraw();
        }
    }

    #key(event) {
        const key = KEYS[event.key];
        if (!key || event.ctrlKey || event.metaKey) {
            return false;
        }
        if (key === "Escape" && this.#pressed) {
            this.hide();
            return true;
        }
        const isHandled = this.#at && key === "Enter" ? false : this.#view.activeTool.handleKey(key);
        return isHandled || (key === "Enter" && this.#press(event));
    }

    #press(event) {
        const tool = this.#view.activeTool;
        this.#at ??= this.#view.camera.middle;
        const spot = this.#spot(event);
        if (this.#pressed) {
            this.#pressed = null;
            tool.up(spot);
            return true;
        }
        tool.down(spot);
        if (tool.drags) {
            this.#pressed = spot;
        } else {
            tool.up(spot);
        }
        return true;
    }

    #spot(event) {
        const erase = this.#pressed ? this.#pressed.erase : event.altKey !== this.#view.subtracting;
        return { ...this.#at, pressure: 1, erase, shift: event.shiftKey, ctrl: false, alt: false };
    }

    #leave() {
        this.hide();
        this.#space = null;
        this.#input.space = false;
        this.#view.redraw();
    }
}
