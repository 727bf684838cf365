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

import { text } from "../util/text.mjs";
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
        label: text("tool.point"),
        key: "W",
        tip: text("tool.point.tip"),
        icon: "point",
        cursor: "crosshair",
        options: ["pointing"],
        class: PointTool,
    },
    {
        name: "box",
        label: text("tool.box"),
        key: "M",
        tip: text("tool.box.tip"),
        icon: "box",
        cursor: "crosshair",
        options: ["pointing"],
        class: BoxTool,
    },
    {
        name: "everything",
        label: text("tool.everything"),
        key: "A",
        tip: text("tool.everything.tip"),
        icon: "everything",
        cursor: "pointer",
        options: ["pointing"],
        class: EverythingTool,
    },
    {
        name: "lasso",
        label: text("tool.lasso"),
        key: "L",
        tip: text("tool.lasso.tip"),
        icon: "lasso",
        cursor: "crosshair",
        options: [],
        class: LassoTool,
    },
    {
        name: "brush",
        label: text("tool.brush"),
        key: "B",
        tip: text("tool.brush.tip"),
        icon: "brush",
        cursor: "none",
        options: ["brush"],
        class: BrushTool,
    },
    {
        name: "eraser",
        label: text("tool.eraser"),
        key: "E",
        tip: text("tool.eraser.tip"),
        icon: "eraser",
        cursor: "none",
        options: ["brush"],
        class: EraserTool,
    },
    {
        name: "sketch",
        label: text("tool.sketch"),
        key: "S",
        tip: text("tool.sketch.tip"),
        icon: "palette",
        cursor: "none",
        options: ["brush", "colour"],
        class: SketchTool,
    },
    {
        name: "extend",
        label: text("tool.extend"),
        key: "O",
        tip: text("tool.extend.tip"),
        icon: "extend",
        cursor: "default",
        options: [],
        class: ExtendTool,
    },
    {
        name: "pan",
        label: text("tool.pan"),
        key: "H",
        tip: text("tool.pan.tip"),
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
