/** Masks of polygons, with soft edges. */

import { boxOf, boxOfSize, boundingBox, heightOf, isEmpty, overlap, widthOf } from "../geometry/box.mjs";
import { Mask, NOTHING } from "./mask.mjs";

/** Lines per pixel row; across a line coverage is exact. */
const LINES = 4;

/**
 * What lies inside, by the nonzero winding rule: a loop that crosses itself has no holes.
 *
 * @param {{x: number, y: number}[]} points in picture pixels
 * @param {import("../geometry/box.mjs").Size} size the picture's
 */
export function makePolygonMask(points, size) {
    if (points.length < 3) {
        return NOTHING;
    }
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    const all = boundingBox(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    const box = overlap(all, boxOfSize(size));
    if (isEmpty(box)) {
        return NOTHING;
    }
    return new Mask(
        boxOf(box.left, box.top, box.right, box.bottom),
        fillRows(edgesOf(points), box),
    ).trimmed();
}

/** Edges that are not level, top down: {x, y0, y1, slope, turn}. */
function edgesOf(points) {
    return points.flatMap((from, i) => {
        const to = points[(i + 1) % points.length];
        if (from.y === to.y) {
            return [];
        }
        const [top, low, turn] = from.y < to.y ? [from, to, 1] : [to, from, -1];
        return [{ x: top.x, y0: top.y, y1: low.y, slope: (low.x - top.x) / (low.y - top.y), turn }];
    });
}

function fillRows(edges, box) {
    const [width, height] = [widthOf(box), heightOf(box)];
    const out = new Uint8Array(width * height);
    const sums = new Float32Array(width);
    const sorted = edges.sort((a, b) => a.y0 - b.y0);
    for (let row = 0; row < height; row++) {
        const near = sorted.filter(({ y0, y1 }) => y1 > box.top + row && y0 < box.top + row + 1);
        sums.fill(0);
        for (let line = 0; line < LINES; line++) {
            coverLine(sums, near, box.top + row + (line + 0.5) / LINES, box.left);
        }
        for (let x = 0; x < width; x++) {
            out[row * width + x] = Math.min(255, Math.round((sums[x] * 255) / LINES));
        }
    }
    return out;
}

function coverLine(sums, edges, y, left) {
    const crossings = edges
        .filter(({ y0, y1 }) => y0 <= y && y < y1)
        .map(({ x, y0, slope, turn }) => ({ x: x + (y - y0) * slope - left, turn }))
        .sort((a, b) => a.x - b.x);
    for (let i = 0, turns = 0; i + 1 < crossings.length; i++) {
        turns += crossings[i].turn;
        if (turns !== 0) {
            addSpan(sums, Math.max(crossings[i].x, 0), Math.min(crossings[i + 1].x, sums.length));
        }
    }
}

/** Each pixel gains the share of it that lies between `from` and `to`. */
function addSpan(sums, from, to) {
    for (let x = Math.floor(from); x < to; x++) {
        sums[x] += Math.min(x + 1, to) - Math.max(x, from);
    }
}
