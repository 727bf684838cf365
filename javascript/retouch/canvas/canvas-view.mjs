/**
 * Canvas view: shows a document and holds the tools that change it. It reads and writes the store, and dispatches
 * events:
 *
 *   "prompt" {object, clicks, box, merge}  points or box changed: find the mask, then
 *            store.do(label, setCandidates(store.doc, object.id, masks, {memory}), {merge})
 *   "hover"  {region}   what of `regions` lies under the pointer, or null
 *   "cursor" {x, y} | null   the pointer, in whole picture pixels
 *   "zoom"   {scale}    device pixels per picture pixel
 *   "tool"   {tool}
 *   "margins" {margins}  an edge of the canvas was moved
 */

import { boxOfSize, contains } from "../geometry/box.mjs";
import { Camera } from "./camera.mjs";
import { nextCandidate, selectedObject } from "../document/document.mjs";
import { PointerInput } from "./pointer-input.mjs";
import { KeyboardInput } from "./keyboard-input.mjs";
import { Renderer } from "./renderer.mjs";
import { ViewState } from "./view-state.mjs";
import { CanvasStack } from "./canvas-stack.mjs";
import { text } from "../util/text.mjs";

export class CanvasView extends ViewState {
    #stack;
    #renderer;
    #tools;
    #keyboard;
    #toolName;
    #lifetime = new AbortController();

    /**
     * @param {HTMLElement} element is filled; its size is the view's
     * @param {Store} store
     * @param {{tools: (view: CanvasView) => Record<string, import("../tools/tool.mjs").Tool>,
     *     onClicks?: (object: Obj) => void, onHover?: (region: object | null) => void,
     *     theme?: "dark" | "light" | object, label?: string}} options `tools` makes the tools by name; the first is
     *     active at the start
     */
    constructor(element, store, { tools, onClicks, onHover, theme = "dark", label }) {
        super();
        const { signal } = this.#lifetime;
        this.store = store;
        this.camera = new Camera(
            () => store.doc.base,
            (zoomed) => this.#onMove(zoomed),
            () => this.activeTool.fittedBox,
        );
        this.#stack = new CanvasStack(element, (width, height) => this.#resize(width, height), label);
        this.#renderer = new Renderer(this, this.#stack);
        this.#tools = tools(this);
        [this.#toolName] = Object.keys(this.#tools);
        const input = new PointerInput(this.#stack.top, this, signal);
        this.#keyboard = new KeyboardInput(this.#stack.top, this, input, signal);
        store.addEventListener("change", ({ detail }) => this.#onChange(detail), { signal });
        this.addEventListener("prompt", ({ detail }) => onClicks?.(detail.object));
        this.addEventListener("hover", ({ detail }) => onHover?.(detail.region));
        this.theme = theme;
        this.refresh();
    }

    destroy() {
        this.#lifetime.abort();
        this.#renderer.stop();
        this.#stack.destroy();
    }

    /** What has the keyboard's focus. */
    get element() {
        return this.#stack.top;
    }

    get tool() {
        return this.#toolName;
    }

    /** @param {string} name of one of the tools */
    set tool(name) {
        if (!this.#tools[name]) {
            throw new RangeError(`There is no tool "${name}": ${Object.keys(this.#tools).join(", ")}.`);
        }
        if (name !== this.#toolName) {
            const before = this.activeTool;
            before.cancel();
            before.hover(null);
            this.#toolName = name;
            before.deactivate();
            this.activeTool.activate();
            this.#stack.top.style.cursor = this.activeTool.cursor;
            this.emit("tool", { tool: name });
            this.redraw();
        }
    }

    get activeTool() {
        return this.#tools[this.#toolName];
    }

    // ---- where it is seen

    get viewport() {
        return this.camera.viewport;
    }

    get ratio() {
        return this.#stack.ratio;
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

    #onMove(zoomed) {
        this.repaint();
        if (zoomed) {
            this.emit("zoom", { scale: this.scale });
        }
    }

    #resize(width, height) {
        this.camera.resize(width, height);
        this.#renderer.render();
    }

    // ---- what happens

    /** Goes `by` candidates on: of the region under the pointer, else of the selected object. */
    cycleCandidate(by = 1) {
        const { doc } = this.store;
        if (this.activeTool.cycle(by)) {
            return;
        }
        if (selectedObject(doc)?.candidates.length > 1) {
            this.store.do(text("did.candidate"), nextCandidate(doc, doc.selected, by), { merge: `candidate ${doc.selected}` });
        }
    }

    /** Passes "Delete", "Enter" or "Escape" to the active tool. @returns {boolean} whether the tool used it */
    handleKey(key) {
        return this.hasPicture && this.activeTool.handleKey(key);
    }

    focus() {
        this.#stack.top.focus({ preventScroll: true });
    }

    emit(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    /** Announces a text to screen readers. */
    announce(text) {
        this.#stack.announce(text);
    }

    /** @param {{x: number, y: number} | null} at the pointer, in picture pixels */
    setCursor(at) {
        const base = this.store.doc.base;
        const inside = at && base && contains(boxOfSize(base), at.x, at.y);
        this.emit("cursor", inside ? { x: Math.floor(at.x), y: Math.floor(at.y) } : null);
    }

    #onChange({ before, doc }) {
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

    /** Draws the overlays anew: points, boxes, the brush's ring. */
    redraw() {
        this.#renderer?.invalidateOverlays();
    }

    /** What a stroke has just covered. */
    invalidateStroke(box) {
        this.#renderer.invalidateStroke(box);
    }

    /** Resolves when everything is drawn. */
    whenDrawn() {
        return this.#renderer.whenDrawn();
    }

    refresh() {
        const { live, preview, overlay, compare, inverted } = this;
        this.#renderer?.setLook({ doc: this.store.doc, live, preview, overlay, compare, inverted });
    }

    repaint() {
        this.#renderer?.invalidateAll();
    }
}
