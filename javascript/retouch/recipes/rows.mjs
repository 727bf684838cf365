/** Rows of the dialog of recipes: its prompts, and what can be done with the recipe at hand. */

import { h } from "../ui/dom.mjs";
import { icon, textButton } from "../ui/icons.mjs";
import { addLabel, makeTextField } from "../ui/setting-fields.mjs";
import { describePeople, describePrompt, recipeName } from "./text.mjs";
import { text } from "../util/text.mjs";

/** Its name, and the button that saves it under that; `fresh` where it is not saved yet. `save` gets the name. */
export function makeSaveRow(recipe, fresh, save) {
    const name = h("input", {
        type: "text",
        value: recipeName(recipe) === "Custom" ? "" : recipeName(recipe),
        maxlength: 80,
        placeholder: text("recipes.name"),
        "aria-label": text("recipes.name.label"),
        "data-testid": "recipe-name",
    });
    const press = () => save(name.value);
    name.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), press()));
    const button = textButton(fresh ? text("recipes.save") : text("recipes.saveAs"), "add", "recipe-save", press);
    return h("div", { class: "rt-row" }, name, button);
}

/**
 * @param {string} edit what the button says that opens the editor
 * @param {{run, edit, share, export, remove}} on what each button does. Without `run` nothing can be run, without
 *   `remove` nothing be deleted
 */
export function makeToolRow(recipe, edit, on) {
    const run = textButton(text("recipes.run"), "recipe", "recipe-run", on.run, "rt-primary");
    run.disabled = !on.run;
    return h(
        "div",
        { class: "rt-row" },
        run,
        textButton(edit, "brush", "recipe-edit", on.edit),
        textButton(text("recipes.share"), "share", "recipe-share", on.share),
        textButton(text("recipes.export"), "download", "recipe-export", on.export),
        on.remove && textButton(text("recipes.delete"), "remove", "recipe-delete", on.remove),
    );
}

/** The prompt of recipes on this picture. Its placeholder tells what is used while it is blank. */
export function makePromptRow(settings, infotext) {
    const setting = {
        read: () => settings.get("recipe_prompt"),
        write: (prompt) => settings.set({ recipe_prompt: prompt }),
    };
    const label = text("recipes.prompt");
    const options = { placeholder: describePrompt("", infotext), label, rows: 2, testid: "recipe-prompt" };
    return addLabel(makeTextField(settings, setting, options), label);
}

/** Which objects have prompts of their own; "" where none has. */
export function makePeopleRow(people) {
    const words = describePeople(people);
    return words && h("p", { class: "rt-recipe-people", "data-testid": "recipe-people" }, icon("people"), words);
}
