/** The passes of a recipe that is written: a list to choose from, and what can be done with the chosen one. */

import { h, syncChildren, setAttribute } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { describePasses } from "./text.mjs";
import { text } from "../util/text.mjs";

const LIST_ACTIONS = [
    ["add", "add", text("editor.pass.add")],
    ["copy", "duplicate", text("editor.pass.duplicate")],
    ["remove", "remove", text("editor.pass.remove")],
    ["up", "up", text("editor.pass.up")],
    ["down", "down", text("editor.pass.down")],
];

export class PassList {
    /** `choose(place)` hears of a choice, `change(action)` of "add", "duplicate", "remove", "up" and "down". */
    constructor({ choose, change }) {
        Object.assign(this, { choose, change });
        this.list = h("ol", {
            class: "rt-edit-list",
            "aria-label": text("editor.passes"),
            onkeydown: (event) => this.#key(event),
        });
        const buttons = LIST_ACTIONS.map(([sign, action, label]) => [
            action,
            iconButton(sign, label, () => this.#do(action), { title: label, "data-testid": `pass-${action}` }),
        ]);
        this.buttons = Object.fromEntries(buttons);
        const tools = h("div", { class: "rt-group", role: "group", "aria-label": text("editor.tools") });
        tools.append(...Object.values(this.buttons));
        this.element = h("div", { class: "rt-edit-passes" }, tools, this.list);
    }

    /** @param {Map<number, string>} marks remarks by pass; `at` is the chosen pass */
    show(recipe, at, marks) {
        this.at = at;
        this.count = recipe.passes.length;
        const items = describePasses(recipe).map((line, place) => ({ ...line, place, mark: marks.get(place) ?? "" }));
        syncChildren(this.list, items, { key: ({ place }) => place, make: (item) => this.#entry(item), update: this.#update });
        const { duplicate, remove, up, down } = this.buttons;
        duplicate.disabled = remove.disabled = !this.count;
        up.disabled = at < 1;
        down.disabled = at >= this.count - 1;
    }

    /** Bring the chosen pass into view; with the focus where `focus` says so. */
    reveal(focus) {
        const chosen = this.list.children[this.at]?.firstChild;
        chosen?.scrollIntoView({ block: "nearest" });
        if (focus) {
            (chosen ?? this.buttons.add).focus();
        }
    }

    #entry({ place }) {
        const press = () => this.choose(place);
        const number = h("span", { class: "rt-edit-number" }, String(place + 1));
        const words = h("span", {}, h("b", {}), h("small", {}));
        const mark = h("span", { class: "rt-edit-mark", role: "img" }, icon("warn"));
        return h("li", {}, h("button", { type: "button", onclick: press, "data-testid": "pass" }, number, words, mark));
    }

    #update = (element, { place, looks, extras, mark }) => {
        const [button] = element.children;
        const [, words, sign] = button.children;
        words.firstChild.textContent = looks;
        words.lastChild.textContent = extras;
        sign.hidden = !mark;
        setAttribute(sign, "aria-label", mark);
        sign.title = mark;
        setAttribute(button, "aria-current", place === this.at);
    };

    #do(action) {
        this.change(action);
        if (this.buttons[action].disabled) {
            this.reveal(true);
        }
    }

    /** Arrows choose, and with Alt they move what is chosen. */
    #key(event) {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        const action = { ArrowUp: "up", ArrowDown: "down", Delete: "remove" }[event.key];
        if (!action || (event.key !== "Delete" && !event.altKey && !(this.at + by in this.list.children))) {
            return;
        }
        event.preventDefault();
        if (event.altKey || event.key === "Delete") {
            this.change(action);
        } else {
            this.choose(this.at + by);
        }
        this.reveal(true);
    }
}
