import assert from "node:assert/strict";
import test from "node:test";
import { crc32 } from "node:zlib";

import { readPngText, writePngText } from "../../javascript/retouch/image/png-text.mjs";

const PNG = Uint8Array.from(
    atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4//8/AAX+Av7czFnnAAAAAElFTkSuQmCC"),
    (letter) => letter.charCodeAt(0),
);

function chunks(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const list = [];
    for (let at = 8; at < bytes.length;) {
        const length = view.getUint32(at);
        const body = bytes.subarray(at + 4, at + 8 + length);
        list.push({ type: String.fromCharCode(...body.subarray(0, 4)), body, crc: view.getUint32(at + 8 + length) });
        at += 12 + length;
    }
    return list;
}

for (const text of ["a cat\nSteps: 20, Seed: 7", "déjà vu", "猫 🐱\nSteps: 20"]) {
    test(`an infotext comes back: ${JSON.stringify(text)}`, () => {
        assert.equal(readPngText(writePngText(PNG, text)), text);
    });
}

test("a PNG without an infotext reads as an empty text", () => {
    assert.equal(readPngText(PNG), "");
});

test("Latin-1 goes into tEXt and anything else into iTXt, as Pillow has it", () => {
    assert.deepEqual(
        chunks(writePngText(PNG, "é")).map((c) => c.type),
        ["IHDR", "tEXt", "IDAT", "IEND"],
    );
    assert.deepEqual(
        chunks(writePngText(PNG, "猫")).map((c) => c.type),
        ["IHDR", "iTXt", "IDAT", "IEND"],
    );
});

test("writing a text replaces the old one, and a blank removes it", () => {
    const once = writePngText(PNG, "first");
    assert.deepEqual(writePngText(writePngText(once, "second"), "first"), once);
    assert.deepEqual(writePngText(once, ""), PNG);
});

test("texts under other keywords stay", () => {
    const both = writePngText(writePngText(PNG, "ours"), "theirs", "Comment");
    assert.equal(readPngText(writePngText(both, ""), "Comment"), "theirs");
});

test("every chunk's checksum is right", () => {
    for (const { body, crc } of chunks(writePngText(PNG, "a cat"))) {
        assert.equal(crc, crc32(body));
    }
});

test("a non-PNG or truncated PNG reads as an empty text", () => {
    assert.equal(readPngText(new Uint8Array(0)), "");
    assert.equal(readPngText(new TextEncoder().encode("GIF89a")), "");
    assert.equal(readPngText(writePngText(PNG, "a cat").subarray(0, 45)), "");
});
