/** Clicks, boxes and words to masks: the latest prompt wins, an earlier one still on its way is given up. */

import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList, listOfBox } from "../geometry/box.mjs";
import { Mask } from "../image/mask.mjs";
import { retryWhenOnline } from "./client.mjs";

const WAIT_MS = 60;

/** What the server found, as [{mask, label, score}], best first. */
export function readRegions(answer) {
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
     * Masks of what clicks and box point at, null where a later prompt of the same `key` took over.
     *
     * @returns {Promise<{regions: {mask: Mask, label: string, score: number}[], memory: string, warnings: string[]} | null>}
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

    /** Give up whatever is on its way for `key`. */
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
            return { regions: await readRegions(answer), memory: answer.memory ?? "", warnings: answer.warnings ?? [] };
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
