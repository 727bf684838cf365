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
    constructor({ store, jobQueue, notices }) {
        Object.assign(this, { store, jobQueue, notices });
        jobQueue.define("repaint", (request) => this.#repaintSteps(request));
    }

    /** Repaints a step with another seed; with `later` also the steps upon it, with their own seeds. */
    repaint(id, later = false) {
        return this.#start(text("step.again"), { id, action: "repaint", later: later ? "repaint" : "keep" });
    }

    /** Repaints the steps upon one, which is on or off as it is now. */
    repaintUpon(id) {
        const { on } = this.store.doc.steps.find((step) => step.id === id);
        return this.#start(text("step.paintUpon"), { id, action: on ? "restore" : "revert", later: "repaint" });
    }

    /** Shows another of a step's paintings. */
    async chooseVariation(step, index) {
        const doc = replaceStep(this.store.doc, await choosePainting(step, index));
        if (doc) {
            this.store.do(text("step.choose"), doc, { merge: `variation-${step.id}` });
        }
    }

    #start(label, args) {
        if (this.jobQueue.busy) {
            return this.notices.say(BUSY, "warning");
        }
        return this.jobQueue.start("repaint", label, args);
    }

    async #repaintSteps(request) {
        const { id, action, later } = request.args;
        const steps = listFileSteps(request.doc);
        const number = 1 + steps.findIndex((step) => step.id === id);
        const file = toBase64(await writeHistoryFile(request.doc));
        const answer = await request.post("history", { file, [action]: [number], later, return_file: true });
        this.jobQueue.showWarnings(answer);
        if (answer.stopped) {
            this.notices.say(STOPPED);
        }
        const { steps: now } = await readHistoryFile(fromBase64(answer.file));
        const touched = new Set([id, ...listStepsUpon(steps, id).map((step) => step.id)]);
        const pairs = steps.map((step, index) => ({ step, repainted: now[index] }));
        const changed = pairs.filter(({ step, repainted }) => touched.has(step.id) && isRepainted(step, repainted));
        changed.filter(({ step, repainted }) => step.on && !repainted.on).forEach(({ step }) => this.notices.say(makeWorseText(step)));
        const replace = (to, { step, repainted }) => replaceStep(to, withPaintingsOf(step, repainted)) ?? to;
        return (doc) => changed.reduce(replace, doc);
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
