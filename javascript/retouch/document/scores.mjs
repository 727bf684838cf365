/** Scores of a variation, as the server measured them. */

/** Those that are numbers: what was not measured is null. */
export function keepFiniteScores(scores) {
    return Object.fromEntries(Object.entries(scores ?? {}).filter(([, value]) => Number.isFinite(value)));
}
