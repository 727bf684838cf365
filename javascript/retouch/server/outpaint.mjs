/** Extending: the jobs that lead a picture to a larger canvas, and along that way to and fro. */

import { ServerError } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { extended, extensionOf } from "../document/extended-canvas.mjs";
import { Pixels } from "../image/pixels.mjs";
import { cornerIn } from "./outpaint-plan.mjs";
import { text } from "../util/text.mjs";

const NOTHING = text("extend.nothing");
const BUSY = text("extend.busy");
const UNPAINTED = text("extend.unpainted");
const PARTLY = text("extend.partly");
const GONE = text("extend.gone");
const STALE = (error) => error instanceof ServerError && error.status === 404 && error.path === "way";

/** Dispatches "gone" when the server turns out to have forgotten a way. */
export class Extending extends EventTarget {
    #gone = new Set();

    constructor({ api, store, painter, prospect, notices }) {
        super();
        Object.assign(this, { api, store, painter, prospect, notices });
    }

    /** Whether stages of the present extension can be painted: not once the server has forgotten it. */
    get lasts() {
        const record = extensionOf(this.store.doc);
        return record !== null && !this.#gone.has(record.way);
    }

    /** Paint what is asked. */
    extend() {
        const { store, prospect, notices, painter } = this;
        if (!store.doc.base || !prospect.any) {
            return notices.say(store.doc.base ? NOTHING : text("paint.noPicture"), "warning");
        }
        if (painter.busy) {
            return notices.say(BUSY, "warning");
        }
        if (prospect.fault) {
            return notices.say(prospect.fault.message, "warning");
        }
        return painter.run(text("extend.title"), (task, doc) => this.#begun(task, doc));
    }

    goOn() {
        return this.#further(text("stages.goOn"), {});
    }

    /** Paint a stage with another seed, and what was painted upon it. */
    again(number) {
        return this.#further(text("extend.again", { number }), { again: [number] });
    }

    /** Take a stage back, and what was painted upon it. */
    revert(number) {
        return this.#further(text("extend.revert", { number }), { revert: [number] });
    }

    /** Take another painting of a stage, counted from 1; what was painted upon it stays. */
    choose(number, painting) {
        return this.#further(text("extend.choose", { number }), { choose: { [number]: painting }, keep_later: true });
    }

    async #begun(task, doc) {
        const { base, steps } = doc;
        const answer = await this.api.about(this.prospect.pictured(), "outpaint", { ...this.prospect.body(), task });
        this.painter.warn(answer);
        if (!answer.stages.some(({ done }) => done)) {
            this.notices.say(UNPAINTED, answer.stopped ? "info" : "warning");
            return null;
        }
        this.prospect.clear();
        return this.#arrived(answer, { at: cornerIn(answer, base), under: { base, steps } });
    }

    #further(label, what) {
        return this.painter.run(label, async (task, doc) => {
            const { way, at, under } = extensionOf(doc);
            try {
                const answer = await this.api.post("outpaint", { way, ...what, ...this.prospect.knobs(), task });
                this.painter.warn(answer);
                return await this.#arrived(answer, { at, under });
            } catch (error) {
                return this.#forgotten(error, way);
            }
        });
    }

    #forgotten(error, way) {
        if (!STALE(error)) {
            throw error;
        }
        this.#gone.add(way);
        this.notices.say(GONE, "error");
        this.dispatchEvent(new Event("gone"));
        return null;
    }

    /** The document as it is by now, on what was painted; the server has the picture already. */
    async #arrived(answer, { at, under }) {
        const { way, stages, infotext } = answer;
        const pixels = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
        const doc = extended(this.store.doc, pixels, {
            way,
            stages,
            infotext,
            known: boxOfList(answer.known),
            at,
            under,
        });
        if (answer.stopped && stages.some(({ done }) => !done)) {
            this.notices.say(PARTLY);
        }
        return doc;
    }
}
