/** Mask files: the server reads them, so that one rule holds for all entry points. */

import { ServerError } from "../server/client.mjs";
import { pickSentPicture } from "../document/metadata.mjs";
import { toBase64 } from "../util/base64.mjs";
import { boxOfList } from "../geometry/box.mjs";
import { bytesOfBlob } from "../image/codec.mjs";
import { Mask } from "../image/mask.mjs";
import { text } from "../util/text.mjs";

/** What of a file can be its mask, where two readings are likely. */
export const CHANNELS = [
    { channel: "luminance", label: text("maskFile.luminance"), hint: text("maskFile.luminance.hint") },
    { channel: "alpha", label: text("maskFile.alpha"), hint: text("maskFile.alpha.hint") },
    { channel: "inverted alpha", label: text("maskFile.invertedAlpha"), hint: text("maskFile.invertedAlpha.hint") },
];

/**
 * @param {Doc} doc whose picture the mask is for
 * @param {string} channel "auto", or one of CHANNELS
 * @returns {Promise<{mask: Mask, reading: string, warnings: string[]}>} `mask` of the picture's size; `reading`: how
 *     it was read. Rejects with the server's error: see `isAmbiguous`
 */
export async function readMaskFile(api, doc, file, channel = "auto") {
    const body = { mask: toBase64(await bytesOfBlob(file)), mask_channel: channel, radius: 0 };
    const { mask, box, mask_reading: reading, warnings = [] } = await api.postWithPicture(pickSentPicture(doc), "mask", body);
    return { mask: await Mask.fromPng(mask, boxOfList(box)), reading, warnings };
}

/** Whether the server asks which of CHANNELS is meant. */
export function isAmbiguous(error) {
    return error instanceof ServerError && error.path === "mask" && error.message.includes("mask_channel");
}
