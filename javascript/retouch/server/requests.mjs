/** Bodies of requests, made of the document and the settings. Nothing is sent here. */

import { readCarried, packPng } from "../document/metadata.mjs";
import { toBase64 } from "../util/base64.mjs";
import { areaOf, boxOfSize, listOfBox, overlap } from "../geometry/box.mjs";
import { sketchMask, sketchPixels, shapeMask } from "../document/document.mjs";
import { NOTHING } from "../image/mask.mjs";
import { unflatten } from "../document/settings.mjs";
import { text } from "../util/text.mjs";

/** The names that the page gives. */
const NAMED = new RegExp(`^${text("object.numbered", { number: "\\d+" })}$`);

/** @returns {Promise<string>} a picture as base64 PNG, with what it carries: see `pickSentPicture` */
export async function encodePicture(pixels) {
    const { baggage, infotext } = readCarried(pixels);
    return toBase64(await packPng(pixels, baggage, infotext));
}

/** The masks to repaint, one a prompt: objects in use with the same prompt are painted together, or all if inverted. */
export function groupByPrompt(doc, isInverted) {
    const used = doc.objects
        .filter(({ use }) => use)
        .map((object) => ({ ...object, shaped: shapeMask(object, doc.base) }));
    const masked = used.filter(({ shaped }) => areaOf(shaped.box));
    const prompts = isInverted ? [""] : [...new Set(masked.map(({ prompt }) => prompt.trim()))];
    const groups = prompts.map((prompt) => {
        const members = isInverted ? masked : masked.filter((object) => object.prompt.trim() === prompt);
        return { prompt, objects: members, mask: members.reduce((sum, { shaped }) => sum.union(shaped), NOTHING) };
    });
    return addSketch(
        groups.filter(({ mask }) => areaOf(mask.box)),
        sketchMask(doc.sketch),
    );
}

/** The groups with the sketch's mask in that of the general prompt, or in one of its own. */
function addSketch(groups, sketch) {
    if (!areaOf(sketch.box)) {
        return groups;
    }
    const general = groups.find(({ prompt }) => !prompt) ?? { prompt: "", objects: [], mask: NOTHING };
    return [...groups.filter((group) => group !== general), { ...general, mask: general.mask.union(sketch) }];
}

/** The names that a person or a segmenter gave the objects. */
function namesOf(objects) {
    return objects
        .map(({ name }) => name)
        .filter((name) => !NAMED.test(name))
        .join(", ");
}

/** The body of POST inpaint without picture, mask and task, so that it can be sent again. */
export function makeInpaintBody(group, intent, settings) {
    return {
        intent,
        prompt: group.prompt || settings.get("prompt"),
        negative_prompt: settings.get("negative_prompt"),
        seed: settings.get("seed"),
        variations: settings.get("variations"),
        invert: settings.get("invert"),
        object: namesOf(group.objects),
        ...unflatten(settings.overridesOf(intent)),
    };
}

/** The body's fields of mask and sketch; the mask is cropped to the picture. */
export async function encodeMask(doc, mask) {
    const sketch = sketchPixels(doc);
    const inside = mask.cropped(overlap(mask.box, boxOfSize(doc.base)));
    return {
        mask: await inside.toPng(),
        box: listOfBox(inside.box),
        ...(sketch ? { sketch: await encodePicture(sketch) } : {}),
    };
}
