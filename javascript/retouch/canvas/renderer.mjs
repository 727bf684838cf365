/** Painter: once a frame, and only then, it brings what changed to a view's canvases. */

import { unionBox, isEmpty, NOWHERE } from "../geometry/box.mjs";
import { SelectionOutline } from "./selection-outline.mjs";
import { selectedObject } from "../document/document.mjs";
import { drawCrosshair, drawDivider, drawGhost, drawPixel } from "./overlays.mjs";
import { OverlayPen } from "./overlay-pen.mjs";
import { Scene } from "./scene.mjs";

const OUTLINE_MS = 120;
/** From this scale on the pixel under the cross hair is framed. */
const PIXELS_SEEN = 8;
const NOTHING_DUE = Object.freeze({ part: NOWHERE, all: false, outline: false, overlays: false });

export class Renderer {
    #view;
    #stack;
    #scene;
    #outline;
    #due = { ...NOTHING_DUE };
    #frame = 0;
    #outlineTimer = 0;
    #waiters = [];

    /**
     * @param {import("./canvas-view.mjs").CanvasView} view
     * @param {import("./canvas-stack.mjs").CanvasStack} stack
     */
    constructor(view, stack) {
        this.#view = view;
        this.#stack = stack;
        this.#scene = new Scene(stack.scene);
        this.#outline = new SelectionOutline(stack.outline);
    }

    stop() {
        cancelAnimationFrame(this.#frame);
        clearTimeout(this.#outlineTimer);
    }

    /** @param {import("./scene.mjs").Look} look what is to be seen from now on */
    setLook(look) {
        this.#due.part = this.#scene.setLook(look).reduce(unionBox, this.#due.part);
        const object = look.live ? null : selectedObject(look.doc);
        this.#due.outline = this.#outline.setObject(object?.visible ? object : null, look.doc.base) || this.#due.outline;
        this.invalidateOverlays();
    }

    /** What a stroke has just covered. */
    invalidateStroke(box) {
        this.#scene.invalidateStroke(box);
        this.#due.part = unionBox(this.#due.part, box);
        this.invalidateOverlays();
    }

    /** Points, boxes, the brush's ring: whatever lies above the picture. */
    invalidateOverlays() {
        this.#due.overlays = true;
        this.#requestFrame();
    }

    invalidateAll() {
        this.#due = { part: NOWHERE, all: true, outline: true, overlays: true };
        this.#requestFrame();
    }

    /** Resolves when nothing is left to draw but walking ants. */
    whenDrawn() {
        return this.#frame ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve();
    }

    #requestFrame() {
        this.#frame ||= requestAnimationFrame(() => this.render());
    }

    /** At once, for whoever cannot wait for the next frame: a canvas that has just been given another size. */
    render() {
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
        const due = this.#due;
        this.#due = { ...NOTHING_DUE };
        const { viewport } = this.#view;
        this.#stack.fit(viewport);
        if (due.all || !isEmpty(due.part)) {
            this.#renderScene(due.all ? null : due.part);
        }
        if (due.outline) {
            this.#renderOutline();
        }
        if (due.overlays) {
            this.#drawOverlays();
        }
        if (!this.#frame) {
            this.#waiters.splice(0).forEach((resolve) => resolve());
        }
    }

    #renderScene(part) {
        if (this.#scene.render(this.#view.viewport, part, this.#view.theme)) {
            this.#due.all = true;
            this.#requestFrame();
        }
    }

    /** The ants walk while they are seen, unless the person asked for less motion. */
    #renderOutline() {
        clearTimeout(this.#outlineTimer);
        const { viewport, compare, ratio } = this.#view;
        this.#outline.render(viewport, compare, Math.floor(performance.now() / OUTLINE_MS) * ratio);
        if (this.#outline.isVisible && this.#stack.isAnimated) {
            this.#outlineTimer = setTimeout(() => requestAnimationFrame(() => this.#renderOutline()), OUTLINE_MS);
        }
    }

    #drawOverlays() {
        const view = this.#view;
        const { viewport, ghost, compare, activeTool, crosshair } = view;
        const context = this.#stack.top.getContext("2d");
        context.clearRect(0, 0, viewport.width, viewport.height);
        if (!view.hasPicture) {
            return;
        }
        const pen = new OverlayPen(context, view.theme, view.ratio);
        drawGhost(pen, viewport, ghost ?? []);
        activeTool.draw(pen, viewport);
        drawDivider(pen, viewport, compare);
        if (crosshair) {
            drawCrosshair(pen, viewport, crosshair);
            if (viewport.scale >= PIXELS_SEEN) {
                drawPixel(pen, viewport, crosshair);
            }
        }
    }
}
