/** Icons of one stroke width on a 20 x 20 grid, coloured by the text around them. */

import { h, svg } from "./dom.mjs";

const PATHS = {
    add: "M10 4v12M4 10h12",
    again: "M16.5 10a6.5 6.5 0 1 1-2-4.7L16.5 7M16.5 3.5V7H13",
    before: "M3 4h14v12H3zM10 2v16M12.5 7.5 15 10l-2.5 2.5",
    box: "M3 6V3h3M14 3h3v3M17 14v3h-3M6 17H3v-3M8.5 3h3M8.5 17h3M3 8.5v3M17 8.5v3",
    brush: "M16.5 3.5c-3 1.5-6 4.5-7.5 7.5M9 11c1.2.3 2 1.2 2.2 2.3M7.5 11.5c-2.5.3-2.3 3-4.5 4 2.5 1.7 6.5 1 6.8-1.6.2-1.4-.9-2.5-2.3-2.4z",
    check: "M4 10.5 8.2 15 16 5.5",
    chevron: "m7 4 6 6-6 6",
    close: "m5 5 10 10M15 5 5 15",
    copy: "M7.5 7.5h9v9h-9zM12.5 4.5v-1h-9v9h1",
    down: "m4 7 6 6 6-6",
    download: "M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13",
    drop: "M10 13V4M6.5 7.5 10 4l3.5 3.5M3 12v4.5h14V12",
    eraser: "m8 16.5-4.6-4.6a1.2 1.2 0 0 1 0-1.7l6.7-6.7a1.2 1.2 0 0 1 1.7 0l4.7 4.7a1.2 1.2 0 0 1 0 1.7L10 16.5zM6.8 7l6.2 6.2M6 16.5h11",
    everything: "M4.5 9a3 3 0 1 0 0-.1M12 4h5v5h-5zM4 17l3-5 3 5zM12.5 13.5l4 4M16.5 13.5l-4 4",
    extend: "M6.5 6.5h7v7h-7zM10 4.7V1.6M8.5 3 10 1.5 11.5 3M10 15.3v3.1M8.5 17l1.5 1.5 1.5-1.5M4.7 10H1.6M3 8.5 1.5 10 3 11.5M15.3 10h3.1M17 8.5l1.5 1.5-1.5 1.5",
    eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z",
    eyeoff: "M3 3l14 14M8 4.8c.6-.2 1.3-.3 2-.3 5 0 8 5.5 8 5.5s-.9 1.7-2.6 3.2M12.5 14.9c-.8.4-1.6.6-2.5.6-5 0-8-5.5-8-5.5s1.2-2.2 3.4-3.9M8.3 8.5a2.3 2.3 0 0 0 3.2 3.2",
    fill: "M4 11.5 10.5 5l5.5 5.5-5.8 5.8a1.5 1.5 0 0 1-2.1 0L4 12.2zM8 2.5l2.5 2.5M4.5 11h11M17.5 14s-1 1.4-1 2.1a1 1 0 0 0 2 0c0-.7-1-2.1-1-2.1z",
    fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M7.5 7.5h5v5h-5z",
    folder: "M2.5 5.5v10h15v-8.5H10L8.3 5H3z",
    grip: "M7.5 5h.01M12.5 5h.01M7.5 10h.01M12.5 10h.01M7.5 15h.01M12.5 15h.01",
    hand: "M6.5 10V5.2a1.2 1.2 0 0 1 2.4 0V9M8.9 8.5V3.7a1.2 1.2 0 0 1 2.4 0V9M11.3 8.5V4.7a1.2 1.2 0 0 1 2.4 0V10M13.7 9V7a1.2 1.2 0 0 1 2.3 0v5c0 3-1.8 5.5-5 5.5-3.4 0-4.6-1.7-5.7-4L3.7 10.4c-.5-1.1 1-1.9 1.7-1L6.5 11",
    help: "M7.3 7.4A2.8 2.8 0 0 1 10 5.2c1.6 0 2.8 1 2.8 2.5 0 2-2.8 2.2-2.8 4.3M10 14.8h.01",
    history: "M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3.5V7H7M10 6.5V10l2.5 1.8",
    intersect: "M3 3h9v9H3zM8 8h9v9H8zM8 11.5 11.5 8M9.5 12 12 9.5",
    invert: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
    lasso: "M10 3.5c4 0 7 2 7 4.7s-3 4.7-7 4.7-7-2-7-4.7 3-4.7 7-4.7zM5.5 12c-1.2.8-1.2 2.3.2 2.6 1.3.3 2.4-.6 2-1.8M5.8 14.6c.2 1.2-.3 2.2-1.3 2.9",
    light: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.8M10 16.2V18M2 10h1.8M16.2 10H18M4.3 4.3l1.3 1.3M14.4 14.4l1.3 1.3M15.7 4.3l-1.3 1.3M5.6 14.4l-1.3 1.3",
    palette:
        "M10 3a7 7 0 0 0 0 14c1.4 0 1.9-.8 1.6-1.7-.5-1.5.3-2.3 1.6-2.3h1.5c1.3 0 2.3-1 2.3-2.5C17 6 13.8 3 10 3zM6.5 9h.01M8.5 6h.01M12 6h.01M14 8.7h.01",
    point: "M10 2.5v4M10 13.5v4M2.5 10h4M13.5 10h4M10 10h.01",
    recipe: "m12 3 1 2.8L15.8 7 13 8l-1 2.8L11 8 8.2 7 11 5.8zM5.5 9.5l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8zM13.5 13l.5 1.5 1.5.5-1.5.5-.5 1.5-.5-1.5-1.5-.5 1.5-.5z",
    redo: "M16.5 8H8a4.5 4.5 0 0 0 0 9h3M13 4.5 16.5 8 13 11.5",
    refine: "M4 16 12.5 7.5M12 3.5l.7 1.8 1.8.7-1.8.7-.7 1.8-.7-1.8L9.5 6l1.8-.7zM16 10l.5 1.5 1.5.5-1.5.5L16 14l-.5-1.5L14 12l1.5-.5z",
    remove: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
    replace: "M3 8.5h11M11 5.5l3 3-3 3M17 11.5H6M9 8.5l-3 3 3 3",
    send: "M17 3 9 11M17 3l-5.2 14L9 11 3 8.2z",
    skip: "M4 4.5 11 10l-7 5.5zM14.5 4.5v11",
    stop: "M5 5h10v10H5z",
    subtract: "M3 3h9v5H8v4H3zM8 8h9v9H8z",
    swap: "M6 3v14M3 6l3-3 3 3M14 17V3M11 14l3 3 3-3",
    text: "M4 6V4h12v2M10 4v12M7.5 16h5",
    undo: "M3.5 8H12a4.5 4.5 0 0 1 0 9H9M7 4.5 3.5 8 7 11.5",
    union: "M3 3h9v5h5v9H8v-5H3z",
    up: "m4 13 6-6 6 6",
    upload: "M10 12.5V3M6 6.5 10 3l4 3.5M3.5 16.5h13",
    warn: "M10 3.5 18 16.5H2zM10 8.5v3.5M10 14.2h.01",
    dark: "M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z",
};

/** The picture of a name; says nothing to a screen reader, whose words are on the button. */
export function icon(name) {
    const props = {
        viewBox: "0 0 20 20",
        width: 18,
        height: 18,
        class: "rt-icon",
        "aria-hidden": "true",
        focusable: "false",
    };
    return svg("svg", props, svg("path", { d: PATHS[name] }));
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
