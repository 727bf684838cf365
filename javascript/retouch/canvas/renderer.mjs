/** Painter: once a frame, and only then, it brings what changed to a view's canvases. */

import { unionBox, isEmpty, NOWHERE } from "../geometry/box.mjs";
import { Ants } from "./selection-outline.mjs";
import { selectedObject } from "../document/document.mjs";
import { drawCrosshair, drawDivider, drawGhost, drawPixel } from "./overlays.mjs";
import { Pen } from "./overlay-pen.mjs";
import { Scene } from "./scene.mjs";

const ANT_MS = 120;
/** From this scale on the pixel under the cross hair is framed. */
const PIXELS_SEEN = 8;
const NOTHING_DUE = Object.freeze({ part: NOWHERE, all: false, ants: false, marks: false });

export class Painter {
    #view;
    #stage;
    #scene;
    #ants;
    #due = { ...NOTHING_DUE };
    #frame = 0;
    #antTimer = 0;
    #waiting = [];

    /**
     * @param {import("./canvas-view.mjs").CanvasView} view
     * @param {import("./canvas-stack.mjs").Stage} stage
     */
    constructor(view, stage) {
        this.#view = view;
        this.#stage = stage;
        this.#scene = new Scene(stage.scene);
        this.#ants = new Ants(stage.ants);
    }

    stop() {
        cancelAnimationFrame(this.#frame);
        clearTimeout(this.#antTimer);
    }

    /** @param {import("./scene.mjs").Look} look what is to be seen from now on */
    show(look) {
        this.#due.part = this.#scene.show(look).reduce(unionBox, this.#due.part);
        const object = look.live ? null : selectedObject(look.doc);
        this.#due.ants = this.#ants.show(object?.visible ? object : null, look.doc.base) || this.#due.ants;
        this.marks();
    }

    /** What a stroke has just covered. */
    touched(box) {
        this.#scene.touch(box);
        this.#due.part = unionBox(this.#due.part, box);
        this.marks();
    }

    /** Points, boxes, the brush's ring: whatever lies above the picture. */
    marks() {
        this.#due.marks = true;
        this.#ask();
    }

    all() {
        this.#due = { part: NOWHERE, all: true, ants: true, marks: true };
        this.#ask();
    }

    /** Resolves when nothing is left to draw but walking ants. */
    settled() {
        return this.#frame ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
    }

    #ask() {
        this.#frame ||= requestAnimationFrame(() => this.paint());
    }

    /** At once, for whoever cannot wait for the next frame: a canvas that has just been given another size. */
    paint() {
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
        const due = this.#due;
        this.#due = { ...NOTHING_DUE };
        const { viewport } = this.#view;
        this.#stage.fit(viewport);
        if (due.all || !isEmpty(due.part)) {
            this.#paintScene(due.all ? null : due.part);
        }
        if (due.ants) {
            this.#march();
        }
        if (due.marks) {
            this.#drawMarks();
        }
        if (!this.#frame) {
            this.#waiting.splice(0).forEach((resolve) => resolve());
        }
    }

    #paintScene(part) {
        if (this.#scene.paint(this.#view.viewport, part, this.#view.theme)) {
            this.#due.all = true;
            this.#ask();
        }
    }

    /** The ants walk while they are seen, unless the person asked for less motion. */
    #march() {
        clearTimeout(this.#antTimer);
        const { viewport, compare, ratio } = this.#view;
        this.#ants.paint(viewport, compare, Math.floor(performance.now() / ANT_MS) * ratio);
        if (this.#ants.any && this.#stage.moves) {
            this.#antTimer = setTimeout(() => requestAnimationFrame(() => this.#march()), ANT_MS);
        }
    }

    #drawMarks() {
        const view = this.#view;
        const { viewport, ghost, compare, activeTool, crosshair } = view;
        const context = this.#stage.top.getContext("2d");
        context.clearRect(0, 0, viewport.width, viewport.height);
        if (!view.hasPicture) {
            return;
        }
        const pen = new Pen(context, view.theme, view.ratio);
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
