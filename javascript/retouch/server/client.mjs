/** The REST client. It sends a picture once, and again without notice where the server has forgotten it. */

import { text } from "../util/text.mjs";

export class ServerError extends Error {
    /** `answer` is the body of the response: {error, path, what, hint}. */
    constructor(status, answer) {
        super([answer.what, answer.hint].filter(Boolean).join(" ") || text("server.status", { status }));
        this.status = status;
        this.path = answer.path ?? "";
    }
}

export class OfflineError extends Error {
    constructor() {
        super(text("server.silent"));
    }
}

const isPictureForgotten = (error) => error instanceof ServerError && error.status === 404 && error.path === "image_id";

/** Dispatches "offline" and "online". `encode(pixels)` gives a picture's base64. */
export class ServerClient extends EventTarget {
    #pictureIds = new WeakMap();
    #reconnection = null;

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
    async getBytes(path) {
        const answer = await this.#request(path, {});
        if (!answer.ok) {
            throw new ServerError(answer.status, await answer.json().catch(() => ({})));
        }
        return new Uint8Array(await answer.arrayBuffer());
    }

    /**
     * POST with a picture's id: the one in the body, else that of `pixels`. The picture is sent first where the server
     * does not have it.
     */
    async postWithPicture(pixels, path, body, signal) {
        try {
            return await this.post(path, { image_id: body.image_id ?? (await this.send(pixels)), ...body }, signal);
        } catch (error) {
            if (!isPictureForgotten(error)) {
                throw error;
            }
            this.#pictureIds.delete(pixels);
            const known = body.memory ? { memory: "" } : {}; // what was remembered of it is gone with it
            return this.post(path, { ...body, ...known, image_id: await this.send(pixels) }, signal);
        }
    }

    /** The id of a picture. The first call sends it, and the server begins to embed it. */
    send(pixels) {
        if (!this.#pictureIds.has(pixels)) {
            this.#setId(pixels, this.#upload(pixels));
        }
        return this.#pictureIds.get(pixels);
    }

    /**
     * Send a picture as the file that it was read from.
     *
     * @param {string} image the file as base64
     * @returns {Promise<{image_id: string, warnings: string[]}>}
     */
    sendFile(pixels, image) {
        const answer = this.post("picture", { image });
        this.#setId(
            pixels,
            answer.then(({ image_id: id }) => id),
        );
        return answer;
    }

    #setId(pixels, id) {
        this.#pictureIds.set(pixels, id);
        id.catch(() => this.#pictureIds.delete(pixels));
    }

    /** Sets the id of a picture that the server has already. */
    setPictureId(pixels, id) {
        this.#pictureIds.set(pixels, Promise.resolve(id));
    }

    async #upload(pixels) {
        return (await this.post("picture", { image: await this.encode(pixels) })).image_id;
    }

    async #call(path, options) {
        const answer = await this.#request(path, options);
        const body = await answer.json().catch((error) => this.#readBrokenAnswer(error, answer));
        if (!answer.ok) {
            throw new ServerError(answer.status, body.what ? body : { what: body.detail });
        }
        return body;
    }

    /** Handles an answer whose body breaks off. For a failure its status is enough. */
    #readBrokenAnswer(error, { ok }) {
        if (ok && error.name !== "AbortError") {
            this.#watchConnection();
            throw new OfflineError();
        }
        if (ok) {
            throw error;
        }
        return {};
    }

    async #request(path, options) {
        try {
            return await this.fetch(`${this.root}/${path}`, options);
        } catch (error) {
            if (error.name === "AbortError") {
                throw error;
            }
            this.#watchConnection();
            throw new OfflineError();
        }
    }

    /** Resolves once the server answers again. */
    whenOnline() {
        return this.#reconnection ?? Promise.resolve();
    }

    #watchConnection() {
        this.#reconnection ??= this.#waitForHealth().then(() => {
            this.#reconnection = null;
            this.dispatchEvent(new Event("online"));
        });
        this.dispatchEvent(new Event("offline"));
    }

    async #waitForHealth() {
        for (;;) {
            await new Promise((resolve) => setTimeout(resolve, this.wait));
            const answer = await this.fetch(`${this.root}/health`).catch(() => null);
            if (answer?.ok) {
                return;
            }
        }
    }
}

/**
 * Runs `work`, and again each time the server is back. Only for requests that may be sent twice.
 *
 * @param {number} most how often it is run at most
 */
export async function retryWhenOnline(api, work, most = Infinity) {
    for (let count = 1; ; count++) {
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof OfflineError) || count >= most) {
                throw error;
            }
            await api.whenOnline();
        }
    }
}
