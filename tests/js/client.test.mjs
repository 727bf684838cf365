import assert from "node:assert/strict";
import test from "node:test";

import { ServerClient, OfflineError, retryWhenOnline, ServerError } from "../../javascript/retouch/server/client.mjs";

const PICTURE = { width: 2, height: 2 };

/** A server of functions by path; remembers what it was asked. */
function server(doors) {
    const paths = [];
    const fetch = async (url, { body } = {}) => {
        const path = url.replace("root/", "");
        paths.push(path);
        const [status, answer] = doors[path](JSON.parse(body ?? "{}"), paths);
        return { ok: status < 400, status, json: async () => answer };
    };
    return { paths, api: new ServerClient("root", async () => "png", { fetch, wait: 1 }) };
}

test("a picture is uploaded once for concurrent requests", async () => {
    const { paths, api } = server({ picture: () => [200, { image_id: "a" }], segment: (body) => [200, body] });
    await Promise.all([api.postWithPicture(PICTURE, "segment", { text: "x" }), api.postWithPicture(PICTURE, "segment", {})]);
    assert.deepEqual(paths, ["picture", "segment", "segment"]);
});

test("a forgotten picture is uploaded once more and the request repeats", async () => {
    let sent = 0;
    const stale = [404, { what: "gone", path: "image_id" }];
    const { paths, api } = server({
        picture: () => [200, { image_id: `id${++sent}` }],
        segment: ({ image_id: id }) => (id === "id1" ? stale : [200, { image_id: id }]),
    });
    assert.deepEqual(await api.postWithPicture(PICTURE, "segment", {}), { image_id: "id2" });
    assert.deepEqual(paths, ["picture", "segment", "picture", "segment"]);
});

test("a forgotten picture drops the server's memory of it", async () => {
    let sent = 0;
    const { api } = server({
        picture: () => [200, { image_id: `id${++sent}` }],
        segment: (body) => (body.image_id === "id1" ? [404, { what: "gone", path: "image_id" }] : [200, body]),
    });
    assert.equal((await api.postWithPicture(PICTURE, "segment", { memory: "old" })).memory, "");
    assert.equal((await api.postWithPicture(PICTURE, "segment", { memory: "new" })).memory, "new");
});

test("a missing model is an error with the message of the server", async () => {
    const { paths, api } = server({
        picture: () => [200, { image_id: "a" }],
        fix: () => [404, { what: "No model.", hint: "Get one.", path: "model" }],
    });
    const error = await api.postWithPicture(PICTURE, "fix", {}).catch((e) => e);
    assert.ok(error instanceof ServerError);
    assert.equal(error.message, "No model. Get one.");
    assert.deepEqual(paths, ["picture", "fix"]);
});

test("a picture that could not be sent is sent anew the next time", async () => {
    let sent = 0;
    const { api } = server({ picture: () => (sent++ ? [200, { image_id: "b" }] : [413, { what: "Too large." }]) });
    await assert.rejects(api.send(PICTURE), /Too large/);
    assert.equal(await api.send(PICTURE), "b");
});

test("an offline server is polled until it answers, then the request repeats", async () => {
    let down = 3;
    const said = [];
    const fetch = async (url) => {
        if (down-- > 0) {
            throw new TypeError("no network");
        }
        return { ok: true, status: 200, json: async () => ({ url }) };
    };
    const api = new ServerClient("root", null, { fetch, wait: 1 });
    ["offline", "online"].forEach((name) => api.addEventListener(name, () => said.push(name)));
    await assert.rejects(api.get("models"), OfflineError);
    assert.deepEqual(await retryWhenOnline(api, () => api.get("models")), { url: "root/models" });
    assert.equal(said[0], "offline");
    assert.equal(said.at(-1), "online");
});

test("a truncated answer is Offline, a failure without a body its status", async () => {
    const broken = (status) => async (url) =>
        url.endsWith("health")
            ? { ok: true }
            : { ok: status < 400, status, json: async () => JSON.parse('{"half') };
    const cut = new ServerClient("root", async () => "png", { fetch: broken(200), wait: 1 });
    await assert.rejects(cut.get("models"), OfflineError);
    await cut.whenOnline();
    const failed = new ServerClient("root", async () => "png", { fetch: broken(502), wait: 1 });
    await assert.rejects(failed.get("models"), (error) => error instanceof ServerError && error.status === 502);
});
