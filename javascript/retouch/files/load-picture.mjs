/**
 * Loading: a file opened as the present picture. The one before stays where it holds work that is in no file: undo
 * leads back to it, and it survives a reload.
 */

import { pickSentPicture } from "../document/metadata.mjs";
import { download } from "../ui/dom.mjs";
import { documentOf, historyFile } from "./open-file.mjs";
import { joinWords, markSaved, listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const SLOW_MS = 600;

export class Loading {
    #latest = null;

    constructor({ store, view, api, notices }) {
        Object.assign(this, { store, view, api, notices });
        store.addEventListener("dropped", ({ detail }) => this.#tellDropped(detail.doc));
    }

    /** The file as the present picture, unless another was asked for meanwhile. */
    async load(file) {
        const asked = (this.#latest = Symbol("load"));
        const done = this.#tellWhenSlow(file);
        const say = (remark) => this.#latest === asked && this.notices.say(remark, "warning");
        try {
            const doc = await documentOf(file, { api: this.api, say });
            if (this.#latest === asked) {
                markSaved(doc);
                this.show(doc);
            }
        } catch (error) {
            this.notices.say(error.message, "error");
        } finally {
            done();
        }
    }

    /** Another document as the present one. */
    show(doc) {
        const before = this.store.doc;
        const work = listUnsavedWork(before);
        this.store.open(doc, work.length > 0);
        this.view.fit();
        this.api.send(pickSentPicture(doc)).catch(() => {}); // it is sent again with the first question about it
        if (work.length) {
            const told = text("open.stillHere", { name: before.name, work: joinWords(work) });
            const action = { label: text("open.back"), run: () => this.store.back(before.base) };
            this.#closeOnceBack(before.base, this.notices.say(told, "warning", action));
        }
    }

    /** The notice is of no use any more once the picture is there again. */
    #closeOnceBack(base, close) {
        const heard = ({ detail }) => {
            if (detail.doc.base === base) {
                close();
                this.store.removeEventListener("change", heard);
            }
        };
        this.store.addEventListener("change", heard);
    }

    #tellWhenSlow({ name }) {
        let close = () => {};
        const opening = name ? text("open.slow", { name }) : text("open.slowUnnamed");
        const timer = setTimeout(() => (close = this.notices.say(opening, "lasting")), SLOW_MS);
        return () => (clearTimeout(timer), close());
    }

    #tellDropped(doc) {
        const told = text("open.dropped", { name: doc.name, work: joinWords(listUnsavedWork(doc)) });
        const save = async () => {
            const file = await historyFile(doc);
            download(file, file.name);
        };
        this.notices.say(told, "lasting", { label: text("open.saveDropped"), run: save });
    }
}
