/**
 * The document survives a reload: it lies in IndexedDB under this tab's own id, so that two tabs never see each
 * other's picture. A tab that the browser duplicated gets a copy, under an id of its own.
 */

const DATABASE = "retouch";
const STORE = "documents";
const TAB = "retouch-tab";
const DAYS = 7;
const MOST = 12;

export class Shelf {
    #database = null;
    #writing = Promise.resolve();

    /** The record of this tab (or of the one it was duplicated from), null where there is none. */
    async open() {
        this.#database = await asPromise(request());
        const from = sessionStorage.getItem(TAB);
        this.tab = from && (await isFree(from)) ? from : await freshTab();
        sessionStorage.setItem(TAB, this.tab);
        await this.#tidy();
        return from ? ((await asPromise(this.#store("readonly").get(from))) ?? null) : null;
    }

    /** Writes come one after the other, the last one wins. Resolves when it is on disk. */
    keep(record) {
        const write = () => asPromise(this.#store("readwrite").put({ ...record, tab: this.tab, when: Date.now() }));
        this.#writing = this.#writing.catch(() => {}).then(write);
        return this.#writing;
    }

    #store(mode) {
        return this.#database.transaction(STORE, mode).objectStore(STORE);
    }

    /** Records of tabs long closed go: the old ones, and the oldest where there are many. */
    async #tidy() {
        const keys = await asPromise(this.#store("readonly").index("when").getAllKeys());
        const old = IDBKeyRange.upperBound(Date.now() - DAYS * 86_400_000);
        const stale = await asPromise(this.#store("readonly").index("when").getAllKeys(old));
        const gone = new Set([...stale, ...keys.slice(0, Math.max(0, keys.length - MOST))]);
        gone.delete(this.tab);
        gone.delete(sessionStorage.getItem(TAB));
        await Promise.all([...gone].map((key) => asPromise(this.#store("readwrite").delete(key))));
    }
}

function request() {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
        opening.result.createObjectStore(STORE, { keyPath: "tab" }).createIndex("when", "when");
    };
    return opening;
}

/** An id is held by a lock for as long as its tab lives. */
function isFree(tab) {
    if (!navigator.locks) {
        return Promise.resolve(true);
    }
    return new Promise((resolve) => {
        navigator.locks.request(`retouch-${tab}`, { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock && new Promise(() => {});
        });
    });
}

async function freshTab() {
    const tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
    await isFree(tab);
    return tab;
}

function asPromise(asked) {
    return new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
}
