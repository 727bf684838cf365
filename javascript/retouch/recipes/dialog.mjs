/** The dialog of recipes: look, run, write, take in what others sent, keep, hand on, delete. */

import { download, h } from "../ui/dom.mjs";
import { infotextOf } from "../document/metadata.mjs";
import { icon, wordButton } from "../ui/icons.mjs";
import { peopleOf } from "../document/people.mjs";
import { begunWith, blankRecipe } from "./draft.mjs";
import { drafts, dropDraft } from "./draft-storage.mjs";
import { RecipeEditor } from "./editor.mjs";
import { RecipeIntake } from "./import.mjs";
import { keepingRow, toolRow } from "./rows.mjs";
import { fileName, fileText, nameOf, passLines, peopleWords, plain, takenWords } from "./text.mjs";
import { text } from "../util/text.mjs";

/** Open it over the studio. */
export function showRecipes(studio) {
    return new RecipesDialog(studio).open();
}

class RecipesDialog {
    #known = [];
    #drafts = drafts();
    #uses = {};
    /** The recipe at hand, as the list or the last paste has it; null before the list is there. */
    #recipe = null;
    #remarks = [];

    constructor(studio) {
        this.studio = studio;
        this.list = h("div", { class: "rt-recipe-list", role: "listbox", "aria-label": text("recipes.title") });
        this.detail = h("div", { class: "rt-recipe", "data-testid": "recipe-detail" });
        this.said = h("p", { class: "rt-recipe-said", role: "status", "data-testid": "recipe-said" });
        this.intake = new RecipeIntake({
            take: (text) => this.#read(text),
            say: (text) => this.#say(text),
            own: infotextOf(studio.store.doc),
        });
        this.dialog = this.#dialog();
    }

    async open() {
        this.studio.root.append(this.dialog);
        this.dialog.showModal();
        const warnings = await this.#load();
        if (warnings) {
            this.#show(warnings);
        }
    }

    #dialog() {
        const { list, detail, said } = this;
        const close = h("form", { method: "dialog" }, h("button", { class: "rt-button" }, text("dialog.close")));
        const fresh = wordButton(text("recipes.new"), "add", "recipe-new", () => this.#edit(null));
        const header = h("header", {}, h("h2", { id: "rt-recipes-title" }, text("recipes.title")), fresh, close);
        const body = h("div", { class: "rt-recipes-body" }, list, h("div", {}, detail, said));
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
            this.intake.element,
        );
        dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
        this.intake.hearDrops(dialog);
        return dialog;
    }

    /** What the server has now. Returns its warnings, or null after saying what went wrong. */
    async #load() {
        const answer = await this.#ask(() => this.studio.api.get("recipes"));
        if (!answer) {
            return null;
        }
        this.#known = answer.recipes.map((one) => ({ ...one, own: answer.own.includes(nameOf(one)) }));
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
            this.#drafts = drafts();
            this.#choose(this.#known.find((one) => nameOf(one) === name) ?? this.#known[0] ?? null);
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
        const listed = groups.map(([title, those]) => [h("h3", {}, title), ...those.map((one) => this.#entry(one))]);
        this.list.replaceChildren(...listed.flat());
        this.detail.replaceChildren(...(recipe ? this.#details(recipe) : []));
        this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }

    #entry(recipe) {
        const props = {
            type: "button",
            role: "option",
            "aria-selected": recipe === this.#recipe,
            "data-testid": "recipe-entry",
            onclick: () => (this.#choose(recipe), this.#say()),
        };
        return h("button", props, nameOf(recipe));
    }

    #details(recipe) {
        const lines = passLines(recipe).map(({ looks, extras }) => h("li", {}, looks, h("small", {}, extras)));
        return [
            h("h3", {}, nameOf(recipe)),
            recipe.description && h("p", {}, recipe.description),
            h("ol", { class: "rt-passes" }, ...lines),
            ...this.#remarks.map((text) => h("p", { class: "rt-recipe-remark" }, icon("warn"), text)),
            this.#people(),
            this.#keeping(recipe),
            this.#tools(recipe),
        ].filter(Boolean);
    }

    /** Whose own words go along. */
    #people() {
        const words = peopleWords(peopleOf(this.studio.store.doc));
        return words && h("p", { class: "rt-recipe-people", "data-testid": "recipe-people" }, icon("point"), words);
    }

    #keeping(recipe) {
        const save = (name) => this.#save({ ...plain(recipe), name });
        return keepingRow(recipe, !this.#known.includes(recipe), save);
    }

    #tools(recipe) {
        const edit = recipe.own || !this.#known.includes(recipe) ? text("recipes.edit") : text("recipes.editCopy");
        return toolRow(recipe, edit, {
            run: this.studio.store.doc.base && (() => this.#run(recipe)),
            edit: () => this.#edit(recipe),
            share: () => this.#share(recipe),
            export: () => this.#export(recipe),
            remove: (recipe.own || recipe.draft) && (() => this.#delete(recipe)),
        });
    }

    #run(recipe) {
        this.dialog.close();
        this.studio.fixing.run(plain(recipe));
    }

    /** In the editor: one that there is, or for null a new one. */
    async #edit(recipe) {
        const said = await this.#ask(() => Promise.all(["schema", "models"].map((path) => this.studio.api.get(path))));
        if (!said) {
            return;
        }
        const [{ Recipe: schema }, { models }] = said;
        const begun = recipe ? begunWith(recipe, this.#known) : blankRecipe(schema.properties.schema.maximum);
        const heard = {
            saved: (answer) => this.#saved(answer),
            ran: () => this.dialog.close(),
            left: (draft) => this.#edited(draft),
        };
        new RecipeEditor(this.studio, begun, { schema, models, uses: this.#uses }, heard).open();
    }

    /** The editor is closed: what it leaves unsaved is at hand now. */
    #edited(draft) {
        this.#drafts = drafts();
        const left = this.#drafts.find((one) => one.draft === draft);
        this.#choose(left ?? (this.#recipe?.draft ? this.#known[0] : this.#recipe), left ? [] : this.#remarks);
    }

    async #read(pasted) {
        if (!pasted.trim()) {
            return this.#say(text("recipes.pasteFirst"));
        }
        const said = await this.#ask(() => this.studio.api.post("recipes/read", { text: pasted }));
        if (said) {
            this.intake.clear();
            this.#choose(said.recipe, said.warnings);
            this.#say(text("recipes.read.done"));
        }
    }

    async #save(recipe, replace = false) {
        const said = await this.#ask(
            () => this.studio.api.post("recipes/save", { recipe, replace }),
            (error) => error.path === "recipe.name" && !replace && this.#taken(recipe, error),
        );
        if (said) {
            dropDraft(this.#recipe?.draft);
            await this.#saved(said);
        }
    }

    async #saved({ recipe, warnings }) {
        await this.#refresh(nameOf(recipe));
        this.#remarks = warnings;
        this.#draw();
        this.#say(text("recipes.saved", { name: nameOf(recipe) }));
    }

    /** The name is somebody's: asked once more. True when that is what was wrong. */
    #taken(recipe, error) {
        const wanted = recipe.name.trim().toLowerCase();
        const there = this.#known.find((one) => nameOf(one).toLowerCase() === wanted);
        if (!there) {
            return false;
        }
        const words = there.own ? text("recipes.replace") : text("recipes.override");
        const again = wordButton(words, "replace", "recipe-replace", () => this.#save(recipe, true));
        this.said.replaceChildren(takenWords(error), " ", again);
        return true;
    }

    async #share(recipe) {
        const body = { text: JSON.stringify(plain(recipe)) };
        const said = await this.#ask(() => this.studio.api.post("recipes/read", body));
        if (!said) {
            return;
        }
        try {
            await navigator.clipboard.writeText(said.share);
            this.#say(text("recipes.shared"));
        } catch {
            this.intake.offer(said.share); // the browser gives no clipboard to pages that are not secure
            this.#say(text("recipes.shareByHand"));
        }
    }

    #export(recipe) {
        download(new Blob([fileText(recipe)], { type: "application/json" }), fileName(recipe));
    }

    #delete(recipe) {
        const press = () => (recipe.draft ? this.#thrownAway(recipe) : this.#deleted(recipe));
        const sure = wordButton(text("recipes.deleteSure"), "remove", "recipe-delete-sure", press);
        this.said.replaceChildren(text("recipes.deleteQuestion", { name: nameOf(recipe) }), sure);
    }

    async #deleted(recipe) {
        const said = await this.#ask(() => this.studio.api.post("recipes/remove", { name: nameOf(recipe) }));
        if (said) {
            await this.#refresh(nameOf(said.restored ?? {}));
            const key = said.restored ? "recipes.deletedRestored" : "recipes.deleted";
            this.#say(text(key, { name: said.removed }));
        }
    }

    #thrownAway(recipe) {
        dropDraft(recipe.draft);
        this.#edited(recipe.draft);
        this.#say(text("recipes.deleted", { name: nameOf(recipe) }));
    }

    #say(...texts) {
        this.said.classList.remove("rt-bad");
        this.said.replaceChildren(texts.join(" "));
    }

    /** The answer, or null after saying what went wrong; `mended(error)` is true where that is said already. */
    async #ask(work, mended = () => false) {
        try {
            return await work();
        } catch (error) {
            if (!mended(error)) {
                this.#say([error.path, error.message].filter(Boolean).join(": "));
                this.said.classList.add("rt-bad");
            }
            return null;
        }
    }
}
