import assert from "node:assert/strict";
import test from "node:test";

import { readDroppedFiles, isPicture, listPictures, relativePath } from "../../javascript/retouch/batch/files.mjs";
import { BatchRun, describeRows, describeRow } from "../../javascript/retouch/batch/run.mjs";
import { OfflineError, ServerError } from "../../javascript/retouch/server/client.mjs";

const file = (name, type = "") => ({ name, type });

test("a picture is recognized by its MIME type or its file extension", () => {
    assert.ok(isPicture(file("a.JPG")));
    assert.ok(isPicture(file("a", "image/png")));
    assert.ok(!isPicture(file("Thumbs.db")));
});

test("pictures of a folder are listed in the order of their paths", () => {
    const files = [
        { ...file("b.png"), webkitRelativePath: "trip/b.png" },
        { ...file("notes.txt"), webkitRelativePath: "trip/notes.txt" },
        { ...file("c.png"), webkitRelativePath: "trip/a/c.png" },
    ];
    assert.deepEqual(listPictures(files).map(relativePath), ["trip/a/c.png", "trip/b.png"]);
});

/** A folder that hands out its entries two at a time. */
function folder(name, ...entries) {
    const createReader = () => {
        let at = 0;
        return { readEntries: (give) => give(entries.slice(at, (at += 2))) };
    };
    return { name, isDirectory: true, createReader };
}

const entry = (name) => ({ name, isDirectory: false, file: (give) => give(file(name)) });

test("nested folders are searched and single files are taken as they are", async () => {
    const inner = folder("in", entry("d.webp"));
    const trip = folder("trip", entry("c.png"), entry("a.png"), entry("b.txt"), inner, entry("e.png"));
    const items = [trip, entry("x.txt")].map((one) => ({ webkitGetAsEntry: () => one }));
    const files = await readDroppedFiles({ items, files: [] });
    assert.deepEqual(files.map(relativePath), ["trip/a.png", "trip/c.png", "trip/e.png", "trip/in/d.webp", "x.txt"]);
});

/** A server that does a file each time it is asked how far it is. */
class Server {
    constructor(refuse = () => null) {
        Object.assign(this, { root: "root", refuse, files: [], asked: [], cancelled: false });
    }

    say() {
        const done = this.files.every(({ state }) => state !== "waiting");
        const state = this.cancelled ? "cancelled" : done ? "done" : "running";
        return { job: "j", task: "t", state, files: this.files.map((one) => ({ ...one })) };
    }

    async post(path, body) {
        this.asked.push(path);
        const fault = this.refuse(path, body);
        if (fault) {
            throw fault;
        }
        if (path === "batch/j/add") {
            this.files.push({ number: this.files.length + 1, name: body.name, state: "waiting" });
        }
        this.cancelled = path === "batch/j/cancel" || (this.cancelled && path !== "batch/j/resume");
        return this.say();
    }

    async get(path) {
        if (path.startsWith("progress")) {
            return { task: path === "progress?task=t" ? "t" : "", fraction: 0.5 };
        }
        const fault = this.refuse("get");
        if (fault) {
            throw fault;
        }
        const next = this.cancelled ? null : this.files.find(({ state }) => state === "waiting");
        if (next) {
            next.state = next.name.startsWith("bad") ? "failed" : "done";
        }
        return this.say();
    }

    whenOnline() {
        return Promise.resolve();
    }
}

class Storage {
    getItem = (key) => this[key] ?? null;
    setItem = (key, value) => (this[key] = value);
    removeItem = (key) => delete this[key];
}

const encode = async ({ name }) => name;
const runOn = (server, storage = new Storage()) => new BatchRun(server, { wait: 1, storage, encode });
const statesOf = (run) => run.rows.map(({ state }) => state);

test("files are sent one at a time and watched to the end", async () => {
    const server = new Server();
    const run = runOn(server);
    await run.start([file("a.png"), file("bad.png"), file("c.png")], { recipe: "R" });
    assert.deepEqual(server.asked, ["batch", "batch/j/add", "batch/j/add", "batch/j/add"]);
    assert.deepEqual(statesOf(run), ["done", "failed", "done"]);
    assert.ok(!run.busy && run.resumable);
    assert.equal(run.done, 2);
    assert.equal(run.address("file/3"), "root/batch/j/file/3");
});

test("a warning about every file is shown once, beside the progress", async () => {
    const server = new Server();
    const say = server.say.bind(server);
    server.say = () => ({ ...say(), warnings: ["Pass 2 is left out: there is no detector 'hand'."] });
    const run = runOn(server);
    await run.start([file("a.png"), file("b.png")], { recipe: "R" });
    assert.equal(run.text, "2 of 2 done. Pass 2 is left out: there is no detector 'hand'.");
});

test("the running file counts by its fraction in the progress", async () => {
    const run = runOn(new Server());
    const states = [];
    run.addEventListener("change", () => states.push(run.done));
    await run.start([file("a.png"), file("b.png")], {});
    assert.ok(states.includes(1.5), String(states));
    assert.equal(states.at(-1), 2);
});

test("a file that is refused is named and the rest are sent", async () => {
    const large = new ServerError(413, { what: "too large.", hint: "At most 9." });
    const server = new Server((path, body) => (body?.image === "b.png" ? large : null));
    const run = runOn(server);
    await run.start([file("a.png"), file("b.png"), file("c.png")], {});
    const row = run.rows.find(({ name }) => name === "b.png");
    assert.equal(describeRow(row), "Failed: too large. At most 9.");
    assert.equal(describeRows(run.rows), "2 of 3 done, 1 failed");
});

test("cancelling leaves files unsent, and resuming sends them", async () => {
    const run = runOn(null);
    run.api = new Server((path, body) => {
        if (body?.name === "b.png" && !run.cancelled && !run.seen) {
            run.seen = true;
            run.cancel();
        }
        return null;
    });
    await run.start(["a.png", "b.png", "c.png"].map((name) => file(name)), {});
    assert.deepEqual(statesOf(run).slice(1), ["waiting", "unsent"]);
    assert.ok(run.resumable);
    await run.resume();
    assert.deepEqual(statesOf(run), ["done", "done", "done"]);
});

test("a batch request that is refused starts no batch", async () => {
    const run = runOn(new Server(() => new ServerError(404, { what: "no recipe.", path: "recipe" })));
    await assert.rejects(run.start([file("a.png")], {}), /no recipe/);
    assert.equal(run.job, "");
});

test("a batch waits for a server that is offline for a moment", async () => {
    let away = 2;
    const run = runOn(new Server((path) => (path === "get" && away-- > 0 ? new OfflineError() : null)));
    await run.start([file("a.png")], {});
    assert.deepEqual(statesOf(run), ["done"]);
});

test("a forgotten batch is reported and no longer resumable", async () => {
    const gone = new ServerError(404, { what: "gone", path: "job" });
    const storage = new Storage();
    const run = runOn(new Server((path) => (path === "get" ? gone : null)), storage);
    await run.start([file("a.png")], {});
    assert.match(run.fault, /no longer/);
    assert.ok(!run.resumable);
    assert.equal(storage.getItem("retouch-batch"), null);
});

test("a batch is restored after a reload", async () => {
    const [server, storage] = [new Server(), new Storage()];
    await runOn(server, storage).start([file("a.png")], {});
    const again = runOn(server, storage);
    await again.restore();
    assert.deepEqual(statesOf(again), ["done"]);
});

test("descriptions of a row name its state and the outcomes of its regions", () => {
    const regions = { kept: 2, reverted: 1, skipped: 0 };
    assert.equal(describeRow({ state: "done", regions }), "Repainted: 2 kept, 1 reverted");
    assert.equal(describeRow({ state: "kept" }), "As it was");
    assert.equal(describeRows([{ state: "done" }, { state: "waiting" }]), "1 of 2 done");
});
