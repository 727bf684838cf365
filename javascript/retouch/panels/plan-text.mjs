/** What the server plans to paint, or why it will not, in words. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { aspectText, extendedSize } from "../geometry/margins.mjs";

const UNASKED = "Drag an edge or a corner of the picture outward, or choose an aspect.";

/** @returns {HTMLElement[]} */
export function plannedWords({ store, hasRequest, plan, fault, margins }, knobs) {
    const { base } = store.doc;
    if (!base || !hasRequest) {
        return [h("p", { class: "rt-hint" }, UNASKED)];
    }
    if (fault) {
        return [said("rt-fault", faultWords(fault, knobs))];
    }
    const size = extendedSize(base, margins);
    const words = ` · ${aspectText(size)} · ${stagesOf(plan)}`;
    const canvas = h("p", {}, h("b", {}, `${size.width} × ${size.height}`), words);
    return [canvas, ...(plan?.warnings ?? []).map((warning) => said("rt-warned", warning))];
}

function said(kind, text) {
    return h("p", { class: kind }, icon("warn"), h("span", {}, text));
}

/** Which knob is at fault is told by its label. */
export function faultWords({ path = "", message }, knobs) {
    const label = knobs.find((knob) => knob.path === path)?.label;
    return label ? `${label}: ${message}` : message[0].toUpperCase() + message.slice(1);
}

function stagesOf(plan) {
    if (!plan) {
        return "planning …";
    }
    const { steps } = plan;
    const stages = `${steps.length} ${steps.length === 1 ? "stage" : "stages"}`;
    const seconds = steps.reduce((sum, step) => sum + (step.seconds ?? NaN), 0);
    return Number.isFinite(seconds) ? `${stages}, about ${duration(seconds)}` : stages;
}

/** "3 s", "40 s", "2 min", "1.5 h": no more exact than an estimate is. */
export function duration(seconds) {
    if (seconds < 90) {
        return `${Math.max(1, Math.round(seconds))} s`;
    }
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** "3", "3 and 4", "3, 4 and 5"; "" for none. */
export function listedWords(numbers) {
    const [last, ...others] = [...numbers].reverse();
    return others.length ? `${others.reverse().join(", ")} and ${last}` : String(last ?? "");
}
