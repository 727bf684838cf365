/** What the server is asked: bodies of requests from the document and the settings. Nothing here is sent. */

import { readCarried, packPng } from "../document/metadata.mjs";
import { toBase64 } from "../util/base64.mjs";
import { areaOf, boxOfSize, listOfBox, overlap } from "../geometry/box.mjs";
import { sketchMask, sketchPixels, shapedMask } from "../document/document.mjs";
import { NOTHING } from "../image/mask.mjs";
import { nested } from "../document/settings.mjs";
import { text } from "../util/text.mjs";

/** The names that the page gives. */
const NAMED = new RegExp(`^${text("object.numbered", { number: "\\d+" })}$`);

/** @returns {Promise<string>} a picture as base64 PNG, with what it carries: see `pickSentPicture` */
export async function encoded(pixels) {
    const { baggage, infotext } = readCarried(pixels);
    return toBase64(await packPng(pixels, baggage, infotext));
}

/** What would be repainted by each prompt: objects in use that say the same are painted together. */
export function groupsOf(doc, settings) {
    const used = doc.objects
        .filter(({ use }) => use)
        .map((object) => ({ ...object, shaped: shapedMask(object, doc.base) }));
    const masked = used.filter(({ shaped }) => areaOf(shaped.box));
    const prompts = settings.get("invert") ? [""] : [...new Set(masked.map(({ prompt }) => prompt.trim()))];
    const groups = prompts.map((prompt) => {
        const members = settings.get("invert") ? masked : masked.filter((object) => object.prompt.trim() === prompt);
        return { prompt, objects: members, mask: members.reduce((sum, { shaped }) => sum.union(shaped), NOTHING) };
    });
    return withSketch(
        groups.filter(({ mask }) => areaOf(mask.box)),
        sketchMask(doc.sketch),
    );
}

/** Painted colours are masked too: with the objects of the general prompt, or on their own. */
function withSketch(groups, sketch) {
    if (!areaOf(sketch.box)) {
        return groups;
    }
    const general = groups.find(({ prompt }) => !prompt) ?? { prompt: "", objects: [], mask: NOTHING };
    return [...groups.filter((group) => group !== general), { ...general, mask: general.mask.union(sketch) }];
}

/** What an object is called, where a person or a segmenter has named it. */
function words(objects) {
    return objects
        .map(({ name }) => name)
        .filter((name) => !NAMED.test(name))
        .join(", ");
}

/** The body of POST inpaint without what only the moment knows: picture, mask, task. It can be asked again. */
export function recipeOf(group, intent, settings) {
    return {
        intent,
        prompt: group.prompt || settings.get("prompt"),
        negative_prompt: settings.get("negative_prompt"),
        seed: settings.get("seed"),
        variations: settings.get("variations"),
        invert: settings.get("invert"),
        object: words(group.objects),
        ...nested(settings.moved(intent)),
    };
}

/** The mask's and the sketch's part of a body; what of the mask lies beside the picture is left out. */
export async function pictured(doc, mask) {
    const sketch = sketchPixels(doc);
    const inside = mask.cropped(overlap(mask.box, boxOfSize(doc.base)));
    return {
        mask: await inside.toPng(),
        box: listOfBox(inside.box),
        ...(sketch ? { sketch: await encoded(sketch) } : {}),
    };
}
