/** The bar on top: open, undo, recipes, compare, send, save. */

import { composePicture } from "../document/document.mjs";
import { menuButton } from "../ui/dialogs.mjs";
import { h } from "../ui/dom.mjs";
import { listSendTargets } from "../host/webui-page.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

const COMPARE = [
    ["off", text("header.compare.off")],
    ["slider", text("header.compare.slider")],
    ["side", text("header.compare.side")],
];

/** What a document can be saved as. */
function makeSaveItems(commands) {
    const history = text("header.saveHistory.hint");
    return [
        {
            label: text("header.savePicture"),
            hint: text("header.savePicture.hint"),
            run: commands.savePicture,
            testid: "save-picture",
        },
        { label: text("header.saveHistory"), hint: history, run: commands.saveHistory, testid: "save-history" },
    ];
}

export class Header {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, view, host, commands }) {
        Object.assign(this, { store, view });
        this.undo = iconButton("undo", text("header.undo"), commands.undo, { key: "Ctrl+Z", "data-testid": "undo" });
        this.redo = iconButton("redo", text("header.redo"), commands.redo, { key: "Ctrl+Shift+Z", "data-testid": "redo" });
        this.name = h("span", { class: "rt-document-name" });
        this.save = this.#makeButton("save", text("header.save"), commands.savePicture, "save", text("header.save.tip"));
        this.saveAs = menuButton([icon("chevron")], text("header.saveAs"), () => makeSaveItems(commands), {
            class: "rt-button rt-save-as",
            "data-testid": "save-as",
        });
        this.recipes = menuButton(
            [icon("recipe"), h("span", {}, text("header.recipes")), icon("chevron")],
            text("header.recipes"),
            commands.listRecipes,
            { "data-testid": "recipes" },
        );
        this.compare = menuButton(
            [icon("before"), h("span", {}, text("header.compare")), icon("chevron")],
            text("header.compare.label"),
            () => COMPARE.map(([mode, label]) => ({ label, run: () => commands.setCompare(mode), testid: `compare-${mode}` })),
            { "data-testid": "compare" },
        );
        this.send = this.#makeSendMenu(host, commands);
        const theme =
            host === "standalone"
                ? [iconButton("dark", text("header.theme"), commands.toggleTheme, { "data-testid": "theme" })]
                : [];
        this.element = h(
            "header",
            { class: "rt-header" },
            h("h1", { class: "rt-brand" }, icon("recipe"), text("header.brand")),
            this.#makeButton("folder", text("header.open"), commands.openFile, "open", text("header.open.tip")),
            h("div", { class: "rt-group" }, this.undo, this.redo),
            this.name,
            this.recipes,
            this.#makeButton("batch", text("header.batch"), commands.showBatch, "batch", text("header.batch.tip")),
            this.compare,
            this.send,
            h("div", { class: "rt-group" }, this.save, this.saveAs),
            ...theme,
            iconButton("help", text("shortcuts.title"), commands.showHelp, { key: "?", "data-testid": "help" }),
        );
        store.addEventListener("change", () => this.update());
        this.update();
    }

    #makeButton(name, label, press, testid, tip) {
        return h(
            "button",
            { type: "button", class: "rt-button", "data-testid": testid, "data-tip": tip, onclick: press },
            icon(name),
            h("span", {}, label),
        );
    }

    #makeSendMenu(host, commands) {
        if (!listSendTargets(host).length) {
            return null;
        }
        const items = () => listSendTargets(host).map((target) => ({ ...target, run: () => commands.sendTo(target) }));
        return menuButton(
            [icon("send"), h("span", {}, text("header.send")), icon("chevron")],
            text("header.send"),
            items,
            {
                "data-testid": "send",
            },
        );
    }

    update() {
        const { store } = this;
        const { base, name } = store.doc;
        this.undo.disabled = !store.canUndo;
        this.redo.disabled = !store.canRedo;
        this.undo.dataset.tip = store.canUndo
            ? text("header.undo.tipOf", { step: store.labels[store.at] })
            : text("header.undo.tip");
        this.name.textContent = name;
        this.name.title = name;
        this.save.disabled = !base;
        const same = !base || composePicture(store.doc) === base;
        for (const [wrap, off] of [
            [this.compare, same && !store.doc.variations],
            [this.send, !base],
            [this.saveAs, !base],
        ]) {
            if (wrap) {
                wrap.firstChild.disabled = off;
            }
        }
    }
}
