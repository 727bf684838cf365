/** The list of masked objects: what is shown, used, named, prompted, ordered and combined. */

import { areaOf } from "./boxes.mjs";
import {
    changedObject,
    combined,
    cycled,
    selected,
    shapedMask,
    sketched,
    withObject,
    withoutObject,
} from "./document.mjs";
import { chosenFile, download, h, keyed, setAttribute } from "./dom.mjs";
import { fromBase64 } from "./base64.mjs";
import { icon, iconButton } from "./icons.mjs";
import { NOTHING } from "./mask.mjs";
import { OverlayForm } from "./overlayform.mjs";
import { fitted } from "./resize.mjs";
import { section } from "./section.mjs";
import { ShapeForm } from "./shapeform.mjs";

const COMBINE = [
    ["union", "Unite the ticked objects"],
    ["subtract", "Take the other ticked objects from the selected one"],
    ["intersect", "Keep what all ticked objects share"],
];

export class ObjectsPanel {
    constructor({ store, notices, view, act }) {
        Object.assign(this, { store, notices, view });
        this.list = h("ul", { class: "rt-list", "aria-label": "Objects" });
        this.empty = h("p", { class: "rt-hint" }, "Click on something in the picture, or paint over it.");
        this.combine = COMBINE.map(([how, label]) =>
            iconButton(how, label, () => this.#combine(how), { "data-testid": `combine-${how}` }),
        );
        this.exporting = iconButton("download", "Export the mask as PNG", () => this.exportMask(), {
            "data-testid": "export-mask",
        });
        const tools = [
            iconButton("add", "New empty object", () => this.#do("New object", withObject(this.doc)), {
                "data-testid": "new-object",
            }),
            ...this.combine,
            iconButton("upload", "Import a mask", () => this.importMask(), { "data-testid": "import-mask" }),
            this.exporting,
        ];
        this.shape = new ShapeForm(store, act.snap);
        this.sketch = this.#sketchRow();
        this.element = section(
            "objects",
            "Objects",
            [this.empty, this.list, this.sketch, this.shape.element, new OverlayForm(view).element],
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
        this.combine.forEach((button) => (button.disabled = this.#ticked().length < 2));
        this.exporting.disabled = !objects.some(({ use }) => use);
        const rows = [...objects].reverse();
        keyed(this.list, rows, {
            key: ({ id }) => id,
            make: ({ id }) => this.#row(id),
            update: (row, object) => this.#fill(row, object),
        });
        this.shape.update();
    }

    /** Painted colours are masked too, but are no object: all that can be done here is to wipe them off. */
    #sketchRow() {
        const wipe = iconButton(
            "close",
            "Wipe off the colour sketch",
            () => this.#do("Wipe off the sketch", sketched(this.doc, null)),
            { "data-testid": "wipe-sketch" },
        );
        return h(
            "div",
            { class: "rt-row rt-sketch" },
            icon("palette"),
            h("span", { class: "rt-sketch-name" }, "Colour sketch"),
            wipe,
        );
    }

    /** The objects in use, the selected one first. */
    #ticked() {
        const ids = this.doc.objects.filter(({ use }) => use).map(({ id }) => id);
        return ids.includes(this.doc.selected)
            ? [this.doc.selected, ...ids.filter((id) => id !== this.doc.selected)]
            : ids;
    }

    #combine(how) {
        this.#do(how[0].toUpperCase() + how.slice(1), combined(this.doc, this.#ticked(), how));
    }

    #row(id) {
        const change = (label, changes, merge = null) =>
            this.#do(label, changedObject(this.doc, id, changes), { merge });
        const object = () => this.doc.objects.find((o) => o.id === id);
        const name = h("input", {
            class: "rt-name",
            type: "text",
            "aria-label": "Name",
            oninput: (e) => change("Rename", { name: e.target.value }, `name-${id}`),
        });
        const parts = {
            use: h("input", {
                type: "checkbox",
                "aria-label": "Use: repaint this",
                "data-tip": "Use: repaint this",
                onchange: (e) => change(e.target.checked ? "Use" : "Do not use", { use: e.target.checked }),
            }),
            eye: iconButton("eye", "Show or hide", () =>
                this.store.amend(changedObject(this.doc, id, { visible: !object().visible })),
            ),
            name,
            level: h("button", {
                type: "button",
                class: "rt-level",
                "data-tip": "Next candidate  (Tab)",
                onclick: () => this.#do("Next candidate", cycled(this.doc, id)),
            }),
            area: h("span", { class: "rt-area" }),
            gone: iconButton("close", "Delete", () => this.#do("Delete object", withoutObject(this.doc, id))),
            prompt: h("input", {
                class: "rt-object-prompt",
                type: "text",
                placeholder: "Its own prompt",
                "aria-label": "Prompt of this object",
                oninput: (e) => change("Prompt", { prompt: e.target.value }, `prompt-${id}`),
            }),
        };
        const grip = h("span", { class: "rt-grip", draggable: "true", "aria-hidden": "true" }, icon("grip"));
        const line = h(
            "div",
            { class: "rt-row" },
            grip,
            parts.use,
            parts.eye,
            parts.name,
            parts.level,
            parts.area,
            parts.gone,
        );
        const row = h(
            "li",
            {
                "data-testid": "object",
                tabindex: 0,
                onclick: (e) =>
                    e.target.closest("button, input[type=checkbox]") || this.store.amend(selected(this.doc, id)),
            },
            line,
            parts.prompt,
        );
        row.addEventListener("keydown", (event) => this.#keys(event, row, id));
        this.#draggable(row, grip, id);
        row.parts = parts;
        return row;
    }

    #fill(row, object) {
        const { use, eye, name, level, area, prompt } = row.parts;
        const chosen = object.id === this.doc.selected;
        setAttribute(row, "aria-current", chosen);
        use.checked = object.use;
        setAttribute(eye, "aria-pressed", object.visible);
        if (eye.dataset.shown !== String(object.visible)) {
            eye.dataset.shown = object.visible;
            eye.replaceChildren(icon(object.visible ? "eye" : "eyeoff"));
        }
        setValue(name, object.name);
        setValue(prompt, object.prompt);
        prompt.hidden = !chosen && !object.prompt;
        level.hidden = object.candidates.length < 2;
        level.textContent = `${object.candidate + 1}/${object.candidates.length}`;
        setAttribute(level, "aria-label", `Candidate ${object.candidate + 1} of ${object.candidates.length}: next`);
        area.textContent = shareOf(object, this.doc.base);
    }

    /** Alt and an arrow move a row; Delete deletes it. Only on the row itself, not in its fields. */
    #keys(event, row, id) {
        if (event.target !== row) {
            return;
        }
        const at = this.doc.objects.findIndex((object) => object.id === id);
        const to = { ArrowUp: at + 1, ArrowDown: at - 1 }[event.key];
        if (event.key === "Delete") {
            this.#do("Delete object", withoutObject(this.doc, id));
        } else if (event.key === "Enter" || event.key === " ") {
            this.store.amend(selected(this.doc, id));
        } else if (event.altKey && this.doc.objects[to]) {
            this.#do("Move object", moved(this.doc, id, to));
            row.focus();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    #draggable(row, grip, id) {
        grip.addEventListener("dragstart", (event) => {
            event.dataTransfer.setData("text/retouch-object", id);
            event.dataTransfer.setDragImage(row, 8, 8);
        });
        row.addEventListener("dragover", (event) => {
            if (event.dataTransfer.types.includes("text/retouch-object")) {
                event.preventDefault();
                event.stopPropagation();
            }
        });
        row.addEventListener("drop", (event) => {
            const dragged = event.dataTransfer.getData("text/retouch-object");
            if (dragged && dragged !== id) {
                event.preventDefault();
                event.stopPropagation();
                this.#do(
                    "Move object",
                    moved(
                        this.doc,
                        dragged,
                        this.doc.objects.findIndex((object) => object.id === id),
                    ),
                );
            }
        });
    }

    /** A file's mask as a new object. One of another size is scaled, which is said. */
    async importMask() {
        const file = await chosenFile("image/*");
        if (!file || !this.doc.base) {
            return;
        }
        const { mask, from } = await fitted(file, this.doc.base);
        if (from) {
            this.notices.say(
                `The mask was ${from.width} × ${from.height}; it is scaled to the picture's size.`,
                "warning",
            );
        }
        this.#do("Import mask", withObject(this.doc, { mask, added: mask, name: file.name.replace(/\.\w+$/, "") }));
    }

    async exportMask() {
        const masks = this.doc.objects.filter(({ use }) => use).map((object) => shapedMask(object, this.doc.base));
        const png = await masks.reduce((sum, mask) => sum.union(mask), NOTHING).toPng(this.doc.base);
        download(
            new Blob([fromBase64(png)], { type: "image/png" }),
            `${this.doc.name.replace(/\.\w+$/, "") || "picture"}-mask.png`,
        );
    }
}

/** @param {number} to the new place, 0 lowest */
export function moved(doc, id, to) {
    const objects = doc.objects.filter((object) => object.id !== id);
    objects.splice(
        to,
        0,
        doc.objects.find((object) => object.id === id),
    );
    return Object.freeze({ ...doc, objects });
}

/** How much of the picture, to one digit that counts. */
function shareOf(object, base) {
    const share = base
        ? (shapedMask(object, base).area / areaOf({ left: 0, top: 0, right: base.width, bottom: base.height })) * 100
        : 0;
    return share === 0 ? "empty" : share < 0.1 ? "<0.1 %" : `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

export function setValue(input, value) {
    if (input.value !== value) {
        input.value = value;
    }
}
