/**
 * View state: what a view shows besides the document, and the brush of its tools. `brush`, `overlay` and `compare` are
 * set by what changes, as in `view.brush = {size: 20}`; their values are frozen.
 *
 * @typedef {"off" | "before" | "slider" | "side"} CompareMode
 */

import { themeOf } from "../image/colour.mjs";
import { NO_MARGINS } from "../geometry/margins.mjs";

export class ViewState extends EventTarget {
    #brush = Object.freeze({ size: 60, hardness: 0.8, opacity: 1, colour: "#e0483e" });
    #overlay = Object.freeze({ colour: "#ff3d7f", opacity: 0.45, show: true });
    #compare = Object.freeze({ mode: "off", at: 0.5 });
    #isBeforeShown = false;
    #theme = themeOf("dark");
    #ghost = null;
    #inverted = null;
    #extension = Object.freeze({ margins: NO_MARGINS, stages: [], highlighted: null });
    #preview = null;
    #regions = [];
    #live = null;
    #subtracting = false;

    /** Called when overlays have changed. */
    redraw() {}

    /** Called when the visible part of the document has changed. */
    refresh() {}

    /** Called when everything must be drawn again. */
    repaint() {}

    get brush() {
        return this.#brush;
    }

    /** @param {Partial<{size: number, hardness: number, opacity: number, colour: string}>} changes */
    set brush(changes) {
        this.#brush = Object.freeze({ ...this.#brush, ...changes });
        this.redraw();
    }

    /** Whether tools take away, and with Alt or the right button add: for hands without either. */
    get subtracting() {
        return this.#subtracting;
    }

    set subtracting(on) {
        this.#subtracting = Boolean(on);
        this.redraw();
    }

    get overlay() {
        return this.#overlay;
    }

    /** @param {Partial<{colour: string, opacity: number, show: boolean}>} changes */
    set overlay(changes) {
        this.#overlay = Object.freeze({ ...this.#overlay, ...changes });
        this.refresh();
        this.repaint();
    }

    get compare() {
        return this.#isBeforeShown ? { ...this.#compare, mode: "before" } : this.#compare;
    }

    /** @param {Partial<{mode: CompareMode, at: number}>} changes at: the slider's place, 0..1 */
    set compare(changes) {
        this.#compare = Object.freeze({ ...this.#compare, ...changes });
        this.refresh();
        this.repaint();
    }

    /** Shows the first picture for as long as `on` is true. */
    showBefore(on) {
        this.#isBeforeShown = Boolean(on);
        this.refresh();
        this.repaint();
    }

    get theme() {
        return this.#theme;
    }

    /** @param {"dark" | "light" | object} theme a theme's name, or what differs from the dark one */
    set theme(theme) {
        this.#theme = themeOf(theme);
        this.repaint();
    }

    get ghost() {
        return this.#ghost;
    }

    /** @param {import("./overlays.mjs").GhostStep[] | null} steps of a plan */
    set ghost(steps) {
        this.#ghost = steps;
        this.redraw();
    }

    /**
     * What will be repainted where that is all that is not masked, null where what is masked is. `planned` is as the
     * server plans it, null until that is known: then it is what the masks leave out.
     */
    get inverted() {
        return this.#inverted;
    }

    /** @param {{planned: Mask | null} | null} inverted */
    set inverted(inverted) {
        const same = this.#inverted?.planned === inverted?.planned && !this.#inverted === !inverted;
        this.#inverted = inverted;
        if (!same) {
            this.refresh();
        }
    }

    get extension() {
        return this.#extension;
    }

    /** @param {Partial<{margins: Margins, stages: import("../tools/extend-overlay.mjs").GhostStage[], highlighted: object}>} changes */
    set extension(changes) {
        this.#extension = Object.freeze({ ...this.#extension, ...changes });
        this.redraw();
    }

    get preview() {
        return this.#preview;
    }

    /** @param {{box: Box, patch: Pixels, mask: Mask} | null} patch a variation, shown but not kept */
    set preview(patch) {
        this.#preview = patch;
        this.refresh();
    }

    get regions() {
        return this.#regions;
    }

    /** @param {{mask: Mask, label: string}[]} regions for the tool "everything" */
    set regions(regions) {
        this.#regions = regions;
        this.redraw();
    }

    /** The stroke being painted. */
    get live() {
        return this.#live;
    }

    set live(live) {
        this.#live = live;
        this.refresh();
    }
}
