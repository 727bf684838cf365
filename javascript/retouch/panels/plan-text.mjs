/** The server's plan of an extension, or why it has none, in words. */

import { h } from "../ui/dom.mjs";
import { icon } from "../ui/icons.mjs";
import { aspectText, extendedSize } from "../geometry/margins.mjs";
import { text } from "../util/text.mjs";

const UNASKED = text("plan.unasked");

/** @returns {HTMLElement[]} */
export function makePlanLines({ store, hasRequest, plan, fault, margins }, knobs) {
    const { base } = store.doc;
    if (!base || !hasRequest) {
        return [h("p", { class: "rt-hint" }, UNASKED)];
    }
    if (fault) {
        return [makeRemark("rt-fault", describeFault(fault, knobs))];
    }
    const size = extendedSize(base, margins);
    const words = ` · ${aspectText(size)} · ${describeStages(plan)}`;
    const canvas = h("p", {}, h("b", {}, `${size.width} × ${size.height}`), words);
    return [canvas, ...(plan?.warnings ?? []).map((warning) => makeRemark("rt-warned", warning))];
}

function makeRemark(kind, text) {
    return h("p", { class: kind }, icon("warn"), h("span", {}, text));
}

/** The fault in words, with the label of the knob at fault. */
export function describeFault({ path = "", message }, knobs) {
    const label = knobs.find((knob) => knob.path === path)?.label;
    return label ? `${label}: ${message}` : message[0].toUpperCase() + message.slice(1);
}

function describeStages(plan) {
    if (!plan) {
        return text("plan.planning");
    }
    const { steps } = plan;
    const stages = text("plan.stages", { count: steps.length });
    const seconds = steps.reduce((sum, step) => sum + (step.seconds ?? NaN), 0);
    return Number.isFinite(seconds) ? text("plan.stagesAndTime", { stages, time: formatDuration(seconds) }) : stages;
}

/** "3 s", "40 s", "2 min", "1.5 h": no more exact than an estimate is. */
export function formatDuration(seconds) {
    if (seconds < 90) {
        return text("duration.seconds", { number: Math.max(1, Math.round(seconds)) });
    }
    return seconds < 5400
        ? text("duration.minutes", { number: Math.round(seconds / 60) })
        : text("duration.hours", { number: (seconds / 3600).toFixed(1) });
}

/** "3", "3 and 4", "3, 4 and 5"; "" for none. */
export function joinNumbers(numbers) {
    const [last, ...others] = [...numbers].reverse();
    return others.length ? text("list.and", { others: others.reverse().join(", "), last }) : String(last ?? "");
}
