/**
 * Boxes of whole picture pixels: {left, top, right, bottom}, right and bottom exclusive, x to the right, y down.
 * Plain frozen objects, so that they compare, print and travel as JSON.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{width: number, height: number}} Size
 */

/** @returns {Box} */
export function boxOf(left, top, right, bottom) {
    return Object.freeze({ left, top, right, bottom });
}

export const NOWHERE = boxOf(0, 0, 0, 0);

/** The box of a picture, a canvas, or anything else with a width and a height. */
export function boxOfSize({ width, height }) {
    return boxOf(0, 0, width, height);
}

/** The smallest box of whole pixels that covers float coordinates, given in any order. */
export function boundingBox(x0, y0, x1, y1) {
    return boxOf(
        Math.floor(Math.min(x0, x1)),
        Math.floor(Math.min(y0, y1)),
        Math.ceil(Math.max(x0, x1)),
        Math.ceil(Math.max(y0, y1)),
    );
}

/** @param {number[]} list left, top, right, bottom, as the server writes a box */
export function boxOfList([left, top, right, bottom]) {
    return boxOf(left, top, right, bottom);
}

export function listOfBox({ left, top, right, bottom }) {
    return [left, top, right, bottom];
}

export function widthOf(box) {
    return box.right - box.left;
}

export function heightOf(box) {
    return box.bottom - box.top;
}

export function areaOf(box) {
    return isEmpty(box) ? 0 : widthOf(box) * heightOf(box);
}

export function isEmpty(box) {
    return box.right <= box.left || box.bottom <= box.top;
}

export function isSameBox(a, b) {
    return a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}

export function contains(box, x, y) {
    return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
}

export function overlap(a, b) {
    const common = boxOf(
        Math.max(a.left, b.left),
        Math.max(a.top, b.top),
        Math.min(a.right, b.right),
        Math.min(a.bottom, b.bottom),
    );
    return isEmpty(common) ? NOWHERE : common;
}

/** The smallest box around both; an empty one does not count. */
export function unionBox(a, b) {
    if (isEmpty(a)) {
        return b;
    }
    if (isEmpty(b)) {
        return a;
    }
    return boxOf(
        Math.min(a.left, b.left),
        Math.min(a.top, b.top),
        Math.max(a.right, b.right),
        Math.max(a.bottom, b.bottom),
    );
}

export function growBox(box, by) {
    return boxOf(box.left - by, box.top - by, box.right + by, box.bottom + by);
}

export function moveBox(box, dx, dy) {
    return boxOf(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy);
}
