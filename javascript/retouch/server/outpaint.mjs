/** Outpaint jobs: extend the picture in stages; repaint, revert and resume stages. */

import { ServerError } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { extendDocument, extensionOf } from "../document/extended-canvas.mjs";
import { Pixels } from "../image/pixels.mjs";
import { canvasCorner } from "./outpaint-plan.mjs";
import { text } from "../util/text.mjs";

const NO_MARGINS_ASKED = text("extend.nothing");
const BUSY = text("extend.busy");
const UNPAINTED = text("extend.unpainted");
const PARTLY = text("extend.partly");
const GONE = text("extend.gone");
const STALE = (error) => error instanceof ServerError && error.status === 404 && error.path === "state";

/** Dispatches "gone" when the server has forgotten an extension. */
export class OutpaintJobs extends EventTarget {
    #forgottenIds = new Set();

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, jobQueue, outpaintPlan, notices }) {
        super();
        Object.assign(this, { store, jobQueue, outpaintPlan, notices });
        jobQueue.define("outpaint", (request) => this.#extend(request));
        jobQueue.define("stages", (request) => this.#paintStages(request));
    }

    /** Whether the server still has the present extension, so that its stages can be painted. */
    get isAvailable() {
        const record = extensionOf(this.store.doc);
        return record !== null && !this.#forgottenIds.has(record.state);
    }

    /** Paints the planned extension. */
    extend() {
        const { store, outpaintPlan, notices, jobQueue } = this;
        if (!store.doc.base || !outpaintPlan.hasRequest) {
            return notices.say(store.doc.base ? NO_MARGINS_ASKED : text("paint.noPicture"), "warning");
        }
        if (jobQueue.busy) {
            return notices.say(BUSY, "warning");
        }
        if (outpaintPlan.fault) {
            return notices.say(outpaintPlan.fault.message, "warning");
        }
        return jobQueue.start("outpaint", text("extend.title"), { body: outpaintPlan.makeBody() });
    }

    /** Paints the stages that are left. */
    paintRest() {
        return this.#continueExtension(text("stages.goOn"), {});
    }

    /** Repaints a stage with another seed, and its dependents. */
    repaintStage(number) {
        return this.#continueExtension(text("extend.again", { number }), { repaint: [number] });
    }

    /** Reverts a stage and its dependents. */
    revertStage(number) {
        return this.#continueExtension(text("extend.revert", { number }), { revert: [number] });
    }

    /** Chooses another painting of a stage, counted from 1; its dependents stay. */
    chooseVariation(number, painting) {
        return this.#continueExtension(text("extend.choose", { number }), { choose: { [number]: painting }, keep_later: true });
    }

    async #extend(request) {
        const { base, steps } = request.doc;
        const answer = await request.postWithPicture("outpaint", request.args.body);
        this.jobQueue.showWarnings(answer);
        if (!answer.stages.some(({ done }) => done)) {
            this.notices.say(UNPAINTED, answer.stopped ? "info" : "warning");
            return null;
        }
        this.outpaintPlan.clear();
        return this.#makeDocument(answer, { at: canvasCorner(answer, base), under: { base, steps } });
    }

    #continueExtension(label, what) {
        return this.jobQueue.start("stages", label, { body: { ...what, ...this.outpaintPlan.knobValues() } });
    }

    async #paintStages(request) {
        const { state, at, under } = extensionOf(request.doc);
        try {
            const answer = await request.post("outpaint", { state, ...request.args.body });
            this.jobQueue.showWarnings(answer);
            return await this.#makeDocument(answer, { at, under });
        } catch (error) {
            return this.#handleForgotten(error, state);
        }
    }

    #handleForgotten(error, state) {
        if (!STALE(error)) {
            throw error;
        }
        this.#forgottenIds.add(state);
        this.notices.say(GONE, "error");
        this.dispatchEvent(new Event("gone"));
        return null;
    }

    /** The change of the document to the extended canvas of an answer. */
    async #makeDocument(answer, { at, under }) {
        const { state, stages, infotext } = answer;
        const pixels = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
        const extension = { state, stages, infotext, known: boxOfList(answer.known), at, under };
        if (answer.stopped && stages.some(({ done }) => !done)) {
            this.notices.say(PARTLY);
        }
        return (doc) => extendDocument(doc, pixels, extension);
    }
}
