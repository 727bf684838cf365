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
 */

import { TOOLS } from "./tools/index.mjs";

/** Keys that the tool Extend and its handles handle themselves. */
const EXTEND_KEYS = [
    ["Drag keeping the aspect", "Shift+Drag"],
    ["Drag both sides alike", "Alt+Drag"],
    ["Drag by single pixels", "Ctrl+Drag"],
    ["Next edge or corner (on the canvas)", "Tab"],
    ["Move it by 8 or 64 pixels", "Arrows", "Shift+Arrows"],
    ["Put it back on the picture", "Home"],
    ["Put all edges back", "Escape"],
    ["Extend", "Enter"],
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
            group: "Tools",
            label,
            keys: [key],
            run: () => commands.setTool(name),
        })),
        { group: "Tools", label: "Find by words", keys: ["T"], run: commands.focusTextPrompt },
        { group: "Tools", label: "Swap add and subtract", keys: ["X"], run: commands.swapAddSubtract },
        {
            group: "Tools",
            label: "Smaller or larger brush",
            keys: ["[", "]"],
            run: (e) => commands.scaleBrush(e.key === "[" ? 1 / 1.2 : 1.2),
        },
    ];
}

function maskShortcuts(commands, conditions) {
    return [
        {
            group: "Mask",
            label: "Next candidate: part, object, group",
            keys: ["Tab"],
            when: conditions.hasCandidates,
            run: () => commands.cycleCandidate(1),
        },
        { group: "Mask", label: "Candidate with the wheel", keys: ["Alt+Wheel"], run: () => {} },
        { group: "Mask", label: "New object", keys: ["Shift+N"], run: commands.newObject },
        { group: "Mask", label: "Deselect", keys: ["Ctrl+D"], run: commands.deselect },
        { group: "Mask", label: "Invert the selected mask", keys: ["Ctrl+I"], run: commands.invertMask },
        {
            group: "Mask",
            label: "Delete the selected object",
            keys: ["Delete", "Backspace"],
            run: commands.deleteObject,
        },
    ];
}

function paintShortcuts(commands, conditions) {
    return [
        ...[1, 2, 3, 4, 5].map((n) => ({
            group: n === 1 ? "Paint" : "",
            label: "Intents, first to fifth",
            keys: [`Alt+${n}`],
            listedKeys: ["Alt+1", "Alt+5"],
            run: () => commands.runIntent(n - 1),
        })),
        {
            group: "Paint",
            label: "Last intent again; keep, when there are variations",
            keys: ["Enter"],
            early: true,
            when: conditions.isCrosshairHidden,
            run: commands.keepOrRun,
        },
        {
            group: "Paint",
            label: "Previous or next variation",
            keys: ["ArrowLeft", "ArrowRight"],
            early: true,
            when: conditions.isChoosing,
            run: (e) => commands.stepVariation(e.key === "ArrowLeft" ? -1 : 1),
        },
        {
            group: "Paint",
            label: "More variations",
            keys: ["N"],
            when: conditions.hasVariations,
            run: commands.paintMore,
        },
        {
            group: "Paint",
            label: "Discard the variations",
            keys: ["Escape"],
            when: conditions.hasVariations,
            run: commands.discardVariations,
        },
    ];
}

function extendShortcuts() {
    return [
        ...EXTEND_KEYS.map(([label, ...listedKeys]) => ({
            group: "Extend",
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
            group: "View",
            label: "Before, while held",
            keys: ["C"],
            run: () => commands.showBefore(true),
            up: () => commands.showBefore(false),
        },
        { group: "View", label: "Pan, while held", keys: ["Space"], run: commands.focusCanvas },
        {
            group: "View",
            label: "Move a cross hair, with Enter to press (on the canvas)",
            keys: ["Arrows"],
            run: () => {},
        },
        { group: "View", label: "Fit", keys: ["F", "Ctrl+0"], run: commands.fitView },
        { group: "View", label: "100 %", keys: ["1"], run: commands.zoomToFull },
        {
            group: "View",
            label: "Zoom in or out",
            keys: ["+", "-", "="],
            run: (e) => commands.zoomBy(e.key === "-" ? 1 / 1.25 : 1.25),
        },
        { group: "View", label: "Show or hide the mask", keys: ["Q"], run: commands.toggleOverlay },
    ];
}

function documentShortcuts(commands) {
    return [
        { group: "Document", label: "Undo", keys: ["Ctrl+Z"], run: commands.undo },
        { group: "Document", label: "Redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: commands.redo },
        { group: "Document", label: "Open", keys: ["Ctrl+O"], run: commands.openFile },
        { group: "Document", label: "Save", keys: ["Ctrl+S"], run: commands.savePicture },
        { group: "Document", label: "Save with history", keys: ["Ctrl+Shift+S"], run: commands.saveHistory },
        { group: "Document", label: "This list", keys: ["?"], run: commands.showHelp },
    ];
}
