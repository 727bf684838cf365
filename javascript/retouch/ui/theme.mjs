/** Light or dark: as the host page is, else as the person's system is, else as the person chose here. */

import { writeText } from "../util/local-storage.mjs";

const KEY = "retouch-theme";

/** Keeps `root`'s data-theme right; `changed(theme)` hears of it. Returns {toggle, stop}. */
export function followTheme(root, host, changed = () => {}) {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
        const theme = wantedTheme(host, system);
        if (root.dataset.theme !== theme) {
            root.dataset.theme = theme;
            changed(theme);
        }
    };
    system.addEventListener("change", apply);
    const watcher = new MutationObserver(apply);
    if (host === "webui") {
        watcher.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    }
    apply();
    return {
        toggle() {
            writeText(localStorage, KEY, root.dataset.theme === "dark" ? "light" : "dark");
            apply();
        },
        stop() {
            watcher.disconnect();
            system.removeEventListener("change", apply);
        },
    };
}

/** gradio marks its body "dark"; a choice made in the standalone page is not the WebUI's business. */
function wantedTheme(host, system) {
    if (host === "webui") {
        return document.body.classList.contains("dark") ? "dark" : "light";
    }
    return localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
}
