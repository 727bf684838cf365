/** What the studio says over itself: notices, menus, and the list of shortcuts. */

import { h } from "./dom.mjs";
import { icon, iconButton } from "./icons.mjs";
import { text } from "../util/text.mjs";

const SECONDS = { info: 5, warning: 20, error: 30 };

/** Notices in a corner, read out by a screen reader. */
export class Notices {
    #shown = new Set();

    constructor() {
        this.element = h("div", {
            class: "rt-notices",
            role: "status",
            "aria-live": "polite",
            "data-testid": "notices",
        });
    }

    /** Show `words`; `action` is {label, run}. Stays until closed when `kind` is "lasting". Returns how to close it. */
    say(words, kind = "info", action = null) {
        const close = () => notice.remove();
        const pressed = () => (close(), action.run());
        const notice = h(
            "div",
            { class: `rt-notice rt-${kind}` },
            kind === "info" ? null : icon("warn"),
            h("span", {}, words),
            action && h("button", { type: "button", class: "rt-link", onclick: pressed }, action.label),
            iconButton("close", text("notice.dismiss"), close),
        );
        this.#removeEqual(words);
        this.element.append(notice);
        if (SECONDS[kind]) {
            closeLater(notice, SECONDS[kind] * 1000);
        }
        return close;
    }

    /** What is true of every answer is worth one notice, not one per answer. */
    sayOnce(text, kind) {
        if (!this.#shown.has(text)) {
            this.#shown.add(text);
            this.say(text, kind);
        }
    }

    #removeEqual(text) {
        [...this.element.children]
            .filter((old) => old.querySelector("span").textContent === text)
            .forEach((old) => old.remove());
    }
}

/** Gone after a while, but not from under the pointer or the focus. */
function closeLater(notice, wait) {
    setTimeout(() => (notice.matches(":hover, :focus-within") ? closeLater(notice, wait) : notice.remove()), wait);
}

/** A button that opens a menu of `items()`: [{label, hint?, run, disabled?}]; arrow keys, Escape and clicks elsewhere work. */
export function menuButton(face, label, items, props = {}) {
    const list = h("div", { class: "rt-menu", role: "menu", hidden: true });
    const button = h(
        "button",
        {
            type: "button",
            class: "rt-button",
            "aria-haspopup": "menu",
            "aria-expanded": "false",
            "aria-label": label,
            ...props,
        },
        ...face,
    );
    const wrap = h("div", { class: "rt-menu-wrap" }, button, list);
    const close = (back = false) => {
        list.hidden = true;
        button.setAttribute("aria-expanded", "false");
        document.removeEventListener("pointerdown", outside, true);
        if (back) {
            button.focus();
        }
    };
    const outside = (event) => wrap.contains(event.target) || close();
    const open = async () => {
        list.replaceChildren(...(await items()).map((item) => makeMenuItem(item, close)));
        list.hidden = false;
        button.setAttribute("aria-expanded", "true");
        document.addEventListener("pointerdown", outside, true);
        list.querySelector("button:not(:disabled)")?.focus();
    };
    button.addEventListener("click", () => (list.hidden ? open() : close()));
    list.addEventListener("keydown", (event) => moveFocus(list, event, close));
    return wrap;
}

function makeMenuItem({ label, hint = "", run, disabled = false, testid = false }, close) {
    const press = () => (close(true), run());
    return h(
        "button",
        { type: "button", role: "menuitem", disabled, onclick: press, "data-testid": testid },
        h("span", {}, label),
        hint && h("small", {}, hint),
    );
}

function moveFocus(list, event, close) {
    const items = [...list.querySelectorAll("button:not(:disabled)")];
    const here = items.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
        close(true);
    } else if (to !== undefined) {
        items[(to + items.length) % items.length]?.focus();
    } else {
        return;
    }
    event.preventDefault();
    event.stopPropagation();
}

/**
 * A question with a button for each answer.
 *
 * @template {{label: string, hint: string}} Option
 * @param {Option[]} options
 * @returns {Promise<Option | null>} null where the dialog was closed without an answer
 */
export function chooseOption(parent, title, question, options) {
    return new Promise((resolve) => {
        let chosen = null;
        const take = (option) => ((chosen = option), dialog.close());
        const over = () => (dialog.remove(), resolve(chosen));
        const dialog = h(
            "dialog",
            {
                class: "rt-dialog rt-question",
                "aria-labelledby": "rt-question-title",
                "data-testid": "choice",
                onclose: over,
            },
            h(
                "header",
                {},
                h("h2", { id: "rt-question-title" }, title),
                iconButton("close", text("dialog.close"), () => dialog.close()),
            ),
            h("p", {}, question),
            h(
                "div",
                { class: "rt-answers" },
                options.map((option) => makeChoiceButton(option, take)),
            ),
        );
        parent.append(dialog);
        dialog.showModal();
    });
}

function makeChoiceButton(option, take) {
    const words = [h("b", {}, option.label), h("small", {}, option.hint)];
    return h("button", { type: "button", class: "rt-button", onclick: () => take(option) }, words);
}

/** The list of shortcuts, from the table that makes them work. */
export function showShortcuts(parent, actions) {
    const groups = groupShortcuts(actions);
    const close = h(
        "form",
        { method: "dialog" },
        h("button", { class: "rt-button", "aria-label": text("shortcuts.close") }, text("dialog.close")),
    );
    const sections = [...groups].filter(([name]) => name).map(([name, those]) => makeShortcutGroup(name, those));
    const dialog = h(
        "dialog",
        {
            class: "rt-dialog",
            "aria-labelledby": "rt-shortcuts-title",
            "data-testid": "shortcuts",
            onclose: () => dialog.remove(),
        },
        h("header", {}, h("h2", { id: "rt-shortcuts-title" }, text("shortcuts.title")), close),
        h("div", { class: "rt-shortcuts" }, sections),
    );
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    parent.append(dialog);
    dialog.showModal();
}

function groupShortcuts(actions) {
    const groups = new Map();
    actions.forEach((action) => groups.set(action.group, [...(groups.get(action.group) ?? []), action]));
    return groups;
}

function makeShortcutGroup(name, actions) {
    const rows = actions.map(({ keys, label, listedKeys: listedKeys = keys }) => [
        h("dt", {}, ...listedKeys.slice(0, 2).map((key) => h("kbd", {}, formatKey(key)))),
        h("dd", {}, label),
    ]);
    return h("section", {}, h("h3", {}, name), h("dl", {}, rows.flat()));
}

function formatKey(key) {
    return key
        .replace("ArrowLeft", "←")
        .replace("ArrowRight", "→")
        .replace("ArrowUp", "↑")
        .replace("ArrowDown", "↓")
        .replaceAll("+", " + ")
        .replace("Escape", "Esc");
}
