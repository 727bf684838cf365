/**
 * What every page of ours loads: a dot on each of the accordion's target tabs that will run, a line that tells
 * which targets will run, and the studio, whose own modules are fetched when it is first seen.
 * Loaded by the WebUI as a module; `gradioApp`, `onUiLoaded` and `onAfterUiUpdate` are its globals.
 */

const PAGES = ["txt2img", "img2img"];
const ON = "retouch-on";
const STUDIO = "retouch_studio";

/** Whether a target runs: it is enabled and names at least one detector. */
export function isTargetRunning(detectors, enabled) {
    return enabled && detectors > 0;
}

/** Mark the tabs of one accordion. `root` is anything with querySelector(All); safe to call again. */
export function markTabs(root, page) {
    const prefix = `#script_${page}_retouch`;
    const buttons = root.querySelectorAll(`${prefix}_tabs > .tab-nav button`);
    buttons.forEach((button, index) => {
        const detectors = root.querySelectorAll(`${prefix}_target_models_${index + 1} .token`).length;
        const enabled = root.querySelector(`${prefix}_enabled_${index + 1} input`)?.checked ?? false;
        const on = isTargetRunning(detectors, enabled);
        if (button.classList.contains(ON) !== on) {
            button.classList.toggle(ON, on);
        }
    });
}

/** The targets of one accordion that will run, each as {detectors, strength}, in their order. */
function readTargets(root, page) {
    const prefix = `#script_${page}_retouch`;
    const tabs = root.querySelectorAll(`${prefix}_tabs > .tab-nav button`);
    const targets = Array.from(tabs, (_, index) => ({
        enabled: root.querySelector(`${prefix}_enabled_${index + 1} input`)?.checked ?? false,
        detectors: Array.from(
            root.querySelectorAll(`${prefix}_target_models_${index + 1} .token`),
            (token) => token.textContent.trim().replace(/\s*[×✕]$/, ""),
        ),
        strength: root.querySelector(`${prefix}_denoising_strength_${index + 1} input`)?.value,
    }));
    return targets.filter(({ enabled, detectors }) => isTargetRunning(detectors.length, enabled));
}

/** Which targets will run, in the words {none, one, many} of the page. */
export function summarizeTargets(targets, words) {
    const list = targets.map(({ detectors, strength }) => `${detectors.join(" + ")} ${strength}`).join(", ");
    const sentence = [words.none, words.one][targets.length] ?? words.many;
    return sentence.replace("{count}", targets.length).replace("{targets}", list);
}

/** Writes which targets of one accordion will run. */
function showSummary(root, page) {
    const line = root.querySelector(`#script_${page}_retouch_summary .retouch-summary`);
    const sentence = line && summarizeTargets(readTargets(root, page), line.dataset);
    if (line && line.textContent !== sentence) {
        line.textContent = sentence;
    }
}

/**
 * The address of a file of the studio below `javascript`. The WebUI serves files without cache headers, so that after
 * an update a browser would mix old and new ones: there, all files come from a route of ours.
 */
function fileAddress({ dataset: { files = "" } }, name) {
    return new URL(`${files}javascript/${name}`, document.baseURI);
}

/** Loads the studio's CSS; the standalone page links it itself. */
function loadStyles(root) {
    if (!root.dataset.files) {
        return Promise.resolve();
    }
    const link = document.createElement("link");
    const loaded = new Promise((resolve) => (link.onload = link.onerror = resolve));
    Object.assign(link, { rel: "stylesheet", href: fileAddress(root, "bundle/studio.css") });
    document.head.append(link);
    return loaded;
}

/** The studio in `root`; the first call makes it. */
function getStudio(root) {
    root.studio ??= Promise.all([import(fileAddress(root, "bundle/studio.mjs")), loadStyles(root)]).then(
        ([{ mount }]) => mount(root, root.dataset),
    );
    return root.studio;
}

/** Makes the studio once its root is visible. */
function makeStudioWhenVisible(root) {
    const observer = new IntersectionObserver((entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
            observer.disconnect();
            getStudio(root);
        }
    });
    observer.observe(root);
}

/** Attaches the studio's tab and the galleries' buttons once the page has them; gradio may draw them anew. */
async function attachToWebui(app) {
    const root = app.querySelector(`#${STUDIO}`);
    if (!root) {
        return;
    }
    if (!root.dataset.ready) {
        root.dataset.ready = "yes";
        makeStudioWhenVisible(root);
    }
    const { attachButtons } = await import(fileAddress(root, "retouch/host/webui-gallery.mjs"));
    attachButtons(async (file) => file && (await getStudio(root)).commands.loadFile(file));
}

/** Presses each refresh button once: the accordions' dropdowns list the recipes of the WebUI's start. */
export function refreshRecipes(root) {
    root.querySelectorAll(".retouch-refresh:not([data-pressed])").forEach((button) => {
        button.dataset.pressed = "yes";
        button.click();
    });
}

function afterUpdate() {
    PAGES.forEach((page) => markTabs(window.gradioApp(), page));
    PAGES.forEach((page) => showSummary(window.gradioApp(), page));
    refreshRecipes(window.gradioApp());
    attachToWebui(window.gradioApp());
}

if (typeof window !== "undefined" && window.onAfterUiUpdate) {
    window.onAfterUiUpdate(afterUpdate);
    document.addEventListener("input", () => PAGES.forEach((page) => showSummary(window.gradioApp(), page)));
    afterUpdate();
} else if (typeof document !== "undefined") {
    getStudio(document.getElementById(STUDIO));
}
