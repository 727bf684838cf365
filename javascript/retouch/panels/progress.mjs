/** The job being done: a bar, what it is at, a live preview, Interrupt and Skip. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

const POLL_MS = 400;

export class Progress {
    #timer = 0;
    #task = "";

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
        this.preview = h("img", { class: "rt-live", alt: text("progress.preview"), hidden: true });
        this.interrupt = this.#button("stop", text("progress.interrupt"), "interrupt", text("progress.interrupt.tip"));
        this.skip = this.#button("skip", text("progress.skip"), "skip", text("progress.skip.tip"));
        const words = h("div", { class: "rt-progress-words" }, this.what, this.track);
        this.element = h(
            "div",
            { class: "rt-progress", hidden: true, "data-testid": "progress" },
            this.preview,
            words,
            this.interrupt,
            this.skip,
        );
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
        const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
        this.bar.style.width = `${percent}%`;
        this.track.setAttribute("aria-valuenow", percent);
        this.what.textContent = queued ? text("progress.waiting", { count: waiting }) : what || text("progress.label");
        if (preview) {
            this.preview.src = preview;
            this.preview.hidden = false;
        }
    }
}
