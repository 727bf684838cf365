/**
 * The margins after a handle of the canvas was dragged: alone, with its opposite, or keeping the aspect.
 * Nothing of the picture is ever cut off. Pure.
 *
 * @typedef {import("./margins.mjs").Margins} Margins
 * @typedef {import("./box-handles.mjs").Handle} Handle
 * @typedef {{keep?: boolean, both?: boolean, exact?: boolean}} How keep: the aspect; both: sides alike, from the
 *     middle; exact: to the pixel, not to the cells that are painted
 */

import { extendedSize, OPPOSITE, WIDEST } from "./margins.mjs";

/** Pixels of the picture that the model paints as one. */
export const CELL = 8;
const AXES = [
    { along: "x", length: "width", sides: ["left", "right"] },
    { along: "y", length: "height", sides: ["top", "bottom"] },
];

/**
 * @param {Margins} margins as they were when the handle was taken
 * @param {Handle} handle
 * @param {{x: number, y: number}} offset how far it was moved, in picture pixels
 * @param {How} [how]
 * @returns {Margins}
 */
export function dragMargin(size, margins, handle, offset, how = {}) {
    return how.keep ? scaleCanvas(size, margins, handle, { offset, ...how }) : moveHandle(margins, handle, offset, how);
}

/** The picture itself moved on a canvas that stays as large. */
export function slidePicture(margins, offset, { exact = false } = {}) {
    return AXES.reduce((now, { along, sides: [before, after] }) => {
        const both = margins[before] + margins[after];
        const at = clampMargin(snapToCell(margins[before] + offset[along], exact), both);
        return { ...now, [before]: at, [after]: both - at };
    }, margins);
}

function moveHandle(margins, handle, offset, { both = false, exact = false }) {
    const next = { ...margins };
    for (const { along } of AXES) {
        const side = handle[along];
        if (side) {
            next[side] = clampMargin(snapToCell(margins[side] + outward(side, offset[along]), exact));
            const other = OPPOSITE[side];
            next[other] = both ? clampMargin(margins[other] + next[side] - margins[side]) : next[other];
        }
    }
    return next;
}

/** Both lengths times one number: that of the axis the handle was moved along farthest. */
function scaleCanvas(size, margins, handle, { offset, both = false }) {
    const canvas = extendedSize(size, margins);
    const axes = AXES.map((axis) => ({ ...axis, shares: sharesOf(axis, handle, both), of: canvas[axis.length] }));
    const factors = axes
        .filter(({ along }) => handle[along])
        .map(({ along, of }) => 1 + (outward(handle[along], offset[along]) * (both ? 2 : 1)) / of);
    const least = Math.max(...axes.map(({ shares, of }) => 1 - slackOf(margins, shares) / of));
    const factor = Math.max(...factors, least);
    return axes.reduce((now, { shares, of }) => distributePixels(now, shares, Math.round(of * (factor - 1))), {
        ...margins,
    });
}

/** Which sides take what an axis grows by: [side, share]. */
function sharesOf({ along, sides }, handle, both) {
    return handle[along] && !both ? [[handle[along], 1]] : sides.map((side) => [side, 0.5]);
}

/** Pixels that an axis can lose before one of its margins is used up. */
function slackOf(margins, shares) {
    return Math.min(...shares.map(([side, share]) => margins[side] / share));
}

function distributePixels(margins, shares, pixels) {
    let left = pixels;
    const next = { ...margins };
    shares.forEach(([side, share], index) => {
        const part = index === shares.length - 1 ? left : Math.round(pixels * share);
        next[side] = clampMargin(next[side] + part);
        left -= part;
    });
    return next;
}

function outward(side, offset) {
    return side === "left" || side === "top" ? -offset : offset;
}

function snapToCell(pixels, exact) {
    const cell = exact ? 1 : CELL;
    return Math.round(pixels / cell) * cell;
}

function clampMargin(pixels, most = WIDEST) {
    return Math.min(Math.max(pixels, 0), most);
}
