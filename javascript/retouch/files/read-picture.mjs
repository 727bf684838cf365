/**
 * Reads a picture file: pixels and metadata. The server gets the file as it is. Pixels come from the
 * file where this page reads them exactly, else from the server, as a PNG with all that the file carried. Where
 * there is no server, or it cannot read the file, they come from the browser, without what the file carried.
 *
 * @typedef {{pixels: Pixels, baggage: Uint8Array, infotext: string}} Read
 * @typedef {import("../server/client.mjs").ServerClient} ServerClient
 * @typedef {{api: ServerClient | null, say: (remark: string) => void}} ReadOptions `say` is told what is not kept
 */

import { OfflineError } from "../server/client.mjs";
import { readBaggage } from "../document/metadata.mjs";
import { toBase64 } from "../util/base64.mjs";
import { decodeInBrowser, decodePixels } from "../image/codec.mjs";
import { readKeyword, readPngText } from "../image/png-text.mjs";
import { Pixels } from "../image/pixels.mjs";
import { chunksOf, isPng, pngHeader } from "../image/png.mjs";
import { text } from "../util/text.mjs";

/** Chunks that turn, colour or move the picture: the server reads those. */
const ELABORATE = new Set(["eXIf", "tRNS", "zTXt", "acTL"]);
const DEEP = 16;

/**
 * @param {string} name of the file, for messages
 * @param {Uint8Array} bytes
 * @param {ReadOptions} options
 * @returns {Promise<Read>} rejects in one sentence
 */
export async function readPicture(name, bytes, options) {
    const read = canDecodeExactly(bytes) ? readHere : readAtServer;
    try {
        return await read(name, bytes, options);
    } catch (error) {
        if (error instanceof RangeError) {
            throw new Error(text("open.tooLarge", { name }), { cause: error });
        }
        return readByBrowser(name, bytes, { ...options, error });
    }
}

/** Whether this page reads the same pixels and metadata as the server would. */
export function canDecodeExactly(bytes) {
    const header = pngHeader(bytes);
    const chunks = header?.depth === 8 ? chunksOf(bytes) : [];
    const types = chunks.map(({ type }) => type);
    const isGrey = header?.channels < 3;
    return (
        types.includes("IEND") &&
        !types.some((type) => ELABORATE.has(type) || (isGrey && type === "iCCP")) &&
        !chunks.some((one) => one.type === "iTXt" && isElaborate(one))
    );
}

/** XMP can turn the picture; a compressed text needs a reader. */
function isElaborate(chunk) {
    const keyword = readKeyword(chunk);
    return keyword === "XML:com.adobe.xmp" || chunk.body[keyword.length + 1] !== 0;
}

async function readHere(name, bytes, { api, say }) {
    const pixels = await readPixels(bytes);
    api?.sendFile(pixels, toBase64(bytes)).then(
        ({ warnings = [] }) => warnings.forEach((warning) => say(`${name}: ${warning}`)),
        () => {}, // it is sent again with the first question about it
    );
    return { pixels, baggage: readBaggage(bytes), infotext: readPngText(bytes) };
}

async function readAtServer(name, bytes, { api, say }) {
    if (!api) {
        throw new OfflineError();
    }
    const { image_id: id, warnings = [] } = await api.post("picture", { image: toBase64(bytes) });
    const png = await api.getBytes(`picture/${id}`);
    const pixels = await readPixels(png);
    api.setPictureId(pixels, id);
    const depths = [bytes, png].map((file) => (isPng(file) ? file[24] : 8));
    const remarks = [...warnings, ...(depths.includes(DEEP) ? [SHALLOW] : [])];
    remarks.forEach((remark) => say(`${name}: ${remark}`));
    return { pixels, baggage: readBaggage(png), infotext: readPngText(png) };
}

const SHALLOW =
    text("open.shallow");

async function readPixels(png) {
    const { width, height, data } = await decodePixels(new Blob([png]));
    return new Pixels(width, height, data);
}

async function readByBrowser(name, bytes, { say, error }) {
    const { width, height, data } = await decodeInBrowser(new Blob([bytes])).catch(() => {
        throw new Error(text("open.unreadable", { name, why: explain(error) }).trim());
    });
    say(text("open.stripped", { name, why: explain(error) }));
    return { pixels: new Pixels(width, height, data), baggage: new Uint8Array(0), infotext: readPngText(bytes) };
}

function explain(error) {
    return error instanceof OfflineError ? text("server.silent") : error.message;
}
