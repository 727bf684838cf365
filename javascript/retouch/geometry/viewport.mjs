/**
 * Viewport: which part of a picture a view shows. Frozen: {width, height} of the view and the picture's origin
 * {x, y} in it, in device pixels, and `scale`, device pixels per picture pixel. The origin is whole, so that at
 * whole scales a picture pixel meets the screen's grid.
 *
 * @typedef {{width: number, height: number, x: number, y: number, scale: number}} Viewport
 */

import { boxOf, boxOfSize, boundingBox, heightOf, overlap, widthOf } from "./box.mjs";

export const CLOSEST = 64;
export const FARTHEST = 1 / 64;
/** Of the picture, that stays in sight however it is moved. */
const IN_SIGHT = 48;
const MARGIN = 16;

/** @returns {Viewport} */
export function viewportOf(width, height) {
    return Object.freeze({ width, height, x: 0, y: 0, scale: 1 });
}

/** All of a box of the picture in the middle, not above its own size. */
export function fitViewport(view, box) {
    const room = (length) => Math.max(length - 2 * MARGIN, 1);
    const fullScale = Math.min(room(view.width) / widthOf(box), room(view.height) / heightOf(box), 1);
    const scale = Math.max(fullScale, FARTHEST);
    const x = Math.round((view.width - (box.left + box.right) * scale) / 2);
    const y = Math.round((view.height - (box.top + box.bottom) * scale) / 2);
    return Object.freeze({ ...view, x, y, scale });
}

/** Scaled so that the picture's point under (x, y) of the view stays there. */
export function zoomViewport(view, size, scale, x = view.width / 2, y = view.height / 2) {
    const next = Math.min(Math.max(scale, FARTHEST), CLOSEST);
    const ratio = next / view.scale;
    return keepInSight({ ...view, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, scale: next }, size);
}

export function panViewport(view, size, dx, dy) {
    return keepInSight({ ...view, x: view.x + dx, y: view.y + dy }, size);
}

/** The same picture point in the middle of a view of another size. */
export function resizeViewport(view, size, width, height) {
    const x = view.x + (width - view.width) / 2;
    const y = view.y + (height - view.height) / 2;
    return keepInSight({ ...view, width, height, x, y }, size);
}

/** Moved as little as needed to bring a picture point into the view. */
export function revealPoint(view, size, point) {
    const { x, y } = toView(view, point.x, point.y);
    const inside = (at, length) => Math.min(Math.max(at, IN_SIGHT), length - IN_SIGHT) - at;
    return panViewport(view, size, inside(x, view.width), inside(y, view.height));
}

function keepInSight(view, size) {
    const clampOrigin = (at, length, picture) => {
        const least = Math.min(IN_SIGHT, picture);
        return Math.round(Math.min(Math.max(at, least - picture), length - least));
    };
    const x = clampOrigin(view.x, view.width, size.width * view.scale);
    const y = clampOrigin(view.y, view.height, size.height * view.scale);
    return Object.freeze({ ...view, x, y });
}

export function toView(view, x, y) {
    return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}

export function toPicture(view, x, y) {
    return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}

/** The picture's pixels in sight. */
export function visibleBox(view, size) {
    const from = toPicture(view, 0, 0);
    const to = toPicture(view, view.width, view.height);
    return overlap(boundingBox(from.x, from.y, to.x, to.y), boxOfSize(size));
}

/** Halvings of the picture that still give every device pixel one of its own. */
export function levelOf(view) {
    return Math.max(0, Math.floor(Math.log2(1 / view.scale)));
}

/** Where a box of the picture lies in the view, on whole device pixels: boxes that meet there meet here, too. */
export function boxInView(view, box) {
    const from = toView(view, box.left, box.top);
    const to = toView(view, box.right, box.bottom);
    return boxOf(Math.round(from.x), Math.round(from.y), Math.round(to.x), Math.round(to.y));
}
