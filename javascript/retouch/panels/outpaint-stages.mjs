/** The stages of the last extension: each can be painted again or taken back, with those that hang on it. */

import { boxOfSize, isEmpty, overlap } from "../geometry/box.mjs";
import { pictureIn } from "../document/document.mjs";
import { h, keyed } from "../ui/dom.mjs";
import { boxOnBase, dependents, extensionOf, takenAlong } from "../document/extended-canvas.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { thumbnail } from "../document/variations.mjs";
import { listedWords } from "./plan-text.mjs";
import { section } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

const THUMB = 72;
const FORGOTTEN = text("stages.forgotten");

export class StageList {
    constructor({ store, view, extending, painter, prospect }) {
        Object.assign(this, { store, view, extending, painter, prospect });
        this.list = h("ul", { class: "rt-list rt-stages", "aria-label": text("stages.title") });
        this.goOn = h(
            "button",
            { type: "button", class: "rt-button", "data-testid": "go-on", onclick: () => extending.goOn() },
            icon("skip"),
            text("stages.goOn"),
        );
        this.forgotten = h("p", { class: "rt-hint" }, FORGOTTEN);
        this.element = section("stages", text("stages.title"), [this.list, this.goOn, this.forgotten]);
        store.addEventListener("change", () => this.update());
        painter.addEventListener("jobs", () => this.update());
        extending.addEventListener("gone", () => this.update());
        view.addEventListener("tool", () => this.update());
        this.update();
    }

    /** As long as the tool is in hand: nobody sees it otherwise. */
    update() {
        if (this.view.tool !== "extend") {
            return;
        }
        const record = extensionOf(this.store.doc);
        const stages = record?.stages ?? [];
        this.element.hidden = !record;
        this.usable = this.extending.lasts && !this.painter.busy;
        this.goOn.hidden = stages.every(({ done }) => done);
        this.goOn.disabled = !this.usable;
        this.forgotten.hidden = !record || this.extending.lasts;
        this.prospect.light(null);
        keyed(this.list, stages, {
            key: ({ number }) => number,
            make: (stage) => this.#row(stage),
            update: (row, stage) => this.#fill(row, stage, record),
        });
    }

    #row({ number }) {
        const canvas = h("canvas", { class: "rt-stage-thumb", "aria-hidden": "true" });
        const name = h("b", { class: "rt-stage-name" });
        const needed = h("span", { class: "rt-area" });
        const said = h("span", { class: "rt-area" });
        const again = iconButton("again", "", () => this.extending.again(number), { "data-testid": "again" });
        const revert = iconButton("undo", "", () => this.extending.revert(number), { "data-testid": "revert" });
        const level = h("button", { type: "button", class: "rt-level", "data-testid": "stage-variation" });
        level.addEventListener("click", () => this.extending.choose(number, nextOf(row.stage)));
        const words = h("div", { class: "rt-stage-words" }, h("span", {}, name, needed), said);
        const parts = [canvas, words, level, again, revert];
        const row = h("li", { "data-testid": "stage-row" }, h("div", { class: "rt-row" }, parts));
        row.parts = { canvas, name, needed, said, level, again, revert };
        const light = (on) => () => this.prospect.light(on ? row.stage : null);
        ["pointerenter", "focusin"].forEach((type) => row.addEventListener(type, light(true)));
        ["pointerleave", "focusout"].forEach((type) => row.addEventListener(type, light(false)));
        return row;
    }

    #fill(row, stage, record) {
        const { canvas, level, again, revert } = row.parts;
        if (row.stage !== stage) {
            row.stage = stage;
            row.classList.toggle("rt-undone", !stage.done);
            this.#say(row.parts, stage, record);
        }
        level.disabled = again.disabled = revert.disabled = !this.usable || !stage.done;
        this.#draw(canvas, stage, record);
    }

    #say({ name, needed, said, level, again, revert }, stage, record) {
        const upon = dependents(record.stages, stage.number);
        const along = takenAlong(record.stages, stage.number);
        const others = along.length ? text("stages.along", { stages: listedWords(along) }) : "";
        name.textContent = `${stage.number} · ${stage.side}`;
        needed.textContent = upon.length ? text("stages.neededBy", { stages: upon.join(", ") }) : "";
        said.textContent = saidOf(stage, this.#boxOf(stage, record));
        level.hidden = !stage.done || (stage.candidates?.length ?? 0) < 2;
        level.textContent = `${stage.chosen ?? "–"}/${stage.candidates?.length}`;
        named(level, text(upon.length ? "stages.nextLater" : "stages.next", { number: stage.number }));
        named(again, text("stages.again", { number: stage.number, others }));
        named(revert, text("stages.revert", { number: stage.number, others }));
    }

    /** Where the picture shows it; empty for a stage whose strip is not whole yet. */
    #boxOf(stage, record) {
        return overlap(boxOnBase(record, stage.box), boxOfSize(this.store.doc.base));
    }

    /** What the picture shows of it now. */
    #draw(canvas, stage, record) {
        const { base, steps } = this.store.doc;
        const box = this.#boxOf(stage, record);
        if (canvas.drawn === steps && canvas.of === base) {
            return;
        }
        const blank = !stage.done || isEmpty(box);
        const on = steps.filter((step) => step.on);
        const small = blank ? { width: 1, height: 1 } : thumbnail(pictureIn(base, on, box), THUMB);
        Object.assign(canvas, { drawn: steps, of: base, width: small.width, height: small.height });
        canvas.classList.toggle("rt-blank", blank);
        if (!blank) {
            canvas.getContext("2d").putImageData(new ImageData(small.data, small.width, small.height), 0, 0);
        }
    }
}

function saidOf({ done, seed }, box) {
    if (!done) {
        return text("stages.unpainted");
    }
    return isEmpty(box) ? text("stages.waits") : text("stages.seed", { seed });
}

/** Which of its paintings comes after the one that is there, from 1, round and round. */
function nextOf({ chosen, candidates }) {
    return ((chosen ?? 0) % candidates.length) + 1;
}

function named(button, label) {
    button.setAttribute("aria-label", label);
    button.dataset.tip = label;
}
