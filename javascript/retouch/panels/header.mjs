/** The bar on top: open, undo, recipes, compare, send, save. */

import { composePicture } from "../document/document.mjs";
import { menuButton } from "../ui/dialogs.mjs";
import { h } from "../ui/dom.mjs";
import { listSendTargets } from "../host/webui-page.mjs";
import { icon, iconButton } from "../ui/icons.mjs";

const COMPARE = [
    ["off", "Off"],
    ["slider", "Slider"],
    ["side", "Side by side"],
];

/** What a document can be saved as. */
function makeSaveItems(commands) {
    const history = "A .retouch file: the picture before everything, and every step, to be opened again";
    return [
        { label: "Picture", hint: "PNG, with its infotext", run: commands.savePicture, testid: "save-picture" },
        { label: "Picture with history", hint: history, run: commands.saveHistory, testid: "save-history" },
    ];
}

export class Header {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, view, host, commands }) {
        Object.assign(this, { store, view });
        this.undo = iconButton("undo", "Undo", commands.undo, { key: "Ctrl+Z", "data-testid": "undo" });
        this.redo = iconButton("redo", "Redo", commands.redo, { key: "Ctrl+Shift+Z", "data-testid": "redo" });
        this.name = h("span", { class: "rt-document-name" });
        this.save = this.#makeButton("download", "Save", commands.savePicture, "save", "Save as PNG, with its infotext  (Ctrl+S)");
        this.saveAs = menuButton([icon("chevron")], "Save as", () => makeSaveItems(commands), {
            class: "rt-button rt-save-as",
            "data-testid": "save-as",
        });
        this.recipes = menuButton(
            [icon("recipe"), h("span", {}, "Fix by recipe"), icon("chevron")],
            "Fix by recipe",
            commands.listRecipes,
            { "data-testid": "recipes" },
        );
        this.compare = menuButton(
            [icon("before"), h("span", {}, "Compare"), icon("chevron")],
            "Compare with the first picture",
            () => COMPARE.map(([mode, label]) => ({ label, run: () => commands.setCompare(mode), testid: `compare-${mode}` })),
            { "data-testid": "compare" },
        );
        this.send = this.#makeSendMenu(host, commands);
        const theme =
            host === "standalone" ? [iconButton("dark", "Light or dark", commands.toggleTheme, { "data-testid": "theme" })] : [];
        this.element = h(
            "header",
            { class: "rt-header" },
            h("h1", { class: "rt-brand" }, icon("recipe"), "Retouch"),
            this.#makeButton("folder", "Open", commands.openFile, "open", "Open a picture, or a .retouch file with its history  (Ctrl+O)"),
            h("div", { class: "rt-group" }, this.undo, this.redo),
            this.name,
            this.recipes,
            this.#makeButton("union", "Batch", commands.showBatch, "batch", "A folder of pictures by one recipe"),
            this.compare,
            this.send,
            h("div", { class: "rt-group" }, this.save, this.saveAs),
            ...theme,
            iconButton("help", "Keyboard shortcuts", commands.showHelp, { key: "?", "data-testid": "help" }),
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
        return menuButton([icon("send"), h("span", {}, "Send to"), icon("chevron")], "Send to", items, {
            "data-testid": "send",
        });
    }

    update() {
        const { store } = this;
        const { base, name } = store.doc;
        this.undo.disabled = !store.canUndo;
        this.redo.disabled = !store.canRedo;
        this.undo.dataset.tip = store.canUndo ? `Undo: ${store.labels[store.at]}  (Ctrl+Z)` : "Undo  (Ctrl+Z)";
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
