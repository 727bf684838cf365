/** How masks are shown: colour, opacity, or not at all. A preference, kept from one day to the next. */

import { h } from "../ui/dom.mjs";
import { writeJson } from "../util/local-storage.mjs";
import { text } from "../util/text.mjs";

const KEY = "retouch-overlay";

export class MaskOverlayForm {
    constructor(view) {
        this.view = view;
        view.overlay = loadOverlay();
        const { colour, opacity } = view.overlay;
        const change = (changes) => {
            view.overlay = changes;
            writeJson(localStorage, KEY, { colour: view.overlay.colour, opacity: view.overlay.opacity });
        };
        const tint = h("input", {
            type: "color",
            value: colour,
            "aria-label": text("overlay.colour"),
            "data-testid": "overlay-colour",
            oninput: (e) => change({ colour: e.target.value }),
        });
        const strength = h("input", {
            type: "range",
            min: 0,
            max: 100,
            value: opacity * 100,
            "aria-label": text("overlay.opacity"),
            "data-testid": "overlay-opacity",
            oninput: (e) => change({ opacity: e.target.value / 100 }),
        });
        this.element = h(
            "div",
            { class: "rt-overlay-form" },
            h("span", { "data-tip": text("overlay.tip") }, text("overlay.label")),
            tint,
            strength,
        );
    }
}

function loadOverlay() {
    try {
        const { colour, opacity } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
        return {
            ...(/^#[0-9a-f]{6}$/i.test(colour) ? { colour } : {}),
            ...(opacity >= 0 && opacity <= 1 ? { opacity } : {}),
        };
    } catch {
        return {};
    }
}
