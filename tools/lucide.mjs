/**
 * Writes `javascript/retouch/vendor/lucide.mjs` and its licence from the npm package `lucide-static`:
 *
 *     npm pack lucide-static@VERSION, unpack it, then: node tools/lucide.mjs UNPACKED_FOLDER
 *
 * The icons are those that `javascript/retouch/ui/icons.mjs` names. Prints the version and the SHA-256 for the table in
 * `vendor/README.md`.
 */

import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { FALLBACK, LUCIDE } from "../javascript/retouch/ui/icons.mjs";

const VENDOR = resolve(import.meta.dirname, "../javascript/retouch/vendor");

/** The elements inside `<svg>`, on one line. */
function readElements(path) {
    const [, inside] = /<svg[^>]*>([^]*)<\/svg>/.exec(readFileSync(path, "utf8"));
    return inside.trim().replaceAll(/>\s+</g, "><");
}

const [folder] = process.argv.slice(2);
if (!folder) {
    throw new Error("Usage: node tools/lucide.mjs FOLDER, where FOLDER is the unpacked npm package lucide-static");
}
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const names = [...new Set([...Object.values(LUCIDE), FALLBACK])].sort();
const rows = names.map((name) => {
    const key = /^\w+$/.test(name) ? name : `"${name}"`;
    return `    ${key}: '${readElements(join(folder, "icons", `${name}.svg`))}',\n`;
});
const code = `/*! lucide-static ${version}, ISC: see lucide.LICENSE. Written by tools/lucide.mjs; do not edit. */

/** The elements inside the 24 x 24 \`<svg>\` of each icon, by Lucide's name. */
export const ICONS = {
${rows.join("")}};
`;
writeFileSync(join(VENDOR, "lucide.mjs"), code);
copyFileSync(join(folder, "LICENSE"), join(VENDOR, "lucide.LICENSE"));
console.log(version, createHash("sha256").update(code).digest("hex"));
