import assert from "node:assert/strict";
import test from "node:test";

import { boxOf, boxOfSize } from "../../javascript/retouch/geometry/box.mjs";
import { parseColour } from "../../javascript/retouch/image/colour.mjs";
import * as docs from "../../javascript/retouch/document/document.mjs";
import * as layers from "../../javascript/retouch/canvas/layers.mjs";
import { ghostText } from "../../javascript/retouch/canvas/overlays.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { halveAlpha, halveRgba } from "../../javascript/retouch/image/half-size.mjs";
import { outlineOf } from "../../javascript/retouch/image/mask-outline.mjs";
import { paneAt, panesOf } from "../../javascript/retouch/canvas/compare-panes.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { Stroke } from "../../javascript/retouch/image/brush-stroke.mjs";
import { Tiles, TILE } from "../../javascript/retouch/canvas/tiles.mjs";
import * as viewports from "../../javascript/retouch/geometry/viewport.mjs";

const SIZE = { width: 400, height: 300 };
const HARD = { size: 20, hardness: 1, opacity: 1 };
const spot = (x, y, pressure = 1) => ({ x, y, pressure });

function strokeOf(brush, ...spots) {
    const stroke = new Stroke(SIZE, brush);
    spots.forEach((one) => stroke.lineTo(one));
    return stroke;
}

test("a hard dab is a disc of the brush's size", () => {
    const mask = strokeOf(HARD, spot(100, 100)).toMask();
    assert.ok(Math.abs(mask.area - Math.PI * 100) < 8);
    assert.equal(mask.at(100, 100), 255);
    assert.equal(mask.at(109, 100), 255);
    assert.equal(mask.at(111, 100), 0);
});

test("a stroke has no gaps and no scallops across the edges of its blocks", () => {
    const mask = strokeOf(HARD, spot(200, 250), spot(330, 250)).toMask();
    for (let x = 200; x < 330; x++) {
        assert.ok(mask.at(x, 241) === 255 && mask.at(x, 258) === 255, `gap at ${x}`);
    }
});

test("a stroke crossing itself does not exceed its opacity", () => {
    const half = { ...HARD, opacity: 0.5 };
    const crossing = strokeOf(half, spot(50, 100), spot(150, 100), spot(100, 50), spot(100, 150)).toMask();
    assert.equal(Math.max(...crossing.data), 128);
});

test("a soft brush falls from its centre, and pressure narrows it", () => {
    const soft = strokeOf({ ...HARD, hardness: 0 }, spot(100.5, 100.5)).toMask();
    const row = [0, 3, 6, 9].map((x) => soft.at(100 + x, 100));
    assert.deepEqual(
        row,
        [...row].sort((a, b) => b - a),
    );
    assert.ok(row[0] > 240 && row[1] < row[0] && row[3] > 0);
    assert.ok(strokeOf(HARD, spot(100, 100, 0.5)).toMask().area < 100);
});

test("many short moves paint the same as one long move", () => {
    const long = strokeOf(HARD, spot(50, 50), spot(250, 50)).toMask();
    const steps = [...Array(101).keys()].map((i) => spot(50 + 2 * i, 50));
    const short = strokeOf(HARD, ...steps).toMask();
    assert.ok(Math.abs(long.area - short.area) < 10);
});

test("a stroke outside leaves no mask and reports only the changed box", () => {
    const stroke = new Stroke(SIZE, HARD);
    assert.equal(stroke.lineTo(spot(-50, -50)).right, 0);
    assert.deepEqual({ ...stroke.toMask().box }, { left: 0, top: 0, right: 0, bottom: 0 });
    stroke.lineTo(spot(30, 30));
    const changed = stroke.lineTo(spot(60, 30));
    assert.ok(changed.left > 15 && changed.right <= 72 && changed.bottom <= 42);
});

test("zoom keeps the point under the cursor, pan keeps the picture visible", () => {
    const view = viewports.fitViewport(viewports.viewportOf(800, 600), boxOf(0, 0, 4000, 3000));
    const before = viewports.toPicture(view, 300, 200);
    const near = viewports.zoomViewport(view, { width: 4000, height: 3000 }, 2, 300, 200);
    const after = viewports.toPicture(near, 300, 200);
    assert.ok(Math.abs(before.x - after.x) < 1 && Math.abs(before.y - after.y) < 1);
    assert.equal(Number.isInteger(near.x) && Number.isInteger(near.y), true);
    const gone = viewports.panViewport(near, { width: 4000, height: 3000 }, 1e6, -1e6);
    assert.ok(viewports.visibleBox(gone, { width: 4000, height: 3000 }).right > 0);
});

test("scales stay within bounds and a resize keeps the middle", () => {
    const view = viewports.fitViewport(viewports.viewportOf(800, 600), boxOfSize(SIZE));
    assert.equal(view.scale, 1);
    assert.equal(viewports.zoomViewport(view, SIZE, 1e9).scale, viewports.CLOSEST);
    assert.equal(viewports.zoomViewport(view, SIZE, 0).scale, viewports.FARTHEST);
    const wider = viewports.resizeViewport(view, SIZE, 1000, 700);
    assert.deepEqual(viewports.toPicture(wider, 500, 350), viewports.toPicture(view, 400, 300));
});

test("a view zoomed out uses halved tiles, never coarser than the screen", () => {
    const level = (scale) => viewports.levelOf({ ...viewports.viewportOf(9, 9), scale });
    assert.deepEqual([8, 1, 0.75, 0.5, 0.3, 0.25, 0.2].map(level), [0, 0, 0, 1, 1, 2, 2]);
});

test("tiles are rendered once, updated where changed, evicted over the limit", () => {
    const parts = [];
    const tiles = new Tiles(({ box }, part, before) => {
        parts.push([before === undefined, part]);
        return { box };
    }, 4);
    tiles.clear({ width: 600, height: 300 });
    const places = tiles.places(boxOf(0, 0, 600, 300), 0);
    assert.equal(places.length, 6);
    assert.deepEqual({ ...places[5].box }, { left: 512, top: TILE, right: 600, bottom: 300 });
    tiles.get(places[0]);
    tiles.get(places[0]);
    tiles.invalidate(boxOf(10, 10, 20, 300));
    tiles.get(places[0]);
    assert.deepEqual(parts, [
        [true, boxOf(0, 0, 256, 256)],
        [false, boxOf(10, 10, 20, 256)],
    ]);
    places.forEach((place) => tiles.get(place));
    assert.equal(tiles.peek(places[0]), undefined);
    assert.equal(tiles.isMissing(places[0]), true);
});

test("an invalidated part is aligned to the pixels of its coarse tile", () => {
    const parts = [];
    const tiles = new Tiles((_, part) => parts.push(part));
    tiles.clear({ width: 3000, height: 3000 });
    const [place] = tiles.places(boxOf(0, 0, 1, 1), 3);
    tiles.get(place);
    tiles.invalidate(boxOf(9, 17, 10, 18));
    tiles.get(place);
    assert.deepEqual({ ...parts[1] }, { left: 8, top: 16, right: 16, bottom: 24 });
    assert.deepEqual(tiles.parent(tiles.places(boxOf(300, 0, 301, 1), 0)[0]).box, boxOf(0, 0, 512, 512));
});

test("halving takes means, by alpha, and keeps odd edges", () => {
    const alpha = halveAlpha(Uint8Array.of(0, 100, 7, 200, 100, 9), 3, 2);
    assert.deepEqual([...alpha.data], [100, 8]);
    const solid = halveRgba(Uint8ClampedArray.of(10, 20, 30, 255, 20, 30, 41, 255), 2, 1);
    assert.deepEqual([...solid.data], [15, 25, 36, 255]);
    const clear = halveRgba(Uint8ClampedArray.of(200, 0, 0, 255, 0, 99, 0, 0), 2, 1);
    assert.deepEqual([...clear.data], [200, 0, 0, 128]);
});

test("the outline separates solid pixels in straight runs within the tile", () => {
    const alpha = new Uint8Array(36);
    [14, 15, 20, 21].forEach((i) => (alpha[i] = 255));
    const runs = outlineOf(alpha, 6, 6);
    assert.deepEqual(runs, [1, 1, 3, 1, 1, 3, 3, 3, 1, 1, 1, 3, 3, 1, 3, 3]);
    assert.deepEqual(outlineOf(new Uint8Array(36).fill(255), 6, 6), []);
});

test("side-by-side panes share their middle, a slider splits one view", () => {
    const view = { ...viewports.viewportOf(800, 600), x: 100, y: 50 };
    const [left, right] = panesOf(view, { mode: "side", at: 0.5 });
    const middle = viewports.toPicture(view, 400, 300);
    assert.deepEqual(viewports.toPicture(left.view, 200, 300), middle);
    assert.deepEqual(viewports.toPicture(right.view, 600, 300), middle);
    const [before, after] = panesOf(view, { mode: "slider", at: 0.25 });
    assert.deepEqual([before.side, before.clip.right, after.clip.left], ["before", 200, 200]);
    assert.equal(paneAt(view, { mode: "side", at: 0 }, 790, 10).side, "after");
    assert.equal(panesOf(view, { mode: "off", at: 0 })[0].side, "after");
});

test("an overlay shows the strongest mask and live stroke, no hidden mask", () => {
    const base = Pixels.filled(64, 64, [0, 0, 0, 255]);
    let doc = docs.addObject(docs.newDocument(base), { mask: Mask.ofBox(boxOf(0, 0, 8, 8)) });
    doc = docs.addObject(doc, { mask: Mask.ofBox(boxOf(30, 30, 40, 40)), visible: false });
    const stroke = new Stroke(base, HARD);
    stroke.lineTo(spot(50, 50));
    const raster = (live) =>
        layers.overlayRaster(
            { objects: layers.listVisibleObjects(doc, live), live, size: base, colour: [9, 8, 7] },
            base.box,
            0,
        );
    const alphaAt = ({ data }, x, y) => data[(y * 64 + x) * 4 + 3];
    assert.deepEqual([...raster(null).data.subarray(0, 4)], [9, 8, 7, 255]);
    assert.equal(alphaAt(raster(null), 35, 35), 0);
    const painting = { object: doc.objects[1], stroke, erase: false, colour: null };
    assert.equal(alphaAt(raster(painting), 50, 50), 255);
    assert.equal(alphaAt(raster(painting), 35, 35), 255);
    stroke.lineTo(spot(35, 35));
    assert.equal(alphaAt(raster({ ...painting, erase: true }), 35, 35), 0);
});

test("changed boxes cover only where two documents differ", () => {
    const base = Pixels.filled(64, 64, [0, 0, 0, 255]);
    const before = docs.addObject(docs.newDocument(base), { mask: Mask.ofBox(boxOf(0, 0, 30, 30)) });
    const after = docs.addStroke(before, before.selected, Mask.ofBox(boxOf(28, 28, 33, 33)), false);
    assert.deepEqual(layers.changedMasks(before.objects, after.objects, base), [boxOf(28, 28, 33, 33)]);
    assert.deepEqual(layers.changedMasks(after.objects, after.objects, base), []);
    const patches = [1, 2, 3].map((at) => ({
        box: boxOf(at, 0, at + 1, 1),
        mask: Mask.ofBox(boxOf(0, 0, 9, 9)),
    }));
    assert.deepEqual(
        layers.changedPatches(patches, [patches[0], patches[2]]),
        [patches[1], patches[2], patches[2]].map(({ box }) => box),
    );
});

test("the ghost text names crop, work size and under-resolved crops", () => {
    assert.equal(ghostText([0, 0, 300, 200], { width: 768, height: 512 }, 2.56), "300×200 at 768×512, 2.56×");
    assert.match(ghostText(boxOf(0, 0, 300, 200), [150, 100], 0.5), /under-resolved/);
});

test("hex colours of 3 and 6 digits are parsed, others refused", () => {
    assert.deepEqual(parseColour("#0a7"), [0, 170, 119]);
    assert.deepEqual(parseColour("#102030"), [16, 32, 48]);
    assert.throws(() => parseColour("red"), /#rrggbb/);
});
