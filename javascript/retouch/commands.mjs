/** What buttons and shortcuts do. A command changes the store or the view; it draws nothing. */

import {
    activeMask,
    changeObject,
    setShape,
    selectObject,
    selectedObject,
    addObject,
    removeObject,
} from "./document/document.mjs";
import { pickSentPicture } from "./document/metadata.mjs";
import { openBatch } from "./batch/dialog.mjs";
import { chooseFile, download } from "./ui/dom.mjs";
import { showShortcuts } from "./ui/dialogs.mjs";
import { makeMaskFile, makePictureFile } from "./files/import-export.mjs";
import { addFoundObjects } from "./point-to-mask.mjs";
import { variationsOf } from "./document/variations.mjs";
import { makeHistoryFile, ACCEPTED_FILES } from "./files/open-file.mjs";
import { areaOf, boxOfList, listOfBox } from "./geometry/box.mjs";
import { infotextOf } from "./document/metadata.mjs";
import { showRecipes } from "./recipes/dialog.mjs";
import { recipeName, bareRecipe, describePrompt } from "./recipes/text.mjs";
import { Mask, NOTHING } from "./image/mask.mjs";
import { markMasksSaved, markSaved } from "./document/unsaved-work.mjs";
import { text } from "./util/text.mjs";

const SNAP_RADIUS = 8;

/**
 * The commands by name. A command looks its part up when it runs: parts are made before and after the commands.
 *
 * @param {import("./studio.mjs").Studio} studio
 */
export function makeCommands(studio) {
    return { ...documentCommands(studio), ...viewCommands(studio), ...maskCommands(studio), ...paintCommands(studio) };
}

function documentCommands(studio) {
    const { store, notices } = studio;
    const loadFile = (file) => studio.pictureLoader.load(file);
    return {
        loadFile,
        async closePicture(id = store.picture.id) {
            await studio.autosave.save.now();
            const record = store.records.find((one) => one.id === id);
            if (record) {
                store.close(id);
                const action = { label: text("tabs.reopen"), run: () => store.openRecord(record) };
                notices.say(text("tabs.closed", { name: record.states[record.at].doc.name }), "info", action);
            }
        },
        undo: () => store.undo(),
        redo: () => store.redo(),
        async openFile() {
            const file = await chooseFile(ACCEPTED_FILES);
            return file && loadFile(file);
        },
        savePicture: () => downloadFile(makePictureFile, store.doc),
        saveHistory: () => downloadFile(makeHistoryFile, store.doc),
        async sendTo(target) {
            if (target.needsMask && !areaOf(activeMask(store.doc).box)) {
                return notices.say(text("send.unmasked"), "warning");
            }
            const { doc } = store;
            try {
                await target.send({ picture: await makePictureFile(doc), mask: await makeMaskFile(doc) });
                markSaved(doc);
                if (target.needsMask) {
                    markMasksSaved(doc);
                }
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
        showHelp: () => showShortcuts(studio.root, studio.shortcuts),
    };
}

/** Downloads the file that `makeFile` makes of the document. */
async function downloadFile(makeFile, doc) {
    if (doc.base) {
        const file = await makeFile(doc);
        download(file, file.name);
        markSaved(doc);
    }
}

function viewCommands(studio) {
    const { view } = studio;
    const thenUpdate =
        (work) =>
        (...args) => {
            work(...args);
            studio.updateTools();
        };
    return {
        setTool: thenUpdate((name) => {
            view.tool = name;
            studio.pointToMask.onToolChange(name);
        }),
        swapAddSubtract: thenUpdate(() => (view.subtracting = !view.subtracting)),
        setBrush: thenUpdate((changes) => (view.brush = changes)),
        scaleBrush: thenUpdate(
            (factor) => (view.brush = { size: Math.min(512, Math.max(1, view.brush.size * factor)) }),
        ),
        setCompare: (mode) => (view.compare = { mode }),
        toggleOverlay: () => (view.overlay = { show: !view.overlay.show }),
        showBefore: (on) => view.showBefore(on),
        focusCanvas: () => view.focus(),
        cycleCandidate: (by) => view.cycleCandidate(by),
        fitView: () => view.fit(),
        zoomToFull: () => view.zoomTo(1),
        zoomBy: (factor) => view.zoomTo(view.scale * factor),
        toggleTheme: () => studio.theme.toggle(),
        focusTextPrompt: () => {
            studio.commands.setTool("point");
            studio.toolOptions.text.focus();
        },
    };
}

function maskCommands(studio) {
    const { store, notices } = studio;
    const withSelected = (label, change) => () =>
        selectedObject(store.doc) && store.do(label, change(store.doc, store.doc.selected));
    return {
        newObject: () => store.doc.base && store.do(text("objects.new"), addObject(store.doc)),
        deselect: () => store.amend(selectObject(store.doc, null)),
        deleteObject: withSelected(text("objects.delete"), removeObject),
        invertMask: withSelected(text("edge.invert"), (doc, id) =>
            setShape(doc, id, { invert: !selectedObject(doc).shape.invert }),
        ),
        /** The selected mask's outline moved to the picture's edges, at full resolution. */
        async snapToEdges() {
            const object = selectedObject(store.doc);
            if (!object || !areaOf(object.mask.box)) {
                return;
            }
            try {
                const { box } = object.mask;
                const body = { mask: await object.mask.toPng(), box: listOfBox(box), radius: SNAP_RADIUS };
                const answer = await studio.api.postWithPicture(pickSentPicture(store.doc), "mask", body);
                const mask = await Mask.fromPng(answer.mask, boxOfList(answer.box));
                store.do(text("edge.snap"), changeObject(store.doc, object.id, { mask, added: mask, cut: NOTHING }));
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
        async findByText(words) {
            if (!store.doc.base || !words.trim()) {
                return;
            }
            try {
                const answer = await studio.segmentJobs.segmentText(store.doc, words.trim());
                answer?.warnings.forEach((warning) => notices.say(warning, "warning"));
                if (answer && !answer.regions.length) {
                    notices.say(text("find.nothing", { words: words.trim() }));
                } else if (answer) {
                    store.do(
                        text("find.done", { words: words.trim() }),
                        addFoundObjects(store.doc, answer.regions, words.trim()),
                    );
                }
            } catch (error) {
                notices.say(error.message, "error");
            }
        },
    };
}

function paintCommands(studio) {
    const { inpaintJobs, fixJobs, variationStrip, api, notices, store, settings } = studio;
    return {
        runIntent: (index) => studio.intents.press(studio.intents.intents[index]?.name),
        keepOrRun() {
            if (variationsOf(store.doc)) {
                return variationStrip.keep();
            }
            return studio.view.tool === "extend" ? studio.outpaintJobs.extend() : studio.intents.press();
        },
        stepVariation: (by) => variationStrip.step(by),
        paintMore: () => inpaintJobs.paintMore(),
        showBatch: () => openBatch(studio),
        discardVariations: () => variationStrip.discard(),
        async listRecipes() {
            try {
                const { recipes } = store.doc.base ? await api.get("recipes") : { recipes: [] };
                const words = describePrompt(settings.get("recipe_prompt"), infotextOf(store.doc));
                const items = recipes.map((recipe) => ({
                    label: recipeName(recipe),
                    hint: [recipe.description, words].filter(Boolean).join(" "),
                    testid: "recipe",
                    run: () => fixJobs.run(bareRecipe(recipe), recipeName(recipe)),
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
