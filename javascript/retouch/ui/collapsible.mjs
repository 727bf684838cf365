/** A folding part of the side panel, which remembers whether it is open. */

import { h } from "./dom.mjs";
import { icon } from "./icons.mjs";
import { readJson, writeJson } from "../util/local-storage.mjs";

const KEY = "retouch-folded";

function loadFolded() {
    return new Set(Array.from(readJson(localStorage, KEY, [])));
}

/** `tools` are buttons on the heading's line, `open` whether it is unfolded the first time. */
export function makeSection(name, title, children, { tools = [], open = true } = {}) {
    const isOpen = loadFolded().has(`${name}:${open}`) ? !open : open;
    const body = h("div", { class: "rt-section-body", id: `rt-section-${name}`, hidden: !isOpen }, ...children);
    const button = h(
        "button",
        { type: "button", class: "rt-fold", "aria-expanded": isOpen, "aria-controls": body.id },
        icon("chevron"),
        title,
    );
    button.addEventListener("click", () => {
        body.hidden = !body.hidden;
        button.setAttribute("aria-expanded", !body.hidden);
        const names = loadFolded();
        names[body.hidden === open ? "add" : "delete"](`${name}:${open}`);
        writeJson(localStorage, KEY, [...names]);
    });
    const head = h("header", {}, h("h2", {}, button), h("div", { class: "rt-section-tools" }, ...tools));
    return h("section", { class: `rt-section rt-section-${name}`, "data-testid": name }, head, body);
}
