/** Renderer: draws what changed on a view's canvases, at most once a frame. */

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

    /** @param {import("./scene.mjs").Look} look to show from now on */
    setLook(look) {
        this.#due.part = this.#scene.setLook(look).reduce(unionBox, this.#due.part);
        const object = look.live ? null : selectedObject(look.doc);
        this.#due.outline =
            this.#outline.setObject(object?.visible ? object : null, look.doc.base) || this.#due.outline;
        this.invalidateOverlays();
    }

    /** Marks the box that a stroke has just covered. */
    invalidateStroke(box) {
        this.#scene.invalidateStroke(box);
        this.#due.part = unionBox(this.#due.part, box);
        this.invalidateOverlays();
    }

    /** Marks the overlays: points, boxes, the brush's ring. */
    invalidateOverlays() {
        this.#due.overlays = true;
        this.#requestFrame();
    }

    invalidateAll() {
        this.#due = { part: NOWHERE, all: true, outline: true, overlays: true };
        this.#requestFrame();
    }

    /** Resolves when nothing is left to draw but the animated outline. */
    whenDrawn() {
        return this.#frame ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve();
    }

    #requestFrame() {
        this.#frame ||= requestAnimationFrame(() => this.render());
    }

    /** Draws at once. A canvas that was resized cannot wait for the next frame. */
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

    /** The outline is animated while it is visible, unless the person asked for reduced motion. */
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
