/** Icons of Lucide, coloured by the text around them. `styles/theme.css` has their stroke width. */

import { ICONS } from "../vendor/lucide.mjs";
import { h, svg } from "./dom.mjs";

/** Shown for a name that the table below does not have. The server chooses the names of intents. */
export const FALLBACK = "circle-dashed";

/** The Lucide name of each icon of the page. `tools/lucide.mjs` puts the drawings into `vendor/lucide.mjs`. */
export const LUCIDE = Object.freeze({
    add: "plus",
    again: "refresh-cw",
    batch: "images",
    before: "square-split-horizontal",
    box: "square-dashed",
    brush: "brush",
    check: "check",
    chevron: "chevron-right",
    close: "x",
    copy: "copy",
    dark: "moon",
    down: "chevron-down",
    download: "download",
    drop: "image-up",
    eraser: "eraser",
    everything: "scan-search",
    extend: "expand",
    eye: "eye",
    eyeoff: "eye-off",
    fill: "paint-bucket",
    find: "search",
    fit: "fullscreen",
    folder: "folder-open",
    grip: "grip-vertical",
    hand: "hand",
    help: "circle-question-mark",
    history: "history",
    intersect: "squares-intersect",
    lasso: "lasso",
    palette: "palette",
    people: "users-round",
    point: "mouse-pointer-click",
    recipe: "sparkles",
    redo: "redo",
    refine: "wand-sparkles",
    remove: "trash-2",
    replace: "replace",
    save: "save",
    send: "send",
    share: "share-2",
    skip: "skip-forward",
    stop: "square",
    subtract: "squares-subtract",
    swap: "arrow-left-right",
    undo: "undo",
    union: "squares-unite",
    up: "chevron-up",
    upload: "upload",
    warn: "triangle-alert",
});

/**
 * An `<svg>` element, 18 CSS pixels wide and high unless a style says otherwise. It is hidden from screen readers:
 * the element around it has the text or the label.
 */
export function icon(name) {
    const props = {
        viewBox: "0 0 24 24",
        width: 18,
        height: 18,
        class: "rt-icon",
        "aria-hidden": "true",
        focusable: "false",
    };
    const picture = svg("svg", props);
    picture.innerHTML = ICONS[Object.hasOwn(LUCIDE, name) ? LUCIDE[name] : FALLBACK];
    return picture;
}

/** A button that is an icon: `label` is its accessible name and, with its `key`, its tooltip. */
export function iconButton(name, label, press, { key = "", ...props } = {}) {
    const tip = key ? `${label}  (${key})` : label;
    return h(
        "button",
        { type: "button", class: "rt-icon-button", "aria-label": label, "data-tip": tip, onclick: press, ...props },
        icon(name),
    );
}

/** A button of words, with an icon before them where `sign` names one; `extra` are more classes. */
export function textButton(label, sign, testid, press, extra = "") {
    const props = { type: "button", class: `rt-button ${extra}`.trim(), "data-testid": testid, onclick: press };
    return h("button", props, sign && icon(sign), label);
}
