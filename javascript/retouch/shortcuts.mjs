/** Everything that has a shortcut: what it does, its keys, and how the overlay lists it. */

import { TOOLS } from "./panels/toolbar.mjs";
import { text } from "./util/text.mjs";

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
        ...TOOLS.map(([name, label, key]) => ({ group: text("shortcuts.group.tools"), label, keys: [key], run: () => act.tool(name) })),
        { group: text("shortcuts.group.tools"), label: text("shortcuts.find"), keys: ["T"], run: act.text },
        { group: text("shortcuts.group.tools"), label: text("shortcuts.swap"), keys: ["X"], run: act.swap },
        {
            group: text("shortcuts.group.tools"),
            label: text("shortcuts.brushSize"),
            keys: ["[", "]"],
            run: (e) => act.size(e.key === "[" ? 1 / 1.2 : 1.2),
        },
        {
            group: text("shortcuts.group.mask"),
            label: text("shortcuts.candidate"),
            keys: ["Tab"],
            when: is.cyclable,
            run: () => act.cycle(1),
        },
        { group: text("shortcuts.group.mask"), label: text("shortcuts.candidateWheel"), keys: ["Alt+Wheel"], run: () => {} },
        { group: text("shortcuts.group.mask"), label: text("shortcuts.newObject"), keys: ["Shift+N"], run: act.newObject },
        { group: text("shortcuts.group.mask"), label: text("shortcuts.deselect"), keys: ["Ctrl+D"], run: act.deselect },
        { group: text("shortcuts.group.mask"), label: text("shortcuts.invert"), keys: ["Ctrl+I"], run: act.invert },
        { group: text("shortcuts.group.mask"), label: text("shortcuts.deleteObject"), keys: ["Delete", "Backspace"], run: act.deleteObject },
        ...[1, 2, 3, 4, 5].map((n) => ({
            group: n === 1 ? text("shortcuts.group.paint") : "",
            label: text("shortcuts.intents"),
            keys: [`Alt+${n}`],
            shown: ["Alt+1", "Alt+5"],
            run: () => act.intent(n - 1),
        })),
        {
            group: text("shortcuts.group.paint"),
            label: text("shortcuts.enter"),
            keys: ["Enter"],
            early: true,
            when: is.unpointed,
            run: act.enter,
        },
        {
            group: text("shortcuts.group.paint"),
            label: text("shortcuts.variation"),
            keys: ["ArrowLeft", "ArrowRight"],
            early: true,
            when: is.choosing,
            run: (e) => act.step(e.key === "ArrowLeft" ? -1 : 1),
        },
        { group: text("shortcuts.group.paint"), label: text("shortcuts.more"), keys: ["N"], when: is.offered, run: act.more },
        { group: text("shortcuts.group.paint"), label: text("shortcuts.discard"), keys: ["Escape"], when: is.offered, run: act.discard },
        ...EXTEND.map(([label, ...shown]) => ({ group: text("shortcuts.group.extend"), label, keys: [], shown, run: () => {} })),
        {
            group: text("shortcuts.group.view"),
            label: text("shortcuts.before"),
            keys: ["C"],
            run: () => act.hold(true),
            up: () => act.hold(false),
        },
        { group: text("shortcuts.group.view"), label: text("shortcuts.pan"), keys: ["Space"], run: act.focus },
        {
            group: text("shortcuts.group.view"),
            label: text("shortcuts.crosshair"),
            keys: ["Arrows"],
            run: () => {},
        },
        { group: text("shortcuts.group.view"), label: text("shortcuts.fit"), keys: ["F", "Ctrl+0"], run: act.fit },
        { group: text("shortcuts.group.view"), label: text("shortcuts.full"), keys: ["1"], run: act.full },
        {
            group: text("shortcuts.group.view"),
            label: text("shortcuts.zoom"),
            keys: ["+", "-", "="],
            run: (e) => act.zoom(e.key === "-" ? 1 / 1.25 : 1.25),
        },
        { group: text("shortcuts.group.view"), label: text("shortcuts.overlay"), keys: ["Q"], run: act.overlay },
        { group: text("shortcuts.group.document"), label: text("shortcuts.undo"), keys: ["Ctrl+Z"], run: act.undo },
        { group: text("shortcuts.group.document"), label: text("shortcuts.redo"), keys: ["Ctrl+Shift+Z", "Ctrl+Y"], run: act.redo },
        { group: text("shortcuts.group.document"), label: text("shortcuts.open"), keys: ["Ctrl+O"], run: act.open },
        { group: text("shortcuts.group.document"), label: text("shortcuts.save"), keys: ["Ctrl+S"], run: act.save },
        { group: text("shortcuts.group.document"), label: text("shortcuts.saveHistory"), keys: ["Ctrl+Shift+S"], run: act.saveHistory },
        { group: text("shortcuts.group.document"), label: text("shortcuts.help"), keys: ["?"], run: act.help },
    ];
}
