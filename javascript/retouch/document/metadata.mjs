/**
 * Metadata ("baggage"): what a picture file holds besides its pixels, as its PNG chunks, to the byte: colour
 * profile, EXIF, XMP, texts, pixels per metre (PNG specification, third edition, chapter 11.3).
 *
 * @typedef {import("./document.mjs").Doc} Doc
 */

import { joinedBytes, through } from "../util/bytes.mjs";
import { bytesOfBlob, encodeGrey, isGrey } from "../image/codec.mjs";
import { composePicture } from "./compose.mjs";
import { writePngText } from "../image/png-text.mjs";
import { Pixels } from "../image/pixels.mjs";
import { chunksOf, SIGNATURE } from "../image/png.mjs";

/** Chunks that stay true when pixels change. Others describe samples, palettes or frames. */
const CARRIED = new Set(
    ["cICP", "mDCV", "cLLI", "iCCP", "sRGB", "gAMA", "cHRM"].concat(["pHYs", "eXIf", "tEXt", "zTXt", "iTXt"]),
);
const NONE = new Uint8Array(0);
const HEAD = Uint8Array.from(SIGNATURE);
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
    return joinedBytes([HEAD, header, baggage, ...rest]);
}

/**
 * A profile of grey goes into a grey file alone (PNG, chapter 11.3.2.3): it is left out once there is colour.
 *
 * @returns {Promise<Uint8Array>} a PNG with `baggage`, and with `infotext` in place of the infotext in it
 */
export async function packPng(pixels, baggage = NONE, infotext = "") {
    const isOfGrey = await hasGreyProfile(baggage);
    const asGrey = isOfGrey && isGrey(pixels.data);
    const bare = asGrey ? await encodeGrey(pixels) : await bytesOfBlob(await pixels.toBlob());
    return writePngText(replaceBaggage(bare, isOfGrey && !asGrey ? withoutProfile(baggage) : baggage), infotext);
}

async function hasGreyProfile(baggage) {
    const packed = baggageChunks(baggage).find(({ type }) => type === "iCCP")?.body;
    if (!packed) {
        return false;
    }
    const start = packed.indexOf(0) + 2; // after the name and the kind of packing
    const profile = await through(new DecompressionStream("deflate"), packed.subarray(start)).catch(() => NONE);
    return String.fromCharCode(...profile.subarray(16, 20)) === "GRAY";
}

function withoutProfile(baggage) {
    return joinedBytes(
        baggageChunks(baggage)
            .filter(({ type }) => type !== "iCCP")
            .map(({ whole }) => whole),
    );
}

function baggageChunks(baggage) {
    return chunksOf(joinedBytes([HEAD, baggage]));
}

/** The infotext of the picture: that of the last step that is on and has one, else the file's. */
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
    const [pixels, metadata] = [composePicture(doc), { baggage: doc.baggage ?? NONE, infotext: infotextOf(doc) }];
    const bare = !metadata.infotext && !metadata.baggage.length;
    const sent = bare || pixels === doc.base ? pixels : copyWithMetadata(pixels, metadata);
    if (sent && !bare) {
        carried.set(sent, metadata);
    }
    return sent;
}

/** @returns {{baggage?: Uint8Array, infotext?: string}} what a picture that is sent carries */
export function readCarried(pixels) {
    return carried.get(pixels) ?? {};
}

/** A copy of the pixels as another object, one for each set of metadata. */
function copyWithMetadata(pixels, metadata) {
    const known = twins.get(pixels);
    if (!isSameMetadata(carried.get(known), metadata)) {
        twins.set(pixels, new Pixels(pixels.width, pixels.height, pixels.data));
    }
    return twins.get(pixels);
}

function isSameMetadata(one, { baggage, infotext }) {
    return one?.baggage === baggage && one?.infotext === infotext;
}
