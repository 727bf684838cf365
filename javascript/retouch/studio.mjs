/** The studio page: makes its parts, lays them out, and lets them hear of one another. */

import { actionsOf } from "./shortcuts.mjs";
import { Api } from "./server/client.mjs";
import { pickSentPicture } from "./document/metadata.mjs";
import { commandsOf } from "./commands.mjs";
import { Notices } from "./ui/dialogs.mjs";
import { opened, selectedObject } from "./document/document.mjs";
import { h } from "./ui/dom.mjs";
import { Extending } from "./server/outpaint.mjs";
import { ExtendPanel } from "./panels/outpaint.mjs";
import { receive } from "./files/import-export.mjs";
import { Fixing } from "./server/fix.mjs";
import { Header } from "./panels/header.mjs";
import { settle } from "./host/webui-page.mjs";
import { Store } from "./document/store.mjs";
import { icon } from "./ui/icons.mjs";
import { IntentsPanel } from "./panels/intents.mjs";
import { listen } from "./ui/key-listener.mjs";
import { ObjectsPanel } from "./panels/objects.mjs";
import { Loading } from "./files/load-picture.mjs";
import { offerOf } from "./document/variations.mjs";
import { Painter } from "./server/inpaint.mjs";
import { Pointing } from "./point-to-mask.mjs";
import { Progress } from "./panels/progress.mjs";
import { Prospect } from "./server/outpaint-plan.mjs";
import { remember } from "./files/autosave-tab.mjs";
import { Repainting } from "./server/repaint.mjs";
import { encoded, groupsOf, pictured, recipeOf } from "./server/requests.mjs";
import { ResultsStrip } from "./panels/variations.mjs";
import { Segmenting } from "./server/segment.mjs";
import { Settings } from "./document/settings.mjs";
import { StageList } from "./panels/outpaint-stages.mjs";
import { StatusLine } from "./panels/status-bar.mjs";
import { StepsPanel } from "./panels/steps.mjs";
import { follow } from "./ui/theme.mjs";
import { ToolOptions, Toolbar } from "./panels/toolbar.mjs";
import { tooltips } from "./ui/tooltip.mjs";
import { CanvasView } from "./canvas/canvas-view.mjs";
import { text } from "./util/text.mjs";

/** Put the studio into `root`. `host` is "standalone" or "webui". Returns {store, view, act, destroy}. */
export function mount(root, { api: address, host }) {
    const studio = { root, host, store: new Store(opened()), settings: new Settings(), notices: new Notices() };
    studio.api = new Api(address, encoded);
    studio.progress = new Progress(studio.api);
    studio.painter = new Painter({ ...studio, pointed: () => studio.pointing.settled() });
    studio.fixing = new Fixing(studio);
    studio.repainting = new Repainting(studio);
    studio.segmenting = new Segmenting(studio.api, studio.settings);
    studio.refresh = () => [studio.toolbar, studio.toolOptions].forEach((part) => part.update());
    studio.alive = () => root.isConnected && root.getClientRects().length > 0;
    build(studio);
    connect(studio);
    learn(studio);
    return studio;
}

function build(studio) {
    const { root, store } = studio;
    studio.stage = h("div", { class: "rt-stage", "data-testid": "stage" });
    studio.view = new CanvasView(studio.stage, store, {});
    studio.pointing = new Pointing(studio);
    studio.results = new ResultsStrip(studio);
    studio.plan = (signal) => planned(studio, signal);
    studio.prospect = new Prospect(studio);
    studio.extending = new Extending(studio);
    studio.loading = new Loading(studio);
    studio.act = commandsOf(studio);
    studio.extendPanel = new ExtendPanel(studio, new StageList(studio));
    studio.intents = new IntentsPanel(studio);
    studio.toolbar = new Toolbar(studio);
    studio.toolOptions = new ToolOptions(studio);
    studio.status = new StatusLine(studio);
    studio.empty = emptyState(studio.act);
    const canvas = h(
        "main",
        { class: "rt-canvas", "aria-label": text("page.canvas") },
        studio.toolOptions.element,
        studio.stage,
        studio.empty,
        studio.progress.element,
        studio.results.element,
    );
    const objects = new ObjectsPanel(studio).element;
    const panel = h(
        "aside",
        { class: "rt-panel", "aria-label": text("page.panel") },
        studio.extendPanel.element,
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
        studio.status.element,
        studio.notices.element,
    );
    studio.theme = follow(root, studio.host, (theme) => (studio.view.theme = theme));
}

function emptyState(act) {
    return h(
        "div",
        { class: "rt-empty", "data-testid": "empty" },
        icon("drop"),
        h("h2", {}, text("empty.drop")),
        h(
            "p",
            {},
            text("empty.paste"),
            h("button", { type: "button", class: "rt-link", onclick: act.open }, text("empty.choose")),
            ".",
        ),
        h("p", { class: "rt-hint" }, text("empty.then")),
    );
}

function connect(studio) {
    const { store, view, settings, painter, api, notices, act } = studio;
    const is = {
        offered: () => offerOf(store.doc) !== null,
        choosing: () => offerOf(store.doc) !== null && view.crosshair === null,
        unpointed: () => view.crosshair === null,
        cyclable: (event) =>
            !event.shiftKey && studio.stage.contains(event.target) && selectedObject(store.doc)?.candidates.length > 1,
    };
    studio.actions = actionsOf(act, is);
    const stops = [
        listen(studio.actions, studio.alive),
        receive(studio.root, studio.alive, { open: act.load, notices }),
        remember(studio),
        tooltips(studio.root),
    ];
    if (studio.host === "webui") {
        stops.push(settle(studio.root));
    }
    studio.destroy = () => [...stops, () => view.destroy(), () => studio.theme.stop()].forEach((stop) => stop());
    view.addEventListener("tool", () => (studio.refresh(), studio.status.planAgain()));
    settings.addEventListener("change", () => studio.status.planAgain());
    painter.addEventListener("jobs", () => studio.status.planAgain());
    const update = () => (studio.empty.hidden = store.doc.base !== null);
    store.addEventListener("change", update);
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

/** What painting now would do, or null with nothing masked. */
async function planned({ store, settings, view, intents, api }, signal) {
    const { doc } = store;
    const [group] = view.tool === "extend" ? [] : groupsOf(doc, settings);
    if (!group || !intents.current) {
        return null;
    }
    const body = {
        verb: "inpaint",
        ...recipeOf(group, intents.current.name, settings),
        ...(await pictured(doc, group.mask)),
        return_masks: settings.get("invert"),
    };
    return signal.aborted ? null : api.about(pickSentPicture(doc), "plan", body, signal);
}

/** Ask the server what it can do, for as long as it takes. */
async function learn({ api, intents, extendPanel, notices, toolOptions }) {
    for (;;) {
        try {
            const [{ intents: known }, schema, { segmenters = [] }] = await Promise.all(
                ["intents", "schema", "models"].map((path) => api.get(path)),
            );
            toolOptions.offer(segmenters);
            extendPanel.describe(schema.OutpaintRequest ?? {});
            return intents.describe(known, schema.InpaintRequest ?? {});
        } catch (error) {
            if (error.status) {
                return notices.say(error.message, "error");
            }
            await api.online();
        }
    }
}
