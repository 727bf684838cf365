/** The files of a batch: dropped, chosen, or all the pictures of a folder. */

const ENDINGS = /\.(png|jpe?g|webp|bmp|gif|tiff?)$/i;

/** What a folder is searched for; a file that is named by itself is taken as it is. */
export function isPicture({ name, type = "" }) {
    return type.startsWith("image/") || ENDINGS.test(name);
}

/** Of a list that a field for folders gives, the pictures in the order of their places. */
export function listPictures(files) {
    return [...files].filter(isPicture).sort((a, b) => relativePath(a).localeCompare(relativePath(b)));
}

/** A file's name, with its folders where it came with them. */
export function relativePath(file) {
    return file.place ?? (file.webkitRelativePath || file.name);
}

/**
 * The files of a drop, and the pictures of its folders. Call it while the event is handled: the transfer is empty
 * afterwards.
 *
 * @returns {Promise<File[]>} each with its `place`
 */
export async function readDroppedFiles(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = entries.length ? await Promise.all(entries.map((entry) => listFiles(entry))) : [[...transfer.files]];
    return files.flat();
}

async function listFiles(entry, inside = "") {
    const place = inside + entry.name;
    if (!entry.isDirectory) {
        const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
        return inside && !isPicture(file) ? [] : [Object.assign(file, { place })];
    }
    const files = await Promise.all((await listEntries(entry)).map((one) => listFiles(one, `${place}/`)));
    return files.flat();
}

/** A browser hands a folder out in portions; an empty one is the last. */
async function listEntries(folder) {
    const [reader, all] = [folder.createReader(), []];
    for (;;) {
        const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!portion.length) {
            return all.sort((a, b) => a.name.localeCompare(b.name));
        }
        all.push(...portion);
    }
}
