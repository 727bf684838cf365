/** Overlay pen: draws lines and labels above the picture, in device pixels, with a halo to be legible anywhere. */

import { heightOf, widthOf } from "../geometry/box.mjs";

const FONT = "12px system-ui, sans-serif";

export class OverlayPen {
    /**
     * @param {CanvasRenderingContext2D} context
     * @param {number} ratio device pixels per CSS pixel
     */
    constructor(context, theme, ratio) {
        this.context = context;
        this.theme = theme;
        this.ratio = ratio;
    }

    /** Strokes the path that `trace` makes, in `colour` on a halo. */
    line(colour, trace, { width = 1.5, dash = [] } = {}) {
        const { context, ratio } = this;
        context.beginPath();
        trace(context);
        context.setLineDash([]);
        context.strokeStyle = this.theme.halo;
        context.globalAlpha = 0.75;
        context.lineWidth = (width + 2) * ratio;
        context.stroke();
        context.globalAlpha = 1;
        context.setLineDash(dash.map((length) => length * ratio));
        context.strokeStyle = colour;
        context.lineWidth = width * ratio;
        context.stroke();
        context.setLineDash([]);
    }

    box(colour, box, style) {
        this.line(colour, (context) => context.rect(box.left, box.top, widthOf(box), heightOf(box)), style);
    }

    ring(colour, { x, y }, radius, style) {
        this.line(colour, (context) => context.arc(x, y, Math.max(radius, 1), 0, 2 * Math.PI), style);
    }

    path(colour, points, style) {
        this.line(colour, (context) => points.forEach(({ x, y }) => context.lineTo(x, y)), style);
    }

    cross(colour, { x, y }, reach) {
        const length = reach * this.ratio;
        this.line(colour, (context) => {
            context.moveTo(x - length, y);
            context.lineTo(x + length, y);
            context.moveTo(x, y - length);
            context.lineTo(x, y + length);
        });
    }

    /** A filled dot of `radius` CSS pixels, hollow if it is off, with a plus or a minus. */
    dot(colour, { x, y }, { radius, on, sign }) {
        const { context, ratio, theme } = this;
        context.beginPath();
        context.arc(x, y, radius * ratio, 0, 2 * Math.PI);
        context.fillStyle = on ? colour : theme.halo;
        context.fill();
        this.ring(on ? theme.ink : colour, { x, y }, radius * ratio);
        context.beginPath();
        context.moveTo(x - 3 * ratio, y);
        context.lineTo(x + 3 * ratio, y);
        if (sign > 0) {
            context.moveTo(x, y - 3 * ratio);
            context.lineTo(x, y + 3 * ratio);
        }
        context.strokeStyle = on ? theme.ink : colour;
        context.lineWidth = 1.5 * ratio;
        context.stroke();
    }

    handle(colour, { x, y }, radius) {
        const side = radius * this.ratio;
        const { context } = this;
        context.fillStyle = this.theme.ink;
        context.fillRect(x - side, y - side, 2 * side, 2 * side);
        this.box(colour, { left: x - side, top: y - side, right: x + side, bottom: y + side }, { width: 1 });
    }

    /** A few letters on a round plate around a point. */
    badge(colour, text, { x, y }) {
        const { context, ratio } = this;
        context.font = FONT.replace("12px", `600 ${12 * ratio}px`);
        const reach = Math.max(11 * ratio, context.measureText(text).width / 2 + 5 * ratio);
        context.beginPath();
        context.roundRect(x - reach, y - 11 * ratio, 2 * reach, 22 * ratio, 11 * ratio);
        context.fillStyle = this.theme.halo;
        context.fill();
        context.fillStyle = colour;
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.fillText(text, x, y + ratio);
        context.textAlign = "start";
    }

    /** Text on a plate whose bottom left is at a point, moved into the canvas where it would leave it. */
    label(colour, text, { x, y }) {
        const { context, ratio } = this;
        context.font = FONT.replace("12px", `${12 * ratio}px`);
        const [width, height] = [context.measureText(text).width + 10 * ratio, 20 * ratio];
        const left = Math.max(0, Math.min(x, context.canvas.width - width));
        const top = Math.max(0, Math.min(y - height, context.canvas.height - height));
        context.fillStyle = this.theme.halo;
        context.globalAlpha = 0.85;
        context.fillRect(left, top, width, height);
        context.globalAlpha = 1;
        context.fillStyle = colour;
        context.textBaseline = "middle";
        context.fillText(text, left + 5 * ratio, top + height / 2 + ratio);
    }
}
