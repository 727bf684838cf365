/** The WebUI's galleries: a button under each that opens the chosen picture in the studio. */

import { gradio, showTab } from "./webui-page.mjs";
import { text } from "../util/text.mjs";

const PAGES = ["txt2img", "img2img", "extras"];
const STUDIO_TAB = "tab_retouch";

/** Attach the buttons where they are missing; safe to call after every change of the page. */
export function attach(open) {
    for (const page of PAGES) {
        const whole = gradio().querySelector(`#image_buttons_${page}`);
        const row = whole?.querySelector(".form") ?? whole;
        if (row && !gradio().querySelector(`#${page}_send_to_retouch`)) {
            row.append(button(page, row, open));
        }
        const own = gradio().querySelector(`#script_${page}_retouch_open_studio`);
        if (own && !own.dataset.retouch) {
            own.dataset.retouch = "on";
            own.addEventListener("click", () => send(page, open));
        }
    }
}

/** It looks like its neighbours because it has their classes. */
function button(page, row, open) {
    const made = document.createElement("button");
    made.id = `${page}_send_to_retouch`;
    made.className = row.querySelector("button")?.className ?? "tool";
    made.title = text("send.toRetouch");
    made.setAttribute("aria-label", made.title);
    made.textContent = "🪄";
    made.addEventListener("click", () => send(page, open));
    return made;
}

async function send(page, open) {
    const url = pictureUrl(gradio().querySelector(`#${page}_gallery`));
    showTab(STUDIO_TAB);
    if (!url) {
        open(null);
        return;
    }
    const answer = await fetch(url);
    open(new File([await answer.blob()], nameOf(url)));
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

function nameOf(url) {
    return decodeURIComponent(new URL(url, location.href).pathname.split("/").pop()) || "picture.png";
}
