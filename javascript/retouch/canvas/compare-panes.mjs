/**
 * Panes: what of a view shows the picture before and what after.
 *
 * @typedef {import("../geometry/viewport.mjs").Viewport} Viewport
 * @typedef {{view: Viewport, clip: import("../geometry/box.mjs").Box, side: "before" | "after"}} Pane
 */

import { boxOf, boxOfSize, contains } from "../geometry/box.mjs";

/**
 * @param {Viewport} view
 * @param {{mode: "off" | "before" | "slider" | "side", at: number}} compare at: 0..1 of the width, for the slider
 * @returns {Pane[]} from left to right; side by side, each shows what is in the middle of the view in its own middle
 */
export function panesOf(view, { mode, at }) {
    const all = boxOfSize(view);
    const split =
        mode === "slider"
            ? Math.round(view.width * Math.min(Math.max(at, 0), 1))
            : Math.round(view.width / 2);
    const left = boxOf(0, 0, split, view.height);
    const right = boxOf(split, 0, view.width, view.height);
    switch (mode) {
        case "before":
            return [{ view, clip: all, side: "before" }];
        case "slider":
            return [
                { view, clip: left, side: "before" },
                { view, clip: right, side: "after" },
            ];
        case "side": {
            const quarter = Math.round(view.width / 4);
            return [
                { view: { ...view, x: view.x - quarter }, clip: left, side: "before" },
                { view: { ...view, x: view.x + quarter }, clip: right, side: "after" },
            ];
        }
        default:
            return [{ view, clip: all, side: "after" }];
    }
}

/** The pane at a point of the view; the nearest where there is none. */
export function paneAt(view, compare, x, y) {
    const panes = panesOf(view, compare);
    return panes.find(({ clip }) => contains(clip, x, y)) ?? panes[panes.length - 1];
}
