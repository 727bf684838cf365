/** Remembering: the pictures of this tab survive a reload, and work that a closed tab left can be brought back. */

import { pickSentPicture } from "../document/metadata.mjs";
import { debounced } from "../util/debounce.mjs";
import { Shelf } from "../document/autosave.mjs";
import { restored, stored } from "../document/serialize.mjs";
import { isSaved, joinWords, markSaved, listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const KEEP_WAIT_MS = 800;
const FULL = text("autosave.full");

/** @param studio the parts that mount() made. Returns how to stop. */
export function remember(studio) {
    const remembering = new Remembering(studio);
    remembering.begin();
    return () => remembering.stop();
}

class Remembering {
    #shelf = new Shelf();
    #kept = null;
    #keptOthers = "";
    #ending = new AbortController();

    constructor({ store, settings, notices, view, api, painter, loading }) {
        Object.assign(this, { store, settings, notices, view, api, painter, loading });
        this.keep = debounced(() => this.#keep(), KEEP_WAIT_MS);
    }

    async begin() {
        try {
            const { now, left } = await this.#shelf.open();
            if (now) {
                await this.#restore(now, left);
            } else {
                await this.#offerAbandoned();
            }
        } catch (error) {
            this.notices.say(text("autosave.lost", { why: error.message }), "warning");
        }
        this.#listen();
    }

    stop() {
        this.#ending.abort();
    }

    #listen() {
        const { signal } = this.#ending;
        const keep = () => this.store.doc.base && this.keep();
        this.store.addEventListener("change", keep, { signal });
        this.settings.addEventListener("change", keep, { signal });
        addEventListener("pagehide", () => this.store.doc.base && this.keep.now(), { signal });
        addEventListener("beforeunload", (event) => this.#leaving(event), { signal });
        keep();
    }

    async #restore(now, left) {
        const { doc, said, saved } = await restored(now.content);
        const others = left ? await restored(left.content) : { docs: [] };
        if (this.store.doc.base) {
            return;
        }
        if (saved) {
            markSaved(doc);
        }
        this.settings.set(said ?? {});
        this.store.restore(doc, others);
        this.view.fit();
        this.api.send(pickSentPicture(doc)).catch(() => {}); // it is sent again with the first question about it
    }

    /** Work of a tab that was closed, for a new tab. */
    async #offerAbandoned() {
        const record = await this.#shelf.abandoned();
        if (record) {
            const run = async () => this.loading.show((await restored(record.content)).doc);
            const told = text("autosave.left", { name: record.name, work: joinWords(record.work) });
            this.notices.say(told, "lasting", { label: text("autosave.restore"), run });
        }
    }

    async #keep() {
        const { doc, others } = this.store;
        try {
            const content = await stored({ doc, said: this.settings.values, saved: isSaved(doc) });
            await this.#shelf.keep({ content, name: doc.name, work: listUnsavedWork(doc) });
            await this.#keepOthers(others);
            this.#kept = doc;
        } catch {
            this.notices.sayOnce(FULL, "lasting");
        }
    }

    /** Written only where they differ: they change with the present picture only. */
    async #keepOthers(others) {
        const key = others.docs.length ? JSON.stringify([others.place, others.docs.map(({ name }) => name)]) : "";
        if (key !== this.#keptOthers) {
            await this.#shelf.keep({ content: await stored(others) }, "left");
            this.#keptOthers = key;
        }
    }

    /** A question of the browser's, where a reload would lose something. */
    #leaving(event) {
        const { doc } = this.store;
        const isPending = doc !== this.#kept && listUnsavedWork(doc).length > 0;
        if (isPending || this.painter.busy) {
            this.keep.now();
            event.preventDefault();
        }
    }
}
