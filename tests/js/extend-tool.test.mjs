import assert from "node:assert/strict";
import test from "node:test";

import * as docs from "../../javascript/retouch/document/document.mjs";
import { ExtendTool } from "../../javascript/retouch/tools/extend.mjs";
import { stageAt } from "../../javascript/retouch/tools/extend-overlay.mjs";
import { NO_MARGINS } from "../../javascript/retouch/geometry/margins.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { formatDuration, describeFault } from "../../javascript/retouch/panels/plan-text.mjs";

const PICTURE = Pixels.filled(300, 200, [9, 9, 9, 255]);
const spot = (x, y, more = {}) => ({ x, y, pressure: 1, erase: false, shift: false, ctrl: false, alt: false, ...more });
const sides = (left, top, right, bottom) => ({ left, top, right, bottom });

/** The tool on a picture in the middle of a view of 1000 x 800; what it tells is what is asked from then on. */
function makeTool(margins = NO_MARGINS) {
    const view = {
        store: { doc: docs.newDocument(PICTURE) },
        viewport: { width: 1000, height: 800, x: 350, y: 300, scale: 1 },
        ratio: 1,
        extension: { margins, stages: [], highlighted: null },
        fits: 0,
        redraw: () => {},
        fit: () => view.fits++,
        emit: (type, detail) => (view.extension = { ...view.extension, ...detail }),
    };
    return { view, tool: new ExtendTool(view) };
}

function drag({ tool, view }, from, to, more = {}) {
    tool.down(spot(...from, more));
    tool.move([spot(...to, more)]);
    const { margins } = view.extension;
    tool.up(spot(...to, more));
    return margins;
}

test("an edge can be grabbed anywhere and moves as far as the pointer", () => {
    assert.deepEqual(drag(makeTool(), [304, 30], [368, 90]), sides(0, 0, 64, 0));
    assert.deepEqual(drag(makeTool(), [150, -5], [10, -45]), sides(0, 40, 0, 0));
});

test("a corner moves 2 edges; Shift keeps aspect, Alt mirrors, Ctrl is exact", () => {
    assert.deepEqual(drag(makeTool(), [298, 203], [378, 227]), sides(0, 0, 80, 24));
    assert.deepEqual(drag(makeTool(), [300, 200], [450, 200], { shift: true }), sides(0, 0, 150, 100));
    assert.deepEqual(drag(makeTool(), [300, 100], [340, 100], { alt: true }), sides(40, 0, 40, 0));
    assert.deepEqual(drag(makeTool(), [300, 100], [341, 100], { ctrl: true }), sides(0, 0, 41, 0));
});

test("a picture with margins is dragged on its canvas, one without stays", () => {
    assert.deepEqual(drag(makeTool(sides(80, 0, 0, 0)), [150, 100], [118, 100]), sides(48, 0, 32, 0));
    assert.deepEqual(drag(makeTool(), [150, 100], [118, 100]), NO_MARGINS);
});

test("a cancelled drag restores the margins, Escape resets them", () => {
    const { tool, view } = makeTool(sides(8, 0, 0, 0));
    tool.down(spot(300, 100));
    tool.move([spot(400, 100)]);
    assert.equal(view.extension.margins.right, 104);
    tool.cancel();
    assert.deepEqual(view.extension.margins, sides(8, 0, 0, 0));
    assert.equal(tool.handleKey("Escape"), true);
    assert.deepEqual(view.extension.margins, NO_MARGINS);
    assert.equal(tool.handleKey("Escape"), false);
});

test("the view is fitted again only after a drag to its edge", () => {
    const near = makeTool();
    drag(near, [300, 100], [500, 100]);
    assert.equal(near.view.fits, 0);
    const far = makeTool();
    drag(far, [300, 100], [645, 100]);
    assert.equal(far.view.fits, 1);
});

test("the cursor shows the drag direction of an edge or corner", () => {
    const { tool } = makeTool(sides(80, 0, 0, 0));
    const cursor = (x, y) => (tool.hover(spot(x, y)), tool.cursor);
    assert.equal(cursor(-80, 50), "ew-resize");
    assert.equal(cursor(-80, 0), "nwse-resize");
    assert.equal(cursor(150, 100), "move");
    assert.equal(cursor(500, 500), "default");
});

test("the fitted box leaves space around the canvas to drag into", () => {
    const { left, top, right, bottom } = makeTool(sides(80, 0, 0, 0)).tool.fittedBox;
    assert.ok(left < -140 && top < -60 && right > 360 && bottom > 260);
});

test("a stage is found by what it paints", () => {
    const stages = [{ number: 1, box: sides(300, 0, 364, 200) }];
    assert.equal(stageAt(stages, spot(310, 10)), 1);
    assert.equal(stageAt(stages, spot(290, 10)), 0);
});

test("durations are rounded to seconds, minutes or hours", () => {
    assert.deepEqual([0.2, 43, 150, 9000].map(formatDuration), ["1 s", "43 s", "3 min", "2.5 h"]);
});

test("a fault is described with the label of its knob", () => {
    const knobs = [{ path: "overlap", label: "Overlap" }];
    assert.equal(describeFault({ path: "overlap", message: "300 is too much." }, knobs), "Overlap: 300 is too much.");
    assert.equal(describeFault({ path: "", message: "the picture has it already." }, knobs), "The picture has it already.");
});
