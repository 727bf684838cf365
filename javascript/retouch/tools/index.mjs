/**
 * Tools: what a press, a move and a release on the picture mean. Every tool has the same few methods, so that
 * mouse, pen, touch and keyboard drive them alike.
 *
 * @typedef {{x: number, y: number, pressure: number, erase: boolean, shift: boolean, ctrl: boolean,
 *     alt: boolean}} Spot in picture pixels; `erase`: Alt, the right button or the pen's other end
 * @typedef {object} Tool
 * @property {string} cursor of the mouse, in CSS
 * @property {boolean} drags whether the keyboard presses with one key and releases with the next
 * @property {(spot: Spot) => void} down
 * @property {(spots: Spot[]) => void} move while pressed; every place since the last call
 * @property {(spot: Spot) => void} up
 * @property {(spot: Spot | null) => void} hover not pressed; null when the pointer leaves
 * @property {() => void} cancel as if it had never been pressed
 * @property {(key: string) => boolean} key "Delete", "Enter", "Escape"; whether it meant something
 * @property {(spot: Spot) => void} twice a double click
 * @property {(pen: Pen, view: Viewport) => void} draw
 * @property {() => void} enter taken in hand
 * @property {() => void} leave put away; another is in hand
 * @property {Box} room what is seen of the picture, and around it, when it is fitted
 */

import { BoxTool } from "./box.mjs";
import { BrushTool, SketchTool } from "./brush.mjs";
import { EverythingTool } from "./everything.mjs";
import { ExtendTool } from "./extend.mjs";
import { LassoTool } from "./lasso.mjs";
import { PointTool } from "./point.mjs";
import { Tool } from "./tool.mjs";

/** Moves the picture under the pointer; the input does so itself. */
class PanTool extends Tool {
    cursor = "grab";
    pans = true;
}

/** @param {import("./tool.mjs").Bench} bench */
export function toolsFor(bench) {
    return {
        point: new PointTool(bench),
        box: new BoxTool(bench),
        lasso: new LassoTool(bench),
        brush: new BrushTool(bench, false),
        eraser: new BrushTool(bench, true),
        everything: new EverythingTool(bench),
        sketch: new SketchTool(bench),
        extend: new ExtendTool(bench),
        pan: new PanTool(bench),
    };
}
