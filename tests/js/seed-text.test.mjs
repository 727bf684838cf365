import assert from "node:assert/strict";
import test from "node:test";

import { readSeed } from "../../javascript/retouch/util/seed-text.mjs";

test("seeds of 32 bits are taken as they are, to the last digit", () => {
    for (const seed of [0, 7, 2 ** 31, 2 ** 32 - 1]) {
        assert.deepEqual(readSeed(String(seed)), { seed, remark: "" });
    }
});

test("a blank or negative seed is random", () => {
    assert.deepEqual(["", " ", "-1", "-7"].map(readSeed), Array(4).fill({ seed: -1, remark: "" }));
});

test("a larger seed is reduced by its exact remainder with a remark", () => {
    for (const [text, seed] of [
        ["4294967296", 0],
        ["9007199254740993", 1],
        ["18446744073709551615", 4294967295],
        ["12345678901234567890", 3944680146],
    ]) {
        const read = readSeed(text);
        assert.equal(read.seed, seed);
        assert.match(read.remark, new RegExp(`${text} is above 4294967295.* ${seed}, is used`));
    }
});

test("a seed that is no whole number gives a remark", () => {
    assert.equal(readSeed("12.0").seed, 12);
    assert.match(readSeed("12.5").remark, /"12.5" is no whole number/);
    assert.match(readSeed("1e9").remark, /no whole number/);
});
