/** Pictures in and out: dropped, pasted, chosen, saved with their infotext. */

import { bytesOfBlob } from "./codec.mjs";
import { activeMask, picture } from "./document.mjs";
import { fromBase64 } from "./base64.mjs";
import { h } from "./dom.mjs";
import { textOf, withText } from "./infotext.mjs";
import { isTyping } from "./keys.mjs";
import { Pixels } from "./pixels.mjs";

/** A file as {pixels, name, infotext}; rejects in one sentence when it is no picture. */
export async function opening(file) {
    const pixels = await Pixels.fromBlob(file).catch(() => {
        throw new Error(`${file.name || "This"} is not a picture that this browser can read.`);
    });
    return { pixels, name: file.name || "pasted.png", infotext: textOf(await bytesOfBlob(file)) };
}

/** How the picture as it is now was made: the last step that is on and has said so, else the file's own. */
export function infotextOf(doc) {
    return [...doc.steps].reverse().find(({ on, infotext }) => on && infotext)?.infotext || doc.infotext;
}

/** The picture as a PNG file, with its infotext. */
export async function savedFile(doc) {
    const bytes = withText(await bytesOfBlob(await picture(doc).toBlob()), infotextOf(doc));
    return new File([bytes], nameFor(doc), { type: "image/png" });
}

export async function maskFile(doc) {
    return new File([fromBase64(await activeMask(doc).toPng(doc.base))], "mask.png", { type: "image/png" });
}

function nameFor({ name, steps, extension }) {
    const stem = name.replace(/\.\w+$/, "") || "picture";
    return `${stem}${extension || steps.some(({ on }) => on) ? "-retouched" : ""}.png`;
}

/** Hear of pictures dropped on `root` or pasted while `alive()`. Returns the function that stops it. */
export function receive(root, alive, open) {
    const veil = h("div", { class: "rt-veil", "aria-hidden": "true", hidden: true }, h("span", {}, "Drop to open"));
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
        const file = pictureIn(event.dataTransfer);
        if (file) {
            event.preventDefault();
            event.stopPropagation();
            open(file);
        }
    };
    const paste = (event) => {
        const file = pictureIn(event.clipboardData);
        if (alive() && file && !isTyping(event.target)) {
            event.preventDefault();
            open(file);
        }
    };
    const heard = [
        [root, "dragenter", over],
        [root, "dragover", over],
        [root, "dragleave", out],
        [root, "drop", drop],
        [document, "paste", paste],
    ];
    heard.forEach(([target, name, listener]) => target.addEventListener(name, listener));
    return () => heard.forEach(([target, name, listener]) => target.removeEventListener(name, listener));
}

function pictureIn(transfer) {
    return [...(transfer?.files ?? [])].find(({ type }) => type.startsWith("image/")) ?? transfer?.files?.[0] ?? null;
}
