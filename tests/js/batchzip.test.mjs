import assert from "node:assert/strict";
import test from "node:test";

import { memberNames, packed, pageInside } from "../../javascript/retouch/batch/download.mjs";
import { contentOf, membersOf, Zip } from "../../javascript/retouch/util/zip.mjs";
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

test("a picture that is as it was is a result, too", () => {
    assert.deepEqual([...memberNames([row(4, "a.png", "kept"), row(5, "b.png", "waiting")])], [[4, "a.png"]]);
});

test("the page finds its pictures inside the file", () => {
    const names = new Map([
        [1, "trip/a #1.png"],
        [2, "b.png"],
    ]);
    assert.equal(
        pageInside(PAGE, names),
        `<img src="summary/1.before.jpg"><a href="trip/a%20%231.png">a</a><img src="summary/2.after.jpg">` +
            `<img src="before/9"> src=before/1`,
    );
});

test("one file holds the page, every result and what the page shows", async () => {
    const [given, told] = [[], []];
    const rows = [row(1, "a.png"), row(2, "b.png", "failed"), row(3, "c.png")];
    await packed(rows, fetched, { give: (zip) => given.push(zip), tell: (...said) => told.push(said) });
    assert.equal(given.length, 1);
    const members = membersOf(joinedBytes(given[0].parts));
    const first = ["a.png", "summary/1.before.jpg", "summary/1.after.jpg"];
    const third = ["c.png", "summary/3.before.jpg", "summary/3.after.jpg"];
    assert.deepEqual([...members.keys()], ["summary.html", ...first, ...third]);
    assert.equal(textOf(await contentOf(members.get("c.png"))), "file/3");
    assert.equal(textOf(await contentOf(members.get("summary/1.after.jpg"))), "after/1");
    assert.match(textOf(await contentOf(members.get("summary.html"))), /href="a\.png"/);
    assert.deepEqual(told, [
        [0, 2],
        [1, 2],
    ]);
});

test("a ZIP over the size limit is split into several without losing members", async () => {
    const given = [];
    const rows = Array.from({ length: 12 }, (_, index) => row(index + 1, `${index}.png`));
    const largest = 1000;
    await packed(rows, fetched, { give: (zip) => given.push(zip), make: () => new Zip({ largest }) });
    const files = given.map(({ parts }) => joinedBytes(parts));
    assert.ok(files.length > 2);
    assert.ok(files.every(({ length }) => length <= largest));
    assert.equal(files.flatMap((file) => [...membersOf(file).keys()]).length, 1 + 3 * 12);
});

test("a picture that cannot be had gives no file with a hole", async () => {
    const given = [];
    const lost = async (what) => {
        if (what === "after/1") {
            throw new Error("gone");
        }
        return fetched(what);
    };
    await assert.rejects(packed([row(1, "a.png")], lost, { give: (zip) => given.push(zip) }), /gone/);
    assert.deepEqual(given, []);
});
