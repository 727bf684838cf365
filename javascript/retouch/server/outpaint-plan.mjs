/**
 * Prospect: how far the picture is to be extended, and what the server plans to do for it. What is asked lies in
 * the settings; the plan comes a moment after every change, as long as the tool is in hand.
 */

import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { composePicture } from "../document/document.mjs";
import { debounce } from "../util/debounce.mjs";
import { extensionOf, boxOnBase, solidBox } from "../document/extended-canvas.mjs";
import { anchorPicture, isZeroMargins, marginsOf, NO_MARGINS, UNCHANGED_SIZE, makeSizeFields } from "../geometry/margins.mjs";
import { unflatten } from "../document/settings.mjs";

const WAIT_MS = 350;
/** Its moved knobs lie beside those of the intents. */
export const KNOBS_OF = "outpaint";

/** Dispatches "change" when what is asked or planned differs. */
export class Prospect extends EventTarget {
    /** @type {object | null} the server's answer to what is asked now */
    plan = null;
    /** @type {Error | null} why there is none */
    fault = null;
    #key = "";
    #lit = null;

    constructor({ store, settings, view, painter, api }) {
        super();
        Object.assign(this, { store, settings, view, painter, api });
        this.ask = debounce(() => this.#ask(), WAIT_MS);
        const again = () => this.#again();
        store.addEventListener("change", again);
        settings.addEventListener("change", again);
        painter.addEventListener("jobs", again);
        view.addEventListener("tool", again);
        view.addEventListener("margins", ({ detail }) => this.setMargins(detail.margins));
    }

    get active() {
        return this.view.tool === "extend" && this.store.doc.base !== null;
    }

    /** @returns {import("../geometry/margins.mjs").Asked} */
    get asked() {
        return this.settings.get("extension");
    }

    get words() {
        return this.settings.get("extension_words");
    }

    /** As the server plans them, else as they follow from what is asked. */
    get margins() {
        const { base } = this.store.doc;
        return this.plan ? marginsIn(this.plan, base) : base ? marginsOf(this.asked, base) : NO_MARGINS;
    }

    /** Whether there is anything to be extended: transparent borders need not be asked for. */
    get any() {
        const { base } = this.store.doc;
        return base !== null && (this.asked.aspect !== "" || !isZeroMargins(this.asked.margins) || !base.opaque);
    }

    /** Margins by hand: no aspect and no anchor any more. */
    setMargins(changes) {
        const margins = Object.freeze({ ...this.margins, ...changes });
        this.#set({ ...UNCHANGED_SIZE, margins });
    }

    setAspect(aspect) {
        const places = { across: this.asked.across || "centre", down: this.asked.down || "centre" };
        this.#set(aspect ? { ...this.asked, ...places, aspect } : { ...UNCHANGED_SIZE, margins: this.margins });
    }

    /** @param {{across?: string, down?: string}} changes */
    setAnchor(changes) {
        const { base } = this.store.doc;
        const asked = { ...this.asked, margins: this.margins };
        this.#set(base ? anchorPicture(asked, base, changes) : { ...asked, ...changes });
    }

    say(name, text) {
        this.settings.set({ extension_words: Object.freeze({ ...this.words, [name]: text }) });
    }

    clear() {
        this.#set(UNCHANGED_SIZE);
    }

    #set(asked) {
        this.settings.set({ extension: Object.freeze(asked) });
    }

    /** A stage of what was painted that is pointed at in a list; null for none. */
    light(stage) {
        this.#lit = stage;
        this.#show();
    }

    /** The body of POST outpaint, without the picture. What is not said is matched to the picture's own text. */
    body() {
        const words = Object.entries(this.words).filter(([, text]) => text.length);
        const seed = this.settings.get("seed");
        return {
            ...makeSizeFields(this.asked, this.store.doc.base),
            ...Object.fromEntries(words),
            ...(seed >= 0 ? { seed } : {}),
            ...this.knobs(),
        };
    }

    knobs() {
        return unflatten(this.settings.overridesOf(KNOBS_OF));
    }

    /** The picture to extend, with its own text. */
    pictured() {
        const { doc } = this.store;
        return pickSentPicture(doc);
    }

    /** What was planned is of no use any more, unless nothing differs. */
    #again() {
        const key = this.active && this.any ? JSON.stringify(this.body()) : "";
        const pixels = key ? composePicture(this.store.doc) : null;
        if (key !== this.#key || pixels !== this.pixels) {
            this.asking?.abort();
            this.#key = key;
            this.pixels = pixels;
            this.#answer(null, null);
        } else {
            this.#show();
        }
        if (key && !this.plan && !this.fault && !this.painter.busy) {
            this.ask();
        }
    }

    async #ask() {
        this.asking?.abort();
        this.asking = new AbortController();
        const { signal } = this.asking;
        if (!this.active || !this.any || this.painter.busy) {
            return;
        }
        try {
            const plan = await this.api.about(this.pictured(), "plan", { verb: "outpaint", ...this.body() }, signal);
            if (!signal.aborted) {
                this.#answer(plan, null);
            }
        } catch (error) {
            if (!signal.aborted) {
                this.#answer(null, error);
            }
        }
    }

    #answer(plan, fault) {
        Object.assign(this, { plan, fault });
        this.#show();
        this.dispatchEvent(new Event("change"));
    }

    #show() {
        const { doc } = this.store;
        const at = this.plan && cornerIn(this.plan, doc.base);
        const record = extensionOf(doc);
        this.view.extension = {
            margins: this.margins,
            stages: this.plan ? this.plan.steps.map((step) => placedStage(step, at)) : [],
            lit: this.#lit && record ? litStage(this.#lit, record) : null,
        };
    }
}

/** Where on the planned or painted canvas the document's picture has its corner. */
export function cornerIn({ origin }, base) {
    const [solid, place] = [solidBox(base), boxOfList(origin)];
    return { x: place.left - solid.left, y: place.top - solid.top };
}

function marginsIn(plan, base) {
    const { x: left, y: top } = cornerIn(plan, base);
    const [width, height] = plan.size;
    return { left, top, right: width - base.width - left, bottom: height - base.height - top };
}

function placedStage(step, at) {
    const canvas = { known: { left: at.x, top: at.y } };
    return { ...step, box: boxOnBase(canvas, step.box), crop: boxOnBase(canvas, step.crop) };
}

function litStage(stage, record) {
    return { ...stage, box: boxOnBase(record, stage.box), crop: boxOnBase(record, stage.crop) };
}
