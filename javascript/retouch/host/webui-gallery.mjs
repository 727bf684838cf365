/** The WebUI's galleries: a button under each that opens the chosen picture in the studio. */

import { gradio, showTab } from "./webui-page.mjs";
import { text } from "../util/text.mjs";

const PAGES = ["txt2img", "img2img", "extras"];
const STUDIO_TAB = "tab_retouch";

/** Attach the buttons where they are missing; safe to call after every change of the page. */
export function attachButtons(open) {
    for (const page of PAGES) {
        const whole = gradio().querySelector(`#image_buttons_${page}`);
        const row = whole?.querySelector(".form") ?? whole;
        if (row && !gradio().querySelector(`#${page}_send_to_retouch`)) {
            row.append(makeButton(page, row, open));
        }
        const own = gradio().querySelector(`#script_${page}_retouch_open_studio`);
        if (own && !own.dataset.retouch) {
            own.dataset.retouch = "on";
            own.addEventListener("click", () => sendPicture(page, open));
        }
    }
}

/** It looks like its neighbours because it has their classes. */
function makeButton(page, row, open) {
    const element = document.createElement("button");
    element.id = `${page}_send_to_retouch`;
    element.className = row.querySelector("button")?.className ?? "tool";
    element.title = text("send.toRetouch");
    element.setAttribute("aria-label", element.title);
    element.textContent = "🪄";
    element.addEventListener("click", () => sendPicture(page, open));
    return element;
}

async function sendPicture(page, open) {
    const url = pictureUrl(gradio().querySelector(`#${page}_gallery`));
    showTab(STUDIO_TAB);
    if (!url) {
        open(null);
        return;
    }
    const answer = await fetch(url);
    open(new File([await answer.blob()], fileNameOf(url)));
}

/** Of the picture that is shown large, else the one that is selected, else the last. */
function pictureUrl(gallery) {
    const large = gallery?.querySelector(
        ".preview img[data-testid='detailed-image'], .preview > img, .preview > button > img",
    );
    const small =
        gallery?.querySelector(".thumbnail-item.selected img") ??
        [...(gallery?.querySelectorAll(".thumbnail-item img") ?? [])].pop();
    return (large ?? small)?.src ?? "";
}

function fileNameOf(url) {
    return decodeURIComponent(new URL(url, location.href).pathname.split("/").pop()) || "picture.png";
}
