/** Handles of a box: its corners and the middles of its edges, and the sides that each of them moves. */

/** @typedef {{x: "left" | "" | "right", y: "top" | "" | "bottom"}} Handle "" where it moves neither side */

/** @type {Handle[]} */
export const HANDLES = Object.freeze(
    ["left", "", "right"]
        .flatMap((x) => ["top", "", "bottom"].map((y) => Object.freeze({ x, y })))
        .filter(({ x, y }) => x || y),
);

/** Where a handle lies on a box: on a corner, or in the middle of an edge. */
export function handlePoint({ x, y }, box) {
    return {
        x: x ? box[x] : (box.left + box.right) / 2,
        y: y ? box[y] : (box.top + box.bottom) / 2,
    };
}

export function handleCursor({ x, y }) {
    if (x && y) {
        return (x === "left") === (y === "top") ? "nwse-resize" : "nesw-resize";
    }
    return x ? "ew-resize" : "ns-resize";
}
