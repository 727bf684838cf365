/** What the page says of a recipe, and the recipe without what only a list says of it. Pure. */

import { text } from "../util/text.mjs";

/** The recipe alone: lists also say whose it is, and of what is not saved which it is and what it stands for. */
export function bareRecipe({ own: _own, draft: _draft, replaces: _replaces, ...recipe }) {
    return recipe;
}

export function recipeName({ name }) {
    return name?.trim() || "Custom";
}

/** A line for each pass: what it looks for, how strongly it paints, and what else is worth knowing. */
export function describePasses({ passes = [] }) {
    return passes.map((pass) => {
        const { target = {}, enabled = true, denoising_strength: strength = 0.4, variations = 1, gate = {} } = pass;
        const extras = [
            text("pass.strength", { strength }),
            variations > 1 && text("pass.variations", { count: variations }),
            gate.mode === "on" && text("pass.gate"),
            !enabled && text("pass.off"),
        ];
        return { looks: describeTarget(target), extras: extras.filter(Boolean).join(" · ") };
    });
}

function describeTarget({ what = "detectors", models = [], classes = [], of_pass: within }) {
    const named = [...models, ...classes].join(", ");
    const head =
        what === "detectors" || what === "text"
            ? named || text("pass.nothing")
            : [what, named].filter(Boolean).join(": ");
    return within ? text("pass.within", { target: head, number: within }) : head;
}

/** What becomes of the objects that have words of their own; "" where none has. */
export function describePeople(people) {
    const named = people.map(({ prompt }) => `"${prompt}"`).join(", ");
    return named && text("recipes.people", { prompts: named });
}

/** Which prompt a recipe will use on the picture of an infotext. */
export function describePrompt(typed, infotext) {
    const own = infotext.split(/^(?:Negative prompt|Steps): /m)[0].trim();
    if (typed.trim()) {
        return text("recipes.words.typed", { prompt: typed.trim() });
    }
    return own ? text("recipes.words.own", { prompt: own }) : text("recipes.words.none");
}

/** What the server says of a name that is taken, without what only its own requests can do about it. */
export function describeTakenName({ message }) {
    return message.split("`")[0].replace(/, or $/, ".");
}

/** A file's name for it that every system takes. */
export function recipeFileName(recipe, ending = "json") {
    const stem = recipeName(recipe)
        .normalize("NFKC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "");
    return `${stem.slice(0, 48) || "recipe"}.${ending}`;
}

/** As a file: the form that the server writes. */
export function recipeFileText(recipe) {
    return `${JSON.stringify(bareRecipe(recipe), null, 2)}\n`;
}
