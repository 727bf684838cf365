/** The stages of the last extension: each can be repainted or reverted, with its dependents. */

import { boxOfSize, isEmpty, overlap } from "../geometry/box.mjs";
import { composeBox } from "../document/document.mjs";
import { h, syncChildren } from "../ui/dom.mjs";
import { boxOnBase, listDependents, extensionOf, listPaintedDependents } from "../document/extended-canvas.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { makeThumbnail } from "../document/variations.mjs";
import { joinNumbers } from "./plan-text.mjs";
import { makeSection } from "../ui/collapsible.mjs";
import { text } from "../util/text.mjs";

const THUMB = 72;
const FORGOTTEN = text("stages.forgotten");

export class OutpaintStages {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, view, outpaintJobs, jobQueue, outpaintPlan }) {
        Object.assign(this, { store, view, outpaintJobs, jobQueue, outpaintPlan });
        this.list = h("ul", { class: "rt-list rt-stages", "aria-label": text("stages.title") });
        this.goOn = h(
            "button",
            { type: "button", class: "rt-button", "data-testid": "go-on", onclick: () => outpaintJobs.paintRest() },
            icon("skip"),
            text("stages.goOn"),
        );
        this.forgotten = h("p", { class: "rt-hint" }, FORGOTTEN);
        this.element = makeSection("stages", text("stages.title"), [this.list, this.goOn, this.forgotten]);
        store.addEventListener("change", () => this.update());
        jobQueue.addEventListener("jobs", () => this.update());
        outpaintJobs.addEventListener("gone", () => this.update());
        view.addEventListener("tool", () => this.update());
        this.update();
    }

    /** Does nothing while another tool is active: the panel is hidden then. */
    update() {
        if (this.view.tool !== "extend") {
            return;
        }
        const record = extensionOf(this.store.doc);
        const stages = record?.stages ?? [];
        this.element.hidden = !record;
        this.usable = this.outpaintJobs.isAvailable && !this.jobQueue.busy;
        this.goOn.hidden = stages.every(({ done }) => done);
        this.goOn.disabled = !this.usable;
        this.forgotten.hidden = !record || this.outpaintJobs.isAvailable;
        this.outpaintPlan.highlight(null);
        syncChildren(this.list, stages, {
            key: ({ number }) => number,
            make: (stage) => this.#makeRow(stage),
            update: (row, stage) => this.#fill(row, stage, record),
        });
    }

    #makeRow({ number }) {
        const canvas = h("canvas", { class: "rt-stage-thumb", "aria-hidden": "true" });
        const name = h("b", { class: "rt-stage-name" });
        const needed = h("span", { class: "rt-area" });
        const status = h("span", { class: "rt-area" });
        const again = iconButton("again", "", () => this.outpaintJobs.repaintStage(number), { "data-testid": "again" });
        const revert = iconButton("undo", "", () => this.outpaintJobs.revertStage(number), { "data-testid": "revert" });
        const level = h("button", { type: "button", class: "rt-level", "data-testid": "stage-variation" });
        level.addEventListener("click", () => this.outpaintJobs.chooseVariation(number, nextCandidateNumber(row.stage)));
        const words = h("div", { class: "rt-stage-words" }, h("span", {}, name, needed), status);
        const parts = [canvas, words, level, again, revert];
        const row = h("li", { "data-testid": "stage-row" }, h("div", { class: "rt-row" }, parts));
        row.parts = { canvas, name, needed, status, level, again, revert };
        const highlight = (on) => () => this.outpaintPlan.highlight(on ? row.stage : null);
        ["pointerenter", "focusin"].forEach((type) => row.addEventListener(type, highlight(true)));
        ["pointerleave", "focusout"].forEach((type) => row.addEventListener(type, highlight(false)));
        return row;
    }

    #fill(row, stage, record) {
        const { canvas, level, again, revert } = row.parts;
        if (row.stage !== stage) {
            row.stage = stage;
            row.classList.toggle("rt-undone", !stage.done);
            this.#describe(row.parts, stage, record);
        }
        level.disabled = again.disabled = revert.disabled = !this.usable || !stage.done;
        this.#draw(canvas, stage, record);
    }

    #describe({ name, needed, status, level, again, revert }, stage, record) {
        const upon = listDependents(record.stages, stage.number);
        const along = listPaintedDependents(record.stages, stage.number);
        const others = along.length ? text("stages.along", { stages: joinNumbers(along) }) : "";
        name.textContent = `${stage.number} · ${stage.side}`;
        needed.textContent = upon.length ? text("stages.neededBy", { stages: upon.join(", ") }) : "";
        status.textContent = describeStage(stage, this.#boxInPicture(stage, record));
        level.hidden = !stage.done || (stage.candidates?.length ?? 0) < 2;
        level.textContent = `${stage.chosen ?? "–"}/${stage.candidates?.length}`;
        setLabel(level, text(upon.length ? "stages.nextLater" : "stages.next", { number: stage.number }));
        setLabel(again, text("stages.again", { number: stage.number, others }));
        setLabel(revert, text("stages.revert", { number: stage.number, others }));
    }

    /** Where the picture shows it; empty for a stage whose strip is not whole yet. */
    #boxInPicture(stage, record) {
        return overlap(boxOnBase(record, stage.box), boxOfSize(this.store.doc.base));
    }

    /** What the picture shows of it now. */
    #draw(canvas, stage, record) {
        const { base, steps } = this.store.doc;
        const box = this.#boxInPicture(stage, record);
        if (canvas.drawn === steps && canvas.of === base) {
            return;
        }
        const blank = !stage.done || isEmpty(box);
        const on = steps.filter((step) => step.on);
        const small = blank ? { width: 1, height: 1 } : makeThumbnail(composeBox(base, on, box), THUMB);
        Object.assign(canvas, { drawn: steps, of: base, width: small.width, height: small.height });
        canvas.classList.toggle("rt-blank", blank);
        if (!blank) {
            canvas.getContext("2d").putImageData(new ImageData(small.data, small.width, small.height), 0, 0);
        }
    }
}

function describeStage({ done, seed }, box) {
    if (!done) {
        return text("stages.unpainted");
    }
    return isEmpty(box) ? text("stages.waits") : text("stages.seed", { seed });
}

/** Which of its paintings comes after the one that is there, from 1, round and round. */
function nextCandidateNumber({ chosen, candidates }) {
    return ((chosen ?? 0) % candidates.length) + 1;
}

function setLabel(button, label) {
    button.setAttribute("aria-label", label);
    button.dataset.tip = label;
}
