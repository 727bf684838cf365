/**
 * Widening: the margins after a grip of the canvas was moved, alone, with its opposite, or keeping the aspect.
 * Nothing of the picture is ever cut off. Pure.
 *
 * @typedef {import("./margins.mjs").Margins} Margins
 * @typedef {import("./handles.mjs").Grip} Grip
 * @typedef {{keep?: boolean, both?: boolean, exact?: boolean}} How keep: the aspect; both: sides alike, from the
 *     middle; exact: to the pixel, not to the cells that are painted
 */

import { canvasSize, OPPOSITE, WIDEST } from "./margins.mjs";

/** Pixels of the picture that the model paints as one. */
export const CELL = 8;
const AXES = [
    { along: "x", length: "width", sides: ["left", "right"] },
    { along: "y", length: "height", sides: ["top", "bottom"] },
];

/**
 * @param {Margins} margins as they were when the grip was taken
 * @param {Grip} grip
 * @param {{x: number, y: number}} way how far it was moved, in picture pixels
 * @param {How} [how]
 * @returns {Margins}
 */
export function widened(size, margins, grip, way, how = {}) {
    return how.keep ? scaled(size, margins, grip, { way, ...how }) : moved(margins, grip, way, how);
}

/** The picture itself moved on a canvas that stays as large. */
export function slid(margins, way, { exact = false } = {}) {
    return AXES.reduce((now, { along, sides: [before, after] }) => {
        const both = margins[before] + margins[after];
        const at = within(snapped(margins[before] + way[along], exact), both);
        return { ...now, [before]: at, [after]: both - at };
    }, margins);
}

function moved(margins, grip, way, { both = false, exact = false }) {
    const next = { ...margins };
    for (const { along } of AXES) {
        const side = grip[along];
        if (side) {
            next[side] = within(snapped(margins[side] + outward(side, way[along]), exact));
            const other = OPPOSITE[side];
            next[other] = both ? within(margins[other] + next[side] - margins[side]) : next[other];
        }
    }
    return next;
}

/** Both lengths times one number: that of the axis the grip was moved along farthest. */
function scaled(size, margins, grip, { way, both = false }) {
    const canvas = canvasSize(size, margins);
    const axes = AXES.map((axis) => ({ ...axis, shares: sharesOf(axis, grip, both), of: canvas[axis.length] }));
    const asked = axes
        .filter(({ along }) => grip[along])
        .map(({ along, of }) => 1 + (outward(grip[along], way[along]) * (both ? 2 : 1)) / of);
    const least = Math.max(...axes.map(({ shares, of }) => 1 - room(margins, shares) / of));
    const factor = Math.max(...asked, least);
    return axes.reduce((now, { shares, of }) => spread(now, shares, Math.round(of * (factor - 1))), { ...margins });
}

/** Which sides take what an axis grows by: [side, share]. */
function sharesOf({ along, sides }, grip, both) {
    return grip[along] && !both ? [[grip[along], 1]] : sides.map((side) => [side, 0.5]);
}

/** Pixels that an axis can lose before one of its margins is used up. */
function room(margins, shares) {
    return Math.min(...shares.map(([side, share]) => margins[side] / share));
}

function spread(margins, shares, pixels) {
    let left = pixels;
    const next = { ...margins };
    shares.forEach(([side, share], index) => {
        const part = index === shares.length - 1 ? left : Math.round(pixels * share);
        next[side] = within(next[side] + part);
        left -= part;
    });
    return next;
}

function outward(side, way) {
    return side === "left" || side === "top" ? -way : way;
}

function snapped(pixels, exact) {
    const cell = exact ? 1 : CELL;
    return Math.round(pixels / cell) * cell;
}

function within(pixels, most = WIDEST) {
    return Math.min(Math.max(pixels, 0), most);
}
