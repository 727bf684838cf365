/** Text chunks of PNG files: where the WebUI keeps how a picture was made, under "parameters". */

import { joinedBytes } from "../util/bytes.mjs";
import { makeChunk, chunksOf, SIGNATURE } from "./png.mjs";

const LATIN = /^[\n\x20-\x7e\xa0-\xff]*$/;
const KEYWORD = "parameters";
const TEXTS = ["tEXt", "iTXt", "zTXt"];

/** The infotext of a PNG file's bytes, from tEXt or an iTXt that is not compressed; "" where there is none. */
export function readPngText(bytes, keyword = KEYWORD) {
    return (
        chunksOf(bytes)
            .filter((one) => readKeyword(one) === keyword)
            .map(readChunkText)
            .find((text) => text !== null) ?? ""
    );
}

/**
 * The same file with `text` as its infotext, in place of what was there; "" leaves none. Written as Pillow,
 * and so the WebUI, does: tEXt where Latin-1 can say it, else iTXt in UTF-8.
 */
export function writePngText(bytes, text, keyword = KEYWORD) {
    const [header, ...rest] = chunksOf(bytes)
        .filter((one) => readKeyword(one) !== keyword)
        .map(({ whole }) => whole);
    const written = text ? [makeChunk(...encodeText(keyword, text))] : [];
    return joinedBytes([Uint8Array.from(SIGNATURE), header, ...written, ...rest]);
}

/** @returns {string | null} null for a chunk that is no text */
export function readKeyword({ type, body }) {
    return TEXTS.includes(type) ? decodeLatin(body.subarray(0, body.indexOf(0))) : null;
}

/** null for a compressed text */
function readChunkText({ type, body }) {
    const name = body.indexOf(0);
    if (type === "tEXt") {
        return decodeLatin(body.subarray(name + 1));
    }
    return type === "iTXt" ? readInternationalText(body, name) : null;
}

/** keyword 0 compressed method language 0 translated-keyword 0 text */
function readInternationalText(data, name) {
    if (data[name + 1] !== 0) {
        return null;
    }
    const language = data.indexOf(0, name + 3);
    return new TextDecoder().decode(data.subarray(data.indexOf(0, language + 1) + 1));
}

function encodeText(keyword, text) {
    if (LATIN.test(text)) {
        return ["tEXt", joinedBytes([encodeLatin(keyword), [0], encodeLatin(text)])];
    }
    return ["iTXt", joinedBytes([encodeLatin(keyword), [0, 0, 0, 0, 0], new TextEncoder().encode(text)])];
}

function encodeLatin(text) {
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function decodeLatin(data) {
    return Array.from(data, (byte) => String.fromCharCode(byte)).join("");
}
