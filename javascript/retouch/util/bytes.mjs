/** Bytes: joined, checked by their CRC-32 (ISO 3309), and sent through the platform's own zlib. */

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
        crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    }
    return crc;
});

/** @returns {number} 32 bits, unsigned */
export function crc(bytes) {
    let value = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) {
        value = CRC_TABLE[(value ^ bytes[i]) & 255] ^ (value >>> 8);
    }
    return ~value >>> 0;
}

/** @param {ReadableWritablePair} stream as a CompressionStream */
export async function through(stream, bytes) {
    const piped = new Blob([bytes]).stream().pipeThrough(stream);
    return new Uint8Array(await new Response(piped).arrayBuffer());
}

export function joinedBytes(parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        out.set(part, at);
        at += part.length;
    }
    return out;
}
