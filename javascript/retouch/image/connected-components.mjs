/** Connected parts of a picture of yes and no, found by runs of each row joined to those of the row above. */

/**
 * @param {(index: number) => boolean} belongs
 * @param {boolean} diagonal whether pixels that touch by a corner are connected
 * @returns {{labels: Int32Array, count: number}} 0 where `belongs` is false, else 1..count
 */
export function labelComponents(belongs, width, height, diagonal) {
    const labels = new Int32Array(width * height);
    const parents = [0];
    for (let y = 0; y < height; y++) {
        labelRow(labels, parents, belongs, { width, row: y * width, diagonal });
    }
    return { labels, count: renumberLabels(labels, parents) };
}

function labelRow(labels, parents, belongs, { width, row, diagonal }) {
    for (let x = 0; x < width; x++) {
        const at = row + x;
        if (!belongs(at)) {
            continue;
        }
        const left = x > 0 ? labels[at - 1] : 0;
        let label = left;
        if (row > 0) {
            const above = at - width;
            label = joinLabels(parents, label, labels[above]);
            if (diagonal) {
                label = joinLabels(parents, label, x > 0 ? labels[above - 1] : 0);
                label = joinLabels(parents, label, x + 1 < width ? labels[above + 1] : 0);
            }
        }
        labels[at] = label || parents.push(parents.length) - 1;
    }
}

/** The label of two that meet; 0 is none. */
function joinLabels(parents, a, b) {
    if (!a || !b || a === b) {
        return a || b;
    }
    const rootA = findRoot(parents, a);
    const rootB = findRoot(parents, b);
    const low = Math.min(rootA, rootB);
    parents[rootA] = low;
    parents[rootB] = low;
    return low;
}

function findRoot(parents, label) {
    while (parents[label] !== label) {
        parents[label] = parents[parents[label]];
        label = parents[label];
    }
    return label;
}

/** Numbers the parts 1..count without gaps. */
function renumberLabels(labels, parents) {
    const numbers = new Int32Array(parents.length);
    let count = 0;
    for (let label = 1; label < parents.length; label++) {
        const top = findRoot(parents, label);
        numbers[label] = top === label ? ++count : numbers[top];
    }
    for (let i = 0; i < labels.length; i++) {
        labels[i] = numbers[labels[i]];
    }
    return count;
}
