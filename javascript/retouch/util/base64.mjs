/** Bytes as base64 and back, also from a data URI; in slices, for a call takes only so many arguments. */

const SLICE = 0x8000;

export function toBase64(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += SLICE) {
        text += String.fromCharCode.apply(null, bytes.subarray(at, at + SLICE));
    }
    return btoa(text);
}

/** @param {string} text base64, or a data URI that ends in it */
export function fromBase64(text) {
    const decoded = atob(text.slice(text.indexOf(",") + 1));
    const bytes = new Uint8Array(decoded.length);
    for (let i = 0; i < decoded.length; i++) {
        bytes[i] = decoded.charCodeAt(i);
    }
    return bytes;
}
