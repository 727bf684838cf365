/** What the server plans to paint, or why it will not, in words. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { aspectWords, canvasSize } from "../geometry/margins.mjs";
import { text } from "../util/text.mjs";

const UNASKED = text("plan.unasked");

/** @returns {HTMLElement[]} */
export function plannedWords({ store, any, plan, fault, margins }, knobs) {
    const { base } = store.doc;
    if (!base || !any) {
        return [h("p", { class: "rt-hint" }, UNASKED)];
    }
    if (fault) {
        return [said("rt-fault", faultWords(fault, knobs))];
    }
    const size = canvasSize(base, margins);
    const words = ` · ${aspectWords(size)} · ${stagesOf(plan)}`;
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
        return text("plan.planning");
    }
    const { steps } = plan;
    const stages = text("plan.stages", { count: steps.length });
    const seconds = steps.reduce((sum, step) => sum + (step.seconds ?? NaN), 0);
    return Number.isFinite(seconds) ? text("plan.stagesAndTime", { stages, time: duration(seconds) }) : stages;
}

/** "3 s", "40 s", "2 min", "1.5 h": no more exact than an estimate is. */
export function duration(seconds) {
    if (seconds < 90) {
        return text("duration.seconds", { number: Math.max(1, Math.round(seconds)) });
    }
    return seconds < 5400
        ? text("duration.minutes", { number: Math.round(seconds / 60) })
        : text("duration.hours", { number: (seconds / 3600).toFixed(1) });
}

/** "3", "3 and 4", "3, 4 and 5"; "" for none. */
export function listedWords(numbers) {
    const [last, ...others] = [...numbers].reverse();
    return others.length ? text("list.and", { others: others.reverse().join(", "), last }) : String(last ?? "");
}
