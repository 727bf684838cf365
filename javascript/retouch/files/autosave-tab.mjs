/** Autosave: the pictures of this tab survive a reload, and unsaved work of a closed tab can be brought back. */

import { pickSentPicture } from "../document/metadata.mjs";
import { debounce } from "../util/debounce.mjs";
import { AutosaveStore, upgradeDoc } from "../document/autosave.mjs";
import { deserialize, serialize } from "../document/serialize.mjs";
import { isSaved, joinWords, markSaved, listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const KEEP_WAIT_MS = 800;
const FULL = text("autosave.full");

/**
 * @param {import("../studio.mjs").Studio} studio
 * @returns {() => void} stops it
 */
export function startAutosave(studio) {
    const autosave = new TabAutosave(studio);
    autosave.start();
    return () => autosave.stop();
}

class TabAutosave {
    #autosaves = new AutosaveStore();
    #savedDoc = null;
    #savedOthers = "";
    #ending = new AbortController();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, settings, notices, view, api, inpaintJobs, pictureLoader }) {
        Object.assign(this, { store, settings, notices, view, api, inpaintJobs, pictureLoader });
        this.save = debounce(() => this.#save(), KEEP_WAIT_MS);
    }

    async start() {
        try {
            const { now, left } = await this.#autosaves.open();
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
        const save = () => this.store.doc.base && this.save();
        this.store.addEventListener("change", save, { signal });
        this.settings.addEventListener("change", save, { signal });
        addEventListener("pagehide", () => this.store.doc.base && this.save.now(), { signal });
        addEventListener("beforeunload", (event) => this.#onLeave(event), { signal });
        save();
    }

    async #restore(now, left) {
        const { doc: stored, said: settings, saved } = await deserialize(now.content);
        const doc = upgradeDoc(stored);
        const { docs, place } = left ? await deserialize(left.content) : { docs: [] };
        if (this.store.doc.base) {
            return;
        }
        if (saved) {
            markSaved(doc);
        }
        this.store.restore(doc, { docs: docs.map(upgradeDoc), place });
        this.settings.set(settings ?? {});
        this.view.fit();
        this.api.send(pickSentPicture(doc)).catch(() => {}); // it is sent again with the first question about it
    }

    /** Work of a tab that was closed, for a new tab. */
    async #offerAbandoned() {
        const record = await this.#autosaves.findAbandoned();
        if (record) {
            const run = async () => this.pictureLoader.show(upgradeDoc((await deserialize(record.content)).doc));
            const told = text("autosave.left", { name: record.name, work: joinWords(record.work) });
            this.notices.say(told, "lasting", { label: text("autosave.restore"), run });
        }
    }

    async #save() {
        const { doc, others } = this.store;
        try {
            const content = await serialize({ doc, said: this.settings.values, saved: isSaved(doc) });
            await this.#autosaves.write({ content, name: doc.name, work: listUnsavedWork(doc) });
            await this.#saveOthers(others);
            this.#savedDoc = doc;
        } catch {
            this.notices.sayOnce(FULL, "lasting");
        }
    }

    /** Written only where they differ: they change with the present picture only. */
    async #saveOthers(others) {
        const key = others.docs.length ? JSON.stringify([others.place, others.docs.map(({ name }) => name)]) : "";
        if (key !== this.#savedOthers) {
            await this.#autosaves.write({ content: await serialize(others) }, "left");
            this.#savedOthers = key;
        }
    }

    /** A question of the browser's, where a reload would lose something. */
    #onLeave(event) {
        const { doc } = this.store;
        const isPending = doc !== this.#savedDoc && listUnsavedWork(doc).length > 0;
        if (isPending || this.inpaintJobs.busy) {
            this.save.now();
            event.preventDefault();
        }
    }
}
