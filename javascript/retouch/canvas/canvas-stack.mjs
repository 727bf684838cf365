/** Canvas stack: the canvases of a view, one above the other, at their element's size in device pixels. */

import { text } from "../util/text.mjs";

const LABEL = text("canvas.label");
const FILLING = "position:absolute;inset:0;width:100%;height:100%;display:block;";

export class CanvasStack {
    #root;
    #liveRegion;
    #observer;
    #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    ratio = 1;

    /** @param {(width: number, height: number) => void} onResize gets the size in device pixels, also at the start */
    constructor(element, onResize, label = LABEL) {
        const make = (name, style, parent) => {
            const child = document.createElement(name);
            child.style.cssText = style;
            parent.append(child);
            return child;
        };
        this.#root = make("div", "position:absolute;inset:0;overflow:hidden;", element);
        this.scene = make("canvas", FILLING, this.#root);
        this.outline = make("canvas", `${FILLING}pointer-events:none;`, this.#root);
        this.top = make("canvas", `${FILLING}touch-action:none;outline-offset:-2px;`, this.#root);
        this.#liveRegion = make(
            "div",
            "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);",
            this.#root,
        );
        this.scene.setAttribute("aria-hidden", "true");
        this.outline.setAttribute("aria-hidden", "true");
        for (const [name, value] of [
            ["tabindex", "0"],
            ["role", "application"],
            ["aria-label", label],
        ]) {
            this.top.setAttribute(name, value);
        }
        this.#liveRegion.setAttribute("aria-live", "polite");
        this.#observer = new ResizeObserver(([entry]) => this.#measure(entry, onResize));
        this.#observe();
    }

    /** In device pixels where the browser tells them exactly, or the canvas would be scaled and blurred. */
    #observe() {
        try {
            this.#observer.observe(this.#root, { box: "device-pixel-content-box" });
        } catch {
            this.#observer.observe(this.#root);
        }
    }

    #measure(entry, onResize) {
        const css = entry.contentRect;
        const [exact] = entry.devicePixelContentBoxSize ?? [];
        const width = devicePixels(css.width, exact?.inlineSize);
        const height = devicePixels(css.height, exact?.blockSize);
        if (width > 0 && height > 0) {
            this.ratio = width / css.width;
            onResize(width, height);
        }
    }

    /** Gives the canvases a viewport's size; a canvas that gets another one is blank. */
    fit({ width, height }) {
        for (const canvas of [this.scene, this.outline, this.top]) {
            if (canvas.width !== width || canvas.height !== height) {
                canvas.width = width;
                canvas.height = height;
            }
        }
    }

    /** Whether animations may run. */
    get isAnimated() {
        return !this.#reducedMotion.matches && this.#root.isConnected;
    }

    announce(text) {
        this.#liveRegion.textContent = text;
    }

    destroy() {
        this.#observer.disconnect();
        this.#root.remove();
    }
}

/** A browser that only pretends to be another device reports the size on its own screen: that is not believed. */
function devicePixels(css, exact) {
    const expected = css * devicePixelRatio;
    return Math.abs(exact - expected) <= 1 ? exact : Math.round(expected);
}
