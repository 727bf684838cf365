/** Quality scores in words: of the painted area, and of the same area before. */

import { h } from "../ui/dom.mjs";
import { text } from "../util/text.mjs";

const DIGITS = 2;
/** What `Quality` of the server says: [name, before, after, what it means]. */
const MEASURES = [
    [text("quality.seam"), "seam_before", "seam", text("quality.seam.tip")],
    [text("quality.drift"), "", "drift_around", text("quality.drift.tip")],
    [text("quality.sharpness"), "sharpness_before", "sharpness", text("quality.sharpness.tip")],
    [text("quality.confidence"), "confidence_before", "confidence_after", text("quality.confidence.tip")],
];

/** @returns {{name: string, text: string, tip: string}[]} of the numbers that there are */
export function listMeasures(scores = {}) {
    const known = MEASURES.filter(([, , after]) => Number.isFinite(scores[after]));
    return known.map(([name, before, after, tip]) => {
        const values = [scores[before], scores[after]].filter(Number.isFinite);
        return { name, text: values.map((value) => formatValue(value)).join(" → "), tip };
    });
}

/** Without a sign where nothing is left of the number. */
function formatValue(value) {
    return Number(value.toFixed(DIGITS)).toFixed(DIGITS);
}

/** All of them on one line. */
export function describeScores(scores) {
    return listMeasures(scores)
        .map(({ name, text }) => `${name} ${text}`)
        .join(" · ");
}

export function makeMeasure({ name, text, tip }) {
    return h("span", { "data-tip": tip }, `${name} `, h("b", {}, text));
}
