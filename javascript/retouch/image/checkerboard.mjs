/** The squares that stand for nothing: behind transparent pixels, and where a canvas has no picture yet. */

import { heightOf, widthOf } from "../geometry/box.mjs";

const CHECK = 8;

/** @param {import("../geometry/box.mjs").Box} area in device pixels, the squares counted from its corner */
export function drawCheckerboard(context, area, [light, dark]) {
    context.fillStyle = light;
    context.fillRect(area.left, area.top, widthOf(area), heightOf(area));
    context.fillStyle = dark;
    for (let y = area.top; y < area.bottom; y += CHECK) {
        for (let x = area.left + (((y - area.top) / CHECK) % 2) * CHECK; x < area.right; x += 2 * CHECK) {
            context.fillRect(x, y, Math.min(CHECK, area.right - x), Math.min(CHECK, area.bottom - y));
        }
    }
}
