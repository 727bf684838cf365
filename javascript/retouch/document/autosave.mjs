/**
 * The document survives a reload: it lies in IndexedDB under this tab's own id, so that two tabs never see each
 * other's picture. A tab that the browser duplicated gets a copy, under an id of its own.
 */

import { upgradeVariations } from "./variations.mjs";

const DATABASE = "retouch";
const STORE = "documents";
const TAB = "retouch-tab";
const DAYS = 7;
const MOST = 12;

export class AutosaveStore {
    #database = null;
    #writing = Promise.resolve();

    /** The records of this tab (or of the one it was duplicated from), null where there is none. */
    async open() {
        this.#database = await asPromise(openDatabase());
        const from = sessionStorage.getItem(TAB);
        this.tab = from && (await lockTab(from)) ? from : await newTab();
        sessionStorage.setItem(TAB, this.tab);
        await this.#tidy([this.tab, from]);
        return { now: from && (await this.#get(from)), left: from && (await this.#get(from, "left")) };
    }

    /**
     * Writes come one after the other, the last one wins. Resolves when it is on disk.
     *
     * @param {string} part "" for the present picture, "left" for those it can be undone to
     */
    write(record, part = "") {
        const named = { ...record, tab: makeRecordKey(this.tab, part), when: Date.now() };
        const write = () => asPromise(this.#store("readwrite").put(named));
        this.#writing = this.#writing.catch(() => {}).then(write);
        return this.#writing;
    }

    /** The newest record with unsaved work of a closed tab; null without one, or where the browser has no locks. */
    async findAbandoned() {
        if (!navigator.locks) {
            return null;
        }
        const locks = (await navigator.locks.query()).held.map(({ name }) => name);
        const records = await asPromise(this.#store("readonly").index("when").getAll());
        return records.reverse().find(({ tab, work }) => work?.length && !locks.includes(nameLock(tab))) ?? null;
    }

    async #get(tab, part = "") {
        return (await asPromise(this.#store("readonly").get(makeRecordKey(tab, part)))) ?? null;
    }

    #store(mode) {
        return this.#database.transaction(STORE, mode).objectStore(STORE);
    }

    /** Records of tabs long closed go: the old ones, and the oldest where there are many. */
    async #tidy(own) {
        const newest = (range) => asPromise(this.#store("readonly").index("when").getAllKeys(range));
        const fresh = (await newest(IDBKeyRange.lowerBound(Date.now() - DAYS * 86_400_000))).map(parseTab);
        const lasting = new Set([...own, ...[...new Set(fresh.reverse())].slice(0, MOST)]);
        const gone = (await newest()).filter((key) => !lasting.has(parseTab(key)));
        await Promise.all(gone.map((key) => asPromise(this.#store("readwrite").delete(key))));
    }
}

function makeRecordKey(tab, part) {
    return part ? `${tab}/${part}` : tab;
}

function parseTab(key) {
    return key.split("/")[0];
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
