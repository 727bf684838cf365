/**
 * Picture loader: opens a file as the present picture. The picture before stays open in a tab of its own: undo goes
 * back to it, and it survives a reload.
 */

import { pickSentPicture } from "../document/metadata.mjs";
import { download } from "../ui/dom.mjs";
import { readDocument, makeHistoryFile } from "./open-file.mjs";
import { joinWords, markSaved, listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const SLOW_MS = 600;

export class PictureLoader {
    #latest = null;

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, view, api, notices }) {
        Object.assign(this, { store, view, api, notices });
        store.addEventListener("dropped", ({ detail }) => this.#tellDropped(detail.doc));
    }

    /** Opens the file, unless another was chosen meanwhile. */
    async load(file) {
        const token = (this.#latest = Symbol("load"));
        const done = this.#tellWhenSlow(file);
        const say = (remark) => this.#latest === token && this.notices.say(remark, "warning");
        try {
            const doc = await readDocument(file, { api: this.api, say });
            if (this.#latest === token) {
                markSaved(doc);
                this.show(doc);
            }
        } catch (error) {
            this.notices.say(error.message, "error");
        } finally {
            done();
        }
    }

    /** Opens a document as the present one. */
    show(doc) {
        const before = this.store.doc;
        const { id } = this.store.picture;
        const work = listUnsavedWork(before);
        this.store.open(doc);
        this.view.fit();
        this.api.send(pickSentPicture(doc)).catch(() => {}); // it is sent again with the first question about it
        if (work.length) {
            const told = text("open.stillHere", { name: before.name, work: joinWords(work) });
            const action = { label: text("open.back"), run: () => this.store.show(id) };
            this.store.onceShown(id, this.notices.say(told, "warning", action));
        }
    }

    #tellWhenSlow({ name }) {
        let close = () => {};
        const opening = name ? text("open.slow", { name }) : text("open.slowUnnamed");
        const timer = setTimeout(() => (close = this.notices.say(opening, "lasting")), SLOW_MS);
        return () => (clearTimeout(timer), close());
    }

    /** A picture without unsaved work is closed without a word: it is among the recent ones. */
    #tellDropped(doc) {
        if (!listUnsavedWork(doc).length) {
            return;
        }
        const told = text("open.dropped", { name: doc.name, work: joinWords(listUnsavedWork(doc)) });
        const save = async () => {
            const file = await makeHistoryFile(doc);
            download(file, file.name);
        };
        this.notices.say(told, "lasting", { label: text("open.saveDropped"), run: save });
    }
}
