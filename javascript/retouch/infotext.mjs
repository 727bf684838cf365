/** Text chunks of PNG files: where the WebUI keeps how a picture was made, under "parameters". */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const LATIN = /^[\n\x20-\x7e\xa0-\xff]*$/;
const KEYWORD = "parameters";

/** The infotext of a PNG file's bytes, from tEXt or an iTXt that is not compressed; "" where there is none. */
export function textOf(bytes, keyword = KEYWORD) {
    return (
        chunksOf(bytes)
            .map((chunk) => textIn(bytes, chunk, keyword))
            .find((text) => text !== null) ?? ""
    );
}

/**
 * The same file with `text` as its infotext, in place of what was there; "" leaves none. Written as Pillow,
 * and so the WebUI, does: tEXt where Latin-1 can say it, else iTXt in UTF-8.
 */
export function withText(bytes, text, keyword = KEYWORD) {
    const kept = chunksOf(bytes).filter((chunk) => textIn(bytes, chunk, keyword) === null);
    const parts = kept.map(({ start, end }) => bytes.subarray(start - 8, end + 4));
    const written = text ? [chunkOf(...bodyOf(keyword, text))] : [];
    return joined([Uint8Array.from(SIGNATURE), ...parts.slice(0, 1), ...written, ...parts.slice(1)]);
}

/** {type, start, end} of each chunk's data. A file that breaks off ends there; no PNG has none. */
function chunksOf(bytes) {
    const found = [];
    if (SIGNATURE.some((byte, index) => bytes[index] !== byte)) {
        return found;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let start = 16; start + 4 <= bytes.length;) {
        const end = start + view.getUint32(start - 8);
        if (end + 4 > bytes.length) {
            break;
        }
        found.push({ type: latin(bytes.subarray(start - 4, start)), start, end });
        start = end + 12;
    }
    return found;
}

function textIn(bytes, { type, start, end }, keyword) {
    const data = bytes.subarray(start, end);
    const name = data.indexOf(0);
    if ((type !== "tEXt" && type !== "iTXt") || latin(data.subarray(0, name)) !== keyword) {
        return null;
    }
    return type === "tEXt" ? latin(data.subarray(name + 1)) : international(data, name);
}

/** keyword 0 compressed method language 0 translated-keyword 0 text */
function international(data, name) {
    if (data[name + 1] !== 0) {
        return null;
    }
    const language = data.indexOf(0, name + 3);
    return new TextDecoder().decode(data.subarray(data.indexOf(0, language + 1) + 1));
}

function bodyOf(keyword, text) {
    if (LATIN.test(text)) {
        return ["tEXt", joined([letters(keyword), [0], letters(text)])];
    }
    return ["iTXt", joined([letters(keyword), [0, 0, 0, 0, 0], new TextEncoder().encode(text)])];
}

function chunkOf(type, data) {
    const out = new Uint8Array(data.length + 12);
    const view = new DataView(out.buffer);
    view.setUint32(0, data.length);
    out.set(letters(type), 4);
    out.set(data, 8);
    view.setUint32(data.length + 8, crc(out.subarray(4, data.length + 8)));
    return out;
}

function crc(bytes) {
    let sum = 0xffffffff;
    for (const byte of bytes) {
        sum ^= byte;
        for (let bit = 0; bit < 8; bit++) {
            sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
        }
    }
    return ~sum >>> 0;
}

function letters(text) {
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function latin(data) {
    return Array.from(data, (byte) => String.fromCharCode(byte)).join("");
}

function joined(parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
    return out;
}
