/**
 * Repainting: kept steps painted again, and others upon them. The document travels to the server as a `.retouch`
 * file and comes back as one: whatever was restarted or forgotten meanwhile is of no account.
 */

import { fromBase64, toBase64 } from "../util/base64.mjs";
import { upon, withPainting, withStep } from "../document/step-history.mjs";
import { listed, readSidecar, writtenSidecar } from "../document/history-file.mjs";
import { text } from "../util/text.mjs";

const BUSY = text("step.busy");
const STOPPED = text("step.stopped");

export class Repainting {
    constructor({ api, store, painter, notices }) {
        Object.assign(this, { api, store, painter, notices });
    }

    /** Paint a step with another seed; `later`: then those upon it, with their own. */
    again(id, later = false) {
        return this.#job(text("step.again"), id, (number) => ({ again: [number], later: later ? "repaint" : "keep" }));
    }

    /** Paint what lies upon a step, as that is shown or not shown now. */
    upon(id) {
        const asked = (number, { on }) => ({ [on ? "restore" : "revert"]: [number], later: "repaint" });
        return this.#job(text("step.paintUpon"), id, asked);
    }

    /** Another of a step's paintings. */
    async choose(step, index) {
        const doc = withStep(this.store.doc, await withPainting(step, index));
        if (doc) {
            this.store.do(text("step.choose"), doc, { merge: `variation-${step.id}` });
        }
    }

    #job(label, id, asked) {
        if (this.painter.busy) {
            return this.notices.say(BUSY, "warning");
        }
        return this.painter.run(label, (task, doc) => this.#painted(task, doc, id, asked));
    }

    async #painted(task, doc, id, asked) {
        const steps = listed(doc);
        const at = steps.findIndex((step) => step.id === id);
        const file = toBase64(await writtenSidecar(doc));
        const body = { file, ...asked(at + 1, steps[at]), return_file: true, task };
        const answer = await this.api.post("history", body);
        this.painter.warn(answer);
        if (answer.stopped) {
            this.notices.say(STOPPED);
        }
        const { steps: now } = await readSidecar(fromBase64(answer.file));
        const touched = new Set([id, ...upon(steps, id).map((step) => step.id)]);
        const pairs = steps.map((step, index) => ({ step, made: now[index] }));
        const changed = pairs.filter(({ step, made }) => touched.has(step.id) && differs(step, made));
        changed.filter(({ step, made }) => step.on && !made.on).forEach(({ step }) => this.notices.say(worse(step)));
        const last = this.store.doc;
        return changed.reduce((to, { step, made }) => withStep(to, repainted(step, made)) ?? to, last);
    }
}

function differs({ how, paintings = [] }, made) {
    const patches = (those) => those.map(({ patch }) => patch).join();
    return Boolean(how) && patches(paintings) !== patches(made.paintings);
}

function worse({ name }) {
    return text("step.worse", { name });
}

/** What was painted of a step by now; what the page knows of it stays. */
function repainted(step, { box, patch, mask, report, paintings, chosen, how, on }) {
    return Object.freeze({ ...step, box, patch, mask, report, paintings, chosen, how, on });
}
