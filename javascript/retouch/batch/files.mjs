/** The files of a batch: dropped, chosen, or all the pictures of a folder. */

const ENDINGS = /\.(png|jpe?g|webp|bmp|gif|tiff?)$/i;

/** What a folder is searched for; a file that is named by itself is taken as it is. */
export function isPicture({ name, type = "" }) {
    return type.startsWith("image/") || ENDINGS.test(name);
}

/** Of a list that a field for folders gives, the pictures in the order of their places. */
export function picturesOf(files) {
    return [...files].filter(isPicture).sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
}

/** A file's name, with its folders where it came with them. */
export function placeOf(file) {
    return file.place ?? (file.webkitRelativePath || file.name);
}

/**
 * What a drop holds: its files, and the pictures of its folders. Call it while the event is handled: what was
 * dropped is gone afterwards.
 *
 * @returns {Promise<File[]>} each with its `place`
 */
export async function droppedFiles(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = entries.length ? await Promise.all(entries.map((entry) => filesOf(entry))) : [[...transfer.files]];
    return found.flat();
}

async function filesOf(entry, inside = "") {
    const place = inside + entry.name;
    if (!entry.isDirectory) {
        const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
        return inside && !isPicture(file) ? [] : [Object.assign(file, { place })];
    }
    const found = await Promise.all((await entriesOf(entry)).map((one) => filesOf(one, `${place}/`)));
    return found.flat();
}

/** A browser hands a folder out in portions; an empty one is the last. */
async function entriesOf(folder) {
    const [reader, found] = [folder.createReader(), []];
    for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) {
            return found.sort((a, b) => a.name.localeCompare(b.name));
        }
        found.push(...some);
    }
}
