/** Mask files: the server reads them, so that one rule holds for all doors. */

import { ServerError } from "./api.mjs";
import { pickSentPicture } from "./baggage.mjs";
import { toBase64 } from "./base64.mjs";
import { boxOfList } from "./boxes.mjs";
import { bytesOfBlob } from "./codec.mjs";
import { Mask } from "./mask.mjs";

/** What of a file can be its mask, where two readings are likely. */
export const CHANNELS = [
    { channel: "luminance", label: "Brightness", hint: "white is repainted" },
    { channel: "alpha", label: "Opacity", hint: "what is opaque is repainted" },
    { channel: "inverted alpha", label: "Transparency", hint: "what is transparent is repainted" },
];

/**
 * @param {Doc} doc whose picture the mask is for
 * @param {string} channel "auto", or one of CHANNELS
 * @returns {Promise<{mask: Mask, reading: string, warnings: string[]}>} `mask` of the picture's size; `reading`: how
 *     it was read. Rejects with the server's error: see `isAmbiguous`
 */
export async function readMaskFile(api, doc, file, channel = "auto") {
    const body = { mask: toBase64(await bytesOfBlob(file)), mask_channel: channel, radius: 0 };
    const { mask, box, mask_reading: reading, warnings = [] } = await api.about(pickSentPicture(doc), "mask", body);
    return { mask: await Mask.fromPng(mask, boxOfList(box)), reading, warnings };
}

/** Whether the server asks which of CHANNELS is meant. */
export function isAmbiguous(error) {
    return error instanceof ServerError && error.path === "mask" && error.message.includes("mask_channel");
}
