/**
 * Outpaint plan: the canvas size to extend to, and the server's plan for it. The size lies in the settings. While the
 * tool Extend is active the plan is requested shortly after every change.
 */

import { pickSentPicture } from "../document/metadata.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { composePicture } from "../document/document.mjs";
import { debounce } from "../util/debounce.mjs";
import { extensionOf, boxOnBase, solidBox } from "../document/extended-canvas.mjs";
import { anchorPicture, isZeroMargins, marginsOf, NO_MARGINS, UNCHANGED_SIZE, makeSizeFields } from "../geometry/margins.mjs";
import { unflatten } from "../document/settings.mjs";

const WAIT_MS = 350;
/** The owner of its knobs in the settings. */
export const OUTPAINT_OWNER = "outpaint";

/** Dispatches "change" when the plan has changed. */
export class OutpaintPlan extends EventTarget {
    /** @type {object | null} the server's answer for the present size */
    plan = null;
    /** @type {Error | null} why there is none */
    fault = null;
    #key = "";
    #highlighted = null;

    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, settings, view, jobQueue, api }) {
        super();
        Object.assign(this, { store, settings, view, jobQueue, api });
        this.requestPlan = debounce(() => this.#requestPlan(), WAIT_MS);
        const refresh = () => this.#refresh();
        store.addEventListener("change", refresh);
        settings.addEventListener("change", refresh);
        jobQueue.addEventListener("jobs", refresh);
        view.addEventListener("tool", refresh);
        view.addEventListener("margins", ({ detail }) => this.setMargins(detail.margins));
    }

    get isActive() {
        return this.view.tool === "extend" && this.store.doc.base !== null;
    }

    /** @returns {import("../geometry/margins.mjs").CanvasSize} */
    get size() {
        return this.settings.get("extension");
    }

    get prompts() {
        return this.settings.get("extension_words");
    }

    /** The margins of the plan, else those of the size. */
    get margins() {
        const { base } = this.store.doc;
        return this.plan ? plannedMargins(this.plan, base) : base ? marginsOf(this.size, base) : NO_MARGINS;
    }

    /** Whether there is anything to paint. Transparent borders are painted without a request. */
    get hasRequest() {
        const { base } = this.store.doc;
        return base !== null && (this.size.aspect !== "" || !isZeroMargins(this.size.margins) || !base.opaque);
    }

    /** Sets margins; aspect and anchor are cleared. */
    setMargins(changes) {
        const margins = Object.freeze({ ...this.margins, ...changes });
        this.#setSize({ ...UNCHANGED_SIZE, margins });
    }

    setAspect(aspect) {
        const places = {
            horizontal: this.size.horizontal || "centre",
            vertical: this.size.vertical || "centre",
        };
        this.#setSize(aspect ? { ...this.size, ...places, aspect } : { ...UNCHANGED_SIZE, margins: this.margins });
    }

    /** @param {{across?: string, down?: string}} changes */
    setAnchor(changes) {
        const { base } = this.store.doc;
        const size = { ...this.size, margins: this.margins };
        this.#setSize(base ? anchorPicture(size, base, changes) : { ...size, ...changes });
    }

    setPrompt(name, text) {
        this.settings.set({ extension_words: Object.freeze({ ...this.prompts, [name]: text }) });
    }

    clear() {
        this.#setSize(UNCHANGED_SIZE);
    }

    #setSize(size) {
        this.settings.set({ extension: Object.freeze(size) });
    }

    /** Highlights a painted stage on the canvas; null for none. */
    highlight(stage) {
        this.#highlighted = stage;
        this.#updateView();
    }

    /** The body of POST outpaint without the picture. Fields that are left out follow the picture's infotext. */
    makeBody() {
        const prompts = Object.entries(this.prompts).filter(([, text]) => text.length);
        const seed = this.settings.get("seed");
        return {
            ...makeSizeFields(this.size, this.store.doc.base),
            ...Object.fromEntries(prompts),
            ...(seed >= 0 ? { seed } : {}),
            ...this.knobValues(),
        };
    }

    knobValues() {
        return unflatten(this.settings.overridesOf(OUTPAINT_OWNER));
    }

    /** Discards the plan if the request or the picture has changed, and requests another. */
    #refresh() {
        const key = this.isActive && this.hasRequest ? JSON.stringify(this.makeBody()) : "";
        const pixels = key ? composePicture(this.store.doc) : null;
        if (key !== this.#key || pixels !== this.pixels) {
            this.pendingRequest?.abort();
            this.#key = key;
            this.pixels = pixels;
            this.#setPlan(null, null);
        } else {
            this.#updateView();
        }
        if (key && !this.plan && !this.fault && !this.jobQueue.busy) {
            this.requestPlan();
        }
    }

    async #requestPlan() {
        this.pendingRequest?.abort();
        this.pendingRequest = new AbortController();
        const { signal } = this.pendingRequest;
        if (!this.isActive || !this.hasRequest || this.jobQueue.busy) {
            return;
        }
        try {
            const plan = await this.api.postWithPicture(pickSentPicture(this.store.doc), "plan", { verb: "outpaint", ...this.makeBody() }, signal);
            if (!signal.aborted) {
                this.#setPlan(plan, null);
            }
        } catch (error) {
            if (!signal.aborted) {
                this.#setPlan(null, error);
            }
        }
    }

    #setPlan(plan, fault) {
        Object.assign(this, { plan, fault });
        this.#updateView();
        this.dispatchEvent(new Event("change"));
    }

    #updateView() {
        const { doc } = this.store;
        const at = this.plan && canvasCorner(this.plan, doc.base);
        const record = extensionOf(doc);
        this.view.extension = {
            margins: this.margins,
            stages: this.plan ? this.plan.steps.map((step) => moveStageToBase(step, at)) : [],
            highlighted: this.#highlighted && record ? moveHighlightToBase(this.#highlighted, record) : null,
        };
    }
}

/** The place of the document's picture on the canvas of a plan or an answer. @returns {{x: number, y: number}} */
export function canvasCorner({ origin }, base) {
    const [solid, place] = [solidBox(base), boxOfList(origin)];
    return { x: place.left - solid.left, y: place.top - solid.top };
}

function plannedMargins(plan, base) {
    const { x: left, y: top } = canvasCorner(plan, base);
    const [width, height] = plan.size;
    return { left, top, right: width - base.width - left, bottom: height - base.height - top };
}

function moveStageToBase(step, at) {
    const canvas = { known: { left: at.x, top: at.y } };
    return { ...step, box: boxOnBase(canvas, step.box), crop: boxOnBase(canvas, step.crop) };
}

function moveHighlightToBase(stage, record) {
    return { ...stage, box: boxOnBase(record, stage.box), crop: boxOnBase(record, stage.crop) };
}
