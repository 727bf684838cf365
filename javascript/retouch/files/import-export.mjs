/** Pictures in and out: dropped, pasted, chosen, saved with their infotext. */

import { infotextOf, packPng } from "../document/metadata.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { activeMask, composePicture } from "../document/document.mjs";
import { h } from "../ui/dom.mjs";
import { isTyping } from "../ui/key-listener.mjs";
import { text } from "../util/text.mjs";

/** The picture as a PNG file, with its infotext and all else that the opened file carried. */
export async function makePictureFile(doc) {
    const bytes = await packPng(composePicture(doc), doc.baggage, infotextOf(doc));
    return new File([bytes], nameFor(doc), { type: "image/png" });
}

export async function makeMaskFile(doc) {
    return new File([fromBase64(await activeMask(doc).toPng(doc.base))], "mask.png", { type: "image/png" });
}

function nameFor({ name, steps, extension }) {
    const stem = name.replace(/\.\w+$/, "") || "picture";
    return `${stem}${extension || steps.some(({ on }) => on) ? "-retouched" : ""}.png`;
}

const STRIPPED =
    text("open.pasted");
/** What browsers call a picture of the clipboard that is no file. */
const PASTED = "image.png";

/** Hear of pictures dropped on `root` or pasted while `alive()`. Returns the function that stops it. */
export function listenForFiles(root, alive, { open, notices }) {
    const veil = h("div", { class: "rt-veil", "aria-hidden": "true", hidden: true }, h("span", {}, text("open.drop")));
    root.append(veil);
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const over = (event) => {
        if (hasFiles(event)) {
            event.preventDefault();
            event.stopPropagation();
            veil.hidden = false;
        }
    };
    const out = (event) => (veil.hidden = !(event.relatedTarget && root.contains(event.relatedTarget)) || veil.hidden);
    const drop = (event) => {
        veil.hidden = true;
        const file = pickFile(event.dataTransfer);
        if (file) {
            event.preventDefault();
            event.stopPropagation();
            open(file);
            warnOfOthers(event.dataTransfer, file, notices);
        }
    };
    const paste = (event) => {
        const file = pickFile(event.clipboardData);
        if (alive() && file && !isTyping(event.target)) {
            event.preventDefault();
            open(file);
            warnOfOthers(event.clipboardData, file, notices);
            if (file.name === PASTED) {
                notices.sayOnce(STRIPPED, "info");
            }
        }
    };
    const listeners = [
        [root, "dragenter", over],
        [root, "dragover", over],
        [root, "dragleave", out],
        [root, "drop", drop],
        [document, "paste", paste],
    ];
    listeners.forEach(([target, name, listener]) => target.addEventListener(name, listener));
    return () => listeners.forEach(([target, name, listener]) => target.removeEventListener(name, listener));
}

function warnOfOthers({ files }, file, notices) {
    if (files.length > 1) {
        const told = text("open.onlyOne", { files: files.length, name: file.name });
        notices.say(told, "warning");
    }
}

function pickFile(transfer) {
    return [...(transfer?.files ?? [])].find(({ type }) => type.startsWith("image/")) ?? transfer?.files?.[0] ?? null;
}
