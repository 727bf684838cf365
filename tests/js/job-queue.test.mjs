import assert from "node:assert/strict";
import test from "node:test";

import { newDocument, addStep } from "../../javascript/retouch/document/document.mjs";
import { Store } from "../../javascript/retouch/document/store.mjs";
import { boxOf } from "../../javascript/retouch/geometry/box.mjs";
import { Mask } from "../../javascript/retouch/image/mask.mjs";
import { Pixels } from "../../javascript/retouch/image/pixels.mjs";
import { OfflineError } from "../../javascript/retouch/server/client.mjs";
import { JobQueue } from "../../javascript/retouch/server/job-queue.mjs";

const BOX = boxOf(1, 1, 4, 4);
const add = (name) => (doc) => addStep(doc, { name, box: BOX, patch: Pixels.filled(3, 3), mask: Mask.ofBox(BOX) });
const stepsOf = (doc) => doc.steps.map(({ name }) => name);
const fresh = (name) => newDocument(Pixels.filled(8, 8, [1, 2, 3, 255]), name);

/** A queue with one picture. `answer(path, body)` is the server. */
function makeQueue(answer = async () => ({})) {
    const store = new Store(newDocument());
    store.open(fresh("a.png"));
    const [bodies, said] = [[], []];
    const post = async (path, body) => (bodies.push(body), answer(path, body));
    const api = {
        post,
        postWithPicture: (pixels, path, body) => post(path, body),
        send: async () => "image-1",
        whenOnline: async () => {},
    };
    const notices = { say: (told, kind, action) => (said.push({ told, action }), () => said.pop()), sayOnce: () => {} };
    const queue = new JobQueue({ api, store, notices, progress: { start: () => {}, stop: () => {} } });
    queue.define("paint", async (request) => {
        const { name } = await request.post("paint", { name: request.args.name });
        return name ? add(name) : null;
    });
    return { queue, store, bodies, said };
}

const echo = async (path, { name }) => ({ name });

test("jobs run one after the other, each with a key of its own", async () => {
    const { queue, store, bodies } = makeQueue(echo);
    await Promise.all(["one", "two", "three"].map((name) => queue.start("paint", name, { name })));
    assert.deepEqual(stepsOf(store.doc), ["one", "two", "three"]);
    assert.equal(new Set(bodies.map(({ key }) => key)).size, 3);
    assert.ok(bodies.every(({ task, key }) => key === `${task}.0`));
    assert.equal(queue.busy, false);
});

test("a request whose connection breaks is sent again with the same body", async () => {
    let calls = 0;
    const { queue, store, bodies } = makeQueue(async (path, body) => {
        calls += 1;
        if (calls < 3) {
            throw new OfflineError();
        }
        return echo(path, body);
    });
    await queue.start("paint", "one", { name: "one" });
    assert.deepEqual(stepsOf(store.doc), ["one"]);
    assert.equal(bodies.length, 3);
    assert.ok(bodies.every((body) => body === bodies[0]));
});

test("a stored job sends the requests that it sent before", async () => {
    const first = makeQueue(() => new Promise(() => {}));
    first.queue.start("paint", "one", { name: "one" });
    await new Promise((resolve) => setTimeout(resolve));
    const [job] = first.queue.jobsOf(first.store.picture.id);
    const later = makeQueue(echo);
    later.store.restore(first.store.records, first.store.picture.id);
    later.queue.resume([{ ...job }]);
    later.queue.resume([{ ...job }]);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(later.bodies, first.bodies);
    assert.deepEqual(stepsOf(later.store.doc), ["one"]);
});

test("a result for a picture that is not shown is told", async () => {
    let answer;
    const { queue, store, said } = makeQueue(() => new Promise((resolve) => (answer = resolve)));
    const { id } = store.picture;
    const ended = queue.start("paint", "Fill", { name: "one" });
    await new Promise((resolve) => setTimeout(resolve));
    store.open(fresh("b.png"));
    answer({ name: "one" });
    await ended;
    assert.deepEqual(stepsOf(store.docOf(id)), ["one"]);
    assert.equal(said[0].told, "Fill is ready in a.png.");
    said[0].action.run();
    assert.equal(store.doc.name, "a.png");
    assert.deepEqual(said, []);
});

test("a result for a closed picture is told", async () => {
    let answer;
    const { queue, store, said } = makeQueue(() => new Promise((resolve) => (answer = resolve)));
    const ended = queue.start("paint", "Fill", { name: "one" });
    await new Promise((resolve) => setTimeout(resolve));
    store.close(store.picture.id);
    answer({ name: "one" });
    await ended;
    assert.match(said[0].told, /closed/);
});

test("a job that waits can be cancelled or run next", async () => {
    let answer;
    const { queue, store } = makeQueue((path, { name }) =>
        name === "one" ? new Promise((resolve) => (answer = resolve)) : echo(path, { name }),
    );
    const jobs = ["one", "two", "three", "four"].map((name) => queue.start("paint", name, { name }));
    await new Promise((resolve) => setTimeout(resolve));
    const [two, three, four] = queue.waiting;
    queue.cancel(two);
    queue.runNext(four);
    assert.deepEqual(queue.waiting, [four, three]);
    answer({ name: "one" });
    await Promise.all(jobs);
    assert.deepEqual(stepsOf(store.doc), ["one", "four", "three"]);
});

test("a failed job is told, can be tried again, and lets the next one run", async () => {
    let failed = false;
    const { queue, store, said } = makeQueue(async (path, { name }) => {
        if (name === "bad" && !failed) {
            failed = true;
            throw new Error("out of memory");
        }
        return { name };
    });
    await Promise.all([queue.start("paint", "bad", { name: "bad" }), queue.start("paint", "good", { name: "good" })]);
    assert.deepEqual(stepsOf(store.doc), ["good"]);
    assert.equal(said[0].told, "out of memory");
    await said[0].action.run();
    assert.deepEqual(stepsOf(store.doc), ["good", "bad"]);
});

test("a job paints the picture as it is when its turn comes", async () => {
    const { queue, store } = makeQueue(echo);
    const seen = [];
    queue.define("look", async ({ doc }) => (seen.push(stepsOf(doc)), null));
    const jobs = [queue.start("paint", "one", { name: "one" }), queue.start("look", "look")];
    await Promise.all(jobs);
    assert.deepEqual(seen, [["one"]]);
});
