/**
 * Colour painted over a picture, as a layer of straight RGBA with a box of its own.
 *
 * @typedef {import("../document/document.mjs").Layer} Layer
 * @typedef {import("../geometry/box.mjs").Box} Box
 */

import { unionBox, heightOf, isEmpty, moveBox, overlap, widthOf } from "../geometry/box.mjs";
import { Pixels, alphaBounds } from "./pixels.mjs";

/**
 * Part of a layer with a stroke on it.
 *
 * @param {Layer | null} layer
 * @param {{stroke: Stroke, erase: boolean, colour: number[]} | null} live
 * @returns {Pixels | null} of the box; null where there is nothing
 */
export function renderLayer(layer, live, box) {
    const touched = live && !isEmpty(overlap(live.stroke.bounds, box));
    const there = layer && !isEmpty(overlap(layer.box, box));
    if (!touched && !there) {
        return null;
    }
    const under = there
        ? layer.pixels.crop(moveBox(box, -layer.box.left, -layer.box.top))
        : Pixels.filled(widthOf(box), heightOf(box));
    if (!touched) {
        return under;
    }
    const data = under.data.slice();
    (live.erase ? erasePixels : colourPixels)(data, live.stroke.read(box), live.colour);
    return new Pixels(widthOf(box), heightOf(box), data);
}

/**
 * The layer after a stroke.
 *
 * @returns {Layer | null}
 */
export function addStrokeToLayer(layer, live) {
    const box = live.erase ? layer?.box : unionBox(layer?.box ?? live.stroke.bounds, live.stroke.bounds);
    const pixels = box && renderLayer(layer, live, box);
    return pixels && trimLayer({ box, pixels });
}

/** On the smallest box of what has colour; null when nothing has. */
function trimLayer({ box, pixels }) {
    const inner = alphaBounds(pixels);
    return isEmpty(inner) ? null : { box: moveBox(inner, box.left, box.top), pixels: pixels.crop(inner) };
}

/** Porter and Duff's "over", colours not multiplied by alpha. */
function colourPixels(data, stroke, colour) {
    for (let i = 0, at = 0; i < stroke.length; i++, at += 4) {
        if (stroke[i]) {
            const over = stroke[i] / 255;
            const under = (data[at + 3] / 255) * (1 - over);
            const sum = over + under;
            for (let c = 0; c < 3; c++) {
                data[at + c] = (colour[c] * over + data[at + c] * under) / sum;
            }
            data[at + 3] = sum * 255;
        }
    }
}

function erasePixels(data, stroke) {
    for (let i = 0, at = 3; i < stroke.length; i++, at += 4) {
        data[at] = (data[at] * (255 - stroke[i])) / 255;
    }
}
