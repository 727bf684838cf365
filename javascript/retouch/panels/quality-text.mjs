/** Quality scores in words: of the painted area, and of the same area before. */

import { h } from "../ui/dom.mjs";
import { text } from "../util/text.mjs";

const DIGITS = 2;
const MARKS = { good: text("quality.good"), fair: text("quality.fair"), poor: text("quality.poor") };
/**
 * What `Quality` of the server measures: its name, the fields before and after, what it means, and the loss of quality
 * that it stands for. A loss up to `good` is good and up to `fair` is fair: one that can just be seen, and one that the
 * gate of a recipe still lets pass.
 */
const MEASURES = [
    {
        name: text("quality.seam"),
        before: "seam_before",
        after: "seam",
        tip: text("quality.seam.tip"),
        lossOf: (after) => after,
        good: 1,
        fair: 2.5,
    },
    {
        name: text("quality.drift"),
        before: "",
        after: "drift_around",
        tip: text("quality.drift.tip"),
        lossOf: (after) => after,
        good: 2,
        fair: 5,
    },
    {
        name: text("quality.sharpness"),
        before: "sharpness_before",
        after: "sharpness",
        tip: text("quality.sharpness.tip"),
        lossOf: (after) => Math.abs(Math.log2(Math.max(after, 0.01))),
        good: 0.52, // 0.7 to 1.4 times as sharp
        fair: 1,
    },
    {
        name: text("quality.confidence"),
        before: "confidence_before",
        after: "confidence_after",
        tip: text("quality.confidence.tip"),
        lossOf: (after, before = after) => before - after,
        good: 0.05,
        fair: 0.25,
    },
];

/** @returns {{name: string, text: string, tip: string, mark: "good" | "fair" | "poor"}[]} of the numbers that there are */
export function listMeasures(scores = {}) {
    const known = MEASURES.filter(({ after }) => Number.isFinite(scores[after]));
    return known.map(({ name, before, after, tip, ...limits }) => {
        const values = [scores[before], scores[after]].filter(Number.isFinite);
        const mark = rate(limits, scores[after], scores[before] ?? undefined);
        return { name, text: values.map((value) => formatValue(value)).join(" → "), tip, mark };
    });
}

function rate({ lossOf, good, fair }, after, before) {
    const loss = lossOf(after, before);
    return loss <= good ? "good" : loss <= fair ? "fair" : "poor";
}

/** Without a sign where nothing is left of the number. */
function formatValue(value) {
    return Number(value.toFixed(DIGITS)).toFixed(DIGITS);
}

/** All of them on one line. */
export function describeScores(scores) {
    return listMeasures(scores)
        .map(({ name, text: value, mark }) => `${name} ${value} (${MARKS[mark]})`)
        .join(" · ");
}

export function makeMeasure({ name, text: value, tip, mark }) {
    const label = h("span", { class: `rt-mark is-${mark}` }, MARKS[mark]);
    return h("span", { "data-tip": tip }, `${name} `, h("b", {}, value), " ", label);
}
