import assert from "node:assert/strict";
import test from "node:test";

import { readBaggage, readCarried, packPng, pickSentPicture, replaceBaggage } from "../../javascript/retouch/document/metadata.mjs";
import { toBase64 } from "../../javascript/retouch/util/base64.mjs";
import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { joinedBytes, through } from "../../javascript/retouch/util/bytes.mjs";
import { addStep, newDocument, toggleStep } from "../../javascript/retouch/document/document.mjs";
import { readPngText, writePngText } from "../../javascript/retouch/image/png-text.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { makeChunk, chunksOf, decodePng, encodePng, SIGNATURE } from "../../javascript/retouch/image/png.mjs";
import { canDecodeExactly, readPicture } from "../../javascript/retouch/files/read-picture.mjs";
import { deserialize, serialize } from "../../javascript/retouch/document/serialize.mjs";

const RGBA = Uint8Array.from({ length: 4 * 4 * 4 }, (_, i) => (i * 37) % 256);
const letters = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A PNG of RGBA with these chunks behind its header. */
async function png(chunks, data = RGBA) {
    const [header, ...rest] = chunksOf(await encodePng(data, 4, 4, data.length / 16)).map(({ whole }) => whole);
    const own = chunks.map(([type, body]) => makeChunk(type, letters(body)));
    return joinedBytes([Uint8Array.from(SIGNATURE), header, ...own, ...rest]);
}

const types = (file) => chunksOf(file).map(({ type }) => type);
const blobless = (pixels) => [...pixels.data];
const CARRIED = ["iCCP", "sRGB", "gAMA", "cHRM", "cICP", "pHYs", "eXIf", "tEXt", "zTXt", "iTXt"];

for (const type of CARRIED) {
    test(`chunk ${type} is copied byte for byte over that of the new file`, async () => {
        const from = await png([[type, "name\0body \xff"]]);
        const onto = await png([[type, "other\0other"]]);
        const packed = replaceBaggage(onto, readBaggage(from));
        assert.deepEqual(packed, from);
    });
}

/** A profile chunk, as baggage. */
async function profileOf(space) {
    const profile = letters("\0".repeat(16) + space + "\0".repeat(108));
    const packed = await through(new CompressionStream("deflate"), profile);
    return makeChunk("iCCP", joinedBytes([letters("name\0\0"), packed]));
}

const GREY = new Pixels(4, 4, Uint8ClampedArray.from(RGBA, (_, i) => (i % 4 === 3 ? 255 - i : (i >> 2) * 9)));
for (const [name, pixels, channels] of [
    ["grey", new Pixels(4, 4, GREY.data.map((value, i) => (i % 4 === 3 ? 255 : value))), 1],
    ["grey with alpha", GREY, 2],
]) {
    test(`a profile of grey goes into a ${name} file, to the bit`, async () => {
        const profile = await profileOf("GRAY");
        const file = await packPng(pixels, profile);
        assert.deepEqual(readBaggage(file), profile);
        const { channels: found, data } = await decodePng(file);
        assert.equal(found, channels);
        const samples = [...pixels.data].filter((_, i) => i % 4 === 0 || (i % 4 === 3 && channels === 2));
        assert.deepEqual([...data], samples);
    });
}

test("a profile of grey is left out where there is colour, all else stays", async () => {
    const pHYs = makeChunk("pHYs", letters("123456789"));
    const file = await packPng(new Pixels(4, 4, Uint8ClampedArray.from(RGBA)), joinedBytes([await profileOf("GRAY"), pHYs]));
    assert.deepEqual(readBaggage(file), pHYs);
});

for (const [name, profile] of [
    ["of RGB", await profileOf("RGB ")],
    ["that is damaged", makeChunk("iCCP", letters("name\0\0zzz"))],
]) {
    test(`a profile ${name} goes with grey into a file of colours`, async () => {
        const file = await packPng(GREY, profile);
        assert.deepEqual(readBaggage(file), profile);
        assert.equal((await decodePng(file)).channels, 4);
    });
}

test("chunks of palettes, samples and frames are not carried", async () => {
    const file = await png(["tRNS", "bKGD", "hIST", "sBIT", "sPLT", "acTL", "fcTL", "tIME"].map((name) => [name, "x"]));
    assert.equal(readBaggage(file).length, 0);
});

test("a non-PNG has no metadata, a truncated PNG its whole chunks", async () => {
    assert.equal(readBaggage(letters("JFIF and so on, long enough for a header of PNG")).length, 0);
    const whole = await png([["tEXt", "a\0b"], ["tEXt", "c\0d"]]);
    assert.deepEqual(types(joinedBytes([Uint8Array.from(SIGNATURE), readBaggage(whole.subarray(0, 60))])), []);
    assert.equal(chunksOf(whole.subarray(0, 33 + 15 + 4)).length, 2);
});

test("a packed PNG has pixels, baggage and the infotext in place of the old", async () => {
    const file = await png([["tEXt", "parameters\0old"], ["tEXt", "Title\0kept"], ["pHYs", "123456789"]]);
    const packed = await packPng(new Pixels(4, 4, Uint8ClampedArray.from(RGBA)), readBaggage(file), "new");
    assert.equal(readPngText(packed), "new");
    assert.equal(readPngText(packed, "Title"), "kept");
    assert.ok(types(packed).includes("pHYs"));
    assert.deepEqual([...(await decodePng(packed)).data], [...RGBA]);
});

test("a compressed infotext chunk is replaced, too", async () => {
    const file = await png([["zTXt", "parameters\0\0packed"], ["iTXt", "parameters\0\x01\0\0\0packed"]]);
    assert.deepEqual(types(writePngText(file, "new")), ["IHDR", "tEXt", "IDAT", "IEND"]);
});

// ---- what is sent

const BASE = Pixels.filled(8, 8, [9, 9, 9, 255]);
const step = (infotext) => ({ box: boxOf(0, 0, 2, 2), patch: Pixels.filled(2, 2), mask: Mask.ofBox(boxOf(0, 0, 2, 2)), infotext });

test("the opened picture itself is sent, with metadata and infotext", () => {
    const doc = newDocument(BASE, "a.png", "a disc", Uint8Array.of(1));
    assert.equal(pickSentPicture(doc), BASE);
    assert.deepEqual(readCarried(BASE), { baggage: doc.baggage, infotext: "a disc" });
    assert.equal(pickSentPicture(newDocument()), null);
});

test("a picture with steps carries their infotext and is one object", () => {
    const doc = addStep(newDocument(Pixels.filled(8, 8), "a.png", "before", Uint8Array.of(1)), step("after"));
    const sent = pickSentPicture(doc);
    assert.equal(pickSentPicture(doc), sent);
    assert.deepEqual(readCarried(sent), { baggage: doc.baggage, infotext: "after" });
    const off = toggleStep(doc, doc.steps[0].id);
    assert.equal(pickSentPicture(off), doc.base);
    assert.equal(readCarried(doc.base).infotext, "before");
});

test("a picture without metadata is sent without a second copy", () => {
    const doc = addStep(newDocument(Pixels.filled(8, 8)), step(""));
    assert.equal(pickSentPicture(doc).data, pickSentPicture(doc).data);
    assert.deepEqual(readCarried(pickSentPicture(doc)), {});
});

test("metadata survives serialization for storage", async () => {
    const doc = newDocument(BASE, "a.png", "x", Uint8Array.of(1, 2, 3));
    const again = await deserialize(await serialize(doc));
    assert.deepEqual(again.baggage, doc.baggage);
    assert.deepEqual(blobless(again.base), blobless(BASE));
});

// ---- reading

const ELABORATE = [
    ["eXIf", "MM"],
    ["tRNS", "xxxxxx"],
    ["acTL", "xxxxxxxx"],
    ["zTXt", "parameters\0\0x"],
    ["iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x/>"],
    ["iTXt", "parameters\0\x01\0\0\0x"],
];

test("the page decodes PNGs without orientation, palette or grey profile", async () => {
    assert.equal(canDecodeExactly(await png([["iCCP", "x"], ["tEXt", "a\0b"], ["iTXt", "a\0\0\0\0\0b"]])), true);
    for (const one of ELABORATE) {
        assert.equal(canDecodeExactly(await png([one])), false, one[0]);
    }
    assert.equal(canDecodeExactly(await png([["iCCP", "x"]], new Uint8Array(16))), false);
    assert.equal(canDecodeExactly(await png([], new Uint8Array(16))), true);
    assert.equal(canDecodeExactly((await png([])).subarray(0, 60)), false);
    assert.equal(canDecodeExactly(letters("GIF89a and so on, long enough for a header of PNG")), false);
});

/** A server that gives back `file`; remembers its requests. */
function door(file, warnings = []) {
    const [remarks, requests] = [[], []];
    const api = {
        post: async (path, body) => (requests.push([path, body.image]), { image_id: "id", warnings }),
        sendFile: (pixels, image) => api.post("picture", { image }),
        getBytes: async (path) => (requests.push([path]), file),
        setPictureId: (pixels, id) => requests.push(["knows", id]),
    };
    return { api, say: (remark) => remarks.push(remark), remarks, requests };
}

test("a plain file is decoded here, uploaded unchanged, warnings are shown", async () => {
    const file = await png([["pHYs", "123456789"]]);
    const at = door(null, ["Beware."]);
    const { pixels, baggage } = await readPicture("a.png", file, at);
    await null;
    assert.deepEqual(blobless(pixels), [...RGBA]);
    assert.deepEqual(baggage, readBaggage(file));
    assert.deepEqual(at.requests, [["picture", toBase64(file)]]);
    assert.deepEqual(at.remarks, ["a.png: Beware."]);
});

test("any other file is decoded by the server, with pixels and metadata", async () => {
    const answer = await png([["tEXt", "parameters\0a disc"]]);
    const at = door(answer, ["The first of 2 frames is used."]);
    const { pixels, baggage, infotext } = await readPicture("a.gif", letters("GIF89a"), at);
    assert.deepEqual(blobless(pixels), [...RGBA]);
    assert.deepEqual([infotext, baggage], ["a disc", readBaggage(answer)]);
    assert.deepEqual(at.requests.slice(1), [["picture/id"], ["knows", "id"]]);
    assert.deepEqual(at.remarks, ["a.gif: The first of 2 frames is used."]);
});

test("a 16-bit PNG is read by its high bytes with a remark", async () => {
    const samples = Uint8Array.from({ length: 4 * 4 * 3 * 2 }, (_, i) => i * 5);
    const file = await encodePng(samples, 24, 4, 1); // greys have no filter: with another header they are RGB
    file.set([0, 0, 0, 4, 0, 0, 0, 4, 16, 2], 16);
    const at = door(file);
    const { pixels } = await readPicture("a.png", file, at);
    assert.deepEqual(
        [...pixels.data].filter((_, i) => i % 4 < 3),
        [...samples].filter((_, i) => i % 2 === 0),
    );
    assert.match(at.remarks[0], /16 bits/);
});
