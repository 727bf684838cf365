/**
 * Every shortcut, in one table: the keys, what they do, and how the list of shortcuts shows them.
 *
 * @typedef {object} Shortcut
 * @property {string} group heading in the list; "" is not listed
 * @property {string} label
 * @property {string[]} keys as `readChord` writes them
 * @property {string[]} [listedKeys] keys as the list shows them, where they differ from `keys`
 * @property {(event?: KeyboardEvent) => void} run
 * @property {() => void} [up] runs when the key is released
 * @property {(event: KeyboardEvent) => boolean} [when] whether the key counts now
 * @property {boolean} [early] heard before the focused element hears it
 * @property {() => boolean} [first] whether a focused button leaves the key to the shortcut
 */

import { TOOLS } from "./tools/index.mjs";
import { text } from "./util/text.mjs";

const GROUPS = {
    tools: text("shortcuts.group.tools"),
    mask: text("shortcuts.group.mask"),
    paint: text("shortcuts.group.paint"),
    extend: text("shortcuts.group.extend"),
    view: text("shortcuts.group.view"),
    document: text("shortcuts.group.document"),
};
/** Keys that the tool Extend and its handles handle themselves. */
const EXTEND_KEYS = [
    [text("shortcuts.extend.aspect"), "Shift+Drag"],
    [text("shortcuts.extend.both"), "Alt+Drag"],
    [text("shortcuts.extend.pixels"), "Ctrl+Drag"],
    [text("shortcuts.extend.next"), "Tab"],
    [text("shortcuts.extend.move"), "Arrows", "Shift+Arrows"],
    [text("shortcuts.extend.back"), "Home"],
    [text("shortcuts.extend.allBack"), "Escape"],
    [text("shortcuts.extend.now"), "Enter"],
];

/**
 * @param {ReturnType<typeof import("./commands.mjs").makeCommands>} commands
 * @param {Record<string, (event?: KeyboardEvent) => boolean>} conditions see `makeConditions` in studio.mjs
 * @returns {Shortcut[]}
 */
export function makeShortcuts(commands, conditions) {
    return [
        ...toolShortcuts(commands),
        ...maskShortcuts(commands, conditions),
        ...paintShortcuts(commands, conditions),
        ...extendShortcuts(),
        ...viewShortcuts(commands),
        ...documentShortcuts(commands),
    ];
}

function toolShortcuts(commands) {
    return [
        ...TOOLS.map(({ name, label, key }) => ({
            group: GROUPS.tools,
            label,
            keys: [key],
            run: () => commands.setTool(name),
        })),
        { group: GROUPS.tools, label: text("shortcuts.find"), keys: ["T"], run: commands.focusTextPrompt },
        { group: GROUPS.tools, label: text("shortcuts.swap"), keys: ["X"], run: commands.swapAddSubtract },
        {
            group: GROUPS.tools,
            label: text("shortcuts.brushSize"),
            keys: ["[", "]"],
            run: (e) => commands.scaleBrush(e.key === "[" ? 1 / 1.2 : 1.2),
        },
    ];
}

function maskShortcuts(commands, conditions) {
    return [
        {
            group: GROUPS.mask,
            label: text("shortcuts.candidate"),
            keys: ["Tab"],
            when: conditions.hasCandidates,
            run: () => commands.cycleCandidate(1),
        },
        { group: GROUPS.mask, label: text("shortcuts.candidateWheel"), keys: ["Alt+Wheel"], run: () => {} },
        { group: GROUPS.mask, label: text("shortcuts.newObject"), keys: ["Shift+N"], run: commands.newObject },
        { group: GROUPS.mask, label: text("shortcuts.deselect"), keys: ["Ctrl+D"], run: commands.deselect },
        { group: GROUPS.mask, label: text("shortcuts.invert"), keys: ["Ctrl+I"], run: commands.invertMask },
        {
            group: GROUPS.mask,
            label: text("shortcuts.deleteObject"),
            keys: ["Delete", "Backspace"],
            run: commands.deleteObject,
        },
    ];
}

function paintShortcuts(commands, conditions) {
    return [
        ...[1, 2, 3, 4, 5].map((n) => ({
            group: n === 1 ? GROUPS.paint : "",
            label: text("shortcuts.intents"),
            keys: [`Alt+${n}`],
            listedKeys: ["Alt+1", "Alt+5"],
            run: () => commands.runIntent(n - 1),
        })),
        {
            group: GROUPS.paint,
            label: text("shortcuts.enter"),
            keys: ["Enter"],
            early: true,
            first: conditions.hasVariations,
            when: conditions.isCrosshairHidden,
            run: commands.keepOrRun,
        },
        {
            group: GROUPS.paint,
            label: text("shortcuts.variation"),
            keys: ["ArrowLeft", "ArrowRight"],
            early: true,
            when: conditions.isChoosing,
            run: (e) => commands.stepVariation(e.key === "ArrowLeft" ? -1 : 1),
        },
        {
            group: GROUPS.paint,
            label: text("shortcuts.more"),
            keys: ["N"],
            when: conditions.hasVariations,
            run: commands.paintMore,
        },
        {
            group: GROUPS.paint,
            label: text("shortcuts.discard"),
            keys: ["Escape"],
            when: conditions.hasVariations,
            run: commands.discardVariations,
        },
    ];
}

function extendShortcuts() {
    return [
        ...EXTEND_KEYS.map(([label, ...listedKeys]) => ({
            group: GROUPS.extend,
            label,
            keys: [],
            listedKeys: listedKeys,
            run: () => {},
        })),
    ];
}

function viewShortcuts(commands) {
    return [
        {
            group: GROUPS.view,
            label: text("shortcuts.before"),
            keys: ["C"],
            run: () => commands.showBefore(true),
            up: () => commands.showBefore(false),
        },
        { group: GROUPS.view, label: text("shortcuts.pan"), keys: ["Space"], run: commands.focusCanvas },
        {
            group: GROUPS.view,
            label: text("shortcuts.crosshair"),
            keys: ["Arrows"],
            run: () => {},
        },
        { group: GROUPS.view, label: text("shortcuts.fit"), keys: ["F", "Ctrl+0"], run: commands.fitView },
        { group: GROUPS.view, label: text("shortcuts.full"), keys: ["1"], run: commands.zoomToFull },
        {
            group: GROUPS.view,
            label: text("shortcuts.zoom"),
            keys: ["+", "-", "="],
            run: (e) => commands.zoomBy(e.key === "-" ? 1 / 1.25 : 1.25),
        },
        { group: GROUPS.view, label: text("shortcuts.overlay"), keys: ["Q"], run: commands.toggleOverlay },
    ];
}

function documentShortcuts(commands) {
    return [
        { group: GROUPS.document, label: text("shortcuts.undo"), keys: ["Ctrl+Z"], run: commands.undo },
        { group: GROUPS.document, label: text("shortcuts.redo"), keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: commands.redo },
        { group: GROUPS.document, label: text("shortcuts.open"), keys: ["Ctrl+O"], run: commands.openFile },
        { group: GROUPS.document, label: text("shortcuts.save"), keys: ["Ctrl+S"], run: commands.savePicture },
        { group: GROUPS.document, label: text("shortcuts.saveHistory"), keys: ["Ctrl+Shift+S"], run: commands.saveHistory },
        { group: GROUPS.document, label: text("shortcuts.help"), keys: ["?"], run: commands.showHelp },
    ];
}
