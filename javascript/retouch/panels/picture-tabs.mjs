/** The tabs of the open pictures: one is shown, any can be closed. With one picture there are no tabs. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class PictureTabs {
    #drawn = "";

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, jobQueue, commands }) {
        Object.assign(this, { store, jobQueue, commands });
        this.element = h("div", { class: "rt-picture-tabs", hidden: true, "data-testid": "picture-tabs" });
        const update = () => this.update();
        store.addEventListener("change", update);
        store.addEventListener("pictures", update);
        jobQueue.addEventListener("jobs", update);
    }

    update() {
        const pictures = this.store.pictures.map((picture) => ({ ...picture, mark: this.#markOf(picture) }));
        const drawn = JSON.stringify(pictures.map(({ id, doc, isPresent, mark }) => [id, doc.name, isPresent, mark]));
        if (drawn === this.#drawn) {
            return;
        }
        this.#drawn = drawn;
        const focused = this.element.contains(document.activeElement);
        const list = h("div", { role: "tablist", "aria-label": text("tabs.label") }, ...pictures.map((one) => this.#makeTab(one)));
        this.element.replaceChildren(list);
        this.element.hidden = pictures.length < 2;
        if (focused) {
            list.querySelector("[aria-selected=true]")?.focus();
        }
    }

    /** What a tab tells beside the name: a job runs, variations wait, or something is in no file. */
    #markOf({ id, doc }) {
        if (this.jobQueue.jobsOf(id).length) {
            return text("tabs.running");
        }
        return doc.variations ? text("tabs.variations") : listUnsavedWork(doc).length ? text("tabs.unsaved") : "";
    }

    #makeTab({ id, doc, isPresent, mark }) {
        const label = mark ? `${doc.name}, ${mark}` : doc.name;
        const tab = h(
            "button",
            {
                type: "button",
                role: "tab",
                class: "rt-picture-tab",
                "aria-selected": isPresent,
                "aria-label": label,
                tabindex: isPresent ? 0 : -1,
                "data-testid": "picture-tab",
                "data-tip": label,
                onclick: () => this.store.show(id),
                onkeydown: (event) => this.#handleKey(event, id),
            },
            h("span", { class: "rt-picture-tab-name" }, doc.name),
            mark ? h("span", { class: "rt-picture-tab-mark", "aria-hidden": "true" }, "•") : null,
        );
        const close = h(
            "button",
            {
                type: "button",
                class: "rt-icon-button rt-picture-tab-close",
                tabindex: isPresent ? 0 : -1,
                "aria-label": text("tabs.close", { name: doc.name }),
                "data-testid": "close-picture",
                onclick: () => this.commands.closePicture(id),
            },
            icon("close"),
        );
        return h("div", { role: "presentation", class: isPresent ? "rt-picture-tab-box is-present" : "rt-picture-tab-box" }, tab, close);
    }

    /** Arrow keys show the next picture; Delete closes this one. */
    #handleKey(event, id) {
        const ids = this.store.pictures.map((picture) => picture.id);
        const next = ids[ids.indexOf(id) + (STEPS[event.key] ?? NaN)];
        if (event.key === "Delete") {
            this.commands.closePicture(id);
        } else if (next) {
            this.store.show(next);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }
}
