/**
 * The studio page: makes its parts, lays them out and connects them.
 *
 * @typedef {object} Studio every part of the page by name; a class takes the parts that it needs
 * @property {HTMLElement} root
 * @property {"standalone" | "webui"} host
 * @property {Store} store the document, with undo
 * @property {Settings} settings what the next request asks for
 * @property {PromptHistory} promptHistory
 * @property {Notices} notices
 * @property {ServerClient} api
 * @property {Progress} progress
 * @property {JobQueue} jobQueue runs the jobs of the classes below, one at a time
 * @property {InpaintJobs} inpaintJobs
 * @property {FixJobs} fixJobs
 * @property {RepaintJobs} repaintJobs
 * @property {SegmentJobs} segmentJobs
 * @property {OutpaintPlan} outpaintPlan
 * @property {OutpaintJobs} outpaintJobs
 * @property {HTMLElement} canvasElement the view's element
 * @property {CanvasView} view
 * @property {PointToMask} pointToMask
 * @property {PictureLoader} pictureLoader
 * @property {ReturnType<typeof makeCommands>} commands
 * @property {import("./shortcuts.mjs").Shortcut[]} shortcuts
 * @property {Toolbar} toolbar
 * @property {ToolOptions} toolOptions
 * @property {IntentsPanel} intents
 * @property {OutpaintPanel} outpaintPanel
 * @property {VariationStrip} variationStrip
 * @property {StatusBar} statusBar
 * @property {TabAutosave} autosave
 * @property {PictureTabs} pictureTabs
 * @property {EmptyState} emptyState shown while there is no picture
 * @property {ReturnType<typeof followTheme>} theme
 * @property {(signal: AbortSignal) => Promise<object | null>} requestPlan see `requestPlan` below
 * @property {() => void} updateTools brings toolbar and tool options up to date
 * @property {() => boolean} isVisible whether the studio is on the screen
 * @property {() => void} destroy
 */

import { makeShortcuts } from "./shortcuts.mjs";
import { ServerClient } from "./server/client.mjs";
import { pickSentPicture } from "./document/metadata.mjs";
import { makeCommands } from "./commands.mjs";
import { Notices } from "./ui/dialogs.mjs";
import { newDocument, selectedObject } from "./document/document.mjs";
import { h } from "./ui/dom.mjs";
import { OutpaintJobs } from "./server/outpaint.mjs";
import { OutpaintPanel } from "./panels/outpaint.mjs";
import { listenForFiles } from "./files/import-export.mjs";
import { FixJobs } from "./server/fix.mjs";
import { Header } from "./panels/header.mjs";
import { fillWindow, refuseForeignTitles } from "./host/webui-page.mjs";
import { Store } from "./document/store.mjs";
import { IntentsPanel } from "./panels/intents.mjs";
import { listenForKeys } from "./ui/key-listener.mjs";
import { ObjectsPanel } from "./panels/objects.mjs";
import { followPicture } from "./document/picture-words.mjs";
import { PromptHistory } from "./document/prompt-history.mjs";
import { PictureLoader } from "./files/load-picture.mjs";
import { variationsOf } from "./document/variations.mjs";
import { InpaintJobs } from "./server/inpaint.mjs";
import { JobQueue } from "./server/job-queue.mjs";
import { PointToMask } from "./point-to-mask.mjs";
import { Progress } from "./panels/progress.mjs";
import { EmptyState } from "./panels/empty-state.mjs";
import { PictureTabs } from "./panels/picture-tabs.mjs";
import { OutpaintPlan } from "./server/outpaint-plan.mjs";
import { TabAutosave } from "./files/autosave-tab.mjs";
import { RepaintJobs } from "./server/repaint.mjs";
import { encodePicture, groupByPrompt, encodeMask, makeInpaintBody } from "./server/requests.mjs";
import { VariationStrip } from "./panels/variations.mjs";
import { SegmentJobs } from "./server/segmentation.mjs";
import { Settings } from "./document/settings.mjs";
import { OutpaintStages } from "./panels/outpaint-stages.mjs";
import { StatusBar } from "./panels/status-bar.mjs";
import { StepsPanel } from "./panels/steps.mjs";
import { followTheme } from "./ui/theme.mjs";
import { ToolOptions, Toolbar } from "./panels/toolbar.mjs";
import { attachTooltips } from "./ui/tooltip.mjs";
import { showUpdateNotes } from "./ui/update-notes.mjs";
import { CanvasView } from "./canvas/canvas-view.mjs";
import { makeTools } from "./tools/index.mjs";
import { text } from "./util/text.mjs";

/**
 * Puts the studio into `root`.
 *
 * @param {HTMLElement} root
 * @param {{api: string, host: "standalone" | "webui"}} options `api`: the address of the REST API
 * @returns {Studio}
 */
export function mount(root, { api: address, host }) {
    const studio = { root, host, store: new Store(newDocument()), settings: new Settings(), notices: new Notices() };
    studio.promptHistory = new PromptHistory();
    followPicture(studio.store, studio.settings, studio.promptHistory);
    studio.api = new ServerClient(address, encodePicture);
    studio.progress = new Progress(studio);
    studio.jobQueue = new JobQueue(studio);
    studio.progress.follow(studio.jobQueue);
    studio.inpaintJobs = new InpaintJobs({ ...studio, pendingClicks: () => studio.pointToMask.whenSettled() });
    studio.fixJobs = new FixJobs(studio);
    studio.repaintJobs = new RepaintJobs(studio);
    studio.segmentJobs = new SegmentJobs(studio);
    studio.updateTools = () => [studio.toolbar, studio.toolOptions].forEach((part) => part.update());
    studio.isVisible = () => root.isConnected && root.getClientRects().length > 0;
    buildPage(studio);
    connectParts(studio);
    loadSchema(studio);
    return studio;
}

function buildPage(studio) {
    const { root, store } = studio;
    studio.canvasElement = h("div", { class: "rt-stage", "data-testid": "stage" });
    studio.view = new CanvasView(studio.canvasElement, store, { tools: makeTools });
    studio.pointToMask = new PointToMask(studio);
    studio.variationStrip = new VariationStrip(studio);
    studio.requestPlan = (signal) => requestPlan(studio, signal);
    studio.outpaintPlan = new OutpaintPlan(studio);
    studio.outpaintJobs = new OutpaintJobs(studio);
    studio.pictureLoader = new PictureLoader(studio);
    studio.commands = makeCommands(studio);
    studio.autosave = new TabAutosave(studio);
    studio.pictureTabs = new PictureTabs(studio);
    studio.outpaintPanel = new OutpaintPanel(studio, new OutpaintStages(studio));
    studio.intents = new IntentsPanel(studio);
    studio.toolbar = new Toolbar(studio);
    studio.toolOptions = new ToolOptions(studio);
    studio.statusBar = new StatusBar(studio);
    studio.emptyState = new EmptyState(studio);
    const canvas = h(
        "main",
        { class: "rt-canvas", "aria-label": text("page.canvas") },
        h("div", { class: "rt-canvas-head" }, studio.pictureTabs.element, studio.toolOptions.element),
        studio.canvasElement,
        studio.emptyState.element,
        studio.progress.element,
        studio.variationStrip.element,
    );
    const objects = new ObjectsPanel(studio).element;
    const panel = h(
        "aside",
        { class: "rt-panel", "aria-label": text("page.panel") },
        studio.outpaintPanel.element,
        objects,
        studio.intents.elements,
        new StepsPanel(studio).element,
    );
    root.classList.add("retouch-studio");
    root.replaceChildren(
        new Header(studio).element,
        studio.toolbar.element,
        canvas,
        panel,
        studio.statusBar.element,
        studio.notices.element,
    );
    studio.theme = followTheme(root, studio.host, (theme) => (studio.view.theme = theme));
}

function connectParts(studio) {
    const { store, view, settings, jobQueue, notices, commands } = studio;
    studio.shortcuts = makeShortcuts(commands, makeConditions(studio));
    const stops = [
        listenForKeys(studio.shortcuts, studio.isVisible),
        listenForFiles(studio.root, studio.isVisible, { open: commands.loadFile, notices }),
        () => studio.autosave.stop(),
        attachTooltips(studio.root),
    ];
    if (studio.host === "webui") {
        stops.push(fillWindow(studio.root), refuseForeignTitles(studio.root));
    }
    studio.destroy = () => [...stops, () => view.destroy(), () => studio.theme.stop()].forEach((stop) => stop());
    view.addEventListener("tool", () => (studio.updateTools(), studio.statusBar.updatePlan()));
    settings.addEventListener("change", () => studio.statusBar.updatePlan());
    jobQueue.addEventListener("jobs", () => studio.statusBar.updatePlan());
    jobQueue.addEventListener("jobs", () => jobQueue.busy || updateModel(studio));
    addEventListener("focus", () => updateModel(studio));
    studio.autosave.start().then(() => studio.emptyState.update());
    connectNotices(studio);
}

/** Conditions under which shortcuts count. */
function makeConditions({ store, view, canvasElement }) {
    return {
        hasVariations: () => variationsOf(store.doc) !== null,
        isChoosing: () => variationsOf(store.doc) !== null && view.crosshair === null,
        isCrosshairHidden: () => view.crosshair === null,
        hasCandidates: (event) =>
            !event.shiftKey && canvasElement.contains(event.target) && selectedObject(store.doc)?.candidates.length > 1,
    };
}

/** A notice stays for as long as the server does not answer. */
function connectNotices({ api, notices }) {
    let away = null;
    api.addEventListener(
        "offline",
        () => (away ??= notices.say(text("server.away"), "lasting")),
    );
    api.addEventListener("online", () => {
        away?.();
        away = null;
        notices.say(text("server.back"));
    });
}

/** The plan of the next inpaint request, null with nothing masked. @returns {Promise<object | null>} */
async function requestPlan({ store, settings, view, intents, api }, signal) {
    const { doc } = store;
    const [group] = view.tool === "extend" ? [] : groupByPrompt(doc, settings.get("invert"));
    if (!group || !intents.current) {
        return null;
    }
    const body = {
        verb: "inpaint",
        ...makeInpaintBody(group, intents.current.name, settings),
        ...(await encodeMask(doc, group.mask)),
        return_masks: settings.get("invert"),
    };
    return signal.aborted ? null : api.postWithPicture(pickSentPicture(doc), "plan", body, signal);
}

/** Shows the model that is loaded now: the WebUI's person may have chosen another. */
async function updateModel({ api, statusBar, isVisible }) {
    if (isVisible()) {
        const { checkpoint } = await api.get("health").catch(() => ({}));
        statusBar.showModel(checkpoint);
    }
}

/** Asks the server for intents, schema and segmenters until it answers. */
async function loadSchema({ api, intents, outpaintPanel, notices, toolOptions, statusBar }) {
    for (;;) {
        try {
            const [{ intents: known }, schema, { segmenters = [] }, { version, checkpoint }] = await Promise.all(
                ["intents", "schema", "models", "health"].map((path) => api.get(path)),
            );
            showUpdateNotes(version, notices);
            statusBar.showModel(checkpoint);
            toolOptions.setSegmenters(segmenters);
            outpaintPanel.describe(schema.OutpaintRequest ?? {});
            return intents.describe(known, schema.InpaintRequest ?? {});
        } catch (error) {
            if (error.status) {
                return notices.say(error.message, "error");
            }
            await api.whenOnline();
        }
    }
}
