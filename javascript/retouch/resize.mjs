/** Masks of another size than the picture. */

import { boxOfSize } from "./boxes.mjs";
import { Mask } from "./mask.mjs";

/**
 * A picture file as a mask of `size`: from its alpha where it has any, else its brightness.
 *
 * @returns {Promise<{mask: Mask, from: {width: number, height: number} | null}>} `from` its own size where it was scaled
 */
export async function fitted(file, size) {
    const { width, height } = await sizeOf(file);
    const read = await Mask.fromBlob(file);
    const same = width === size.width && height === size.height;
    return same ? { mask: read, from: null } : { mask: scaled(read, { width, height }, size), from: { width, height } };
}

async function sizeOf(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
        throw new Error(`${file.name || "This"} is not a picture that this browser can read.`);
    });
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
}

/** Bilinear, sample centres on sample centres. */
export function scaled(mask, from, to) {
    const alpha = mask.read(boxOfSize(from));
    const columns = places(from.width, to.width);
    const out = new Uint8Array(to.width * to.height);
    places(from.height, to.height).forEach(({ low, high, share }, y) => {
        const [above, below] = [low * from.width, high * from.width];
        columns.forEach((c, x) => {
            const top = alpha[above + c.low] * (1 - c.share) + alpha[above + c.high] * c.share;
            const bottom = alpha[below + c.low] * (1 - c.share) + alpha[below + c.high] * c.share;
            out[y * to.width + x] = Math.round(top * (1 - share) + bottom * share);
        });
    });
    return new Mask(boxOfSize(to), out).trimmed();
}

function places(from, to) {
    return Array.from({ length: to }, (_, i) => {
        const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
        const low = Math.floor(at);
        return { low, high: Math.min(low + 1, from - 1), share: at - low };
    });
}
