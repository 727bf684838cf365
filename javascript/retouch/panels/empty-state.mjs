/** What is shown while no picture is open: how to begin, and the pictures that were open before. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { joinWords } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const MOST = 6;

export class EmptyState {
    #urls = [];

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, commands, autosave }) {
        Object.assign(this, { store, autosave });
        this.recent = h("ul", { class: "rt-recent", "aria-label": text("recent.label"), hidden: true });
        this.element = h(
            "div",
            { class: "rt-empty", "data-testid": "empty" },
            icon("drop"),
            h("h2", {}, text("empty.drop")),
            h(
                "p",
                {},
                text("empty.paste"),
                h("button", { type: "button", class: "rt-link", onclick: commands.openFile }, text("empty.choose")),
                ".",
            ),
            h("p", { class: "rt-hint" }, text("empty.then")),
            this.recent,
        );
        store.addEventListener("change", () => this.update());
    }

    update() {
        const isEmpty = this.store.doc.base === null;
        if (isEmpty === this.element.hidden || !this.isListed) {
            this.isListed = true;
            this.element.hidden = !isEmpty;
            this.#listRecent(isEmpty);
        }
    }

    async #listRecent(isEmpty) {
        const pictures = isEmpty ? (await this.autosave.listClosed()).slice(0, MOST) : [];
        this.#urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
        this.recent.replaceChildren(...pictures.map((picture) => this.#makeItem(picture)));
        this.recent.hidden = pictures.length === 0;
    }

    #makeItem(picture) {
        const { name, work, when } = picture;
        const about = work.length ? joinWords(work) : new Date(when).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
        return h(
            "li",
            {},
            h(
                "button",
                {
                    type: "button",
                    class: "rt-recent-picture",
                    "data-testid": "recent",
                    "data-tip": text("recent.tip", { name }),
                    onclick: () => this.autosave.openStored(picture),
                },
                this.#makeThumbnail(picture),
                h("span", { class: "rt-recent-name" }, name),
                h("span", { class: "rt-hint" }, about),
            ),
        );
    }

    /** The picture as it was opened, without its steps. */
    #makeThumbnail({ content }) {
        const { doc } = content.states ? content.states[content.at] : content;
        const url = URL.createObjectURL(doc.base.file);
        this.#urls.push(url);
        return h("img", { src: url, alt: "", loading: "lazy" });
    }
}
