/** What can be done with the recipe at hand, as rows of the dialog of recipes. */

import { h } from "../ui/dom.mjs";
import { wordButton } from "../ui/icons.mjs";
import { nameOf } from "./text.mjs";

/** Its name, and the button that saves it under that; `fresh` where it is not saved yet. `save` gets the name. */
export function keepingRow(recipe, fresh, save) {
    const name = h("input", {
        type: "text",
        value: nameOf(recipe) === "Custom" ? "" : nameOf(recipe),
        maxlength: 80,
        placeholder: "Name",
        "aria-label": "Name to save it under",
        "data-testid": "recipe-name",
    });
    const press = () => save(name.value);
    name.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), press()));
    const button = wordButton(fresh ? "Save" : "Save as", "add", "recipe-save", press);
    return h("div", { class: "rt-row" }, name, button);
}

/**
 * @param {string} edit what the button says that opens the editor
 * @param {{run, edit, share, export, remove}} on what each button does. Without `run` nothing can be run, without
 *   `remove` nothing be deleted
 */
export function toolRow(recipe, edit, on) {
    const run = wordButton("Run on the picture", "recipe", "recipe-run", on.run, "rt-primary");
    run.disabled = !on.run;
    return h(
        "div",
        { class: "rt-row" },
        run,
        wordButton(edit, "brush", "recipe-edit", on.edit),
        wordButton("Copy share string", "send", "recipe-share", on.share),
        wordButton("Export", "download", "recipe-export", on.export),
        on.remove && wordButton("Delete", "remove", "recipe-delete", on.remove),
    );
}
