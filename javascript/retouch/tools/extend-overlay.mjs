/**
 * The ghost of an extension, around the picture: the new canvas, and the numbered stages that will paint it.
 *
 * @typedef {{number: number, box: Box, crop: Box}} GhostStage in picture pixels: what it paints, and what it sees
 */

import { boxOfSize, contains, heightOf, overlap, isSameBox, widthOf } from "../geometry/box.mjs";
import { drawCheckerboard } from "../image/checkerboard.mjs";
import { aspectText, extendedBox, extendedSize } from "../geometry/margins.mjs";
import { boxInView } from "../geometry/viewport.mjs";

/** With more, crops hide one another: then only the one that is pointed at is drawn. */
const CROPS = 4;
const TINTS = [0.3, 0.42];
/** CSS pixels between the canvas and the words on its size. */
const GAP = 26;
/** CSS pixels of a strip that can bear a number. */
const BADGE = 16;

/** @param {{size: Size, margins: Margins, stages: GhostStage[], pointed: number, highlighted: GhostStage | null}} shown */
export function drawExtension(pen, view, { size, margins, stages, pointed, highlighted }) {
    const canvas = extendedBox(size, margins);
    const place = boxInView(view, canvas);
    if (!isSameBox(canvas, boxOfSize(size))) {
        drawOutside(pen, view, { canvas: place, picture: boxInView(view, boxOfSize(size)) }, stages);
    }
    pen.box(pen.theme.accent, place, { width: 2 });
    stages.forEach((stage) => pen.box(pen.theme.accent, boxInView(view, stage.box), { width: 1 }));
    cropsOf(stages, pointed).forEach((stage) => drawCrop(pen, view, stage, stage.number === pointed));
    stages.forEach((stage) => drawNumber(pen, view, stage));
    if (highlighted) {
        drawHighlight(pen, view, highlighted);
    }
    const { width, height } = extendedSize(size, margins);
    const words = `${width} × ${height}  ·  ${aspectText({ width, height })}`;
    pen.label(pen.theme.accent, words, { x: place.left, y: place.bottom + GAP * pen.ratio });
}

/** The number of the stage that paints a place, 0 for none. */
export function stageAt(stages, { x, y }) {
    return stages.find(({ box }) => contains(box, x, y))?.number ?? 0;
}

function cropsOf(stages, pointed) {
    return stages.filter(({ number }) => number === pointed || (!pointed && stages.length <= CROPS));
}

/** Squares where there is no picture yet, tinted by turns, so that neighbouring strips differ. */
function drawOutside(pen, view, { canvas, picture }, stages) {
    const { context, theme } = pen;
    context.save();
    context.beginPath();
    for (const box of [canvas, picture]) {
        context.rect(box.left, box.top, widthOf(box), heightOf(box));
    }
    context.clip("evenodd");
    drawCheckerboard(context, overlap(canvas, boxOfSize(view)), theme.checks);
    context.fillStyle = theme.accent;
    stages.forEach((stage, index) => {
        const box = boxInView(view, stage.box);
        context.globalAlpha = TINTS[index % TINTS.length];
        context.fillRect(box.left, box.top, widthOf(box), heightOf(box));
    });
    context.restore();
}

function drawCrop(pen, view, stage, strong) {
    const colour = strong ? pen.theme.warning : pen.theme.accent;
    pen.box(colour, boxInView(view, stage.crop), { dash: [6, 4], width: strong ? 2 : 1 });
}

function drawNumber(pen, view, { number, box }) {
    const { left, top, right, bottom } = boxInView(view, box);
    if (Math.min(right - left, bottom - top) >= BADGE * pen.ratio) {
        pen.badge(pen.theme.accent, String(number), { x: (left + right) / 2, y: (top + bottom) / 2 });
    }
}

function drawHighlight(pen, view, stage) {
    pen.box(pen.theme.warning, boxInView(view, stage.box), { width: 2 });
    drawCrop(pen, view, stage, true);
    drawNumber(pen, view, stage);
}
