/** All that a batch made as one file: its pictures, and the page of before and after with what it shows. */

import { isDone } from "./run.mjs";
import { Zip } from "../util/zip.mjs";

/** The page, and the folder of what only it shows. */
const PAGE = "summary.html";
const THUMBNAILS = "summary";
/** Where the server's page has its pictures: before, after, and the result itself. */
const ADDRESS = /\b(src|href)="(before|after|file)\/(\d+)"/g;
const REFUSED_SIGNS = /[^\p{L}\p{N} ._()[\]+,&@=#~!-]/gu;

/**
 * The results by the names they have in the file: those of what was sent, with their folders, each once, and without
 * signs that some system refuses.
 *
 * @param {{number: number, name: string, state: string}[]} rows of a batch
 * @returns {Map<number, string>} by number
 */
export function memberNames(rows) {
    const taken = new Set();
    return new Map(rows.filter(isDone).map(({ number, name }) => [number, takeName(pathOf(name) || `${number}`, taken)]));
}

function pathOf(name) {
    const words = name.split(/[/\\]/).map((word) => word.replace(REFUSED_SIGNS, "_").replace(/^[. ]+|[. ]+$/g, ""));
    return words.filter(Boolean).join("/").replace(/\.\w{1,5}$/, "");
}

function takeName(stem, taken) {
    for (let number = 1; ; number++) {
        const name = `${stem}${number > 1 ? ` (${number})` : ""}.png`;
        if (!taken.has(name.toLowerCase())) {
            taken.add(name.toLowerCase());
            return name;
        }
    }
}

/** The server's page with its pictures where the file has them. */
export function rewritePage(page, names) {
    return page.replace(ADDRESS, (whole, attribute, what, number) => {
        const name = names.get(Number(number));
        return name ? `${attribute}="${what === "file" ? addressOf(name) : thumbnailName(what, number)}"` : whole;
    });
}

function addressOf(name) {
    return name.split("/").map(encodeURIComponent).join("/").replace(/'/g, "%27");
}

function thumbnailName(what, number) {
    return `${THUMBNAILS}/${number}.${what}.jpg`;
}

/**
 * The whole of it. More than one file holds goes into further ones.
 *
 * @param {object[]} rows of the batch
 * @param {(what: string) => Promise<Uint8Array>} fetchBytes what the server has below the batch's address
 * @param {{give: (zip: Zip) => void, tell?: (done: number, all: number) => void, make?: () => Zip}} how `give` takes
 *     each file that is full, and the last; `tell` hears how far it is
 */
export async function packBatch(rows, fetchBytes, { give, tell = () => {}, make = () => new Zip() }) {
    const names = memberNames(rows);
    const page = rewritePage(new TextDecoder().decode(await fetchBytes("page")), names);
    let zip = make();
    let done = 0;
    const put = (name, content) => {
        if (!zip.fits(name, content) && zip.count) {
            give(zip);
            zip = make();
        }
        zip.add(name, content);
    };
    put(PAGE, new TextEncoder().encode(page));
    for (const [number, name] of names) {
        tell(done++, names.size);
        put(name, await fetchBytes(`file/${number}`));
        for (const what of ["before", "after"]) {
            put(thumbnailName(what, number), await fetchBytes(`${what}/${number}`));
        }
    }
    give(zip);
}
