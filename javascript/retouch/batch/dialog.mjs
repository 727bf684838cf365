/** The dialog for a batch: a folder through a recipe, each file's state, and what was made of it. */

import { readDroppedFiles, listPictures } from "./files.mjs";
import { BatchRun, isDone, describeRow } from "./run.mjs";
import { packBatch } from "./download.mjs";
import { download, h, syncChildren } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { recipeFileName } from "../recipes/text.mjs";
import { Zip } from "../util/zip.mjs";
import { text } from "../util/text.mjs";

/** What is chosen for those who do not choose. */
const DEFAULT_RECIPE = "Face polish";
const SAVE = text("batch.save");
const SAVE_TIP = text("batch.save.tip");
const runs = new WeakMap();

/**
 * Open the dialog; the batch itself goes on when it is closed.
 *
 * @param {import("../studio.mjs").Studio} studio
 */
export async function openBatch(studio) {
    const { api } = studio;
    if (!runs.has(api)) {
        runs.set(api, new BatchRun(api));
        runs.get(api).restore();
    }
    const recipes = api.get("recipes").then(({ recipes: known }) => known);
    new BatchDialog(studio, runs.get(api), await recipes.catch((error) => reportError(studio, error))).open();
}

function reportError({ notices }, error) {
    notices.say(error.message, "error");
    return [];
}

class BatchDialog {
    #files = [];

    /**
     * @param {import("../studio.mjs").Studio} studio
     * @param {BatchRun} run
     * @param {object[]} recipes as the server lists them
     */
    constructor({ root, notices }, run, recipes) {
        Object.assign(this, { root, notices, run });
        this.recipe = h(
            "select",
            { "aria-label": text("batch.recipe"), "data-testid": "batch-recipe", onchange: () => this.update() },
            recipes.map(makeOption),
        );
        this.recipe.value = recipes.find(({ name }) => name === DEFAULT_RECIPE)?.name ?? recipes[0]?.name ?? "";
        this.about = h("p", { class: "rt-hint" });
        this.prompt = h("input", {
            type: "text",
            placeholder: text("batch.prompt.hint"),
            "aria-label": text("batch.prompt"),
            "data-testid": "batch-prompt",
        });
        this.chosen = h("p", { "data-testid": "batch-chosen" });
        this.sum = h("p", { class: "rt-batch-sum", role: "status", "data-testid": "batch-sum" });
        this.bar = h("progress", { max: 1, "aria-label": text("batch.progress") });
        this.list = h("ul", { class: "rt-batch-list", "aria-label": text("batch.files"), tabindex: "0" });
        this.#makeButtons();
        this.setupPane = h("div", { class: "rt-batch-ask" }, this.#makeDropArea(), this.#makeForm());
        this.workPane = h("div", {}, this.#makeHead(), this.bar, this.list);
        this.element = this.#makeDialog();
        this.update = this.update.bind(this);
    }

    open() {
        this.run.addEventListener("change", this.update);
        this.root.append(this.element);
        this.element.showModal();
        this.update();
    }

    update() {
        const { run } = this;
        this.setupPane.hidden = Boolean(run.job);
        this.workPane.hidden = !run.job;
        this.chosen.textContent = this.#files.length ? text("batch.chosen", { count: this.#files.length }) : "";
        this.about.textContent = this.recipe.selectedOptions[0]?.title ?? "";
        this.start.disabled = !this.#files.length || !this.recipe.value;
        this.#showButtons(run.rows);
        this.sum.textContent = run.text;
        this.bar.max = run.rows.length || 1;
        this.bar.value = run.done;
        syncChildren(this.list, run.rows, { key: ({ key }) => key, make: makeRow, update: this.#updateRow });
    }

    /** Shows the buttons that apply now. */
    #showButtons(rows) {
        const { run } = this;
        this.cancel.hidden = !run.busy || run.cancelled;
        this.resume.hidden = !run.resumable;
        const over = rows.every((row) => isDone(row) || row.state === "failed");
        this.resume.textContent = over ? text("batch.retry") : text("batch.resume");
        this.fresh.hidden = run.busy;
        this.save.hidden = this.summary.hidden = !rows.some(isDone) || Boolean(run.fault);
        this.summary.href = run.job ? run.address("page") : "";
    }

    #updateRow = (element, row) => {
        const [name, words, link] = element.children;
        element.dataset.state = row.state;
        name.textContent = row.name;
        words.textContent = describeRow(row);
        link.hidden = !isDone(row);
        link.href = link.hidden ? "" : this.run.address(`file/${row.number}`);
    };

    #makeButtons() {
        const button = (label, testid, press, props = {}) =>
            h("button", { type: "button", class: "rt-button", "data-testid": testid, onclick: press, ...props }, label);
        this.start = button(text("batch.start"), "batch-start", () => this.#start(), { class: "rt-button rt-primary" });
        this.cancel = button(text("batch.cancel"), "batch-cancel", () => this.run.cancel());
        this.resume = button(text("batch.resume"), "batch-resume", () => this.run.resume());
        this.fresh = button(text("batch.new"), "batch-new", () => this.run.clear());
        this.save = button(SAVE, "batch-save", () => this.#save(), { title: SAVE_TIP });
        this.summary = h(
            "a",
            { class: "rt-button", target: "_blank", rel: "noopener", "data-testid": "batch-summary" },
            text("batch.summary"),
        );
    }

    #makeHead() {
        const buttons = [this.cancel, this.resume, this.save, this.summary, this.fresh];
        return h("div", { class: "rt-batch-head" }, this.sum, buttons);
    }

    #makeForm() {
        return h("div", { class: "rt-batch-asked" }, this.recipe, this.prompt, this.start, this.about);
    }

    #makeDropArea() {
        return h(
            "div",
            { class: "rt-batch-place" },
            icon("drop"),
            h("p", {}, text("batch.drop")),
            h(
                "p",
                {},
                this.#makeFileChooser(text("batch.chooseFiles"), {}),
                text("batch.or"),
                this.#makeFileChooser(text("batch.chooseFolder"), { webkitdirectory: true }),
            ),
            this.chosen,
        );
    }

    /** A button and the hidden field that it stands for; of a folder only the pictures are taken. */
    #makeFileChooser(label, props) {
        const take = () => this.#setFiles(props.webkitdirectory ? listPictures(field.files) : [...field.files]);
        const field = h("input", { type: "file", multiple: true, hidden: true, onchange: take, ...props });
        const press = () => field.click();
        const testid = props.webkitdirectory ? "batch-folder" : "batch-files";
        return [
            h("button", { type: "button", class: "rt-link", "data-testid": testid, onclick: press }, label),
            field,
        ];
    }

    #setFiles(files) {
        this.#files = files;
        this.update();
    }

    async #start() {
        const request = { recipe: this.recipe.value, prompt: this.prompt.value };
        const files = this.#files;
        this.#files = [];
        await this.run.start(files, request).catch((error) => {
            this.notices.say(error.message, "error");
            this.#setFiles(files);
        });
    }

    /** Every result, and the summary, as one file: on a browser's disk, where hundreds have room. */
    async #save() {
        const { run, save } = this;
        const name = recipeFileName({ name: run.status.recipe }, "zip");
        const make = () => new Zip({ keep: (bytes) => new Blob([bytes]) });
        const give = ({ parts }) => download(new Blob(parts, { type: "application/zip" }), name);
        const tell = (done, all) => (save.textContent = text("batch.packing", { number: done + 1, count: all }));
        save.disabled = true;
        try {
            await packBatch(run.rows, run.fetchBytes, { give, tell, make });
        } catch (error) {
            this.sum.textContent = text("batch.unpacked", { why: error.message });
        }
        save.disabled = false;
        save.textContent = SAVE;
    }

    #makeDialog() {
        const close = () => dialog.close();
        const gone = () => {
            this.run.removeEventListener("change", this.update);
            dialog.remove();
        };
        const drop = async (event) => {
            event.preventDefault();
            event.stopPropagation();
            if (event.type === "drop" && !this.run.job) {
                this.#setFiles(await readDroppedFiles(event.dataTransfer));
            }
        };
        const handlers = { ondragenter: drop, ondragover: drop, ondrop: drop, onclose: gone };
        const dialog = h(
            "dialog",
            {
                class: "rt-dialog rt-batch",
                "aria-labelledby": "rt-batch-title",
                "data-testid": "batch-dialog",
                ...handlers,
            },
            h(
                "header",
                {},
                h("h2", { id: "rt-batch-title" }, text("batch.title")),
                iconButton("close", text("dialog.close"), close),
            ),
            this.setupPane,
            this.workPane,
        );
        return dialog;
    }
}

function makeOption({ name = "Custom", description = "" }) {
    return h("option", { value: name, title: description }, name);
}

function makeRow({ name }) {
    return h(
        "li",
        { "data-testid": "batch-file" },
        h("span", { class: "rt-batch-name", title: name }),
        h("span", { class: "rt-batch-words" }),
        h("a", { class: "rt-link", download: true }, text("batch.saveOne")),
    );
}
