/** Seeds as a person types or pastes them, also those of 64 bits that other tools have. */

import { text } from "./text.mjs";

export const SEEDS = 2n ** 32n;

/**
 * @param {string} typed blank for any seed
 * @returns {{seed: number, remark: string}} -1 for any; `remark`: what is to be told, "" for nothing
 */
export function readSeed(typed) {
    const digits = typed.trim().replace(/\.0*$/, "");
    if (!/^\d+$/.test(digits)) {
        const isAny = digits === "" || digits.startsWith("-");
        return { seed: -1, remark: isAny ? "" : text("seed.notWhole", { typed }) };
    }
    const number = BigInt(digits);
    const seed = Number(number % SEEDS);
    const remark = text("seed.tooLarge", { typed: digits, largest: SEEDS - 1n, seed });
    return { seed, remark: number < SEEDS ? "" : remark };
}
