/**
 * Autosave: the pictures of this tab survive a reload, with their undo steps and the jobs that run for them. Pictures
 * of closed tabs can be opened again.
 */

import { pickSentPicture } from "../document/metadata.mjs";
import { newId } from "../document/document.mjs";
import { debounce } from "../util/debounce.mjs";
import { AutosaveStore, upgradeDoc } from "../document/autosave.mjs";
import { deserialize, serialize } from "../document/serialize.mjs";
import { isSaved, joinWords, markSaved, listUnsavedWork } from "../document/unsaved-work.mjs";
import { text } from "../util/text.mjs";

const KEEP_WAIT_MS = 800;
/** Undo steps that are stored, before the present state and after it. */
const STATES_BEFORE = 20;
const STATES_AFTER = 10;
const FULL = text("autosave.full");

export class TabAutosave {
    #autosaves = new AutosaveStore();
    /** By picture, what of it is stored. */
    #stored = new Map();
    #ending = new AbortController();
    #saving = Promise.resolve();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, settings, notices, view, api, jobQueue }) {
        Object.assign(this, { store, settings, notices, view, api, jobQueue });
        this.save = debounce(() => (this.#saving = this.#saving.then(() => this.#save())), KEEP_WAIT_MS);
    }

    async start() {
        try {
            await this.#restore(await this.#autosaves.open());
            if (!this.store.doc.base) {
                await this.#offerNewest();
            }
        } catch (error) {
            this.notices.say(text("autosave.lost", { why: error.message }), "warning");
        }
        this.#listen();
    }

    stop() {
        this.#ending.abort();
    }

    /** The stored pictures that no tab shows, newest first; [] where the storage cannot be read. */
    listClosed() {
        const open = this.store.pictures.map(({ id }) => id);
        return this.#autosaves.listClosed(open).catch(() => []);
    }

    /** Opens a stored picture, with its undo steps. @param {import("../document/autosave.mjs").StoredPicture} stored */
    async openStored(stored) {
        const { record, jobs } = await readPicture(stored);
        this.store.openRecord(record);
        this.view.fit();
        this.jobQueue.resume(jobs);
    }

    #listen() {
        const { signal } = this.#ending;
        const save = () => this.save();
        this.store.addEventListener("change", save, { signal });
        this.store.addEventListener("pictures", save, { signal });
        this.settings.addEventListener("change", save, { signal });
        this.jobQueue.addEventListener("jobs", () => this.save.now(), { signal });
        addEventListener("pagehide", () => this.save.now(), { signal });
        addEventListener("beforeunload", (event) => this.#onLeave(event), { signal });
        save();
    }

    async #restore({ window, pictures }) {
        const read = await readPictures(window, pictures);
        if (this.store.doc.base || !read.pictures.length) {
            return;
        }
        this.store.restore(
            read.pictures.map(({ record }) => record),
            read.present,
        );
        this.settings.set(read.settings);
        this.view.fit();
        this.api.send(pickSentPicture(this.store.doc)).catch(() => {}); // it is sent again with the first question about it
        this.jobQueue.resume(read.pictures.flatMap(({ jobs }) => jobs));
    }

    /** The newest picture with unsaved work of a closed tab, for a new tab. */
    async #offerNewest() {
        const newest = (await this.listClosed()).find(({ work }) => work.length);
        if (newest) {
            const told = text("autosave.left", { name: newest.name, work: joinWords(newest.work) });
            const action = { label: text("autosave.restore"), run: () => this.openStored(newest) };
            this.notices.say(told, "lasting", action);
        }
    }

    /** Never rejects, and never runs twice at once: a slow write would replace a newer one. */
    async #save() {
        try {
            const { records, picture } = this.store;
            await Promise.all(records.map((record) => this.#savePicture(record)));
            const settings = await serialize(this.settings.values);
            await this.#autosaves.writeWindow({ open: records.map(({ id }) => id), present: picture.id, settings });
        } catch {
            this.notices.sayOnce(FULL, "lasting");
        }
    }

    /** Stores a picture if it has changed. */
    async #savePicture(record) {
        const { doc } = record.states[record.at];
        const state = this.#stateOf(record);
        if (isSameState(state, this.#stored.get(record.id))) {
            return;
        }
        const content = await serialize({
            ...trimStates(record),
            saved: isSaved(doc),
            jobs: this.jobQueue.jobsOf(record.id).map((job) => ({ ...job, bodies: [...job.bodies] })),
        });
        await this.#autosaves.writePicture({ id: record.id, name: doc.name, work: listUnsavedWork(doc), content });
        this.#stored.set(record.id, state);
    }

    /** What tells whether a picture has changed. */
    #stateOf({ id, states, at }) {
        const { doc } = states[at];
        const jobs = this.jobQueue.jobsOf(id).map((job) => [job.task, job.bodies.length, job.doc !== null]);
        return { doc, at, count: states.length, saved: isSaved(doc), jobs: JSON.stringify(jobs) };
    }

    /** A question of the browser's, where a reload would lose something. */
    #onLeave(event) {
        const isLost = (record) => {
            const { doc } = record.states[record.at];
            const hasWork = listUnsavedWork(doc).length > 0 || this.jobQueue.jobsOf(record.id).length > 0;
            return hasWork && !isSameState(this.#stateOf(record), this.#stored.get(record.id));
        };
        if (this.store.records.some(isLost)) {
            this.save.now();
            event.preventDefault();
        }
    }
}

function isSameState(state, stored) {
    return stored !== undefined && Object.keys(state).every((name) => state[name] === stored[name]);
}

/** The record with the states near the present one. */
function trimStates({ id, states, at }) {
    const from = Math.max(at - STATES_BEFORE, 0);
    return { id, states: states.slice(from, at + STATES_AFTER + 1), at: at - from };
}

/** The pictures of a tab as they were stored, with the settings and the id of the present one. */
async function readPictures(window, stored) {
    if (window?.content.doc) {
        return readEarlierVersion(window, stored);
    }
    const { open = [], present = "", settings = {} } = window?.content ?? {};
    const shown = open.map((id) => stored.find((picture) => picture.id === id)).filter(Boolean);
    return { pictures: await Promise.all(shown.map(readPicture)), present, settings: await deserialize(settings) };
}

async function readPicture({ content }) {
    const { id = newId(), states, at, saved, jobs = [], doc } = await deserialize(content);
    if (!states) {
        return { record: makeRecord(doc, saved), jobs };
    }
    if (saved) {
        markSaved(states[at].doc);
    }
    return { record: { id, states, at }, jobs };
}

/** Versions up to 0.2 stored the present picture with the settings, and the others together as "left". */
async function readEarlierVersion({ content }, stored) {
    const { doc, said: settings, saved } = await deserialize(content);
    const left = stored.find(({ id }) => id === "left");
    const { docs = [], place = 0 } = left ? await deserialize(left.content) : {};
    const present = makeRecord(doc, saved);
    const others = docs.map((other) => makeRecord(other, false));
    const records = [...others.slice(0, place), present, ...others.slice(place)];
    return { pictures: records.map((record) => ({ record, jobs: [] })), present: present.id, settings: settings ?? {} };
}

function makeRecord(stored, saved) {
    const doc = upgradeDoc(stored);
    if (saved) {
        markSaved(doc);
    }
    return { id: newId(), states: [{ label: text("did.open", { name: doc.name }), doc, merge: null }], at: 0 };
}
