/** Quality scores in words: of the painted area, and of the same area before. */

import { h } from "../ui/dom.mjs";

const DIGITS = 2;
/** What `Quality` of the server says: [name, before, after, what it means]. */
const MEASURES = [
    ["Seam", "seam_before", "seam", "Steps along the mask's outline that its surroundings lack; less is better"],
    ["Drift", "", "drift_around", "How far colours moved beside the mask, in CIELAB; 0 is best"],
    ["Sharpness", "sharpness_before", "sharpness", "Detail inside against around: near 1 it looks like the rest"],
    ["Confidence", "confidence_before", "confidence_after", "How sure the detector is of what it found there"],
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
