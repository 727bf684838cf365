import assert from "node:assert/strict";
import test from "node:test";

import { memberNames, packBatch, rewritePage } from "../../javascript/retouch/batch/download.mjs";
import { contentOf, membersOf, Zip, zipped } from "../../javascript/retouch/util/zip.mjs";
import { joinedBytes } from "../../javascript/retouch/util/bytes.mjs";

const bytesOf = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder().decode(bytes);
const row = (number, name, state = "done") => ({ number, name, state });

/** A server whose page shows two pictures; a picture's bytes are its address. */
const PAGE = `<img src="before/1"><a href="file/1">a</a><img src="after/2"><img src="before/9"> src=before/1`;
const fetched = async (what) => bytesOf(what === "page" ? PAGE : what);

test("ZIP names keep their folders, are unique and stay inside the archive", () => {
    const sent = ["trip/a.JPG", "trip/A.png", "../../etc/x.png", "C:\\in\\y?.webp", "größe 1.tif", "..", "b.png"];
    const rows = sent.map((name, index) => row(index + 1, name, name === "b.png" ? "failed" : "done"));
    const names = ["trip/a.png", "trip/A (2).png", "etc/x.png", "C_/in/y_.png", "größe 1.png", "6.png"];
    assert.deepEqual([...memberNames(rows)], names.map((name, index) => [index + 1, name]));
});

test("an unchanged picture is a member of the ZIP, too", () => {
    assert.deepEqual([...memberNames([row(4, "a.png", "kept"), row(5, "b.png", "waiting")])], [[4, "a.png"]]);
});

test("picture links of the summary page point to members of the ZIP", () => {
    const names = new Map([
        [1, "trip/a #1.png"],
        [2, "b.png"],
    ]);
    assert.equal(
        rewritePage(PAGE, names),
        `<img src="summary/1.before.jpg"><a href="trip/a%20%231.png">a</a><img src="summary/2.after.jpg">` +
            `<img src="before/9"> src=before/1`,
    );
});

test("the ZIP has the summary page, its pictures and every result", async () => {
    const [zips, progress] = [[], []];
    const rows = [row(1, "a.png"), row(2, "b.png", "failed"), row(3, "c.png")];
    await packBatch(rows, fetched, { give: (zip) => zips.push(zip), tell: (...step) => progress.push(step) });
    assert.equal(zips.length, 1);
    const members = membersOf(joinedBytes(zips[0].parts));
    const first = ["a.png", "summary/1.before.jpg", "summary/1.after.jpg"];
    const third = ["c.png", "summary/3.before.jpg", "summary/3.after.jpg"];
    assert.deepEqual([...members.keys()], ["summary.html", ...first, ...third]);
    assert.equal(textOf(await contentOf(members.get("c.png"))), "file/3");
    assert.equal(textOf(await contentOf(members.get("summary/1.after.jpg"))), "after/1");
    assert.match(textOf(await contentOf(members.get("summary.html"))), /href="a\.png"/);
    assert.deepEqual(progress, [
        [0, 2],
        [1, 2],
    ]);
});

test("a ZIP over the size limit is split into several without losing members", async () => {
    const zips = [];
    const rows = Array.from({ length: 12 }, (_, index) => row(index + 1, `${index}.png`));
    const largest = 1000;
    await packBatch(rows, fetched, { give: (zip) => zips.push(zip), make: () => new Zip({ largest }) });
    const files = zips.map(({ parts }) => joinedBytes(parts));
    assert.ok(files.length > 2);
    assert.ok(files.every(({ length }) => length <= largest));
    assert.equal(files.flatMap((file) => [...membersOf(file).keys()]).length, 1 + 3 * 12);
});

test("a result that cannot be fetched gives an error and no ZIP", async () => {
    const zips = [];
    const lost = async (what) => {
        if (what === "after/1") {
            throw new Error("gone");
        }
        return fetched(what);
    };
    await assert.rejects(packBatch([row(1, "a.png")], lost, { give: (zip) => zips.push(zip) }), /gone/);
    assert.deepEqual(zips, []);
});

// ---- ZIP

/** The central directory of a file that has one member and no comment. */
function listedIn(file) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const at = view.getUint32(file.length - 22 + 16, true);
    const [flags, method, time, date] = [8, 10, 12, 14].map((field) => view.getUint16(at + field, true));
    const [checksum, packed, size] = [16, 20, 24].map((field) => view.getUint32(at + field, true));
    return { utf8: (flags & 0x800) !== 0, method, time, date, checksum, packed, size };
}

test("members are stored with CRC-32, UTF-8 names and the first date", () => {
    const zip = new Zip();
    zip.add("größe.txt", bytesOf("hello"));
    const plain = { method: 0, time: 0, date: 0x21, checksum: 0x3610a686, packed: 5, size: 5 };
    for (const file of [joinedBytes(zip.parts), zipped([["größe.txt", bytesOf("hello")]])]) {
        assert.deepEqual(listedIn(file), { utf8: true, ...plain });
    }
});

test("a file has the counted length and its contents go to their store", () => {
    const kept = [];
    const content = bytesOf("as long as it is");
    const zip = new Zip({ keep: (bytes) => kept.push(bytes) && bytes });
    zip.add("ä", content);
    zip.add("b", new Uint8Array(0));
    const { length } = joinedBytes(zip.parts);
    assert.ok(kept.includes(content));
    const [fitting, tight] = [length, length - 1].map((largest) => new Zip({ largest }));
    fitting.add("ä", content);
    tight.add("ä", content);
    assert.deepEqual([fitting.fits("b", new Uint8Array(0)), tight.fits("b", new Uint8Array(0))], [true, false]);
});
