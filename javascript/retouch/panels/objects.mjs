/** The list of masked objects: what is shown, used, named, prompted, ordered and combined. */

import { fromBase64 } from "../util/base64.mjs";
import { combineObjects, shapeMask, setSketch, addObject } from "../document/document.mjs";
import { chooseFile, download, h, syncChildren } from "../ui/dom.mjs";
import { chooseOption, menuButton } from "../ui/dialogs.mjs";
import { listMaskSources } from "../host/webui-page.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { NOTHING } from "../image/mask.mjs";
import { CHANNELS, isAmbiguous, readMaskFile } from "../files/mask-files.mjs";
import { ObjectRow } from "./object-row.mjs";
import { MaskOverlayForm } from "./mask-overlay.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { MaskShapeForm } from "./mask-shape.mjs";
import { markMasksSaved } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const COMBINE = [
    ["union", text("objects.union.label"), text("objects.union")],
    ["subtract", text("objects.subtract.label"), text("objects.subtract")],
    ["intersect", text("objects.intersect.label"), text("objects.intersect")],
];

export class ObjectsPanel {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ root, store, api, notices, view, commands, host }) {
        Object.assign(this, { root, store, api, notices, view, rows: new WeakMap() });
        this.list = h("ul", { class: "rt-list", "aria-label": text("objects.title") });
        this.empty = h("p", { class: "rt-hint" }, text("objects.empty"));
        this.combine = COMBINE.map(([how, label, done]) =>
            iconButton(how, label, () => this.#combine(how, done), { "data-testid": `combine-${how}` }),
        );
        this.exportButton = iconButton("download", text("objects.export"), () => this.exportMask(), {
            "data-testid": "export-mask",
        });
        const tools = [
            iconButton("add", text("objects.new.label"), () => this.#do(text("objects.new"), addObject(this.doc)), {
                "data-testid": "new-object",
            }),
            ...this.combine,
            this.#makeImportButton(listMaskSources(host)),
            this.exportButton,
        ];
        this.shape = new MaskShapeForm(store, commands.snapToEdges);
        this.sketch = this.#makeSketchRow();
        this.element = makeSection(
            "objects",
            text("objects.title"),
            [this.empty, this.list, this.sketch, this.shape.element, new MaskOverlayForm(view).element],
            { tools },
        );
        store.addEventListener("change", () => this.update());
        this.update();
    }

    get doc() {
        return this.store.doc;
    }

    #do(label, doc, options) {
        this.store.do(label, doc, options);
    }

    update() {
        const { objects } = this.doc;
        this.empty.hidden = objects.length > 0 || this.doc.sketch !== null;
        this.sketch.hidden = this.doc.sketch === null;
        this.combine.forEach((button) => (button.disabled = this.#usedIds().length < 2));
        this.exportButton.disabled = !objects.some(({ use }) => use);
        const rows = [...objects].reverse();
        syncChildren(this.list, rows, {
            key: ({ id }) => id,
            make: ({ id }) => this.#makeRow(id),
            update: (element) => this.rows.get(element).update(),
        });
        this.shape.update();
    }

    /** Painted colours are masked too, but are no object: all that can be done here is to wipe them off. */
    #makeSketchRow() {
        const wipe = iconButton(
            "close",
            text("objects.wipe.label"),
            () => this.#do(text("objects.wipe"), setSketch(this.doc, null)),
            { "data-testid": "wipe-sketch" },
        );
        return h(
            "div",
            { class: "rt-row rt-sketch" },
            icon("palette"),
            h("span", { class: "rt-sketch-name" }, text("objects.sketch")),
            wipe,
        );
    }

    #makeRow(id) {
        const row = new ObjectRow(this.store, id);
        this.rows.set(row.element, row);
        return row.element;
    }

    /** The objects in use, the selected one first. */
    #usedIds() {
        const ids = this.doc.objects.filter(({ use }) => use).map(({ id }) => id);
        return ids.includes(this.doc.selected)
            ? [this.doc.selected, ...ids.filter((id) => id !== this.doc.selected)]
            : ids;
    }

    #combine(how, done) {
        this.#do(done, combineObjects(this.doc, this.#usedIds(), how));
    }

    /** A button; where masks can come from elsewhere than a file, a menu. */
    #makeImportButton(places) {
        const [label, face] = [
            text("maskFile.title"),
            { "data-testid": "import-mask", "data-tip": text("maskFile.title") },
        ];
        const fromFile = () => this.importMask(() => chooseFile("image/*"));
        if (!places.length) {
            return iconButton("upload", label, fromFile, face);
        }
        const items = places.map((place) => ({ ...place, run: () => this.importMask(place.take) }));
        const all = [{ label: text("maskFile.fromFile"), testid: "mask-from-file", run: fromFile }, ...items];
        return menuButton([icon("upload")], label, () => all, { ...face, class: "rt-icon-button" });
    }

    /** The mask in the file that `take` gives, as a new object. */
    async importMask(take) {
        try {
            const file = await take();
            if (file && this.doc.base) {
                await this.#importFile(file);
            }
        } catch (error) {
            this.notices.say(error.message, "error");
        }
    }

    /** Adds the mask of a file as an object and says how it was read. With two likely readings a person chooses. */
    async #importFile(file) {
        const { base } = this.doc;
        const read = readMaskFile(this.api, this.doc, file);
        const { mask, reading, warnings } = await read.catch((error) => this.#askChannel(file, error));
        if (!mask || this.doc.base !== base) {
            return;
        }
        [`${file.name}: ${reading}.`, ...warnings].forEach((text, k) => this.notices.say(text, k ? "warning" : "info"));
        this.#do(
            text("maskFile.done"),
            addObject(this.doc, { mask, added: mask, name: file.name.replace(/\.\w+$/, "") }),
        );
    }

    /** {} where nothing was chosen. */
    async #askChannel(file, error) {
        if (!isAmbiguous(error)) {
            throw new Error(`${file.name}: ${error.message}`, { cause: error });
        }
        const question = text("maskFile.question", { name: file.name });
        const chosen = await chooseOption(this.root, text("maskFile.title"), question, CHANNELS);
        return chosen ? readMaskFile(this.api, this.doc, file, chosen.channel) : {};
    }

    async exportMask() {
        const masks = this.doc.objects.filter(({ use }) => use).map((object) => shapeMask(object, this.doc.base));
        const png = await masks.reduce((sum, mask) => sum.union(mask), NOTHING).toPng(this.doc.base);
        download(
            new Blob([fromBase64(png)], { type: "image/png" }),
            `${this.doc.name.replace(/\.\w+$/, "") || "picture"}-mask.png`,
        );
        markMasksSaved(this.doc);
    }
}
