/** Pictures that tell the server how they were made: the same pixels, and their infotext beside them. */

import { Pixels } from "./pixels.mjs";

const twins = new WeakMap();
const texts = new WeakMap();

/** The picture with a text; the same one each time, so that it is sent once. Itself where there is no text. */
export function captioned(pixels, text) {
    if (!text) {
        return pixels;
    }
    const known = twins.get(pixels);
    if (known && texts.get(known) === text) {
        return known;
    }
    const twin = new Pixels(pixels.width, pixels.height, pixels.data);
    twins.set(pixels, twin);
    texts.set(twin, text);
    return twin;
}

/** @returns {string} "" for a picture without one */
export function captionOf(pixels) {
    return texts.get(pixels) ?? "";
}
