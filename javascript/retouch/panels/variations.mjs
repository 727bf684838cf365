/** The strip of variations over the canvas: look, compare, keep one, ask for more, or throw them away. */

import { grownBox, overlap } from "../geometry/box.mjs";
import { pictureIn } from "../document/document.mjs";
import { h } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { measured, shownMeasure, wordsOf } from "./quality-text.mjs";
import { choosing, keepingOffer, offerOf, thumbnail, withoutOffer } from "../document/variations.mjs";
import { text } from "../util/text.mjs";

const THUMB = 144;

export class ResultsStrip {
    constructor({ store, painter, view }) {
        Object.assign(this, { store, painter, view });
        this.thumbs = h("div", {
            class: "rt-thumbs",
            role: "listbox",
            "aria-label": text("variations.label"),
            "aria-orientation": "horizontal",
        });
        this.count = h("span", { class: "rt-count", "aria-live": "polite" });
        this.measures = h("div", { class: "rt-measures", "data-testid": "measures" });
        this.more = this.#button(
            "add",
            text("variations.more"),
            () => painter.more(),
            "more",
            text("variations.more.tip"),
        );
        const tools = h(
            "div",
            { class: "rt-strip-tools" },
            iconButton("chevron", text("variations.previous"), () => this.step(-1), {
                key: "←",
                class: "rt-icon-button rt-flip",
                "data-testid": "previous",
            }),
            this.count,
            iconButton("chevron", text("variations.next"), () => this.step(1), { key: "→", "data-testid": "next" }),
            this.more,
            this.#button(
                "close",
                text("variations.discard"),
                () => this.discard(),
                "discard",
                text("variations.discard.tip"),
            ),
            this.#button(
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
        painter.addEventListener("jobs", () => (this.more.disabled = painter.busy));
        this.update();
    }

    #button(name, label, press, testid, tip, extra = "") {
        return h(
            "button",
            { type: "button", class: `rt-button ${extra}`, "data-testid": testid, "data-tip": tip, onclick: press },
            icon(name),
            label,
        );
    }

    get offer() {
        return offerOf(this.store.doc);
    }

    step(by) {
        if (this.offer) {
            this.choose(this.offer.chosen + by);
        }
    }

    choose(index) {
        this.store.amend(choosing(this.store.doc, index));
    }

    keep() {
        if (this.offer) {
            this.store.do(text("variations.kept", { name: this.offer.name }), keepingOffer(this.store.doc));
        }
    }

    discard() {
        if (this.offer) {
            this.store.do(text("variations.discard"), withoutOffer(this.store.doc));
        }
    }

    update() {
        const { offer } = this;
        this.element.hidden = !offer;
        this.view.preview = offer ? offer.candidates[offer.chosen] : null;
        this.#uncover(offer !== null);
        if (!offer) {
            this.drawn = null;
            return;
        }
        this.more.hidden = !offer.parts?.length;
        this.measures.replaceChildren(...measured(offer.candidates[offer.chosen].scores).map(shownMeasure));
        this.#warn(offer.warnings ?? []);
        this.count.textContent = text("variations.count", { number: offer.chosen + 1, count: offer.candidates.length });
        if (this.drawn !== offer.candidates) {
            this.drawn = offer.candidates;
            this.thumbs.replaceChildren(...offer.candidates.map((candidate, index) => this.#thumb(candidate, index)));
        }
        [...this.thumbs.children].forEach((thumb, index) => {
            thumb.setAttribute("aria-selected", index === offer.chosen);
            thumb.tabIndex = index === offer.chosen ? 0 : -1;
        });
        this.thumbs.children[offer.chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    #warn(warnings) {
        this.warnings.hidden = !warnings.length;
        this.warnings.replaceChildren(...warnings.map((text) => h("li", {}, icon("warn"), h("span", {}, text))));
    }

    /** What was painted is seen without the mask over it; afterwards the mask is shown again if it was before. */
    #uncover(on) {
        if (on && this.covered === undefined) {
            this.covered = this.view.overlay.show;
            this.view.overlay = { show: false };
        } else if (!on && this.covered !== undefined) {
            this.view.overlay = { show: this.covered };
            this.covered = undefined;
        }
    }

    #thumb(candidate, index) {
        const { doc } = this.store;
        const around = Math.round(Math.max(candidate.patch.width, candidate.patch.height) * 0.15) + 8;
        const box = overlap(grownBox(candidate.box, around), doc.base.box);
        const steps = [...doc.steps.filter(({ on }) => on), candidate];
        const small = thumbnail(pictureIn(doc.base, steps, box), THUMB);
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
                "data-tip": [text("seed.of", { seed: candidate.seed }), wordsOf(candidate.scores)]
                    .filter(Boolean)
                    .join(" · "),
                onclick: () => this.choose(index),
            },
            canvas,
        );
    }
}
