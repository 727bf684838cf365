/**
 * Margins: how far a canvas reaches beyond its picture on each side, and what a person may say instead: an aspect,
 * and where the picture lies in it. Pure; the server's own rules, so that the ghost need not wait for it.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number}} Margins in picture pixels
 * @typedef {{aspect: string, horizontal: string, vertical: string, margins: Margins}} CanvasSize `aspect` is "" where the
 *     margins count, `horizontal` and `vertical` are "" where the picture lies as the margins have it
 * @typedef {import("./box.mjs").Box} Box
 * @typedef {import("./box.mjs").Size} Size
 */

import { boxOf, heightOf, widthOf } from "./box.mjs";

export const NO_MARGINS = Object.freeze({ left: 0, top: 0, right: 0, bottom: 0 });
export const SIDES = Object.freeze(Object.keys(NO_MARGINS));
/** A side's opposite. */
export const OPPOSITE = Object.freeze({ left: "right", right: "left", top: "bottom", bottom: "top" });
/** The server's limit for a side. */
export const WIDEST = 16384;
export const ASPECTS = Object.freeze(["16:9", "9:16", "4:5", "1:1", "21:9"]);
/** Keeps what the picture shows on a line of thirds: only the server knows where that is. */
const SUBJECT = "subject";
const ASPECT = /^\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*$/;
const SHARES = { left: 0, top: 0, third: 1 / 3, centre: 0.5, "two thirds": 2 / 3, right: 1, bottom: 1 };

/** @type {CanvasSize} */
export const UNCHANGED_SIZE = Object.freeze({ aspect: "", horizontal: "", vertical: "", margins: NO_MARGINS });

/** The canvas in the picture's pixels: the picture's own corner is at 0, 0. @returns {Box} */
export function extendedBox({ width, height }, { left, top, right, bottom }) {
    return boxOf(-left, -top, width + right, height + bottom);
}

/** @returns {Size} */
export function extendedSize(size, margins) {
    const box = extendedBox(size, margins);
    return { width: widthOf(box), height: heightOf(box) };
}

export function isZeroMargins(margins) {
    return SIDES.every((side) => margins[side] === 0);
}

/** @returns {number | null} width over height of "16:9", "2.39:1" or "4x5" */
export function aspectOf(text) {
    const [, across, down] = ASPECT.exec(text) ?? [];
    const ratio = Number(across) / Number(down);
    return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** The margins of a canvas size in pixels; none for text that is no aspect. @returns {Margins} */
export function marginsOf({ aspect, horizontal, vertical, margins }, size) {
    if (!aspect) {
        return margins;
    }
    const ratio = aspectOf(aspect);
    if (!ratio) {
        return NO_MARGINS;
    }
    const width = Math.max(size.width, roundHalfToEven(size.height * ratio));
    const height = Math.max(size.height, roundHalfToEven(size.width / ratio));
    const left = offsetInCanvas(horizontal, width, size.width);
    const top = offsetInCanvas(vertical, height, size.height);
    return { left, top, right: width - size.width - left, bottom: height - size.height - top };
}

/** Half a pixel to the even one, as the server's language rounds. */
function roundHalfToEven(value) {
    const whole = Math.round(value);
    return Math.abs(value % 1) === 0.5 && whole % 2 ? whole - 1 : whole;
}

/** Pixels before the picture, on one axis of `length`. At a third lies the picture's middle. */
export function offsetInCanvas(place, length, own) {
    const room = length - own;
    const share = SHARES[place] ?? SHARES.centre;
    const at = [0, 0.5, 1].includes(share) ? share * room : share * length - own / 2;
    return Math.min(Math.max(Math.floor(at + 0.5), 0), room);
}

/** The size after an anchor was chosen: the canvas stays as large, the picture moves on it. @returns {CanvasSize} */
export function anchorPicture(request, size, changes) {
    const next = { ...request, ...changes };
    if (next.aspect) {
        return next;
    }
    const canvas = extendedSize(size, request.margins);
    const moved = { ...request.margins };
    for (const [place, before, after, length] of [
        [changes.horizontal, "left", "right", "width"],
        [changes.vertical, "top", "bottom", "height"],
    ]) {
        if (place && place !== SUBJECT) {
            moved[before] = offsetInCanvas(place, canvas[length], size[length]);
            moved[after] = canvas[length] - size[length] - moved[before];
        }
    }
    return { ...next, margins: moved };
}

/** The fields of POST outpaint that say the canvas size. */
export function makeSizeFields({ aspect, horizontal, vertical, margins }, size) {
    const places = { horizontal: horizontal || "centre", vertical: vertical || "centre" };
    if (aspect) {
        return { aspect, ...places };
    }
    return [horizontal, vertical].includes(SUBJECT) ? { ...extendedSize(size, margins), ...places } : { ...margins };
}

/** "16:9" where the aspect is within 0.5 % of a common one or of two small numbers, else "1.48:1". */
export function aspectText({ width, height }) {
    const ratio = width / height;
    const isNear = (aspect) => Math.abs(aspectOf(aspect) / ratio - 1) < 0.005;
    const simple = [1, 2, 3, 4, 5].map((down) => [Math.round(ratio * down), down]).filter(([across]) => across <= 5);
    const plain = ratio >= 1 ? `${ratio.toFixed(2)}:1` : `1:${(1 / ratio).toFixed(2)}`;
    return (
        [...ASPECTS, ...simple.map((pair) => pair.join(":"))].find((aspect) => aspectOf(aspect) && isNear(aspect)) ??
        plain
    );
}
