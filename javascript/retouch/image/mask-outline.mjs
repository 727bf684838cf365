/** The outline of a mask: the edges between pixels that are solid and pixels that are not. */

const SOLID = 128;

/**
 * @param {Uint8Array} alpha height * width, of which the outermost pixels on every side only tell what lies beyond
 * @returns {number[]} x0, y0, x1, y1 of each straight run, in pixels from the inner pixels' top left
 */
export function outlineOf(alpha, width, height) {
    const runs = [];
    for (let y = 1; y < height; y++) {
        levelRuns(runs, alpha, y, width);
    }
    for (let x = 1; x < width; x++) {
        uprightRuns(runs, alpha, x, { width, height });
    }
    return runs;
}

function levelRuns(runs, alpha, y, width) {
    let start = -1;
    for (let x = 1; x < width; x++) {
        const at = y * width + x;
        const edge = x < width - 1 && alpha[at] >= SOLID !== alpha[at - width] >= SOLID;
        if (edge && start < 0) {
            start = x;
        } else if (!edge && start >= 0) {
            runs.push(start - 1, y - 1, x - 1, y - 1);
            start = -1;
        }
    }
}

function uprightRuns(runs, alpha, x, { width, height }) {
    let start = -1;
    for (let y = 1; y < height; y++) {
        const at = y * width + x;
        const edge = y < height - 1 && alpha[at] >= SOLID !== alpha[at - 1] >= SOLID;
        if (edge && start < 0) {
            start = y;
        } else if (!edge && start >= 0) {
            runs.push(x - 1, start - 1, x - 1, y - 1);
            start = -1;
        }
    }
}
