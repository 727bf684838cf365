/** The dialog in which a recipe is written: its passes, the knobs of the chosen one, and what is wrong where. */

import { h, setAttribute } from "../ui/dom.mjs";
import { icon, iconButton, textButton } from "../ui/icons.mjs";
import { knobsOf } from "../ui/knob-widgets.mjs";
import {
    addPass,
    changePass,
    duplicatePass,
    isEqual,
    passesWithin,
    movePass,
    removePass,
} from "./draft.mjs";
import { dropDraft, keepDraft } from "./draft-storage.mjs";
import { PassKnobs } from "./pass-knobs.mjs";
import { PassList } from "./pass-list.mjs";
import { RecipeValidation } from "./validation.mjs";
import { recipeName, bareRecipe } from "./text.mjs";
import { text } from "../util/text.mjs";

const UNSAVED = text("editor.unsaved");
const ABOUT = ["name", "description"];
/** What becomes of the passes and of the chosen one's place. */
const LIST_ACTIONS = {
    add: (recipe, at) => [addPass(recipe, at), Math.min(at + 1, recipe.passes.length)],
    duplicate: (recipe, at) => [duplicatePass(recipe, at), at + 1],
    remove: (recipe, at) => [removePass(recipe, at), Math.max(0, Math.min(at, recipe.passes.length - 2))],
    up: (recipe, at) => [movePass(recipe, at, -1), at - 1],
    down: (recipe, at) => [movePass(recipe, at, 1), at + 1],
};

export class RecipeEditor {
    #at = 0;

    /**
     * @param {import("../studio.mjs").Studio} studio
     * @param {object} recipe what to begin with; `draft` is its name among the drafts where it is one, `replaces`
     *     which of the person's own recipes is changed
     * @param {object} known what the server says: `schema` of a recipe, `models`, `uses` of the target's knobs
     * @param {object} handlers `onSave(answer)`, `onRun()` and, in any case, `onClose(draft)`
     */
    constructor({ root, store, api, fixJobs, notices }, recipe, { schema, models, uses }, handlers) {
        Object.assign(this, { root, store, api, fixJobs, notices, handlers, replaces: recipe.replaces ?? "" });
        this.recipe = { passes: [], ...bareRecipe(recipe) };
        this.start = recipe.draft ? null : this.recipe;
        this.draft = recipe.draft ?? `${Date.now()}-${Math.random()}`;
        this.validation = new RecipeValidation(api, () => this.#draw());
        this.passes = new PassList({ choose: (at) => this.#choose(at), change: (action) => this.#rearrange(action) });
        const change = (path, value) => this.#setRecipe(changePass(this.recipe, this.#at, path, value));
        this.knobs = new PassKnobs({ knobs: knobsOf(schema.properties.passes.items), uses, models, change });
        const fields = ABOUT.map((name) => this.#makeField(name, schema.properties[name]));
        this.about = h("div", { class: "rt-edit-about" }, fields);
        this.dialog = this.#makeDialog();
    }

    open() {
        this.root.append(this.dialog);
        this.dialog.showModal();
        this.#draw(true);
        this.validation.validate(this.recipe);
        (this.recipe.name ? this.passes.buttons.add : this.dialog.querySelector("input")).focus();
    }

    /** Whether there are unsaved changes. */
    get isDirty() {
        return this.start === null || !isEqual(this.recipe, this.start);
    }

    // ---- what it looks like

    #makeDialog() {
        this.title = h("h3", {});
        this.remarks = h("div", { class: "rt-edit-remarks", role: "status", "data-testid": "edit-remarks" });
        this.status = h("div", { class: "rt-edit-said", role: "alert", "data-testid": "edit-said" });
        const pane = h("div", { class: "rt-edit-pass" }, this.title, this.remarks, this.knobs.element);
        const title = this.replaces ? text("editor.title", { name: this.replaces }) : text("recipes.new");
        const dialog = h(
            "dialog",
            {
                class: "rt-dialog rt-edit",
                "aria-labelledby": "rt-edit-title",
                "data-testid": "recipe-editor",
                oncancel: (event) => (event.preventDefault(), this.#leave()),
                onclose: () => this.#onClose(),
                onkeydown: (event) => this.#onKey(event),
            },
            h(
                "header",
                {},
                h("h2", { id: "rt-edit-title" }, title),
                iconButton("close", text("dialog.close"), () => this.#leave()),
            ),
            this.about,
            h("div", { class: "rt-edit-body" }, this.passes.element, pane),
            h("div", { class: "rt-edit-foot" }, this.status, this.#makeTools()),
        );
        return dialog;
    }

    #makeField(name, { title, description }) {
        const id = `rt-edit-${name}`;
        const input = h("input", {
            id,
            type: "text",
            value: this.recipe[name] ?? "",
            placeholder: description,
            "aria-describedby": `${id}-fault`,
            "data-testid": `edit-${name}`,
            oninput: () => this.#setRecipe({ ...this.recipe, [name]: input.value }),
        });
        const fault = h("p", { class: "rt-edit-fault", id: `${id}-fault` });
        return h("div", {}, h("label", { for: id }, title), input, fault);
    }

    #makeTools() {
        const run = textButton(text("recipes.run"), "recipe", "edit-run", () => this.#run());
        run.disabled = !this.store.doc.base;
        const save = textButton(text("recipes.save"), "check", "edit-save", () => this.#save(), "rt-primary");
        return h("div", { class: "rt-row" }, run, save);
    }

    /** All that can have changed; `fresh` where another pass is chosen than before. */
    #draw(fresh = false) {
        const { recipe, validation } = this;
        const pass = recipe.passes[this.#at];
        const faults = validation.faultsOf(this.#at);
        this.passes.show(recipe, this.#at, validation.marksByPass());
        this.title.textContent = pass
            ? text("editor.pass", { number: this.#at + 1, count: recipe.passes.length })
            : text("editor.noPass");
        this.knobs.element.hidden = !pass;
        this.knobs.show(pass ?? {}, faults, fresh);
        const about = validation.faultsOf(null);
        [...this.about.children].forEach(({ children: [, input, fault] }, index) => {
            fault.textContent = about.get(ABOUT[index]) ?? "";
            setAttribute(input, "aria-invalid", Boolean(fault.textContent));
        });
        const homeless = [...faults].filter(([path]) => !this.knobs.has(path));
        const general = [...about].filter(([path]) => !ABOUT.includes(path));
        this.#drawRemarks([...general, ...homeless].map(([, text]) => text));
    }

    /** What no field can show, and what is odd about this pass or all of it. */
    #drawRemarks(faults) {
        const remarks = this.validation.remarks.filter(({ pass }) => pass === null || pass === this.#at);
        const texts = [...faults, ...remarks.map(({ text }) => text)];
        if (texts.join("\n") !== this.shown) {
            this.shown = texts.join("\n");
            const lines = texts.map((text) => h("p", { class: "rt-recipe-remark" }, icon("warn"), text));
            this.remarks.replaceChildren(...lines);
        }
    }

    #say(...parts) {
        this.status.replaceChildren(...parts);
    }

    // ---- what changes it

    #choose(at) {
        this.#at = at;
        this.#draw(true);
    }

    /** Whatever becomes of the page, nothing that was written is lost. */
    #setRecipe(recipe, at = null) {
        this.recipe = recipe;
        this.#at = at ?? this.#at;
        if (this.isDirty) {
            keepDraft({ ...recipe, draft: this.draft, replaces: this.replaces });
        } else {
            dropDraft(this.draft);
        }
        this.#draw(at !== null);
        this.validation.validateSoon(recipe);
    }

    #rearrange(action) {
        const { recipe } = this;
        const at = this.#at;
        const [next, to] = LIST_ACTIONS[action](recipe, at);
        if (next === recipe) {
            return;
        }
        this.validation.reset(); // its places are others' now
        this.#say();
        this.#setRecipe(next, to);
        this.passes.reveal();
        if (action === "remove") {
            this.#sayRemoved(recipe, at);
        }
    }

    #sayRemoved(before, at) {
        const lookers = passesWithin(before, at).map((place) => (place > at ? place : place + 1));
        const lost = lookers.length ? text("editor.lost", { passes: lookers.join(", ") }) : "";
        const undo = textButton(text("editor.undo"), "undo", "edit-undo", () => (this.#say(), this.#setRecipe(before, at)));
        this.#say(text("editor.removed", { number: at + 1, lost }), undo);
    }

    // ---- how it ends

    async #run() {
        const { recipe } = this;
        if (!(await this.validation.validate(recipe))) {
            return this.#reveal();
        }
        if (this.isDirty) {
            this.notices.say(UNSAVED);
        }
        this.dialog.close();
        this.handlers.onRun();
        this.fixJobs.run({ ...recipe, name: recipeName(recipe) });
    }

    /** One's own recipe takes the place of what it was; no other is written over. */
    async #save() {
        const { recipe, replaces } = this;
        const replace = Boolean(replaces) && replaces.toLowerCase() === recipeName(recipe).toLowerCase();
        this.validation.reset();
        try {
            const answer = await this.api.post("recipes/save", { recipe, replace });
            dropDraft(this.draft);
            this.dialog.close();
            this.handlers.onSave(answer);
        } catch (error) {
            this.validation.setError(error);
            this.#reveal();
        }
    }

    /** Go to what is wrong. */
    #reveal() {
        const { pass, knob } = this.validation.fault ?? { pass: null, knob: "" };
        if (pass === null) {
            return this.about.children[ABOUT.indexOf(knob)]?.querySelector("input").focus();
        }
        if (pass !== this.#at && this.recipe.passes[pass]) {
            this.#choose(pass);
        }
        this.knobs.reveal(knob);
        this.passes.reveal();
    }

    /** Closes the dialog; with unsaved changes asks first what becomes of them. */
    #leave() {
        document.activeElement?.blur(); // what is typed there counts
        if (!this.isDirty) {
            return this.dialog.close();
        }
        const drop = () => (dropDraft(this.draft), this.dialog.close());
        const on = textButton(text("editor.goOn"), "", "edit-on", () => (this.#say(), this.passes.reveal(true)));
        const later = textButton(text("editor.later"), "", "edit-later", () => this.dialog.close());
        const away = textButton(text("editor.drop"), "remove", "edit-drop", drop);
        this.#say(h("span", {}, text("editor.dirty")), on, later, away);
        on.focus();
    }

    #onClose() {
        this.validation.reset();
        this.dialog.remove();
        this.handlers.onClose(this.draft);
    }

    #onKey(event) {
        event.stopPropagation();
        if (event.key === "Escape") {
            event.preventDefault(); // a second one would close the dialog unasked
            this.#leave();
        }
    }
}
