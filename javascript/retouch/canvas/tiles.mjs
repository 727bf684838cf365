/**
 * Tiles: squares of a picture at 1/2^level of its size, made on demand and remade only where something changed.
 * `make` decides what a tile holds: a canvas, a path.
 *
 * @typedef {import("../geometry/box.mjs").Box} Box
 * @typedef {{level: number, box: Box}} Place box: in picture pixels, cut off at the picture's edge
 */

import { unionBox, boxOf, boxOfSize, isEmpty, NOWHERE, overlap } from "../geometry/box.mjs";

/** Pixels a side, at the tile's own level. */
export const TILE = 256;

export class Tiles {
    #tiles = new Map();
    #make;
    #limit;
    #frame = NOWHERE;

    /**
     * @template T
     * @param {(place: Place, part: Box, before: T | undefined) => T} make `part` is the box to make: the
     *     whole place unless there is content `before`
     * @param {number} limit tiles kept; those unused for longest are dropped first
     */
    constructor(make, limit = 600) {
        this.#make = make;
        this.#limit = limit;
    }

    /** Starts over for a picture of another size. */
    clear(size) {
        this.#tiles.clear();
        this.#frame = boxOfSize(size);
    }

    /** Marks a box as changed; its tiles are remade on the next `get`. */
    invalidate(box) {
        if (isEmpty(box)) {
            return;
        }
        for (const tile of this.#tiles.values()) {
            const common = overlap(tile.box, box);
            tile.stale = unionBox(tile.stale, common);
        }
    }

    /** @returns {Place[]} the tiles of one level that a box of the picture touches */
    places(box, level) {
        const side = TILE * 2 ** level;
        const inside = overlap(box, this.#frame);
        const places = [];
        for (let top = Math.floor(inside.top / side) * side; top < inside.bottom; top += side) {
            for (let left = Math.floor(inside.left / side) * side; left < inside.right; left += side) {
                places.push({ level, box: overlap(boxOf(left, top, left + side, top + side), this.#frame) });
            }
        }
        return places;
    }

    /** What a place holds, made or remade if it must be. */
    get(place) {
        const key = keyOf(place);
        const tile = this.#tiles.get(key) ?? { box: place.box, stale: place.box, content: undefined };
        this.#tiles.delete(key);
        this.#tiles.set(key, tile);
        if (!isEmpty(tile.stale)) {
            tile.content = this.#make(place, this.#partOf(place, tile), tile.content);
            tile.stale = NOWHERE;
            this.#dropOldest();
        }
        return tile.content;
    }

    /** Whether `get` would have all of a place to make. */
    isMissing(place) {
        const tile = this.#tiles.get(keyOf(place));
        return !tile || tile.stale === tile.box;
    }

    /** What is there, changed since or not; undefined when nothing is. */
    peek(place) {
        return this.#tiles.get(keyOf(place))?.content;
    }

    /** The place that shows the same at half the size, and more. */
    parent({ level, box }) {
        return this.places(boxOf(box.left, box.top, box.left + 1, box.top + 1), level + 1)[0];
    }

    #partOf({ level, box }, { content, stale }) {
        return content === undefined ? box : alignBox(stale, 2 ** level, box);
    }

    #dropOldest() {
        for (const key of this.#tiles.keys()) {
            if (this.#tiles.size <= this.#limit) {
                return;
            }
            this.#tiles.delete(key);
        }
    }
}

function keyOf({ level, box }) {
    return `${level}/${box.left}/${box.top}`;
}

/** The smallest box around one that whole tile pixels make up. */
function alignBox(box, grid, within) {
    return overlap(
        boxOf(
            Math.floor(box.left / grid) * grid,
            Math.floor(box.top / grid) * grid,
            Math.ceil(box.right / grid) * grid,
            Math.ceil(box.bottom / grid) * grid,
        ),
        within,
    );
}
