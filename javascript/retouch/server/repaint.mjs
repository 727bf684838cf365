/**
 * Repaint jobs: paint kept steps again, and the steps upon them. The document goes to the server as a `.retouch` file
 * and comes back as one, so the server needs no memory of it.
 */

import { fromBase64, toBase64 } from "../util/base64.mjs";
import { listStepsUpon, choosePainting, replaceStep } from "../document/step-history.mjs";
import { listFileSteps, readHistoryFile, writeHistoryFile } from "../document/history-file.mjs";
import { text } from "../util/text.mjs";

const BUSY = text("step.busy");
const STOPPED = text("step.stopped");

export class RepaintJobs {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ api, store, inpaintJobs, notices }) {
        Object.assign(this, { api, store, inpaintJobs, notices });
    }

    /** Repaints a step with another seed; with `later` also the steps upon it, with their own seeds. */
    repaint(id, later = false) {
        return this.#run(text("step.again"), id, (number) => ({ repaint: [number], later: later ? "repaint" : "keep" }));
    }

    /** Repaints the steps upon one, which is on or off as it is now. */
    repaintUpon(id) {
        const makeFields = (number, { on }) => ({ [on ? "restore" : "revert"]: [number], later: "repaint" });
        return this.#run(text("step.paintUpon"), id, makeFields);
    }

    /** Shows another of a step's paintings. */
    async chooseVariation(step, index) {
        const doc = replaceStep(this.store.doc, await choosePainting(step, index));
        if (doc) {
            this.store.do(text("step.choose"), doc, { merge: `variation-${step.id}` });
        }
    }

    #run(label, id, makeFields) {
        if (this.inpaintJobs.busy) {
            return this.notices.say(BUSY, "warning");
        }
        return this.inpaintJobs.run(label, (task, doc) => this.#repaintSteps(task, doc, id, makeFields));
    }

    async #repaintSteps(task, doc, id, makeFields) {
        const steps = listFileSteps(doc);
        const at = steps.findIndex((step) => step.id === id);
        const file = toBase64(await writeHistoryFile(doc));
        const body = { file, ...makeFields(at + 1, steps[at]), return_file: true, task };
        const answer = await this.api.post("history", body);
        this.inpaintJobs.showWarnings(answer);
        if (answer.stopped) {
            this.notices.say(STOPPED);
        }
        const { steps: now } = await readHistoryFile(fromBase64(answer.file));
        const touched = new Set([id, ...listStepsUpon(steps, id).map((step) => step.id)]);
        const pairs = steps.map((step, index) => ({ step, repainted: now[index] }));
        const changed = pairs.filter(({ step, repainted }) => touched.has(step.id) && isRepainted(step, repainted));
        changed.filter(({ step, repainted }) => step.on && !repainted.on).forEach(({ step }) => this.notices.say(makeWorseText(step)));
        const last = this.store.doc;
        return changed.reduce((to, { step, repainted }) => replaceStep(to, withPaintingsOf(step, repainted)) ?? to, last);
    }
}

function isRepainted({ how, paintings = [] }, repainted) {
    const patches = (those) => those.map(({ patch }) => patch).join();
    return Boolean(how) && patches(paintings) !== patches(repainted.paintings);
}

function makeWorseText({ name }) {
    return text("step.worse", { name });
}

/** The step with the paintings of a repainted one; its other fields stay. */
function withPaintingsOf(step, { box, patch, mask, report, paintings, chosen, how, on }) {
    return Object.freeze({ ...step, box, patch, mask, report, paintings, chosen, how, on });
}
