/** The dialog of recipes: read, run, edit, import, save, share, export, delete. */

import { download, h } from "../ui/dom.mjs";
import { infotextOf } from "../document/metadata.mjs";
import { icon, textButton } from "../ui/icons.mjs";
import { peopleOf } from "../document/people.mjs";
import { startDraft, blankRecipe } from "./draft.mjs";
import { loadDrafts, dropDraft } from "./draft-storage.mjs";
import { RecipeEditor } from "./editor.mjs";
import { RecipeImport } from "./import.mjs";
import { makePeopleRow, makePromptRow, makeSaveRow, makeToolRow } from "./rows.mjs";
import { recipeFileName, recipeFileText, recipeName, describePasses, bareRecipe, describeTakenName } from "./text.mjs";
import { text } from "../util/text.mjs";

/** Opens the dialog over the studio. @param {import("../studio.mjs").Studio} studio */
export function showRecipes(studio) {
    return new RecipesDialog(studio).open();
}

class RecipesDialog {
    #known = [];
    #drafts = loadDrafts();
    #uses = {};
    /** The recipe at hand, as the list or the last paste has it; null before the list is there. */
    #recipe = null;
    #remarks = [];

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ root, store, api, fixJobs, notices, settings }) {
        Object.assign(this, { root, store, api, fixJobs, notices, settings });
        this.list = h("div", { class: "rt-recipe-list", role: "listbox", "aria-label": text("recipes.title") });
        this.detail = h("div", { class: "rt-recipe", "data-testid": "recipe-detail" });
        this.status = h("p", { class: "rt-recipe-said", role: "status", "data-testid": "recipe-said" });
        this.importForm = new RecipeImport({
            take: (text) => this.#readText(text),
            say: (text) => this.#say(text),
            own: infotextOf(store.doc),
        });
        this.prompt = makePromptRow(this.settings, infotextOf(store.doc));
        this.dialog = this.#makeDialog();
    }

    async open() {
        this.root.append(this.dialog);
        this.dialog.showModal();
        const warnings = await this.#load();
        if (warnings) {
            this.#show(warnings);
        }
    }

    #makeDialog() {
        const { list, detail, status } = this;
        const close = h("form", { method: "dialog" }, h("button", { class: "rt-button" }, text("dialog.close")));
        const fresh = textButton(text("recipes.new"), "add", "recipe-new", () => this.#edit(null));
        const header = h("header", {}, h("h2", { id: "rt-recipes-title" }, text("recipes.title")), fresh, close);
        const body = h("div", { class: "rt-recipes-body" }, list, h("div", {}, detail, status));
        const dialog = h(
            "dialog",
            {
                class: "rt-dialog rt-recipes",
                "aria-labelledby": "rt-recipes-title",
                "data-testid": "recipes-dialog",
                onclose: () => dialog.remove(),
                onkeydown: (event) => event.stopPropagation(),
            },
            header,
            body,
            this.importForm.element,
        );
        dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
        this.importForm.listenForDrops(dialog);
        return dialog;
    }

    /** Loads the server's recipes. Returns its warnings, or null after an error was shown. */
    async #load() {
        const answer = await this.#request(() => this.api.get("recipes"));
        if (!answer) {
            return null;
        }
        this.#known = answer.recipes.map((one) => ({ ...one, own: answer.own.includes(recipeName(one)) }));
        this.#uses = answer.uses;
        return answer.warnings ?? [];
    }

    /** The list for the first time. A recipe that was pasted or chosen before it arrived stays chosen. */
    #show(warnings) {
        const early = this.#recipe;
        this.#choose(early ?? this.#known[0] ?? null, this.#remarks);
        if (!early || warnings.length) {
            this.#say(...warnings);
        }
    }

    /** Load the list again and choose the recipe called `name`. */
    async #refresh(name) {
        if (await this.#load()) {
            this.#drafts = loadDrafts();
            this.#choose(this.#known.find((one) => recipeName(one) === name) ?? this.#known[0] ?? null);
            this.#say();
        }
    }

    #choose(recipe, remarks = []) {
        this.#recipe = recipe;
        this.#remarks = remarks;
        this.#draw();
    }

    #draw() {
        const recipe = this.#recipe;
        const mine = this.#known.filter(({ own }) => own);
        const others = this.#known.filter(({ own }) => !own);
        const fresh = recipe && ![...this.#known, ...this.#drafts].includes(recipe) ? [recipe] : [];
        const groups = [
            [text("recipes.unsaved"), [...this.#drafts, ...fresh]],
            [text("recipes.mine"), mine],
            [text("recipes.builtIn"), others],
        ].filter(([, those]) => those.length);
        const listed = groups.map(([title, those]) => [h("h3", {}, title), ...those.map((one) => this.#makeEntry(one))]);
        this.list.replaceChildren(...listed.flat());
        this.detail.replaceChildren(...(recipe ? this.#makeDetails(recipe) : []));
        this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }

    #makeEntry(recipe) {
        const props = {
            type: "button",
            role: "option",
            "aria-selected": recipe === this.#recipe,
            "data-testid": "recipe-entry",
            onclick: () => (this.#choose(recipe), this.#say()),
        };
        return h("button", props, recipeName(recipe));
    }

    #makeDetails(recipe) {
        const lines = describePasses(recipe).map(({ looks, extras }) => h("li", {}, looks, h("small", {}, extras)));
        return [
            h("h3", {}, recipeName(recipe)),
            recipe.description && h("p", {}, recipe.description),
            h("ol", { class: "rt-passes" }, ...lines),
            ...this.#remarks.map((text) => h("p", { class: "rt-recipe-remark" }, icon("warn"), text)),
            this.store.doc.base && this.prompt,
            makePeopleRow(peopleOf(this.store.doc)),
            this.#makeSaveRow(recipe),
            this.#makeTools(recipe),
        ].filter(Boolean);
    }

    #makeSaveRow(recipe) {
        const save = (name) => this.#save({ ...bareRecipe(recipe), name });
        return makeSaveRow(recipe, !this.#known.includes(recipe), save);
    }

    #makeTools(recipe) {
        const edit = recipe.own || !this.#known.includes(recipe) ? text("recipes.edit") : text("recipes.editCopy");
        return makeToolRow(recipe, edit, {
            run: this.store.doc.base && (() => this.#run(recipe)),
            edit: () => this.#edit(recipe),
            share: () => this.#share(recipe),
            export: () => this.#export(recipe),
            remove: (recipe.own || recipe.draft) && (() => this.#delete(recipe)),
        });
    }

    #run(recipe) {
        this.dialog.close();
        this.fixJobs.run(bareRecipe(recipe));
    }

    /** Opens the editor with a recipe, or for null with a new one. */
    async #edit(recipe) {
        const answer = await this.#request(() => Promise.all(["schema", "models"].map((path) => this.api.get(path))));
        if (!answer) {
            return;
        }
        const [{ Recipe: schema }, { models }] = answer;
        const begun = recipe ? startDraft(recipe, this.#known) : blankRecipe(schema.properties.schema.maximum);
        const handlers = {
            onSave: (answer) => this.#onSave(answer),
            onRun: () => this.dialog.close(),
            onClose: (draft) => this.#onEditorClose(draft),
        };
        new RecipeEditor(this, begun, { schema, models, uses: this.#uses }, handlers).open();
    }

    /** After the editor is closed: chooses the draft that it left unsaved. */
    #onEditorClose(draft) {
        this.#drafts = loadDrafts();
        const left = this.#drafts.find((one) => one.draft === draft);
        this.#choose(left ?? (this.#recipe?.draft ? this.#known[0] : this.#recipe), left ? [] : this.#remarks);
    }

    async #readText(pasted) {
        if (!pasted.trim()) {
            return this.#say(text("recipes.pasteFirst"));
        }
        const answer = await this.#request(() => this.api.post("recipes/read", { text: pasted }));
        if (answer) {
            this.importForm.clear();
            this.#choose(answer.recipe, answer.warnings);
            this.#say(text("recipes.read.done"));
        }
    }

    async #save(recipe, replace = false) {
        const answer = await this.#request(
            () => this.api.post("recipes/save", { recipe, replace }),
            (error) => error.path === "recipe.name" && !replace && this.#offerReplace(recipe, error),
        );
        if (answer) {
            dropDraft(this.#recipe?.draft);
            await this.#onSave(answer);
        }
    }

    async #onSave({ recipe, warnings }) {
        await this.#refresh(recipeName(recipe));
        this.#remarks = warnings;
        this.#draw();
        this.#say(text("recipes.saved", { name: recipeName(recipe) }));
    }

    /** Offers to replace the recipe that has this name. False where none has. */
    #offerReplace(recipe, error) {
        const wanted = recipe.name.trim().toLowerCase();
        const there = this.#known.find((one) => recipeName(one).toLowerCase() === wanted);
        if (!there) {
            return false;
        }
        const words = there.own ? text("recipes.replace") : text("recipes.override");
        const again = textButton(words, "replace", "recipe-replace", () => this.#save(recipe, true));
        this.status.replaceChildren(describeTakenName(error), " ", again);
        return true;
    }

    async #share(recipe) {
        const body = { text: JSON.stringify(bareRecipe(recipe)) };
        const answer = await this.#request(() => this.api.post("recipes/read", body));
        if (!answer) {
            return;
        }
        try {
            await navigator.clipboard.writeText(answer.share);
            this.#say(text("recipes.shared"));
        } catch {
            this.importForm.showText(answer.share); // the browser gives no clipboard to pages that are not secure
            this.#say(text("recipes.shareByHand"));
        }
    }

    #export(recipe) {
        download(new Blob([recipeFileText(recipe)], { type: "application/json" }), recipeFileName(recipe));
    }

    #delete(recipe) {
        const press = () => (recipe.draft ? this.#deleteDraft(recipe) : this.#deleteSaved(recipe));
        const sure = textButton(text("recipes.deleteSure"), "remove", "recipe-delete-sure", press);
        this.status.replaceChildren(text("recipes.deleteQuestion", { name: recipeName(recipe) }), sure);
    }

    async #deleteSaved(recipe) {
        const answer = await this.#request(() => this.api.post("recipes/remove", { name: recipeName(recipe) }));
        if (answer) {
            await this.#refresh(recipeName(answer.restored ?? {}));
            const key = answer.restored ? "recipes.deletedRestored" : "recipes.deleted";
            this.#say(text(key, { name: answer.removed }));
        }
    }

    #deleteDraft(recipe) {
        dropDraft(recipe.draft);
        this.#onEditorClose(recipe.draft);
        this.#say(text("recipes.deleted", { name: recipeName(recipe) }));
    }

    #say(...texts) {
        this.status.classList.remove("rt-bad");
        this.status.replaceChildren(texts.join(" "));
    }

    /** The answer of `work`, or null after its error was shown, here or by `isHandled(error)`. */
    async #request(work, isHandled = () => false) {
        try {
            return await work();
        } catch (error) {
            if (!isHandled(error)) {
                this.#say([error.path, error.message].filter(Boolean).join(": "));
                this.status.classList.add("rt-bad");
            }
            return null;
        }
    }
}
