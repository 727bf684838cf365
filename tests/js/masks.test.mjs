import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { fromBase64 } from "../../javascript/retouch/util/base64.mjs";
import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { raiseWithin, squaredDistances } from "../../javascript/retouch/image/distance-transform.mjs";
import { Mask, NOTHING } from "../../javascript/retouch/image/mask.mjs";
import { decodePng, encodePng } from "../../javascript/retouch/image/png.mjs";
import { makePolygonMask } from "../../javascript/retouch/image/polygon-mask.mjs";

const golden = JSON.parse(readFileSync(new URL("masks.json", import.meta.url), "utf8"));
const size = { width: golden.width, height: golden.height };
const whole = boxOf(0, 0, size.width, size.height);
const maskOf = (text) => new Mask(whole, fromBase64(text));

/** Repeatable noise: a linear congruential generator. */
function noise(length, seed = 1) {
    let state = seed;
    return Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 24;
    });
}

for (const { name, mask, shaped } of golden.cases) {
    for (const [operation, expected] of Object.entries(shaped)) {
        test(`${operation} of ${name} is what the server makes, number for number`, () => {
            const [method, amount] = operation.split(" ");
            const args = method === "fillHoles" ? [] : method === "invert" ? [size] : [Number(amount), size];
            const result = maskOf(mask)
                .trimmed()
                [method](...args);
            assert.deepEqual(result.read(whole), maskOf(expected).data);
        });
    }
}

test("squared distances equal brute force", () => {
    const [width, height] = [23, 17];
    const alpha = noise(width * height).map((value) => (value > 246 ? 255 : 0));
    const solid = [...alpha.keys()].filter((i) => alpha[i]);
    const brute = Uint32Array.from(alpha, (_, i) =>
        Math.min(
            ...solid.map(
                (j) =>
                    ((i % width) - (j % width)) ** 2 + (Math.floor(i / width) - Math.floor(j / width)) ** 2,
            ),
        ),
    );
    assert.deepEqual(squaredDistances(alpha, width, height, 255, 100), brute);
    const raised = new Uint8Array(alpha.length);
    raiseWithin(raised, alpha, width, height, 200, 5);
    assert.deepEqual(raised, new Uint8Array(brute.map((square) => (square <= 25 ? 200 : 0))));
});

test("distances of a blank mask are large, and growing it stays empty", () => {
    assert.ok(squaredDistances(new Uint8Array(12), 4, 3, 1, 9).every((square) => square >= 81));
    assert.equal(NOTHING.grow(5), NOTHING);
    assert.equal(new Mask(boxOf(0, 0, 2, 2), new Uint8Array(4)).feather(3).empty, true);
});

test("growing extends beyond the box but not beyond the picture", () => {
    const grown = Mask.ofBox(boxOf(0, 4, 2, 6)).grow(3, { width: 10, height: 10 });
    assert.deepEqual({ ...grown.box }, { left: 0, top: 1, right: 5, bottom: 9 });
    assert.equal(grown.at(4, 5), 255);
    assert.equal(grown.at(4, 1), 0);
});

test("shrinking removes no pixels at the picture border", () => {
    const shrunk = Mask.ofBox(boxOf(0, 0, 6, 4)).grow(-2, { width: 10, height: 10 });
    assert.deepEqual({ ...shrunk.box }, { left: 0, top: 0, right: 4, bottom: 2 });
});

test("masks with different boxes can be combined", () => {
    const a = Mask.ofBox(boxOf(0, 0, 4, 4));
    const b = Mask.ofBox(boxOf(2, 2, 6, 6));
    assert.equal(a.union(b).area, 28);
    assert.equal(a.subtract(b).area, 12);
    assert.equal(a.intersect(b).area, 4);
    assert.deepEqual({ ...a.intersect(b).box }, { left: 2, top: 2, right: 4, bottom: 4 });
    assert.equal(a.intersect(Mask.ofBox(boxOf(8, 8, 9, 9))).width, 0);
    assert.deepEqual({ ...a.differenceTo(a.union(b)) }, { left: 2, top: 2, right: 6, bottom: 6 });
    assert.equal(a.invert({ width: 5, height: 4 }).area, 4);
});

test("soft alpha is mixed, not cut", () => {
    const soft = new Mask(boxOf(0, 0, 2, 1), Uint8Array.of(100, 200));
    const other = new Mask(boxOf(0, 0, 2, 1), Uint8Array.of(150, 50));
    assert.deepEqual([...soft.union(other).data], [150, 200]);
    assert.deepEqual([...soft.intersect(other).data], [100, 50]);
    assert.deepEqual([...soft.subtract(other).data], [100, 200]);
});

test("smoothing removes a tooth and a nick and keeps a straight edge", () => {
    const block = Mask.ofBox(boxOf(20, 20, 80, 80));
    const ragged = block.union(Mask.ofBox(boxOf(50, 12, 52, 20))).subtract(Mask.ofBox(boxOf(50, 70, 52, 80)));
    const smooth = ragged.smooth(9, { width: 100, height: 100 });
    assert.equal(smooth.at(51, 13), 0);
    assert.equal(smooth.at(51, 75), 255);
    assert.equal(smooth.at(20, 50), 255);
    assert.equal(smooth.at(19, 50), 0);
});

test("a mask round trips through PNG bit for bit", async () => {
    const mask = new Mask(boxOf(3, 2, 40, 29), noise(37 * 27));
    const back = await Mask.fromPng(await mask.toPng({ width: 64, height: 48 }));
    assert.deepEqual({ ...back.box }, { left: 0, top: 0, right: 64, bottom: 48 });
    assert.ok(back.equals(mask));
    const placed = await Mask.fromPng(`data:image/png;base64,${await mask.toPng()}`, boxOf(3, 2, 40, 29));
    assert.deepEqual(placed.data, mask.data);
});

for (const channels of [1, 2, 3, 4]) {
    test(`a PNG of ${channels} channels keeps every sample`, async () => {
        const data = noise(31 * 9 * channels, channels);
        assert.deepEqual(await decodePng(await encodePng(data, 31, 9, channels)), {
            width: 31,
            height: 9,
            channels,
            data,
        });
    });
}

/** A PNG with the given rows, each with its filter: for filters that `encodePng` does not write. */
async function filteredPng(rows, width) {
    const plain = await encodePng(new Uint8Array(width * rows.length), width, rows.length, 1);
    const raw = Uint8Array.from(rows.flat());
    const stream = new Blob([raw]).stream().pipeThrough(new CompressionStream("deflate"));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const out = new Uint8Array(33 + packed.length + 12);
    out.set(plain.subarray(0, 33));
    new DataView(out.buffer).setUint32(33, packed.length);
    out.set([73, 68, 65, 84], 37);
    out.set(packed, 41);
    return out;
}

test("every PNG filter type is decoded", async () => {
    const rows = [
        [0, 10, 20, 30],
        [1, 5, 1, 1],
        [2, 1, 1, 1],
        [3, 1, 1, 1],
        [4, 1, 1, 1],
    ];
    const { data } = await decodePng(await filteredPng(rows, 3));
    assert.deepEqual([...data], [10, 20, 30, 5, 6, 7, 6, 7, 8, 4, 6, 8, 5, 7, 9]);
});

test("a file that is no plain PNG or is truncated is refused", async () => {
    await assert.rejects(decodePng(new Uint8Array(50)), /not a gray, RGB or RGBA PNG/);
    const whole = await encodePng(noise(100), 10, 10, 1);
    await assert.rejects(decodePng(whole.subarray(0, 60)));
});

test("a compressed mask restores the same data", () => {
    const data = noise(1000).map((value, i) => (i % 7 ? 0 : value));
    const mask = new Mask(boxOf(0, 0, 100, 10), Uint8Array.from(data));
    mask.compress();
    assert.deepEqual(mask.data, data);
});

test("a polygon covers edge pixels by their share and fills its crossings", () => {
    const square = makePolygonMask(
        [
            { x: 2.5, y: 2 },
            { x: 6, y: 2 },
            { x: 6, y: 5 },
            { x: 2.5, y: 5 },
        ],
        { width: 9, height: 9 },
    );
    assert.equal(square.at(2, 3), 128);
    assert.equal(square.at(3, 3), 255);
    assert.equal(square.at(6, 3), 0);
    const twice = [...Array(17).keys()].map((i) => ({
        x: 10 + 8 * Math.cos((i * Math.PI) / 4),
        y: 10 + 8 * Math.sin((i * Math.PI) / 4),
    }));
    assert.equal(makePolygonMask(twice, { width: 20, height: 20 }).at(10, 10), 255);
    assert.equal(
        makePolygonMask(
            [
                { x: 0, y: 0 },
                { x: 5, y: 5 },
            ],
            { width: 9, height: 9 },
        ),
        NOTHING,
    );
});

test("a polygon mask is clipped to the picture", () => {
    const large = makePolygonMask(
        [
            { x: -9, y: -9 },
            { x: 30, y: -9 },
            { x: 30, y: 30 },
            { x: -9, y: 30 },
        ],
        { width: 6, height: 4 },
    );
    assert.equal(large.area, 24);
});
