/** Run lengths of bytes, for masks at rest: pairs of (count, value). */

/** @returns {Uint32Array} count << 8 | value, counts below 2^24 */
export function encodeRuns(data) {
    const runs = [];
    for (let at = 0; at < data.length; ) {
        const start = at;
        const value = data[at];
        const end = Math.min(data.length, start + 0xffffff);
        while (at < end && data[at] === value) {
            at++;
        }
        runs.push((((at - start) << 8) | value) >>> 0);
    }
    return Uint32Array.from(runs);
}

export function decodeRuns(runs, length) {
    const data = new Uint8Array(length);
    let at = 0;
    for (const run of runs) {
        data.fill(run & 255, at, at + (run >>> 8));
        at += run >>> 8;
    }
    return data;
}
