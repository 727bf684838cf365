/**
 * ZIP files of at most 4 GiB, read and written by fflate. Members are written stored, because pictures are compressed
 * already. Member names are only looked up, never used as paths on a disk.
 *
 * fflate checks no CRC and writes no ZIP64 records: this module compares the checksums and says when a file is full.
 */

import { unzipSync, Zip as ZipStream, ZipPassThrough, zipSync } from "../vendor/fflate.mjs";
import { crc } from "./bytes.mjs";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const [LOCAL_SIZE, DESCRIPTOR_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 16, 46, 22];
/** Members and bytes that the fields can count: all ones mean that a ZIP64 record has the number. */
const [MOST, LARGEST] = [0xfffe, 0xfffffffe];
/** The earliest time of the format: members have no time of their own. */
const TIME = new Date(1980, 0, 1);
const DAMAGED = "The file is damaged, or no ZIP.";

export function isZip(bytes) {
    return bytes.length >= END_SIZE && viewOf(bytes).getUint32(0, true) === LOCAL;
}

/** @returns {Map<string, {content: Uint8Array, crc: number}>} members by name; `contentOf` checks one */
export function membersOf(bytes) {
    try {
        const contents = Object.entries(unzipSync(bytes));
        const checksums = checksumsOf(bytes);
        return new Map(contents.map(([name, content]) => [name, { content, crc: checksums.get(name) }]));
    } catch {
        throw new Error(DAMAGED);
    }
}

/** @returns {Promise<Uint8Array>} what a member holds; rejects when it is damaged */
export async function contentOf(member) {
    if (!member || crc(member.content) !== member.crc) {
        throw new Error(DAMAGED);
    }
    return member.content;
}

/** @param {[string, Uint8Array][]} members by name */
export function zipped(members) {
    return zipSync(Object.fromEntries(members), { level: 0, mtime: TIME });
}

/** One that is written member by member; `keep(bytes)` may put their bytes where there is more room than in memory. */
export class Zip {
    #parts = [];
    #size = 0;
    #listed = END_SIZE;
    #stream = new ZipStream((error, chunk) => this.#write(error, chunk));
    #ended = false;

    constructor({ keep = (bytes) => bytes, largest = LARGEST } = {}) {
        Object.assign(this, { keep, largest, count: 0 });
    }

    /** Whether one more member is within what the format can say. */
    fits(name, content) {
        const records = LOCAL_SIZE + DESCRIPTOR_SIZE + CENTRAL_SIZE + 2 * lengthOf(name);
        return this.count < MOST && this.#size + this.#listed + records + content.length <= this.largest;
    }

    /** @param {Uint8Array} content as it is to be read again */
    add(name, content) {
        const member = Object.assign(new ZipPassThrough(name), { mtime: TIME });
        this.#stream.add(member);
        member.push(content, true);
        this.#listed += CENTRAL_SIZE + lengthOf(name);
        this.count++;
    }

    /** The file, in pieces, in order. Nothing can be added afterwards. */
    get parts() {
        if (!this.#ended) {
            this.#ended = true;
            this.#stream.end();
        }
        return this.#parts;
    }

    #write(error, chunk) {
        if (error) {
            throw error;
        }
        this.#parts.push(this.keep(chunk));
        this.#size += chunk.length;
    }
}

/** @returns {Map<string, number>} the CRC-32 of each member, by name, as the central directory lists it */
function checksumsOf(bytes) {
    const view = viewOf(bytes);
    const end = endOf(view);
    const found = new Map();
    for (let at = view.getUint32(end + 16, true), left = view.getUint16(end + 10, true); left > 0; left--) {
        if (view.getUint32(at, true) !== CENTRAL) {
            throw new Error(DAMAGED);
        }
        const [named, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
        const name = bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + named);
        found.set(new TextDecoder().decode(name), view.getUint32(at + 16, true));
        at += CENTRAL_SIZE + named + extra + comment;
    }
    return found;
}

/** Where the end record is. fflate has found it already, so that there is one. */
function endOf(view) {
    let at = view.byteLength - END_SIZE;
    while (view.getUint32(at, true) !== END) {
        at--;
    }
    return at;
}

function lengthOf(name) {
    return new TextEncoder().encode(name).length;
}

function viewOf(bytes) {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
