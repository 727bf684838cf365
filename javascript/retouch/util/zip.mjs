/**
 * ZIP files (PKWARE, APPNOTE 6.3) of at most 4 GiB: read where members are stored or deflated, written stored, for
 * pictures are packed already. No names lead anywhere: members are looked up, never put on a disk.
 */

import { crc, joinedBytes, through } from "./bytes.mjs";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const [LOCAL_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 46, 22];
const LONGEST_COMMENT = 0xffff;
/** Members and bytes that its fields can count: all ones mean that another record says. */
const [MOST, LARGEST] = [0xfffe, 0xfffffffe];
const UTF8 = 0x800;
const VERSION = 20;
/** 1 January 1980: members have no time of their own. */
const DATE = 0x21;
const DAMAGED = "The file is damaged, or no ZIP.";

export function isZip(bytes) {
    return bytes.length >= END_SIZE && viewOf(bytes).getUint32(0, true) === LOCAL;
}

/** @returns {Map<string, {method: number, crc: number, size: number, body: Uint8Array}>} members, packed as they are */
export function membersOf(bytes) {
    const view = viewOf(bytes);
    try {
        const end = endOf(view);
        const found = new Map();
        for (let at = view.getUint32(end + 16, true), left = view.getUint16(end + 10, true); left > 0; left--) {
            const { name, member, next } = memberAt(bytes, view, at);
            found.set(name, member);
            at = next;
        }
        return found;
    } catch {
        throw new Error(DAMAGED);
    }
}

/** @returns {Promise<Uint8Array>} what a member holds; rejects when it is damaged */
export async function contentOf(member) {
    if (member?.method !== 0 && member?.method !== 8) {
        throw new Error(DAMAGED);
    }
    const inflate = () => through(new DecompressionStream("deflate-raw"), member.body);
    const content = member.method ? await inflate().catch(() => new Uint8Array(0)) : member.body;
    if (content.length !== member.size || crc(content) !== member.crc) {
        throw new Error(DAMAGED);
    }
    return content;
}

/** @param {[string, Uint8Array][]} members by name */
export function zipped(members) {
    const zip = new Zip();
    members.forEach(([name, content]) => zip.add(name, content));
    return joinedBytes(zip.parts);
}

/** One that is written member by member; `keep(bytes)` may put their bytes where there is more room than in memory. */
export class Zip {
    #files = [];
    #directory = [];
    #listed = END_SIZE;
    #at = 0;

    constructor({ keep = (bytes) => bytes, largest = LARGEST } = {}) {
        Object.assign(this, { keep, largest, count: 0 });
    }

    /** Whether one more member is within what the format can say. */
    fits(name, content) {
        const told = LOCAL_SIZE + CENTRAL_SIZE + 2 * encoded(name).length;
        return this.count < MOST && this.#at + this.#listed + told + content.length <= this.largest;
    }

    /** @param {Uint8Array} content as it is to be read again */
    add(name, content) {
        const head = joinedBytes([headerOf(LOCAL, name, content), encoded(name)]);
        const entry = joinedBytes([headerOf(CENTRAL, name, content, this.#at), encoded(name)]);
        this.#directory.push(entry);
        this.#listed += entry.length;
        this.#files.push(head, this.keep(content));
        this.#at += head.length + content.length;
        this.count++;
    }

    /** The file, in pieces, in order. */
    get parts() {
        const central = joinedBytes(this.#directory);
        return [...this.#files, central, endRecord(this.count, central.length, this.#at)];
    }
}

function memberAt(bytes, view, at) {
    if (view.getUint32(at, true) !== CENTRAL) {
        throw new Error(DAMAGED);
    }
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [named, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const local = view.getUint32(at + 42, true);
    const start = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const member = {
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        size,
        body: bytes.subarray(start, start + packed),
    };
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + named));
    return { name, member, next: at + CENTRAL_SIZE + named + extra + comment };
}

/** Where the record at the end is: a comment may follow it. */
function endOf(view) {
    const last = view.byteLength - END_SIZE;
    for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
        if (view.getUint32(at, true) === END) {
            return at;
        }
    }
    throw new Error(DAMAGED);
}

/** A member's header, in front of it or, with the place `at` of that one, in the directory. */
function headerOf(signature, name, content, at = 0) {
    const central = signature === CENTRAL;
    const header = new Uint8Array(central ? CENTRAL_SIZE : LOCAL_SIZE);
    const view = viewOf(header);
    const shift = central ? 2 : 0;
    view.setUint32(0, signature, true);
    view.setUint16(4, VERSION, true);
    view.setUint16(4 + shift, VERSION, true);
    view.setUint16(6 + shift, UTF8, true);
    view.setUint16(12 + shift, DATE, true);
    view.setUint32(14 + shift, crc(content), true);
    view.setUint32(18 + shift, content.length, true);
    view.setUint32(22 + shift, content.length, true);
    view.setUint16(26 + shift, encoded(name).length, true);
    if (central) {
        view.setUint32(42, at, true);
    }
    return header;
}

function endRecord(count, size, at) {
    const record = new Uint8Array(END_SIZE);
    const view = viewOf(record);
    view.setUint32(0, END, true);
    view.setUint16(8, count, true);
    view.setUint16(10, count, true);
    view.setUint32(12, size, true);
    view.setUint32(16, at, true);
    return record;
}

function encoded(text) {
    return new TextEncoder().encode(text);
}

function viewOf(bytes) {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
