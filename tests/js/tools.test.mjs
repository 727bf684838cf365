import assert from "node:assert/strict";
import test from "node:test";

import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { Camera } from "../../javascript/retouch/canvas/camera.mjs";
import * as docs from "../../javascript/retouch/document/document.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { makeTools } from "../../javascript/retouch/tools/index.mjs";
import { viewportOf } from "../../javascript/retouch/geometry/viewport.mjs";

/** What a view gives its tools, without a page: one device pixel is one picture pixel. */
function viewOf(doc = docs.newDocument(Pixels.filled(200, 100, [9, 9, 9, 255]))) {
    const events = [];
    const view = {
        store: new Store(doc),
        viewport: viewportOf(200, 100),
        ratio: 1,
        brush: { size: 10, hardness: 1, opacity: 1, colour: "#ff0000" },
        regions: [],
        live: null,
        redraw() {},
        invalidateStroke() {},
        emit: (type, detail) => events.push({ type, ...detail }),
    };
    return { view, events, tools: makeTools(view), object: () => docs.selectedObject(view.store.doc) };
}

const spot = (x, y, more = {}) => ({ x, y, pressure: 1, erase: false, shift: false, ctrl: false, ...more });

function drag(tool, from, to, more) {
    tool.down(spot(...from, more));
    tool.move([spot(...to, more)]);
    tool.up(spot(...to, more));
}

const click = (tool, x, y, more) => drag(tool, [x, y], [x, y], more);

test("positive and negative clicks each send one prompt for one object", () => {
    const { view, events, tools, object } = viewOf();
    click(tools.point, 20.7, 30.2);
    click(tools.point, 80, 30, { erase: true });
    assert.deepEqual(object().clicks, [
        { x: 20, y: 30, positive: true, on: true },
        { x: 80, y: 30, positive: false, on: true },
    ]);
    assert.deepEqual(
        events.map(({ type, clicks }) => [type, clicks.length]),
        [
            ["prompt", 1],
            ["prompt", 2],
        ],
    );
    assert.equal(view.store.doc.objects.length, 1);
    assert.equal(new Set(events.map(({ merge }) => merge)).size, 2);
});

test("a mask answered for a prompt merges into its undo step", () => {
    const { view, events, tools, object } = viewOf();
    click(tools.point, 20, 30);
    const [{ merge }] = events;
    const masked = docs.setCandidates(view.store.doc, object().id, [Mask.ofBox(boxOf(0, 0, 9, 9))]);
    view.store.do("Point", masked, { merge });
    view.store.undo();
    assert.equal(view.store.doc.objects.length, 0);
});

test("clicks are dragged, toggled and removed; the last removes its mask", () => {
    const { view, events, tools, object } = viewOf();
    click(tools.point, 20, 30);
    view.store.amend(docs.setCandidates(view.store.doc, object().id, [Mask.ofBox(boxOf(0, 0, 9, 9))]));
    drag(tools.point, [22, 31], [60, 50]);
    assert.deepEqual(object().clicks, [{ x: 60, y: 50, positive: true, on: true }]);
    click(tools.point, 60, 50, { ctrl: true });
    assert.equal(object().clicks[0].on, false);
    assert.equal(tools.point.handleKey("Delete"), true);
    assert.equal(object().mask.width, 0);
    assert.deepEqual(events.at(-1).clicks, []);
    assert.equal(tools.point.handleKey("Delete"), false);
    assert.deepEqual(view.store.labels, ["", "Point", "Move point", "Toggle point", "Remove point"]);
});

test("clicks outside or cancelled are ignored, Shift starts another object", () => {
    const { view, tools } = viewOf();
    click(tools.point, 250, 30);
    tools.point.down(spot(20, 20));
    tools.point.cancel();
    tools.point.up(spot(20, 20));
    assert.equal(view.store.doc.objects.length, 0);
    click(tools.point, 20, 20);
    click(tools.point, 90, 20, { shift: true });
    assert.equal(view.store.doc.objects.length, 2);
});

test("a box drag goes any way, is clipped, adjusted by a handle, removed", () => {
    const { events, tools, object } = viewOf();
    drag(tools.box, [50, 60], [-20, 10]);
    assert.deepEqual({ ...object().box }, { left: 0, top: 10, right: 50, bottom: 60 });
    drag(tools.box, [50, 60], [80, 70]);
    assert.deepEqual({ ...object().box }, { left: 0, top: 10, right: 80, bottom: 70 });
    drag(tools.box, [40, 11], [45, 30]);
    assert.deepEqual({ ...object().box }, { left: 0, top: 30, right: 80, bottom: 70 });
    assert.equal(events.length, 3);
    tools.box.handleKey("Delete");
    assert.equal(object().box, null);
});

test("a box of one pixel is ignored, another box is a new object", () => {
    const { view, tools } = viewOf();
    drag(tools.box, [50, 60], [51, 61]);
    assert.equal(view.store.doc.objects.length, 0);
    drag(tools.box, [10, 10], [40, 40]);
    drag(tools.box, [100, 20], [150, 70]);
    assert.equal(view.store.doc.objects.length, 2);
});

test("a stroke is one undo step on the selected or a new object", () => {
    const { view, tools, object } = viewOf();
    drag(tools.brush, [20, 50], [60, 50]);
    assert.deepEqual(view.store.labels, ["", "Brush"]);
    assert.equal(object().mask.at(40, 50), 255);
    drag(tools.eraser, [40, 50], [40, 50]);
    assert.equal(object().mask.at(40, 50), 0);
    drag(tools.eraser, [40, 50], [40, 50], { erase: true });
    assert.equal(object().mask.at(40, 50), 255);
    assert.equal(view.store.doc.objects.length, 1);
    assert.equal(view.live, null);
});

test("erasing without an object or a cancelled stroke adds no step", () => {
    const { view, tools } = viewOf();
    drag(tools.eraser, [20, 50], [60, 50]);
    tools.brush.down(spot(20, 50));
    tools.brush.cancel();
    tools.brush.up(spot(30, 50));
    assert.equal(view.store.canUndo, false);
});

test("a Shift click draws a straight stroke from the last point", () => {
    const { tools, object } = viewOf();
    click(tools.brush, 20, 50);
    click(tools.brush, 120, 50, { shift: true });
    assert.equal(object().mask.at(70, 50), 255);
});

test("painting on an inverted mask adds to the visible mask", () => {
    const shape = { ...docs.PLAIN_SHAPE, invert: true };
    const doc = docs.addObject(viewOf().view.store.doc, {
        mask: Mask.ofBox(boxOf(0, 0, 100, 100)),
        shape,
    });
    const { view, tools, object } = viewOf(doc);
    click(tools.brush, 50, 50);
    assert.equal(docs.shapeMask(object(), view.store.doc.base).at(50, 50), 255);
});

test("the sketch takes the brush's colour and the eraser removes it", () => {
    const { view, tools } = viewOf();
    click(tools.sketch, 50, 50);
    assert.deepEqual(docs.sketchPixels(view.store.doc).at(50, 50), [255, 0, 0, 255]);
    view.brush = { ...view.brush, size: 40 };
    click(tools.sketch, 50, 50, { erase: true });
    assert.equal(view.store.doc.sketch, null);
    assert.deepEqual(view.store.labels, ["", "Sketch", "Erase sketch"]);
});

test("a lasso is drawn freehand, or by corners and closed with Enter", () => {
    const { view, tools, object } = viewOf();
    tools.lasso.down(spot(10, 10));
    tools.lasso.move([spot(60, 10), spot(60, 60), spot(10, 60)]);
    tools.lasso.up(spot(10, 60));
    assert.equal(object().mask.area, 2500);
    [
        [20, 20],
        [40, 20],
        [40, 40],
    ].forEach(([x, y]) => click(tools.lasso, x, y, { erase: true }));
    assert.equal(tools.lasso.handleKey("Enter"), true);
    assert.equal(object().mask.at(35, 25), 0);
    assert.equal(tools.lasso.handleKey("Escape"), false);
    assert.deepEqual(view.store.labels, ["", "Lasso", "Subtract by lasso"]);
});

test("lasso corners can be undone and the first corner closes the loop", () => {
    const { tools, object } = viewOf();
    [
        [10, 10],
        [50, 10],
        [190, 90],
    ].forEach(([x, y]) => click(tools.lasso, x, y));
    tools.lasso.handleKey("Delete");
    [
        [50, 50],
        [10, 50],
        [11, 11],
    ].forEach(([x, y]) => click(tools.lasso, x, y));
    assert.ok(Math.abs(object().mask.area - 1600) < 60);
});

test("hover marks the smallest region, cycling the next, a click takes it", () => {
    const { view, events, tools, object } = viewOf();
    const [small, large] = [boxOf(20, 20, 40, 40), boxOf(0, 0, 90, 90)].map((box) => ({
        mask: Mask.ofBox(box),
        label: "",
    }));
    view.regions = [large, small];
    tools.everything.hover(spot(30, 30));
    assert.equal(events.at(-1).region, small);
    tools.everything.cycle(1);
    assert.equal(events.at(-1).region, large);
    click(tools.everything, 30, 30);
    assert.equal(object().mask, large.mask);
    assert.deepEqual(object().candidates, [small.mask, large.mask]);
    click(tools.everything, 30, 30, { erase: true });
    assert.equal(object().mask.width, 0);
    tools.everything.hover(spot(150, 95));
    assert.equal(events.at(-1).region, null);
});

test("a fitted view stays fitted on resize, a zoomed one keeps its scale", () => {
    const moves = [];
    const camera = new Camera(
        () => ({ width: 1000, height: 500 }),
        (zoomed) => moves.push(zoomed),
    );
    camera.resize(532, 400);
    assert.equal(camera.viewport.scale, 0.5);
    camera.scaleBy(4, 100, 100);
    camera.resize(1032, 800);
    assert.equal(camera.viewport.scale, 2);
    camera.fit();
    assert.equal(camera.viewport.scale, 1);
    assert.deepEqual(moves, [true, true, false, true]);
});

test("the camera without a picture sets only its viewport size", () => {
    const camera = new Camera(
        () => null,
        () => {},
    );
    camera.resize(300, 200);
    camera.scaleBy(2, 0, 0);
    assert.deepEqual([camera.viewport.width, camera.viewport.scale], [300, 1]);
});
