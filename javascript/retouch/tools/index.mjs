/**
 * The tools of the canvas, each declared once. The toolbar, the tool options, the shortcuts and the list of shortcuts
 * are made from `TOOLS`. A new tool needs its module and a row here.
 *
 * @typedef {"pointing" | "brush" | "colour"} OptionGroup
 * @typedef {object} ToolRow
 * @property {string} name of the tool, as `view.tool` takes it
 * @property {string} label on its button
 * @property {string} key its shortcut
 * @property {string} tip what to do with it, in one sentence
 * @property {string} icon a name in `ui/icons.mjs`
 * @property {string} cursor of the mouse, in CSS, where nothing special lies under it
 * @property {OptionGroup[]} options the groups of options that it shows
 * @property {typeof import("./tool.mjs").Tool} class
 */

import { BoxTool } from "./box.mjs";
import { BrushTool, EraserTool, SketchTool } from "./brush.mjs";
import { EverythingTool } from "./everything.mjs";
import { ExtendTool } from "./extend.mjs";
import { LassoTool } from "./lasso.mjs";
import { PanTool } from "./pan.mjs";
import { PointTool } from "./point.mjs";

/** @type {readonly ToolRow[]} in the order of the toolbar; the first is active at the start */
export const TOOLS = Object.freeze([
    {
        name: "point",
        label: "Point",
        key: "W",
        tip: "Click what you mean; right button or Alt takes away.",
        icon: "point",
        cursor: "crosshair",
        options: ["pointing"],
        class: PointTool,
    },
    {
        name: "box",
        label: "Box",
        key: "M",
        tip: "Drag a box round what you mean.",
        icon: "box",
        cursor: "crosshair",
        options: ["pointing"],
        class: BoxTool,
    },
    {
        name: "everything",
        label: "Everything",
        key: "A",
        tip: "Every object is outlined as you move over it; click to take it.",
        icon: "everything",
        cursor: "pointer",
        options: ["pointing"],
        class: EverythingTool,
    },
    {
        name: "lasso",
        label: "Lasso",
        key: "L",
        tip: "Draw round it; Alt takes away.",
        icon: "lasso",
        cursor: "crosshair",
        options: [],
        class: LassoTool,
    },
    {
        name: "brush",
        label: "Brush",
        key: "B",
        tip: "Paint the mask; Alt takes away.",
        icon: "brush",
        cursor: "none",
        options: ["brush"],
        class: BrushTool,
    },
    {
        name: "eraser",
        label: "Eraser",
        key: "E",
        tip: "Rub out the mask.",
        icon: "eraser",
        cursor: "none",
        options: ["brush"],
        class: EraserTool,
    },
    {
        name: "sketch",
        label: "Colour sketch",
        key: "S",
        tip: "Paint colours: they are both mask and starting content.",
        icon: "palette",
        cursor: "none",
        options: ["brush", "colour"],
        class: SketchTool,
    },
    {
        name: "extend",
        label: "Extend",
        key: "O",
        tip: "Drag an edge or a corner of the canvas outward; Shift keeps the aspect, Alt takes both sides.",
        icon: "extend",
        cursor: "default",
        options: [],
        class: ExtendTool,
    },
    {
        name: "pan",
        label: "Hand",
        key: "H",
        tip: "Drag the picture; Space does so in every tool.",
        icon: "hand",
        cursor: "grab",
        options: [],
        class: PanTool,
    },
].map(Object.freeze));

/**
 * One tool of each row, for a view.
 *
 * @param {import("./tool.mjs").ToolView} view
 * @returns {Record<string, import("./tool.mjs").Tool>} by name, in the order of `TOOLS`
 */
export function makeTools(view) {
    return Object.fromEntries(TOOLS.map((row) => [row.name, new row.class(view, row)]));
}
