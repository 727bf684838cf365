/** Camera: which part of the picture a view shows, and how that moves. Lengths are device pixels of the view. */

import { boxOfSize } from "../geometry/box.mjs";
import * as viewports from "../geometry/viewport.mjs";

export class Camera {
    #size;
    #moved;
    #room;
    #viewport = viewports.viewportOf(1, 1);
    #fits = true;

    /**
     * @param {() => import("../geometry/box.mjs").Size | null} size the picture's; without one nothing moves
     * @param {(zoomViewport: boolean) => void} moved called after every move
     * @param {() => import("../geometry/box.mjs").Box} [room] what a fit shows, in picture pixels; the picture
     */
    constructor(size, moved, room = () => boxOfSize(size())) {
        this.#size = size;
        this.#moved = moved;
        this.#room = room;
    }

    /** @returns {import("../geometry/viewport.mjs").Viewport} */
    get viewport() {
        return this.#viewport;
    }

    /** The picture's point in the middle. */
    get middle() {
        return viewports.toPicture(this.#viewport, this.#viewport.width / 2, this.#viewport.height / 2);
    }

    /** The whole picture; it stays whole when the view gets another size, until something else moves it. */
    fit() {
        this.#go((view) => viewports.fitViewport(view, this.#room()));
        this.#fits = true;
    }

    /** Fit once more, if nothing else has moved it since: there is another room. */
    refit() {
        if (this.#fits) {
            this.fit();
        }
    }

    /** Around a point of the view. */
    scaleBy(factor, x, y) {
        this.#go((view, size) => viewports.zoomViewport(view, size, view.scale * factor, x, y));
    }

    pan(dx, dy) {
        if (dx || dy) {
            this.#go((view, size) => viewports.panViewport(view, size, dx, dy));
        }
    }

    /** Brings a picture point into sight. */
    reveal(point) {
        this.#go((view, size) => viewports.revealPoint(view, size, point));
    }

    resize(width, height) {
        const fits = this.#fits;
        if (!this.#size()) {
            this.#viewport = Object.freeze({ ...this.#viewport, width, height });
            this.#moved(false);
        } else if (fits) {
            this.#viewport = Object.freeze({ ...this.#viewport, width, height });
            this.fit();
        } else {
            this.#go((view, size) => viewports.resizeViewport(view, size, width, height));
        }
    }

    #go(move) {
        const size = this.#size();
        if (size) {
            const before = this.#viewport;
            this.#viewport = move(before, size);
            this.#fits = false;
            this.#moved(before.scale !== this.#viewport.scale);
        }
    }
}
