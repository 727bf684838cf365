/**
 * Where the studio stands: alone, or in the WebUI, whose pages pictures come from and go to. Everything that
 * knows the WebUI's page is here and in webui-gallery.mjs.
 */

import { text } from "../util/text.mjs";

const IMG2IMG = { img2img: 0, inpaint: 4 };
const WAIT_MS = 8000;
const LEAST_HEIGHT = 540;
const MARGIN = 14;

/** gradio sets the text of its HTML as prose, which is not for a page of buttons; the studio fills the window. */
export function fillWindow(root) {
    root.closest(".prose")?.classList.remove("prose");
    const fill = () => {
        const top = root.getBoundingClientRect().top + scrollY;
        root.style.height = `${Math.max(LEAST_HEIGHT, innerHeight - top - MARGIN)}px`;
    };
    const watcher = new ResizeObserver(fill);
    watcher.observe(document.body);
    addEventListener("resize", fill);
    return () => {
        watcher.disconnect();
        removeEventListener("resize", fill);
    };
}

/**
 * Removes the tooltips that the WebUI's hints.js gives to our buttons because their text is that of one of its own.
 * Ours have their titles before they are put into the page.
 *
 * @returns {() => void} stops it
 */
export function refuseForeignTitles(root) {
    const observer = new MutationObserver((records) => {
        records.filter(({ target, oldValue }) => !oldValue && target.title).forEach(({ target }) => target.removeAttribute("title"));
    });
    observer.observe(root, { subtree: true, attributes: true, attributeFilter: ["title"], attributeOldValue: true });
    return () => observer.disconnect();
}

/** The places a picture can be sent to: [{label, hint, send({picture, mask})}] with files; none when alone. */
export function listSendTargets(kind) {
    return kind === "webui" ? SEND_TARGETS : [];
}

const SEND_TARGETS = [
    {
        label: text("send.inpaint"),
        hint: text("send.pictureAndMask"),
        testid: "send-inpaint",
        needsMask: true,
        async send({ picture, mask }) {
            showImg2img(IMG2IMG.inpaint);
            await putFile("img_inpaint_base", picture);
            await putFile("img_inpaint_mask", mask);
        },
    },
    {
        label: text("send.img2img"),
        hint: text("send.picture"),
        testid: "send-img2img",
        async send({ picture }) {
            showImg2img(IMG2IMG.img2img);
            await putFile("img2img_image", picture);
        },
    },
    {
        label: text("send.extras"),
        hint: text("send.picture"),
        testid: "send-extras",
        async send({ picture }) {
            showTab("tab_extras");
            await putFile("extras_image", picture);
        },
    },
];

/** The places a mask can be taken from: [{label, testid, take()}], `take` giving a file; none when alone. */
export function listMaskSources(kind) {
    return kind === "webui"
        ? [{ label: text("maskFile.fromInpaint"), testid: "mask-from-inpaint", take: readInpaintMask }]
        : [];
}

async function readInpaintMask() {
    const image = gradio().querySelector("#img_inpaint_mask img");
    if (!image) {
        throw new Error(text("maskFile.noneInInpaint"));
    }
    const answer = await fetch(image.src);
    return new File([await answer.blob()], "Inpaint upload.png");
}

/** gradio's tabs are buttons above panels of the same order: the panel's place is the button's. */
export function showTab(id, app = gradio()) {
    const panel = app.querySelector(`#${id}`);
    const panels = [...panel.parentElement.children].filter((child) => child.classList.contains("tabitem"));
    app.querySelectorAll("#tabs > .tab-nav > button")[panels.indexOf(panel)]?.click();
}

function showImg2img(place) {
    showTab("tab_img2img");
    gradio().querySelectorAll("#mode_img2img > .tab-nav > button")[place]?.click();
}

/** Give a file to one of the WebUI's image boxes, as if a person had chosen it. */
async function putFile(id, file) {
    const box = gradio().querySelector(`#${id}`);
    if (!box) {
        throw new Error(text("send.noPlace", { id }));
    }
    box.querySelector('button[aria-label="Clear"]')?.click();
    const input = await waitFor(() => box.querySelector('input[type="file"]'));
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await waitFor(() => box.querySelector("img, canvas"));
}

/** gradio draws what a change asks for some frames later. */
async function waitFor(find) {
    for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
        const node = find();
        if (node) {
            return node;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(text("send.notTaken"));
}

export function gradio() {
    return globalThis.gradioApp?.() ?? document;
}
