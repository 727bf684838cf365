/** After an update, one notice says what is new. */

import { writeText } from "../util/local-storage.mjs";
import { text } from "../util/text.mjs";

const KEY = "retouch-version";
const PREFIX = "retouch-";

/**
 * Shows the notes of `version`, once in this browser, until they are dismissed.
 * Somebody who has never used the page gets none, nor does a page that is older than its server.
 *
 * @param {string} version of the server, as `GET health` names it
 * @param {import("./dialogs.mjs").Notices} notices
 * @param {Storage} [storage]
 */
export function showUpdateNotes(version, notices, storage = globalThis.localStorage) {
    const seen = storage?.getItem(KEY);
    if (!storage || seen === version || version !== text("update.version")) {
        return;
    }
    const isUpdate = Object.keys(storage).some((key) => key.startsWith(PREFIX));
    writeText(storage, KEY, version);
    if (isUpdate) {
        notices.say(text("update.notes"), "lasting");
    }
}
