/** Everything: whatever a segmenter found in the picture lights up under the pointer and is taken by a click. */

import { areaOf, contains, heightOf, overlap, widthOf } from "../geometry/box.mjs";
import { parseColour } from "../image/colour.mjs";
import { addStroke, selectedObject, addObject } from "../document/document.mjs";
import { halveAlpha, halveTimes } from "../image/half-size.mjs";
import { Tool } from "./tool.mjs";
import { boxInView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

const LONGEST = 1024;
const SOLID = 128;

export class EverythingTool extends Tool {
    #hovered = [];
    #choice = 0;
    #highlight = { region: null, canvas: null };

    /** Smallest first: what is in front of what. */
    #regionsAt(spot) {
        const { x, y } = this.pixelAt(spot);
        const under = this.view.regions.filter(
            ({ mask }) => contains(mask.box, x, y) && mask.at(x, y) >= SOLID,
        );
        return under.sort((a, b) => a.mask.area - b.mask.area);
    }

    hover(spot) {
        const under = spot && this.isInside(spot) ? this.#regionsAt(spot) : [];
        const same =
            under.length === this.#hovered.length && under.every((region, i) => region === this.#hovered[i]);
        if (!same) {
            this.#hovered = under;
            this.#choice = 0;
            this.#announceHover();
        }
    }

    /** The next larger region under the pointer. */
    cycle(by) {
        const count = this.#hovered.length;
        if (count > 1) {
            this.#choice = (((this.#choice + by) % count) + count) % count;
            this.#announceHover();
        }
        return count > 0;
    }

    #announceHover() {
        this.view.emit("hover", { region: this.#hovered[this.#choice] ?? null });
        this.view.redraw();
    }

    up(spot) {
        this.hover(spot);
        const region = this.#hovered[this.#choice];
        if (region) {
            this.#takeRegion(region, spot);
        }
    }

    /** A new object whose candidates are all that lay under the pointer; with Shift or Alt part of the selected one. */
    #takeRegion(region, { shift, erase }) {
        const object = selectedObject(this.doc);
        if (object && (shift || erase)) {
            this.view.store.do(
                erase ? text("did.takeAway") : text("did.add"),
                addStroke(this.doc, object.id, region.mask, erase),
            );
            return;
        }
        const candidates = this.#hovered.map(({ mask }) => mask);
        const fields = { mask: region.mask, candidates, candidate: this.#choice };
        this.view.store.do(
            text("did.take"),
            addObject(this.doc, region.label ? { ...fields, name: region.label } : fields),
        );
    }

    draw(pen, view) {
        const region = this.#hovered[this.#choice];
        if (!this.view.regions.includes(region) || !areaOf(region.mask.box)) {
            return;
        }
        const to = boxInView(view, region.mask.box);
        pen.context.globalAlpha = 0.5;
        pen.context.drawImage(this.#highlightCanvas(region, pen.theme), to.left, to.top, widthOf(to), heightOf(to));
        pen.context.globalAlpha = 1;
        const count = this.#hovered.length > 1 ? ` ${this.#choice + 1}/${this.#hovered.length}` : "";
        const at = overlap(to, { left: 0, top: 0, right: view.width, bottom: view.height });
        pen.label(pen.theme.ink, `${region.label || text("object.unknown")}${count}`, {
            x: at.left,
            y: at.top + 24 * pen.ratio,
        });
    }

    #highlightCanvas(region, theme) {
        if (this.#highlight.region !== region) {
            this.#highlight = { region, canvas: canvasOf(region.mask, parseColour(theme.accent)) };
        }
        return this.#highlight.canvas;
    }
}

/** A mask in one colour, no longer than a screen. */
function canvasOf(mask, [red, green, blue]) {
    const times = Math.max(0, Math.ceil(Math.log2(Math.max(mask.width, mask.height) / LONGEST)));
    const { data, width, height } = halveTimes(halveAlpha, times, mask.data, mask.width, mask.height);
    const pixels = Uint32Array.from(data, (alpha) => (alpha << 24) | (blue << 16) | (green << 8) | red);
    const canvas = new OffscreenCanvas(width, height);
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
}
