/** Camera: which part of the picture a view shows, and how that moves. Lengths are device pixels of the view. */

import { boxOfSize } from "../geometry/box.mjs";
import * as viewports from "../geometry/viewport.mjs";

export class Camera {
    #size;
    #onMove;
    #fittedBox;
    #viewport = viewports.viewportOf(1, 1);
    #fits = true;

    /**
     * @param {() => import("../geometry/box.mjs").Size | null} size the picture's; without one nothing moves
     * @param {(zoomed: boolean) => void} onMove called after every move
     * @param {() => import("../geometry/box.mjs").Box} [fittedBox] what a fit shows, in picture pixels; the picture
     */
    constructor(size, onMove, fittedBox = () => boxOfSize(size())) {
        this.#size = size;
        this.#onMove = onMove;
        this.#fittedBox = fittedBox;
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
        this.#apply((view) => viewports.fitViewport(view, this.#fittedBox()));
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
        this.#apply((view, size) => viewports.zoomViewport(view, size, view.scale * factor, x, y));
    }

    pan(dx, dy) {
        if (dx || dy) {
            this.#apply((view, size) => viewports.panViewport(view, size, dx, dy));
        }
    }

    /** Brings a picture point into sight. */
    reveal(point) {
        this.#apply((view, size) => viewports.revealPoint(view, size, point));
    }

    resize(width, height) {
        const fits = this.#fits;
        if (!this.#size()) {
            this.#viewport = Object.freeze({ ...this.#viewport, width, height });
            this.#onMove(false);
        } else if (fits) {
            this.#viewport = Object.freeze({ ...this.#viewport, width, height });
            this.fit();
        } else {
            this.#apply((view, size) => viewports.resizeViewport(view, size, width, height));
        }
    }

    #apply(move) {
        const size = this.#size();
        if (size) {
            const before = this.#viewport;
            this.#viewport = move(before, size);
            this.#fits = false;
            this.#onMove(before.scale !== this.#viewport.scale);
        }
    }
}
