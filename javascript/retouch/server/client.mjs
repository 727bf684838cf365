/** The REST doors. A picture is sent once; the server may forget it, which nobody notices. */

import { text } from "../util/text.mjs";

export class ServerError extends Error {
    /** `said` is what the server answered: {error, path, what, hint}. */
    constructor(status, said) {
        super([said.what, said.hint].filter(Boolean).join(" ") || text("server.status", { status }));
        this.status = status;
        this.path = said.path ?? "";
    }
}

export class Offline extends Error {
    constructor() {
        super(text("server.silent"));
    }
}

const STALE = (error) => error instanceof ServerError && error.status === 404 && error.path === "image_id";

/** Dispatches "offline" and "online". `encode(pixels)` gives a picture's base64. */
export class Api extends EventTarget {
    #ids = new WeakMap();
    #waiting = null;

    constructor(root, encode, { fetch = globalThis.fetch.bind(globalThis), wait = 1500 } = {}) {
        super();
        Object.assign(this, { root, encode, fetch, wait });
    }

    get(path, signal) {
        return this.#call(path, { signal });
    }

    post(path, body, signal) {
        const headers = { "Content-Type": "application/json" };
        return this.#call(path, { method: "POST", headers, body: JSON.stringify(body), signal });
    }

    /** The bytes of a file of the server's. */
    async bytes(path) {
        const answer = await this.#reach(path, {});
        if (!answer.ok) {
            throw new ServerError(answer.status, await answer.json().catch(() => ({})));
        }
        return new Uint8Array(await answer.arrayBuffer());
    }

    /** POST about a picture, by the id the server knows it under; sent, or sent again, where need be. */
    async about(pixels, path, body, signal) {
        try {
            return await this.post(path, { image_id: await this.send(pixels), ...body }, signal);
        } catch (error) {
            if (!STALE(error)) {
                throw error;
            }
            this.#ids.delete(pixels);
            const known = body.memory ? { memory: "" } : {}; // what was remembered of it is gone with it
            return this.post(path, { image_id: await this.send(pixels), ...body, ...known }, signal);
        }
    }

    /** The id of a picture, which this sends the first time: the server begins to look at it at once. */
    send(pixels) {
        if (!this.#ids.has(pixels)) {
            this.#remember(pixels, this.#sent(pixels));
        }
        return this.#ids.get(pixels);
    }

    /**
     * Send a picture as the file that it was read from.
     *
     * @param {string} image the file as base64
     * @returns {Promise<{image_id: string, warnings: string[]}>}
     */
    give(pixels, image) {
        const answer = this.post("picture", { image });
        this.#remember(
            pixels,
            answer.then(({ image_id: id }) => id),
        );
        return answer;
    }

    #remember(pixels, id) {
        this.#ids.set(pixels, id);
        id.catch(() => this.#ids.delete(pixels));
    }

    /** The server has this picture already, as `id`. */
    knows(pixels, id) {
        this.#ids.set(pixels, Promise.resolve(id));
    }

    async #sent(pixels) {
        return (await this.post("picture", { image: await this.encode(pixels) })).image_id;
    }

    async #call(path, options) {
        const answer = await this.#reach(path, options);
        const said = await answer.json().catch((error) => this.#cut(error, answer));
        if (!answer.ok) {
            throw new ServerError(answer.status, said.what ? said : { what: said.detail });
        }
        return said;
    }

    /** An answer that ends too early. Of a failure its status says enough. */
    #cut(error, { ok }) {
        if (ok && error.name !== "AbortError") {
            this.#watch();
            throw new Offline();
        }
        if (ok) {
            throw error;
        }
        return {};
    }

    async #reach(path, options) {
        try {
            return await this.fetch(`${this.root}/${path}`, options);
        } catch (error) {
            if (error.name === "AbortError") {
                throw error;
            }
            this.#watch();
            throw new Offline();
        }
    }

    /** Resolves once the server answers again. */
    online() {
        return this.#waiting ?? Promise.resolve();
    }

    #watch() {
        this.#waiting ??= this.#knock().then(() => {
            this.#waiting = null;
            this.dispatchEvent(new Event("online"));
        });
        this.dispatchEvent(new Event("offline"));
    }

    async #knock() {
        for (;;) {
            await new Promise((resolve) => setTimeout(resolve, this.wait));
            const answer = await this.fetch(`${this.root}/health`).catch(() => null);
            if (answer?.ok) {
                return;
            }
        }
    }
}

/** `work` again, once the server is back, for as long as it is away: for what may be asked twice. */
export async function patiently(api, work) {
    for (;;) {
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof Offline)) {
                throw error;
            }
            await api.online();
        }
    }
}
