/** Everything that has a shortcut: what it does, its keys, and how the overlay lists it. */

import { TOOLS } from "./panels/toolbar.mjs";
import { text } from "./util/text.mjs";

const GROUPS = {
    tools: text("shortcuts.group.tools"),
    mask: text("shortcuts.group.mask"),
    paint: text("shortcuts.group.paint"),
    extend: text("shortcuts.group.extend"),
    view: text("shortcuts.group.view"),
    document: text("shortcuts.group.document"),
};
/** What the tool Extend and its handles hear themselves. */
const EXTEND = [
    [text("shortcuts.extend.aspect"), "Shift+Drag"],
    [text("shortcuts.extend.both"), "Alt+Drag"],
    [text("shortcuts.extend.pixels"), "Ctrl+Drag"],
    [text("shortcuts.extend.next"), "Tab"],
    [text("shortcuts.extend.move"), "Arrows", "Shift+Arrows"],
    [text("shortcuts.extend.back"), "Home"],
    [text("shortcuts.extend.allBack"), "Escape"],
    [text("shortcuts.extend.now"), "Enter"],
];

/** @param act what the page can do, @param is what it is at: see shell.mjs */
export function actionsOf(act, is) {
    return [
        ...TOOLS.map(([name, label, key]) => ({ group: GROUPS.tools, label, keys: [key], run: () => act.tool(name) })),
        { group: GROUPS.tools, label: text("shortcuts.find"), keys: ["T"], run: act.text },
        { group: GROUPS.tools, label: text("shortcuts.swap"), keys: ["X"], run: act.swap },
        {
            group: GROUPS.tools,
            label: text("shortcuts.brushSize"),
            keys: ["[", "]"],
            run: (e) => act.size(e.key === "[" ? 1 / 1.2 : 1.2),
        },
        {
            group: GROUPS.mask,
            label: text("shortcuts.candidate"),
            keys: ["Tab"],
            when: is.cyclable,
            run: () => act.cycle(1),
        },
        { group: GROUPS.mask, label: text("shortcuts.candidateWheel"), keys: ["Alt+Wheel"], run: () => {} },
        { group: GROUPS.mask, label: text("shortcuts.newObject"), keys: ["Shift+N"], run: act.newObject },
        { group: GROUPS.mask, label: text("shortcuts.deselect"), keys: ["Ctrl+D"], run: act.deselect },
        { group: GROUPS.mask, label: text("shortcuts.invert"), keys: ["Ctrl+I"], run: act.invert },
        {
            group: GROUPS.mask,
            label: text("shortcuts.deleteObject"),
            keys: ["Delete", "Backspace"],
            run: act.deleteObject,
        },
        ...[1, 2, 3, 4, 5].map((n) => ({
            group: n === 1 ? GROUPS.paint : "",
            label: text("shortcuts.intents"),
            keys: [`Alt+${n}`],
            shown: ["Alt+1", "Alt+5"],
            run: () => act.intent(n - 1),
        })),
        {
            group: GROUPS.paint,
            label: text("shortcuts.enter"),
            keys: ["Enter"],
            early: true,
            when: is.unpointed,
            run: act.enter,
        },
        {
            group: GROUPS.paint,
            label: text("shortcuts.variation"),
            keys: ["ArrowLeft", "ArrowRight"],
            early: true,
            when: is.choosing,
            run: (e) => act.step(e.key === "ArrowLeft" ? -1 : 1),
        },
        { group: GROUPS.paint, label: text("shortcuts.more"), keys: ["N"], when: is.offered, run: act.more },
        { group: GROUPS.paint, label: text("shortcuts.discard"), keys: ["Escape"], when: is.offered, run: act.discard },
        ...EXTEND.map(([label, ...shown]) => ({ group: GROUPS.extend, label, keys: [], shown, run: () => {} })),
        {
            group: GROUPS.view,
            label: text("shortcuts.before"),
            keys: ["C"],
            run: () => act.hold(true),
            up: () => act.hold(false),
        },
        { group: GROUPS.view, label: text("shortcuts.pan"), keys: ["Space"], run: act.focus },
        {
            group: GROUPS.view,
            label: text("shortcuts.crosshair"),
            keys: ["Arrows"],
            run: () => {},
        },
        { group: GROUPS.view, label: text("shortcuts.fit"), keys: ["F", "Ctrl+0"], run: act.fit },
        { group: GROUPS.view, label: text("shortcuts.full"), keys: ["1"], run: act.full },
        {
            group: GROUPS.view,
            label: text("shortcuts.zoom"),
            keys: ["+", "-", "="],
            run: (e) => act.zoom(e.key === "-" ? 1 / 1.25 : 1.25),
        },
        { group: GROUPS.view, label: text("shortcuts.overlay"), keys: ["Q"], run: act.overlay },
        { group: GROUPS.document, label: text("shortcuts.undo"), keys: ["Ctrl+Z"], run: act.undo },
        { group: GROUPS.document, label: text("shortcuts.redo"), keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: act.redo },
        { group: GROUPS.document, label: text("shortcuts.open"), keys: ["Ctrl+O"], run: act.open },
        { group: GROUPS.document, label: text("shortcuts.save"), keys: ["Ctrl+S"], run: act.save },
        { group: GROUPS.document, label: text("shortcuts.saveHistory"), keys: ["Ctrl+Shift+S"], run: act.saveHistory },
        { group: GROUPS.document, label: text("shortcuts.help"), keys: ["?"], run: act.help },
    ];
}
