/** The running job: a bar, what it is at, how long it still takes, a live preview, Interrupt and Skip. */

import { h } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

const POLL_MS = 400;
/** A remaining time is shown once this much is done and has taken this long: earlier it would jump. */
const LEAST_FRACTION = 0.08;
const LEAST_MS = 3000;

export class Progress {
    #timer = 0;
    #task = "";
    /** The first fraction seen of the job, and when. */
    #began = null;

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ api }) {
        this.api = api;
        this.bar = h("span", { class: "rt-bar-fill" });
        this.track = h(
            "div",
            {
                class: "rt-bar",
                role: "progressbar",
                "aria-label": text("progress.label"),
                "aria-valuemin": 0,
                "aria-valuemax": 100,
            },
            this.bar,
        );
        this.what = h("span", { class: "rt-what", "aria-live": "polite" });
        this.remaining = h("span", { class: "rt-hint", "data-testid": "remaining" });
        this.preview = h("img", { class: "rt-live", alt: text("progress.preview"), hidden: true });
        this.interrupt = this.#button("stop", text("progress.interrupt"), "interrupt", text("progress.interrupt.tip"));
        this.skip = this.#button("skip", text("progress.skip"), "skip", text("progress.skip.tip"));
        const line = h("div", { class: "rt-progress-line" }, this.what, this.remaining);
        const words = h("div", { class: "rt-progress-words" }, line, this.track);
        this.queue = h("ul", { class: "rt-queue", "aria-label": text("queue.label"), hidden: true });
        this.element = h(
            "div",
            { class: "rt-progress", hidden: true, "data-testid": "progress" },
            this.preview,
            words,
            this.interrupt,
            this.skip,
            this.queue,
        );
    }

    /** Lists the jobs of a queue that wait, each with buttons to run it next and to cancel it. */
    follow(jobQueue) {
        jobQueue.addEventListener("jobs", () => {
            const { waiting } = jobQueue;
            this.queue.hidden = waiting.length === 0;
            this.queue.replaceChildren(...waiting.map((job, place) => makeQueueItem(jobQueue, job, place)));
        });
    }

    #button(name, label, path, tip) {
        const press = () => this.api.post(path, { task: this.#task }).catch(() => {});
        return h(
            "button",
            { type: "button", class: "rt-button", "data-tip": tip, "data-testid": path, onclick: press },
            icon(name),
            label,
        );
    }

    /** Show the job known to the server as `task` until `stop()`. */
    start(task, label) {
        this.stop();
        this.#task = task;
        this.#began = null;
        this.element.hidden = false;
        this.#show({ fraction: 0, what: label });
        const ask = async () => {
            const progress = await this.api.get(`progress?task=${encodeURIComponent(task)}`).catch(() => null);
            if (this.#task !== task) {
                return;
            }
            if (progress?.task === task || progress?.queued) {
                this.#show(progress);
            }
            this.#timer = setTimeout(ask, POLL_MS);
        };
        this.#timer = setTimeout(ask, POLL_MS);
    }

    stop() {
        clearTimeout(this.#timer);
        this.#task = "";
        this.element.hidden = true;
        this.preview.hidden = true;
    }

    #show({ fraction, what, queued = false, waiting = 1, preview }) {
        const share = queued ? 0 : (fraction ?? 0);
        this.#showShare(share);
        this.what.textContent = queued ? describeWait(what, waiting) : what || text("progress.label");
        this.remaining.textContent = this.#describeRemaining(share);
        if (preview) {
            this.preview.src = preview;
            this.preview.hidden = false;
        }
    }

    /** The bar moves to and fro while nothing is known: an ARIA progress bar without a value is indeterminate. */
    #showShare(share) {
        const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
        this.bar.style.width = `${percent}%`;
        this.track.classList.toggle("is-unknown", share === 0);
        if (share === 0) {
            this.track.removeAttribute("aria-valuenow");
        } else {
            this.track.setAttribute("aria-valuenow", percent);
        }
    }

    /** How long the job still takes if it goes on as fast as until now; "" while that is not known. */
    #describeRemaining(share) {
        const now = performance.now();
        this.#began ??= { share, now };
        const [done, passed] = [share - this.#began.share, now - this.#began.now];
        return done < LEAST_FRACTION || passed < LEAST_MS ? "" : formatRemaining((passed * (1 - share)) / done / 1000);
    }
}

function describeWait(what, count) {
    return what ? text("progress.waitingFor", { what, count }) : text("progress.waiting", { count });
}

/** @param {number} seconds @returns {string} in seconds below two minutes, else in minutes */
export function formatRemaining(seconds) {
    return seconds < 120
        ? text("progress.seconds", { seconds: Math.max(Math.round(seconds), 1) })
        : text("progress.minutes", { minutes: Math.round(seconds / 60) });
}

function makeQueueItem(jobQueue, job, place) {
    const next = iconButton("up", text("queue.next", { job: job.label }), () => jobQueue.runNext(job), { disabled: place === 0 });
    const cancel = iconButton("close", text("queue.cancel", { job: job.label }), () => jobQueue.cancel(job), {
        "data-testid": "cancel-job",
    });
    return h("li", { "data-testid": "queued-job" }, h("span", {}, text("queue.waits", { job: job.label })), next, cancel);
}
