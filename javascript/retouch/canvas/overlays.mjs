/** Overlays that belong to no tool: the plan's ghost, the comparison's divider, the cross hair. */

import { boxOf, boxOfList } from "../geometry/box.mjs";
import { boxInView, toView } from "../geometry/viewport.mjs";
import { text } from "../util/text.mjs";

/** Below this a crop is painted with fewer pixels than it has: coarse, unless the plan says otherwise. */
const RESOLVED = 1;

/**
 * What would be painted: each crop, the size it is worked on, and how much that magnifies it.
 *
 * @typedef {{crop: number[] | Box, work: number[] | {width: number, height: number}, magnification: number,
 *     under_resolved?: boolean}} GhostStep
 * @param {import("./overlay-pen.mjs").OverlayPen} pen
 * @param {GhostStep[]} steps
 */
export function drawGhost(pen, view, steps) {
    const { accent, warning } = pen.theme;
    for (const { crop, work, magnification, under_resolved: coarse = magnification < RESOLVED } of steps) {
        const box = boxInView(view, Array.isArray(crop) ? boxOfList(crop) : crop);
        const colour = coarse ? warning : accent;
        pen.box(colour, box, { dash: [6, 4] });
        pen.label(colour, ghostText(crop, work, magnification, coarse), { x: box.left, y: box.top });
    }
}

export function ghostText(crop, work, magnification, coarse = magnification < RESOLVED) {
    const [left, top, right, bottom] = Array.isArray(crop)
        ? crop
        : [crop.left, crop.top, crop.right, crop.bottom];
    const [width, height] = Array.isArray(work) ? work : [work.width, work.height];
    const scale = `${magnification.toFixed(2)}×`;
    const note = coarse ? text("canvas.coarse") : "";
    const sizes = { crop: `${right - left}×${bottom - top}`, work: `${width}×${height}` };
    return text("canvas.ghost", { ...sizes, scale, note });
}

/** The line between before and after, and which side is which. */
export function drawDivider(pen, view, { mode, at }) {
    if (mode === "before") {
        pen.label(pen.theme.ink, text("canvas.before"), { x: 8 * pen.ratio, y: 28 * pen.ratio });
    }
    if (mode !== "slider" && mode !== "side") {
        return;
    }
    const x = Math.round(view.width * (mode === "slider" ? at : 0.5));
    pen.path(
        pen.theme.ink,
        [
            { x, y: 0 },
            { x, y: view.height },
        ],
        { width: 2 },
    );
    pen.label(pen.theme.ink, text("canvas.before"), { x: 8 * pen.ratio, y: 28 * pen.ratio });
    pen.label(pen.theme.ink, text("canvas.after"), { x: view.width, y: 28 * pen.ratio });
    if (mode === "slider") {
        pen.handle(pen.theme.accent, { x, y: view.height / 2 }, 6);
    }
}

/** Where the keyboard's cursor is. */
export function drawCrosshair(pen, view, { x, y }) {
    pen.cross(pen.theme.accent, toView(view, x, y), 12);
}

/** The box around one pixel, for views so close that a click's exact pixel matters. */
export function drawPixel(pen, view, { x, y }) {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    pen.box(pen.theme.accent, boxInView(view, boxOf(left, top, left + 1, top + 1)), { width: 1 });
}
