/**
 * CanvasView: a document on the page, and the tools that change it. It reads and writes the store; whoever
 * embeds it listens to its events:
 *
 *   "prompt" {object, clicks, box, merge}  points or box changed: find the mask, then
 *            store.do(label, withCandidates(store.doc, object.id, masks, {memory}), {merge})
 *   "hover"  {region}   what of `regions` lies under the pointer, or null
 *   "cursor" {x, y} | null   the pointer, in whole picture pixels
 *   "zoom"   {scale}    device pixels per picture pixel
 *   "tool"   {tool}
 *   "margins" {margins}  an edge of the canvas was moved
 */

import { boxOfSize, contains } from "../geometry/box.mjs";
import { Camera } from "./camera.mjs";
import { cycled, selectedObject } from "../document/document.mjs";
import { Input } from "./pointer-input.mjs";
import { Keyboard } from "./keyboard-input.mjs";
import { Painter } from "./renderer.mjs";
import { Shown } from "./view-state.mjs";
import { Stage } from "./canvas-stack.mjs";
import { toolsFor } from "../tools/index.mjs";
import { text } from "../util/text.mjs";

export class CanvasView extends Shown {
    #stage;
    #painter;
    #tools;
    #keyboard;
    #name = "point";
    #ending = new AbortController();

    /**
     * @param {HTMLElement} element is filled; its size is the view's
     * @param {Store} store
     * @param {{onClicks?: (object: Obj) => void, onHover?: (region: object | null) => void,
     *     theme?: "dark" | "light" | object, label?: string}} [options]
     */
    constructor(element, store, { onClicks, onHover, theme = "dark", label } = {}) {
        super();
        const { signal } = this.#ending;
        this.store = store;
        this.camera = new Camera(
            () => store.doc.base,
            (zoomed) => this.#moved(zoomed),
            () => this.activeTool.room,
        );
        this.#stage = new Stage(element, (width, height) => this.#resize(width, height), label);
        this.#painter = new Painter(this, this.#stage);
        this.#tools = toolsFor(this);
        const input = new Input(this.#stage.top, this, signal);
        this.#keyboard = new Keyboard(this.#stage.top, this, input, signal);
        store.addEventListener("change", ({ detail }) => this.#changed(detail), { signal });
        this.addEventListener("prompt", ({ detail }) => onClicks?.(detail.object));
        this.addEventListener("hover", ({ detail }) => onHover?.(detail.region));
        this.theme = theme;
        this.refresh();
    }

    destroy() {
        this.#ending.abort();
        this.#painter.stop();
        this.#stage.destroy();
    }

    /** What has the keyboard's focus. */
    get element() {
        return this.#stage.top;
    }

    get tool() {
        return this.#name;
    }

    /** @param {"point" | "box" | "lasso" | "brush" | "eraser" | "everything" | "sketch" | "extend" | "pan"} name */
    set tool(name) {
        if (!this.#tools[name]) {
            throw new RangeError(`There is no tool "${name}": ${Object.keys(this.#tools).join(", ")}.`);
        }
        if (name !== this.#name) {
            const before = this.activeTool;
            before.cancel();
            before.hover(null);
            this.#name = name;
            before.leave();
            this.activeTool.enter();
            this.#stage.top.style.cursor = this.activeTool.cursor;
            this.tell("tool", { tool: name });
            this.redraw();
        }
    }

    get activeTool() {
        return this.#tools[this.#name];
    }

    // ---- where it is seen

    get viewport() {
        return this.camera.viewport;
    }

    get ratio() {
        return this.#stage.ratio;
    }

    get scale() {
        return this.viewport.scale;
    }

    get hasPicture() {
        return this.store.doc.base !== null;
    }

    /** Where the keyboard points, null while it does not. */
    get crosshair() {
        return this.#keyboard?.crosshair ?? null;
    }

    fit() {
        this.camera.fit();
    }

    /**
     * @param {number} scale device pixels per picture pixel; 1 is 1:1
     * @param {number} [x] with y the point that stays, in CSS pixels from the view's top left
     */
    zoomTo(scale, x = this.viewport.width / this.ratio / 2, y = this.viewport.height / this.ratio / 2) {
        this.camera.scaleBy(scale / this.scale, x * this.ratio, y * this.ratio);
    }

    #moved(zoomed) {
        this.repaint();
        if (zoomed) {
            this.tell("zoom", { scale: this.scale });
        }
    }

    #resize(width, height) {
        this.camera.resize(width, height);
        this.#painter.paint();
    }

    // ---- what happens

    /** The candidate `by` places on: of the region under the pointer, or of the selected object. */
    cycle(by = 1) {
        const { doc } = this.store;
        if (this.#name === "everything" && this.#tools.everything.cycle(by)) {
            return;
        }
        if (selectedObject(doc)?.candidates.length > 1) {
            this.store.do(text("did.candidate"), cycled(doc, doc.selected, by), { merge: `candidate ${doc.selected}` });
        }
    }

    /** A key that the tool in hand may know: "Delete", "Enter", "Escape". Whether it did. */
    key(key) {
        return this.hasPicture && this.activeTool.key(key);
    }

    focus() {
        this.#stage.top.focus({ preventScroll: true });
    }

    tell(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    /** Reads out to who cannot see. */
    say(text) {
        this.#stage.say(text);
    }

    /** @param {{x: number, y: number} | null} at the pointer, in picture pixels */
    pointed(at) {
        const base = this.store.doc.base;
        const inside = at && base && contains(boxOfSize(base), at.x, at.y);
        this.tell("cursor", inside ? { x: Math.floor(at.x), y: Math.floor(at.y) } : null);
    }

    #changed({ before, doc }) {
        if (before.base !== doc.base) {
            this.activeTool.cancel();
            this.preview = this.live = null;
            this.repaint();
        }
        this.refresh();
        if (before.base?.width !== doc.base?.width || before.base?.height !== doc.base?.height) {
            this.fit();
        }
    }

    // ---- drawing

    /** The marks: points, boxes, the brush's ring. */
    redraw() {
        this.#painter?.marks();
    }

    /** What a stroke has just covered. */
    touched(box) {
        this.#painter.touched(box);
    }

    /** Resolves when everything is drawn. */
    settled() {
        return this.#painter.settled();
    }

    refresh() {
        const { live, preview, overlay, compare, inverted } = this;
        this.#painter?.show({ doc: this.store.doc, live, preview, overlay, compare, inverted });
    }

    repaint() {
        this.#painter?.all();
    }
}
