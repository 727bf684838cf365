import assert from "node:assert/strict";
import test from "node:test";

import { Api, Offline, patiently, ServerError } from "../../javascript/retouch/server/client.mjs";

const PICTURE = { width: 2, height: 2 };

/** A server of functions by path; remembers what it was asked. */
function server(doors) {
    const asked = [];
    const fetch = async (url, { body } = {}) => {
        const path = url.replace("root/", "");
        asked.push(path);
        const [status, said] = doors[path](JSON.parse(body ?? "{}"), asked);
        return { ok: status < 400, status, json: async () => said };
    };
    return { asked, api: new Api("root", async () => "png", { fetch, wait: 1 }) };
}

test("a picture is sent once, however often it is asked about", async () => {
    const { asked, api } = server({ picture: () => [200, { image_id: "a" }], segment: (body) => [200, body] });
    await Promise.all([api.about(PICTURE, "segment", { text: "x" }), api.about(PICTURE, "segment", {})]);
    assert.deepEqual(asked, ["picture", "segment", "segment"]);
});

test("a forgotten picture is uploaded once more and the request repeats", async () => {
    let sent = 0;
    const stale = [404, { what: "gone", path: "image_id" }];
    const { asked, api } = server({
        picture: () => [200, { image_id: `id${++sent}` }],
        segment: ({ image_id: id }) => (id === "id1" ? stale : [200, { image_id: id }]),
    });
    assert.deepEqual(await api.about(PICTURE, "segment", {}), { image_id: "id2" });
    assert.deepEqual(asked, ["picture", "segment", "picture", "segment"]);
});

test("a forgotten picture drops the server's memory of it", async () => {
    let sent = 0;
    const { api } = server({
        picture: () => [200, { image_id: `id${++sent}` }],
        segment: (body) => (body.image_id === "id1" ? [404, { what: "gone", path: "image_id" }] : [200, body]),
    });
    assert.equal((await api.about(PICTURE, "segment", { memory: "old" })).memory, "");
    assert.equal((await api.about(PICTURE, "segment", { memory: "new" })).memory, "new");
});

test("another thing that is missing is an error with the server's words", async () => {
    const { asked, api } = server({
        picture: () => [200, { image_id: "a" }],
        fix: () => [404, { what: "No model.", hint: "Get one.", path: "model" }],
    });
    const error = await api.about(PICTURE, "fix", {}).catch((e) => e);
    assert.ok(error instanceof ServerError);
    assert.equal(error.message, "No model. Get one.");
    assert.deepEqual(asked, ["picture", "fix"]);
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
    const api = new Api("root", null, { fetch, wait: 1 });
    ["offline", "online"].forEach((name) => api.addEventListener(name, () => said.push(name)));
    await assert.rejects(api.get("models"), Offline);
    assert.deepEqual(await patiently(api, () => api.get("models")), { url: "root/models" });
    assert.equal(said[0], "offline");
    assert.equal(said.at(-1), "online");
});

test("a truncated answer is Offline, a failure without a body its status", async () => {
    const broken = (status) => async (url) =>
        url.endsWith("health")
            ? { ok: true }
            : { ok: status < 400, status, json: async () => JSON.parse('{"half') };
    const cut = new Api("root", async () => "png", { fetch: broken(200), wait: 1 });
    await assert.rejects(cut.get("models"), Offline);
    await cut.online();
    const failed = new Api("root", async () => "png", { fetch: broken(502), wait: 1 });
    await assert.rejects(failed.get("models"), (error) => error instanceof ServerError && error.status === 502);
});
