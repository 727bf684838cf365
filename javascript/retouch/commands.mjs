/** What buttons and shortcuts do. Each works on the store or the view, and nothing here draws. */

import {
    activeMask,
    changedObject,
    reshaped,
    selected,
    selectedObject,
    withObject,
    withoutObject,
} from "./document/document.mjs";
import { pickSentPicture } from "./document/metadata.mjs";
import { openBatch } from "./batch/dialog.mjs";
import { chosenFile, download } from "./ui/dom.mjs";
import { showShortcuts } from "./ui/dialogs.mjs";
import { maskFile, savedFile } from "./files/import-export.mjs";
import { foundObjects } from "./point-to-mask.mjs";
import { offerOf } from "./document/variations.mjs";
import { historyFile, OPENS } from "./files/open-file.mjs";
import { areaOf, boxOfList, listOfBox } from "./geometry/box.mjs";
import { showRecipes } from "./recipes/dialog.mjs";
import { nameOf, plain } from "./recipes/text.mjs";
import { Mask, NOTHING } from "./image/mask.mjs";
import { markMasksSaved, markSaved } from "./document/unsaved-work.mjs";
import { text } from "./util/text.mjs";

const SNAP_RADIUS = 8;

/** @param studio the parts that mount() made, by name */
export function commandsOf(studio) {
    return { ...documentCommands(studio), ...viewCommands(studio), ...maskCommands(studio), ...paintCommands(studio) };
}

function documentCommands(studio) {
    const { store, notices } = studio;
    const load = (file) => studio.loading.load(file);
    return {
        load,
        undo: () => store.undo(),
        redo: () => store.redo(),
        async open() {
            const file = await chosenFile(OPENS);
            return file && load(file);
        },
        save: () => downloadAs(savedFile, store.doc),
        saveHistory: () => downloadAs(historyFile, store.doc),
        async send(target) {
            if (target.needsMask && !areaOf(activeMask(store.doc).box)) {
                return notices.say(text("send.unmasked"), "warning");
            }
            const { doc } = store;
            try {
                await target.send({ picture: await savedFile(doc), mask: await maskFile(doc) });
                markSaved(doc);
                if (target.needsMask) {
                    markMasksSaved(doc);
                }
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
        help: () => showShortcuts(studio.root, studio.actions),
    };
}

/** The document as the file that `made` makes of it. */
async function downloadAs(made, doc) {
    if (doc.base) {
        const file = await made(doc);
        download(file, file.name);
        markSaved(doc);
    }
}

function viewCommands(studio) {
    const { view } = studio;
    const told =
        (work) =>
        (...given) => {
            work(...given);
            studio.refresh();
        };
    return {
        tool: told((name) => {
            view.tool = name;
            studio.pointing.toolChosen(name);
        }),
        swap: told(() => (view.subtracting = !view.subtracting)),
        brush: told((changes) => (view.brush = changes)),
        size: told((factor) => (view.brush = { size: Math.min(512, Math.max(1, view.brush.size * factor)) })),
        compare: (mode) => (view.compare = { mode }),
        overlay: () => (view.overlay = { show: !view.overlay.show }),
        hold: (on) => view.hold(on),
        focus: () => view.focus(),
        cycle: (by) => view.cycle(by),
        fit: () => view.fit(),
        full: () => view.zoomTo(1),
        zoom: (factor) => view.zoomTo(view.scale * factor),
        theme: () => studio.theme.toggle(),
        text: () => {
            studio.act.tool("point");
            studio.toolOptions.text.focus();
        },
    };
}

function maskCommands(studio) {
    const { store, notices } = studio;
    const withSelected = (label, change) => () =>
        selectedObject(store.doc) && store.do(label, change(store.doc, store.doc.selected));
    return {
        newObject: () => store.doc.base && store.do(text("objects.new"), withObject(store.doc)),
        deselect: () => store.amend(selected(store.doc, null)),
        deleteObject: withSelected(text("objects.delete"), withoutObject),
        invert: withSelected(text("edge.invert"), (doc, id) =>
            reshaped(doc, id, { invert: !selectedObject(doc).shape.invert }),
        ),
        /** The selected mask's outline moved to the picture's edges, at full resolution. */
        async snap() {
            const object = selectedObject(store.doc);
            if (!object || !areaOf(object.mask.box)) {
                return;
            }
            try {
                const { box } = object.mask;
                const body = { mask: await object.mask.toPng(), box: listOfBox(box), radius: SNAP_RADIUS };
                const answer = await studio.api.about(pickSentPicture(store.doc), "mask", body);
                const mask = await Mask.fromPng(answer.mask, boxOfList(answer.box));
                store.do(text("edge.snap"), changedObject(store.doc, object.id, { mask, added: mask, cut: NOTHING }));
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
        async find(words) {
            if (!store.doc.base || !words.trim()) {
                return;
            }
            try {
                const said = await studio.segmenting.named(store.doc, words.trim());
                said?.warnings.forEach((warning) => notices.say(warning, "warning"));
                if (said && !said.found.length) {
                    notices.say(text("find.nothing", { words: words.trim() }));
                } else if (said) {
                    store.do(
                        text("find.done", { words: words.trim() }),
                        foundObjects(store.doc, said.found, words.trim()),
                    );
                }
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
    };
}

function paintCommands(studio) {
    const { painter, fixing, results, api, notices, store } = studio;
    return {
        intent: (index) => studio.intents.press(studio.intents.intents[index]?.name),
        enter() {
            if (offerOf(store.doc)) {
                return results.keep();
            }
            return studio.view.tool === "extend" ? studio.extending.extend() : studio.intents.press();
        },
        step: (by) => results.step(by),
        more: () => painter.more(),
        batch: () => openBatch(studio),
        discard: () => results.discard(),
        async recipes() {
            try {
                const { recipes } = store.doc.base ? await api.get("recipes") : { recipes: [] };
                const items = recipes.map((recipe) => ({
                    label: nameOf(recipe),
                    hint: recipe.description,
                    testid: "recipe",
                    run: () => fixing.run(plain(recipe), nameOf(recipe)),
                }));
                const hint = text("recipes.all.hint");
                return [
                    { label: text("recipes.all"), hint, testid: "recipes-all", run: () => showRecipes(studio) },
                    ...items,
                ];
            } catch (error) {
                notices.say(error.message, "error");
                return [];
            }
        },
    };
}
