/** The strip of variations over the canvas: look, compare, keep one, ask for more, or throw them away. */

import { growBox, overlap } from "../geometry/box.mjs";
import { composeBox } from "../document/document.mjs";
import { h } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { listMeasures, makeMeasure, describeScores } from "./quality-text.mjs";
import { chosenJob, chooseVariation, keepVariation, variationsOf, makeThumbnail, clearVariations } from "../document/variations.mjs";
import { text } from "../util/text.mjs";

const THUMB = 144;

export class VariationStrip {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, settings, inpaintJobs, jobQueue, view }) {
        Object.assign(this, { store, settings, view });
        this.thumbs = h("div", {
            class: "rt-thumbs",
            role: "listbox",
            "aria-label": text("variations.label"),
            "aria-orientation": "horizontal",
        });
        this.count = h("span", { class: "rt-count", "aria-live": "polite" });
        this.measures = h("div", { class: "rt-measures", "data-testid": "measures" });
        this.more = this.#makeButton(
            "add",
            text("variations.more"),
            () => inpaintJobs.paintMore(),
            "more",
            text("variations.more.tip"),
        );
        const tools = h(
            "div",
            { class: "rt-strip-tools", "data-own-keys": "" },
            iconButton("chevron", text("variations.previous"), () => this.step(-1), {
                key: "←",
                class: "rt-icon-button rt-flip",
                "data-testid": "previous",
            }),
            this.count,
            iconButton("chevron", text("variations.next"), () => this.step(1), { key: "→", "data-testid": "next" }),
            this.more,
            this.#makeButton(
                "close",
                text("variations.discard"),
                () => this.discard(),
                "discard",
                text("variations.discard.tip"),
            ),
            this.#makeButton(
                "check",
                text("variations.keep"),
                () => this.keep(),
                "keep",
                text("variations.keep.tip"),
                "rt-primary",
            ),
        );
        this.warnings = h("ul", {
            class: "rt-offer-warnings",
            "aria-label": text("variations.warnings"),
            "data-testid": "offer-warnings",
        });
        const parts = [this.thumbs, tools, this.measures, this.warnings];
        this.element = h("div", { class: "rt-strip", hidden: true, "data-testid": "results" }, parts);
        store.addEventListener("change", () => this.update());
        jobQueue.addEventListener("jobs", () => (this.more.disabled = jobQueue.busy));
        this.update();
    }

    #makeButton(name, label, press, testid, tip, extra = "") {
        return h(
            "button",
            { type: "button", class: `rt-button ${extra}`, "data-testid": testid, "data-tip": tip, onclick: press },
            icon(name),
            label,
        );
    }

    get variations() {
        return variationsOf(this.store.doc);
    }

    step(by) {
        if (this.variations) {
            this.choose(this.variations.chosen + by);
        }
    }

    choose(index) {
        this.store.amend(chooseVariation(this.store.doc, index));
    }

    keep() {
        if (this.variations) {
            const { name, parts } = chosenJob(this.variations);
            this.store.do(text("variations.kept", { name }), keepVariation(this.store.doc));
            if (parts?.some(({ request }) => request.prompt === this.settings.get("prompt"))) {
                this.settings.set({ prompt: "" }); // it belongs to the step now
            }
        }
    }

    discard() {
        if (this.variations) {
            this.store.do(text("variations.discard"), clearVariations(this.store.doc));
        }
    }

    update() {
        const { variations } = this;
        this.element.hidden = !variations;
        this.view.preview = variations ? variations.candidates[variations.chosen] : null;
        this.#hideMask(variations !== null);
        if (!variations) {
            this.drawnCandidates = null;
            return;
        }
        const job = chosenJob(variations);
        this.more.hidden = !job.parts?.length;
        this.measures.replaceChildren(...listMeasures(variations.candidates[variations.chosen].scores).map(makeMeasure));
        this.#showWarnings(job.warnings ?? []);
        this.count.textContent = text("variations.count", { number: variations.chosen + 1, count: variations.candidates.length });
        if (this.drawnCandidates !== variations.candidates) {
            this.drawnCandidates = variations.candidates;
            this.thumbs.replaceChildren(...variations.candidates.map((candidate, index) => this.#makeThumb(candidate, index)));
        }
        [...this.thumbs.children].forEach((thumb, index) => {
            thumb.setAttribute("aria-selected", index === variations.chosen);
            thumb.tabIndex = index === variations.chosen ? 0 : -1;
        });
        this.thumbs.children[variations.chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    #showWarnings(warnings) {
        this.warnings.hidden = !warnings.length;
        this.warnings.replaceChildren(...warnings.map((text) => h("li", {}, icon("warn"), h("span", {}, text))));
    }

    /** Hides the mask overlay while there are variations, and shows it again if it was shown before. */
    #hideMask(on) {
        if (on && this.wasMaskShown === undefined) {
            this.wasMaskShown = this.view.overlay.show;
            this.view.overlay = { show: false };
        } else if (!on && this.wasMaskShown !== undefined) {
            this.view.overlay = { show: this.wasMaskShown };
            this.wasMaskShown = undefined;
        }
    }

    #makeThumb(candidate, index) {
        const { doc } = this.store;
        const around = Math.round(Math.max(candidate.patch.width, candidate.patch.height) * 0.15) + 8;
        const box = overlap(growBox(candidate.box, around), doc.base.box);
        const steps = [...doc.steps.filter(({ on }) => on), candidate];
        const small = makeThumbnail(composeBox(doc.base, steps, box), THUMB);
        const canvas = h("canvas", { width: small.width, height: small.height, "aria-hidden": "true" });
        canvas.getContext("2d").putImageData(new ImageData(small.data, small.width, small.height), 0, 0);
        return h(
            "button",
            {
                type: "button",
                role: "option",
                class: "rt-thumb",
                "aria-label": text("variations.one", { number: index + 1, seed: candidate.seed }),
                "data-testid": "variation",
                "data-tip": [text("seed.of", { seed: candidate.seed }), describeScores(candidate.scores)]
                    .filter(Boolean)
                    .join(" · "),
                onclick: () => this.choose(index),
            },
            canvas,
        );
    }
}
