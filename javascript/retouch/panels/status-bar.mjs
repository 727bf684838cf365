/** Status bar: picture size, cursor, zoom, model, and crop and work size of the present plan. */

import { boxOfList } from "../geometry/box.mjs";
import { h } from "../ui/dom.mjs";
import { debounce } from "../util/debounce.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { Mask, NOTHING } from "../image/mask.mjs";
import { formatDuration } from "./plan-text.mjs";
import { text } from "../util/text.mjs";

const PLAN_WAIT_MS = 600;
const COARSE = text("status.coarse");

export class StatusBar {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ store, view, jobQueue, settings, commands, requestPlan }) {
        Object.assign(this, { store, view, jobQueue, settings, requestPlan });
        this.size = h("span", { "data-testid": "size" });
        this.cursor = h("span", { class: "rt-cursor" });
        this.ghost = h("span", { class: "rt-plan", "data-testid": "plan", role: "status" });
        this.model = h("span", { class: "rt-model", "data-testid": "model" });
        this.zoom = h("button", {
            type: "button",
            class: "rt-zoom",
            "aria-label": text("status.zoom"),
            "data-tip": text("status.zoom.tip"),
            "data-testid": "zoom",
            onclick: commands.fitView,
        });
        const zoom = h(
            "div",
            { class: "rt-group" },
            h(
                "button",
                {
                    type: "button",
                    class: "rt-icon-button",
                    "aria-label": text("status.zoomOut"),
                    "data-tip": text("status.zoomOut.tip"),
                    onclick: () => commands.zoomBy(1 / 1.25),
                },
                "−",
            ),
            this.zoom,
            h(
                "button",
                {
                    type: "button",
                    class: "rt-icon-button",
                    "aria-label": text("status.zoomIn"),
                    "data-tip": text("status.zoomIn.tip"),
                    onclick: () => commands.zoomBy(1.25),
                },
                "+",
            ),
            iconButton("fit", text("status.fit"), commands.fitView, { key: "F" }),
        );
        this.element = h(
            "section",
            { class: "rt-status", "aria-label": text("status.label") },
            this.size,
            this.cursor,
            this.ghost,
            this.model,
            zoom,
        );
        this.loadPlan = debounce(() => this.#loadPlan(), PLAN_WAIT_MS);
        store.addEventListener("change", () => this.update());
        view.addEventListener("zoom", () => this.#showZoom());
        view.addEventListener("cursor", (event) => this.#showCursor(event.detail));
        this.update();
    }

    update() {
        const { base } = this.store.doc;
        this.size.textContent = base ? `${base.width} × ${base.height}` : text("status.none");
        this.#showZoom();
        this.updatePlan();
    }

    /** Requests the plan anew, after a change of mask or settings. */
    updatePlan() {
        this.pendingRequest?.abort();
        this.loadPlan.cancel();
        this.view.inverted = this.isInverted() ? { planned: null } : null;
        const idle = this.store.doc.base && !this.store.doc.variations && !this.jobQueue.busy;
        if (idle) {
            this.loadPlan();
        } else {
            this.#showPlan(null);
        }
    }

    /** Whether all that is not masked is repainted, and something is masked. */
    isInverted() {
        const { doc } = this.store;
        return this.settings.get("invert") && doc.base !== null && doc.objects.some(({ use, mask }) => use && mask.width);
    }

    /** @param {string} [name] of the checkpoint; nothing is shown without one */
    showModel(name = "") {
        this.model.textContent = name;
        this.model.dataset.tip = name ? text("status.model", { name }) : "";
    }

    #showZoom() {
        this.zoom.textContent = `${Math.round(this.view.scale * 100)} %`;
    }

    #showCursor(place) {
        this.cursor.textContent = place ? `${Math.floor(place.x)}, ${Math.floor(place.y)}` : "";
    }

    async #loadPlan() {
        this.pendingRequest = new AbortController();
        const { signal } = this.pendingRequest;
        const plan = await this.requestPlan(signal).catch(() => null);
        const planned = plan?.steps?.some(({ mask }) => mask) ? await uniteComposites(plan.steps) : null;
        if (!signal.aborted) {
            this.#showPlan(plan, planned);
        }
    }

    /** Crop and work size of the first step; the canvas shows all of them. */
    #showPlan(plan, planned = null) {
        const step = plan?.steps?.[0];
        this.view.ghost = plan?.steps ?? null;
        this.view.inverted = this.isInverted() ? { planned } : null;
        const warning = step ? describeWarning(plan) : "";
        this.ghost.classList.toggle("rt-warns", warning !== "");
        if (!step) {
            this.ghost.replaceChildren();
            return;
        }
        const [left, top, right, bottom] = step.crop;
        const grown = step.magnification ?? step.work[0] / (right - left);
        const size = `${right - left} × ${bottom - top} → ${step.work[0]} × ${step.work[1]}  (${grown.toFixed(2)} ×)`;
        const words = [size, ...describeTime(plan)].join(", ");
        this.ghost.title = warning || text("status.plan.tip");
        this.ghost.replaceChildren(
            icon(warning ? "warn" : "refine"),
            h("span", {}, words),
            warning ? h("span", { class: "rt-warning" }, warning) : "",
        );
    }
}

/** What the steps of a plan repaint, with their masks as the server gave them. */
async function uniteComposites(steps) {
    const masks = await Promise.all(steps.map(({ mask, crop }) => Mask.fromPng(mask, boxOfList(crop))));
    return masks.reduce((sum, mask) => sum.union(mask), NOTHING);
}

/** Once something was painted here before. */
function describeTime({ seconds }) {
    return Number.isFinite(seconds) ? [text("status.time", { time: formatDuration(seconds) })] : [];
}

function describeWarning({ steps, warnings = [] }) {
    const coarse = !warnings.length && steps.some((step) => step.under_resolved);
    return coarse ? COARSE : warnings.join(" ");
}
