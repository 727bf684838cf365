/** Segment jobs: clicks, boxes and words to masks. A new prompt aborts an earlier one of the same key. */

import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList, listOfBox } from "../geometry/box.mjs";
import { Mask } from "../image/mask.mjs";
import { retryWhenOnline } from "./client.mjs";

const WAIT_MS = 60;

/** The regions of an answer: candidates of one thing by size, different things best first. */
function readRegions(answer) {
    const read = async ({ mask, box, label = "", score }) => ({
        mask: await Mask.fromPng(mask, boxOfList(box)),
        label,
        score,
    });
    return Promise.all(answer.masks.map(read));
}

export class SegmentJobs {
    #running = new Map();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ api, settings }) {
        Object.assign(this, { api, settings });
    }

    /**
     * Segments what clicks and box point at. Null where a later prompt of the same `key` replaced this one.
     *
     * @returns {Promise<{regions: {mask: Mask, label: string, score: number}[], candidate: number, memory: string,
     *     warnings: string[]} | null>} `candidate`: the index of the region to show first
     */
    segmentAt(doc, key, { clicks, box, memory = "" }) {
        const points = clicks
            .filter(({ on }) => on !== false)
            .map(({ x, y, positive }) => ({ x: Math.floor(x), y: Math.floor(y), positive }));
        return this.#segment(doc, key, { points, box: box ? listOfBox(box) : null, memory });
    }

    segmentText(doc, text) {
        return this.#segment(doc, "text", { text });
    }

    segmentEverything(doc) {
        return this.#segment(doc, "everything", { everything: true });
    }

    /** Aborts the request of `key`. */
    cancel(key) {
        this.#running.get(key)?.abort();
        this.#running.delete(key);
    }

    async #segment(doc, key, prompt) {
        this.cancel(key);
        const asking = new AbortController();
        this.#running.set(key, asking);
        try {
            await pause(WAIT_MS);
            asking.signal.throwIfAborted();
            const body = {
                ...prompt,
                segmenter: this.settings.get("segmenter"),
                refine_edges: this.settings.get("refine_edges"),
            };
            const answer = await retryWhenOnline(this.api, () =>
                this.api.postWithPicture(pickSentPicture(doc), "segment", body, asking.signal),
            );
            asking.signal.throwIfAborted();
            const { memory = "", warnings = [], default: candidate = 0 } = answer;
            return { regions: await readRegions(answer), candidate, memory, warnings };
        } catch (error) {
            if (error.name === "AbortError") {
                return null;
            }
            throw error;
        } finally {
            if (this.#running.get(key) === asking) {
                this.#running.delete(key);
            }
        }
    }
}

function pause(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}
