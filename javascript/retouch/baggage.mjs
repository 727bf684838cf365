/**
 * Baggage: what a picture file carries besides its pixels, as the PNG chunks that hold it, to the byte: colour
 * profile, EXIF, XMP, texts, pixels per metre (PNG specification, third edition, chapter 11.3).
 *
 * @typedef {import("./document.mjs").Doc} Doc
 */

import { joinedBytes } from "./bytes.mjs";
import { bytesOfBlob } from "./codec.mjs";
import { picture } from "./composed.mjs";
import { withText } from "./infotext.mjs";
import { Pixels } from "./pixels.mjs";
import { chunksOf, SIGNATURE } from "./png.mjs";

/** Chunks that stay true when pixels change. Others describe samples, palettes or frames. */
const CARRIED = new Set(
    ["cICP", "mDCV", "cLLI", "iCCP", "sRGB", "gAMA", "cHRM"].concat(["pHYs", "eXIf", "tEXt", "zTXt", "iTXt"]),
);
const NONE = new Uint8Array(0);
const carried = new WeakMap();
const twins = new WeakMap();

/** @returns {Uint8Array} the chunks of a PNG that are carried; empty for other files */
export function readBaggage(png) {
    return joinedBytes(
        chunksOf(png)
            .filter(({ type }) => CARRIED.has(type))
            .map(({ whole }) => whole),
    );
}

/** @returns {Uint8Array} the PNG with `baggage` in place of its own */
export function replaceBaggage(png, baggage) {
    const [header, ...rest] = chunksOf(png)
        .filter(({ type }) => !CARRIED.has(type))
        .map(({ whole }) => whole);
    return joinedBytes([Uint8Array.from(SIGNATURE), header, baggage, ...rest]);
}

/** @returns {Promise<Uint8Array>} a PNG with `baggage`, and with `infotext` in place of the infotext in it */
export async function packPng(pixels, baggage = NONE, infotext = "") {
    return withText(replaceBaggage(await bytesOfBlob(await pixels.toBlob()), baggage), infotext);
}

/** How the picture as it is now was made: the last step that is on and has said so, else the file's own. */
export function infotextOf(doc) {
    return [...doc.steps].reverse().find(({ on, infotext }) => on && infotext)?.infotext || doc.infotext;
}

/**
 * The document's picture as it is sent to the server, which then knows its infotext and its baggage. The same
 * object each time, so that it is sent once.
 *
 * @param {Doc} doc
 * @returns {Pixels | null}
 */
export function pickSentPicture(doc) {
    const [seen, said] = [picture(doc), { baggage: doc.baggage ?? NONE, infotext: infotextOf(doc) }];
    const bare = !said.infotext && !said.baggage.length;
    const sent = bare || seen === doc.base ? seen : makeTwin(seen, said);
    if (sent && !bare) {
        carried.set(sent, said);
    }
    return sent;
}

/** @returns {{baggage?: Uint8Array, infotext?: string}} what a picture that is sent carries */
export function readCarried(pixels) {
    return carried.get(pixels) ?? {};
}

/** The same pixels under another name. */
function makeTwin(pixels, said) {
    const known = twins.get(pixels);
    if (!isSame(carried.get(known), said)) {
        twins.set(pixels, new Pixels(pixels.width, pixels.height, pixels.data));
    }
    return twins.get(pixels);
}

function isSame(one, { baggage, infotext }) {
    return one?.baggage === baggage && one?.infotext === infotext;
}
