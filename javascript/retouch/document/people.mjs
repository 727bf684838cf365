/**
 * People: the objects in use with a prompt of their own, as requests of recipes list them. A recipe uses the prompt for
 * the region that a pass finds at a point of the object, in this and all later passes. Pure.
 */

import { areaOf, boxOfSize, growBox, overlap } from "../geometry/box.mjs";
import { shapeMask } from "./document.mjs";
import { squaredDistances } from "../image/distance-transform.mjs";

/** @returns {{prompt: string, at: [number, number]}[]} at: shares of the picture's sides */
export function peopleOf(doc) {
    const { base } = doc;
    const named = doc.objects.filter(({ use, prompt }) => use && prompt.trim());
    return named.flatMap((object) => {
        const spot = pointOnObject(object, base);
        const at = spot && [(spot.x + 0.5) / base.width, (spot.y + 0.5) / base.height];
        return spot ? [{ prompt: object.prompt.trim(), at }] : [];
    });
}

/** A pixel of an object: where it was clicked, else the one deepest inside its mask; null for an empty mask. */
function pointOnObject(object, base) {
    const mask = shapeMask(object, base);
    const inside = mask.cropped(overlap(mask.box, boxOfSize(base)));
    const click = object.clicks.find(({ x, y, positive, on }) => positive && on && inside.at(x, y) >= inside.half);
    return click ? { x: click.x, y: click.y } : deepestPoint(inside);
}

function deepestPoint(mask) {
    if (!areaOf(mask.box) || !mask.area) {
        return null;
    }
    const framed = mask.cropped(growBox(mask.box, 1)); // at its border, too, the mask ends
    const far = Math.max(framed.width, framed.height);
    const outside = framed.data.map((alpha) => (alpha < mask.half ? 1 : 0));
    const depths = squaredDistances(outside, framed.width, framed.height, 1, far);
    const at = depths.reduce((best, depth, index) => (depth > depths[best] ? index : best), 0);
    return { x: (at % framed.width) + framed.box.left, y: Math.floor(at / framed.width) + framed.box.top };
}
