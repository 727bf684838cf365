/** Seeds as a person types or pastes them, also those of 64 bits that other tools have. */

export const SEEDS = 2n ** 32n;

/**
 * @param {string} text blank for any seed
 * @returns {{seed: number, remark: string}} -1 for any; `remark`: what is to be told, "" for nothing
 */
export function readSeed(text) {
    const digits = text.trim().replace(/\.0*$/, "");
    if (!/^\d+$/.test(digits)) {
        const isAny = digits === "" || digits.startsWith("-");
        return { seed: -1, remark: isAny ? "" : `"${text}" is no whole number: any seed is used.` };
    }
    const number = BigInt(digits);
    const seed = Number(number % SEEDS);
    const remark = `${digits} is above ${SEEDS - 1n}, the largest seed: its remainder by 2^32, ${seed}, is used.`;
    return { seed, remark: number < SEEDS ? "" : remark };
}
