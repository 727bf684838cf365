/**
 * Pictures survive a reload: each lies in IndexedDB, under this tab's own id and its own, so that two tabs never see
 * each other's pictures. A tab that the browser duplicated gets copies, under an id of its own. Pictures of closed
 * tabs, and those that were closed in this one, stay for a while: they can be opened again.
 *
 * @typedef {object} StoredPicture
 * @property {string} id of the picture
 * @property {string} name
 * @property {string[]} work what of it is in no file, in words
 * @property {number} when it was stored, in milliseconds
 * @property {object} content serialized
 */

import { upgradeVariations } from "./variations.mjs";

const DATABASE = "retouch";
const STORE = "documents";
const TAB = "retouch-tab";
const DAYS = 7;
const MOST = 24;

export class AutosaveStore {
    #database = null;
    #writing = Promise.resolve();

    /**
     * What this tab stored, or the one it was duplicated from.
     *
     * @returns {Promise<{window: object | null, pictures: StoredPicture[]}>}
     */
    async open() {
        this.#database = await asPromise(openDatabase());
        const from = sessionStorage.getItem(TAB);
        this.tab = from && (await lockTab(from)) ? from : await newTab();
        sessionStorage.setItem(TAB, this.tab);
        await this.#tidy([this.tab, from]);
        const records = from ? await this.#listOf(from) : [];
        const [window = null] = records.filter(({ tab }) => tab === from);
        return { window, pictures: records.filter(({ tab }) => tab !== from).map(parsePicture) };
    }

    /** Stores which pictures are open, and the settings. */
    writeWindow(content) {
        return this.#write({ tab: this.tab, content });
    }

    /** @param {Omit<StoredPicture, "when">} picture */
    writePicture({ id, ...picture }) {
        return this.#write({ tab: makeKey(this.tab, id), ...picture });
    }

    /** Writes come one after the other. Resolves when it is on disk. */
    #write(record) {
        const write = () => asPromise(this.#store("readwrite").put({ ...record, when: Date.now() }));
        this.#writing = this.#writing.catch(() => {}).then(write);
        return this.#writing;
    }

    /**
     * The stored pictures that no tab shows, newest first; [] where the browser has no locks.
     *
     * @param {string[]} open ids of the pictures of this tab
     * @returns {Promise<StoredPicture[]>}
     */
    async listClosed(open) {
        if (!navigator.locks) {
            return [];
        }
        const locks = (await navigator.locks.query()).held.map(({ name }) => name);
        const isShown = ({ tab, id }) => (tab === this.tab ? open.includes(id) : locks.includes(nameLock(tab)));
        const records = await asPromise(this.#store("readonly").index("when").getAll());
        return records.reverse().filter(isPicture).map(parsePicture).filter((picture) => !isShown(picture));
    }

    #listOf(tab) {
        return asPromise(this.#store("readonly").getAll(IDBKeyRange.bound(tab, `${tab}0`)));
    }

    #store(mode) {
        return this.#database.transaction(STORE, mode).objectStore(STORE);
    }

    /** Records of other tabs go: the old ones, and the oldest where there are many. */
    async #tidy(own) {
        const newest = (range) => asPromise(this.#store("readonly").index("when").getAllKeys(range));
        const fresh = (await newest(IDBKeyRange.lowerBound(Date.now() - DAYS * 86_400_000))).reverse();
        const lasting = new Set(fresh.filter((key) => key.includes("/")).slice(0, MOST));
        fresh.filter((key) => !key.includes("/")).slice(0, MOST).forEach((key) => lasting.add(key));
        const gone = (await newest()).filter((key) => !lasting.has(key) && !own.includes(parseTab(key)));
        await Promise.all(gone.map((key) => asPromise(this.#store("readwrite").delete(key))));
    }
}

function makeKey(tab, id) {
    return `${tab}/${id}`;
}

function parseTab(key) {
    return key.split("/")[0];
}

/** Versions up to 0.2 stored the present picture under the tab's id, and the others together as "left". */
function isPicture({ tab, name, content }) {
    return tab.includes("/") ? Boolean(content.states) : name !== undefined;
}

function parsePicture({ tab: key, ...record }) {
    const [tab, id = ""] = key.split("/");
    return { ...record, tab, id };
}

function nameLock(tab) {
    return `retouch-${tab}`;
}

function openDatabase() {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
        opening.result.createObjectStore(STORE, { keyPath: "tab" }).createIndex("when", "when");
    };
    return opening;
}

/** An id is held by a lock for as long as its tab lives. */
function lockTab(tab) {
    if (!navigator.locks) {
        return Promise.resolve(true);
    }
    return new Promise((resolve) => {
        navigator.locks.request(nameLock(tab), { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock && new Promise(() => {});
        });
    });
}

async function newTab() {
    const tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
    await lockTab(tab);
    return tab;
}

function asPromise(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** A deserialized document in the present form: earlier versions called its variations `offer`, and had one job. */
export function upgradeDoc({ offer, variations = offer, ...doc }) {
    const extension = doc.extension && upgradeExtension(doc.extension);
    const now = variations && !variations.jobs ? upgradeVariations(variations) : variations;
    return Object.freeze({ ...doc, ...(now !== undefined && { variations: now }), ...(extension && { extension }) });
}

function upgradeExtension({ way, ...extension }) {
    return way === undefined ? extension : { ...extension, state: way };
}
