/** What can be done with the recipe at hand, as rows of the dialog of recipes. */

import { h } from "../ui/dom.mjs";
import { textButton } from "../ui/icons.mjs";
import { recipeName } from "./text.mjs";

/** Its name, and the button that saves it under that; `fresh` where it is not saved yet. `save` gets the name. */
export function makeSaveRow(recipe, fresh, save) {
    const name = h("input", {
        type: "text",
        value: recipeName(recipe) === "Custom" ? "" : recipeName(recipe),
        maxlength: 80,
        placeholder: "Name",
        "aria-label": "Name to save it under",
        "data-testid": "recipe-name",
    });
    const press = () => save(name.value);
    name.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), press()));
    const button = textButton(fresh ? "Save" : "Save as", "add", "recipe-save", press);
    return h("div", { class: "rt-row" }, name, button);
}

/**
 * @param {string} edit what the button says that opens the editor
 * @param {{run, edit, share, export, remove}} on what each button does. Without `run` nothing can be run, without
 *   `remove` nothing be deleted
 */
export function makeToolRow(recipe, edit, on) {
    const run = textButton("Run on the picture", "recipe", "recipe-run", on.run, "rt-primary");
    run.disabled = !on.run;
    return h(
        "div",
        { class: "rt-row" },
        run,
        textButton(edit, "brush", "recipe-edit", on.edit),
        textButton("Copy share string", "send", "recipe-share", on.share),
        textButton("Export", "download", "recipe-export", on.export),
        on.remove && textButton("Delete", "remove", "recipe-delete", on.remove),
    );
}
