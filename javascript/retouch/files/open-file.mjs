/** Opens a file, a picture or a history, as a document. */

import { bytesOfBlob } from "../image/codec.mjs";
import { newDocument } from "../document/document.mjs";
import { readPicture } from "./read-picture.mjs";
import { ENDING, readHistoryFile, writeHistoryFile } from "../document/history-file.mjs";
import { isZip } from "../util/zip.mjs";

export const ACCEPTED_FILES = `image/*,${ENDING}`;

/**
 * @param {File} file
 * @param {Partial<import("./read-picture.mjs").ReadOptions>} [options]
 * @returns {Promise<Doc>} rejects in one sentence
 */
export async function readDocument(file, { api = null, say = () => {} } = {}) {
    const bytes = await bytesOfBlob(file);
    if (isZip(bytes) || file.name?.endsWith(ENDING)) {
        return readHistoryFile(bytes, file.name);
    }
    const name = file.name || "pasted.png";
    const { pixels, infotext, baggage } = await readPicture(name, bytes, { api, say });
    return newDocument(pixels, name, infotext, baggage);
}

/** The document with its history, as a file that can be opened again. */
export async function makeHistoryFile(doc) {
    const stem = doc.name.replace(/\.\w+$/, "") || "picture";
    return new File([await writeHistoryFile(doc)], `${stem}${ENDING}`, { type: "application/zip" });
}
