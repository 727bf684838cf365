/**
 * The queue of jobs: one runs after the other. A job is plain data, and each of its requests has a key. So a job that
 * was cut off, by a reload or a lost connection, is run again without painting twice: the server answers a request
 * whose key it knows with the answer of the first one.
 *
 * @typedef {import("../document/document.mjs").Doc} Doc
 * @typedef {import("../image/pixels.mjs").Pixels} Pixels
 * @typedef {object} Job
 * @property {string} task its name on the server
 * @property {string} kind as it was given to `define`
 * @property {string} label
 * @property {object} args plain data, masks and pixels
 * @property {string} picture the id of its picture
 * @property {Pixels} base of the picture as it was when the job was started
 * @property {Doc | null} doc the picture when the job's turn came; null before
 * @property {object[]} bodies of the requests sent so far
 */

import { OfflineError, retryWhenOnline } from "./client.mjs";
import { pickSentPicture } from "../document/metadata.mjs";
import { text } from "../util/text.mjs";

const STOPPED = text("paint.stopped");

/** How often a request is sent whose connection breaks each time. */
const MOST_SENDS = 5;

/** Dispatches "jobs" when a job is started or ends, and when it sends a request. */
export class JobQueue extends EventTarget {
    #kinds = new Map();
    /** The first one runs; the others wait. @type {Job[]} */
    #jobs = [];
    #ends = new Map();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ api, store, progress, notices }) {
        super();
        Object.assign(this, { api, store, progress, notices });
    }

    get busy() {
        return this.#jobs.length > 0;
    }

    /** The jobs of a picture, the running one first. */
    jobsOf(picture) {
        return this.#jobs.filter((job) => job.picture === picture);
    }

    /** The jobs that wait for their turn. */
    get waiting() {
        return this.#jobs.slice(1);
    }

    /**
     * Sets how jobs of a kind are run.
     *
     * @param {(request: JobRequest) => Promise<((doc: Doc) => Doc) | null>} run gives the change of the document,
     *     null for none
     */
    define(kind, run) {
        this.#kinds.set(kind, run);
    }

    /** Starts a job for the present picture. Resolves when it has ended. */
    start(kind, label, args = {}) {
        const { picture, doc } = this.store;
        return this.#add({ task: makeTaskName(), kind, label, args, picture: picture.id, base: doc.base, doc: null, bodies: [] });
    }

    /** Goes on with jobs that were cut off. @param {Job[]} jobs */
    resume(jobs) {
        const known = new Set(this.#jobs.map(({ task }) => task));
        jobs.filter(({ task, kind }) => !known.has(task) && this.#kinds.has(kind)).forEach((job) =>
            this.#add({ ...job, bodies: [...job.bodies] }),
        );
    }

    /** Removes a job that waits. */
    cancel(job) {
        if (this.waiting.includes(job)) {
            this.#remove(job);
        }
    }

    /** Lets a job that waits run next. */
    runNext(job) {
        if (this.waiting.includes(job)) {
            const [running, ...others] = this.#jobs;
            this.#jobs = [running, job, ...others.filter((other) => other !== job)];
            this.#notify();
        }
    }

    #add(job) {
        const ended = new Promise((resolve) => this.#ends.set(job, resolve));
        this.#jobs.push(job);
        this.#notify();
        if (this.#jobs.length === 1) {
            this.#runAll();
        }
        return ended;
    }

    #remove(job) {
        this.#jobs = this.#jobs.filter((other) => other !== job);
        this.#notify();
        this.#ends.get(job)?.();
        this.#ends.delete(job);
    }

    async #runAll() {
        while (this.#jobs.length) {
            const [job] = this.#jobs;
            try {
                await this.#run(job);
            } catch (error) {
                this.#reportFailure(error, job);
            }
            this.#remove(job);
        }
    }

    async #run(job) {
        this.progress.start(job.task, job.label);
        try {
            const doc = job.doc ?? this.store.docOf(job.picture);
            if (doc?.base !== job.base) {
                return this.#reportMissing(job);
            }
            job.doc = doc;
            const change = await this.#kinds.get(job.kind)(new JobRequest(this, job));
            if (change) {
                this.#deliver(job, change);
            }
        } finally {
            this.progress.stop();
        }
    }

    #deliver(job, change) {
        const { picture, base, doc, label } = job;
        if (!this.store.applyTo(picture, base, label, change)) {
            return this.#reportMissing(job);
        }
        if (this.store.picture.id !== picture) {
            const action = { label: text("open.back"), run: () => this.store.show(picture) };
            const told = text("paint.elsewhere", { label, name: doc.name });
            this.store.onceShown(picture, this.notices.say(told, "lasting", action));
        }
    }

    /** A closed picture is stored with its jobs: opened again, it gets their results. */
    #reportMissing({ picture, label }) {
        const isOpen = this.store.docOf(picture) !== null;
        this.notices.say(text(isOpen ? "paint.replaced" : "paint.closed", { label }), "warning");
    }

    /** After a lost connection the same requests are sent again, because the server may have painted them. */
    #reportFailure(error, job) {
        const isOffline = error instanceof OfflineError;
        const again = isOffline ? job : { ...job, task: makeTaskName(), doc: null, bodies: [] };
        const told = isOffline ? text("paint.disconnected") : error.message;
        this.notices.say(told, "error", { label: text("paint.retry"), run: () => this.#add(again) });
    }

    /**
     * Sends a request of a job. The body is kept with the job before it is sent. If the connection breaks, the same
     * body is sent again once the server answers.
     *
     * @param {Pixels | null} pixels the picture that goes with it
     */
    async send(job, place, { path, body, pixels }) {
        if (!job.bodies[place]) {
            const picture = pixels && { image_id: await this.api.send(pixels) };
            job.bodies[place] = { ...picture, ...body, task: job.task, key: `${job.task}.${place}` };
            this.#notify();
        }
        const sent = job.bodies[place];
        const post = () => (pixels ? this.api.postWithPicture(pixels, path, sent) : this.api.post(path, sent));
        return retryWhenOnline(this.api, post, MOST_SENDS);
    }

    /**
     * Shows the warnings of an answer. The strip of variations keeps them in sight, so a notice repeats none. A job
     * without variations shows a notice each time, with the reason.
     */
    showWarnings({ warnings = [], stopped, candidates, reports = [] }, hasVariations = candidates?.length > 0) {
        const say = hasVariations ? "sayOnce" : "say";
        warnings.forEach((warning) => this.notices[say](warning, "warning"));
        if (candidates?.length === 0) {
            const why = reports.map((report) => report.why).filter(Boolean);
            const told = stopped ? STOPPED : [text("paint.nothing"), ...why].join(": ");
            this.notices.say(told, stopped ? "info" : "warning");
        }
    }

    #notify() {
        this.dispatchEvent(new Event("jobs"));
    }
}

/** A running job, for the function of its kind. */
class JobRequest {
    #queue;
    #job;
    #count = 0;

    constructor(queue, job) {
        this.#queue = queue;
        this.#job = job;
    }

    get args() {
        return this.#job.args;
    }

    /** The picture when the job's turn came. */
    get doc() {
        return this.#job.doc;
    }

    /** The answer of a request. */
    post(path, body) {
        return this.#queue.send(this.#job, this.#count++, { path, body, pixels: null });
    }

    /** The answer of a request about the job's picture. */
    postWithPicture(path, body) {
        const pixels = pickSentPicture(this.doc);
        return this.#queue.send(this.#job, this.#count++, { path, body, pixels });
    }
}

function makeTaskName() {
    return `retouch-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
}
