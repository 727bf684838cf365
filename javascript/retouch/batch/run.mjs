/** One batch on the server as the page sees it: files sent one at a time, watched, cancelled, resumed. */

import { retryWhenOnline, ServerError } from "../server/client.mjs";
import { toBase64 } from "../util/base64.mjs";
import { relativePath } from "./files.mjs";
import { bytesOfBlob } from "../image/codec.mjs";
import { writeText } from "../util/local-storage.mjs";
import { text } from "../util/text.mjs";

const KEY = "retouch-batch";
const AT_WORK = ["running", "stopping"];
const GONE = text("batch.gone");

const encodedFile = async (file) => toBase64(await bytesOfBlob(file));

/** Dispatches "change" whenever there is something new to show. */
export class BatchRun extends EventTarget {
    #unsent = [];
    #sending = false;
    #watching = false;

    /** `storage` remembers the job through a reload of the page; `encode(file)` gives a file's base64. */
    constructor(api, { wait = 700, encode = encodedFile, storage = globalThis.sessionStorage } = {}) {
        super();
        Object.assign(this, { api, wait, encode, storage, fraction: 0, status: null, fault: "", cancelled: false });
    }

    /** Forgets the job here; the server keeps it, and its page stays open to others. */
    clear() {
        this.storage?.removeItem(KEY);
        Object.assign(this, { status: null, fault: "", cancelled: false });
        this.#unsent = [];
        this.#notify();
    }

    get job() {
        return this.status?.job ?? "";
    }

    /** All there is to say of the batch as a whole: how far it is, or what went wrong, and what it leaves out. */
    get text() {
        return [this.fault || describeRows(this.rows), ...(this.status?.warnings ?? [])].join(". ");
    }

    /** Whether files are being sent or painted. */
    get busy() {
        return this.#sending || AT_WORK.includes(this.status?.state);
    }

    /** Whether there are files that resuming would paint. */
    get resumable() {
        const undone = this.rows.some(({ state }) => ["waiting", "failed", "unsent"].includes(state));
        return Boolean(this.job) && !this.fault && !this.busy && undone;
    }

    /** A row for each file: those the server has, then those not sent yet. */
    get rows() {
        const known = (this.status?.files ?? []).map((file) => ({ key: `${file.number}`, ...file }));
        const unsent = this.#unsent.map(({ key, name, error }) => ({
            key,
            name,
            error,
            state: error ? "failed" : "unsent",
        }));
        return [...known, ...unsent];
    }

    /** Files that are done, the part of the one at work counted, too. */
    get done() {
        return this.rows.filter(isDone).length + this.fraction;
    }

    /** Begin a job of these files; `asked` is the rest of the request. Rejects when it is refused. */
    async start(files, request) {
        this.clear();
        this.#unsent = files.map((file, index) => ({ key: `unsent ${index}`, file, name: relativePath(file), error: "" }));
        this.status = await this.api.post("batch", request);
        writeText(this.storage, KEY, this.job);
        await this.#work();
    }

    /** The job of before a reload, if there was one. */
    async restore() {
        const job = this.storage?.getItem(KEY);
        if (job && !this.status) {
            this.status = { job, state: "running", files: [] };
            await this.#watch();
        }
    }

    async cancel() {
        this.cancelled = true;
        await this.#command("cancel");
    }

    async resume() {
        this.cancelled = false;
        this.#unsent.forEach((one) => (one.error = ""));
        await this.#command("resume");
        await this.#work();
    }

    /** Where the server shows something of this job: "page", or "file/" and a number. */
    address(what) {
        return `${this.api.root}/batch/${this.job}/${what}`;
    }

    /** A function that fetches bytes below the address of this job, also after another was started. */
    get fetchBytes() {
        const { api, job } = this;
        return (what) => retryWhenOnline(api, () => api.getBytes(`batch/${job}/${what}`));
    }

    #work() {
        return Promise.all([this.#sendFiles(), this.#watch()]);
    }

    async #sendFiles() {
        if (this.#sending) {
            return;
        }
        this.#sending = true;
        for (let next; (next = this.#next()); this.#notify()) {
            await this.#sendFile(next).catch((error) => (next.error = error.message));
        }
        this.#sending = false;
        this.#notify();
    }

    #next() {
        return this.cancelled || this.fault ? null : this.#unsent.find(({ error }) => !error);
    }

    async #sendFile(one) {
        const body = { name: one.name, image: await this.encode(one.file) };
        this.status = await retryWhenOnline(this.api, () => this.api.post(`batch/${this.job}/add`, body));
        this.#unsent = this.#unsent.filter((other) => other !== one);
    }

    async #watch() {
        if (this.#watching) {
            return;
        }
        this.#watching = true;
        while (this.busy && !this.fault) {
            await new Promise((resolve) => setTimeout(resolve, this.wait));
            await this.#poll();
        }
        this.#watching = false;
    }

    async #poll() {
        try {
            this.status = await retryWhenOnline(this.api, () => this.api.get(`batch/${this.job}`));
            this.fraction = await this.#currentFraction();
        } catch (error) {
            this.#setFault(error);
        }
        this.#notify();
    }

    /** How far the file at work is, 0 to 1: 0 while others are before it. */
    async #currentFraction() {
        const mine = this.status.task;
        if (!this.busy || !mine) {
            return 0;
        }
        const { task, fraction } = await retryWhenOnline(this.api, () => this.api.get(`progress?task=${mine}`));
        return task === mine ? fraction : 0;
    }

    async #command(what) {
        try {
            this.status = await this.api.post(`batch/${this.job}/${what}`, {});
        } catch (error) {
            this.#setFault(error);
        }
        this.#notify();
    }

    #setFault(error) {
        this.fault = error instanceof ServerError && error.path === "job" ? GONE : error.message;
        this.storage?.removeItem(KEY);
    }

    #notify() {
        this.dispatchEvent(new Event("change"));
    }
}

const STATES = {
    unsent: text("batch.unsent"),
    waiting: text("batch.waiting"),
    running: text("batch.running"),
    kept: text("batch.kept"),
    failed: text("batch.failed"),
};

/** What became of a file's regions, in the order of the words. */
const OUTCOMES = {
    kept: "batch.regions.kept",
    unseen: "batch.regions.unseen",
    reverted: "batch.regions.reverted",
    skipped: "batch.regions.skipped",
};

/** There is a result; "kept" is one that is as the picture was. */
export function isDone({ state }) {
    return state === "done" || state === "kept";
}

/** What a row says of its file. */
export function describeRow({ state, error = "", regions = {} }) {
    if (state === "done") {
        const outcomes = Object.entries(OUTCOMES).filter(([what]) => regions[what]);
        const list = outcomes.map(([what, key]) => text(key, { count: regions[what] })).join(", ");
        return text("batch.repainted", { list });
    }
    return error ? `${STATES[state]}: ${error}` : STATES[state];
}

/** How far all of it is. */
export function describeRows(rows) {
    const failed = rows.filter(({ state }) => state === "failed").length;
    const done = rows.filter(isDone).length;
    return text(failed ? "batch.doneAndFailed" : "batch.done", { done, count: rows.length, failed });
}
