/** Opening: a file of a person's choice as a document, whether it is a picture or a history. */

import { bytesOfBlob } from "./codec.mjs";
import { opened } from "./document.mjs";
import { opening } from "./files.mjs";
import { ENDING, readSidecar, writtenSidecar } from "./sidecar.mjs";
import { isZip } from "./zip.mjs";

export const OPENS = `image/*,${ENDING}`;

/** @returns {Promise<Doc>} rejects in one sentence */
export async function documentOf(file) {
    const bytes = await bytesOfBlob(file);
    if (isZip(bytes) || file.name?.endsWith(ENDING)) {
        return readSidecar(bytes, file.name);
    }
    const { pixels, name, infotext } = await opening(file);
    return opened(pixels, name, infotext);
}

/** The document with all that it is made of, to be opened again. */
export async function historyFile(doc) {
    const stem = doc.name.replace(/\.\w+$/, "") || "picture";
    return new File([await writtenSidecar(doc)], `${stem}${ENDING}`, { type: "application/zip" });
}
