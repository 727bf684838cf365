/**
 * The page's side of the accordion: a dot on each target tab that will run.
 * Loaded by the WebUI as a module; `gradioApp` and `onAfterUiUpdate` are its globals.
 */

const PAGES = ["txt2img", "img2img"];
const ON = "retouch-on";

/** Whether a target runs: it is enabled and names at least one detector. */
export function runs(detectors, enabled) {
    return enabled && detectors > 0;
}

/** Mark the tabs of one accordion. `root` is anything with querySelector(All); safe to call again. */
export function markTabs(root, page) {
    const prefix = `#script_${page}_retouch`;
    const buttons = root.querySelectorAll(`${prefix}_tabs > .tab-nav button`);
    buttons.forEach((button, index) => {
        const detectors = root.querySelectorAll(`${prefix}_target_models_${index + 1} .token`).length;
        const enabled = root.querySelector(`${prefix}_enabled_${index + 1} input`)?.checked ?? false;
        const on = runs(detectors, enabled);
        if (button.classList.contains(ON) !== on) {
            button.classList.toggle(ON, on);
        }
    });
}

if (typeof window !== "undefined" && window.onAfterUiUpdate) {
    window.onAfterUiUpdate(() => PAGES.forEach((page) => markTabs(window.gradioApp(), page)));
}
