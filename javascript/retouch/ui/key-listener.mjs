/** Keyboard shortcuts: one table, for the keys, the tooltips and the overlay that `?` shows. */

const SKIPPED =
    'input:not([type="checkbox"]):not([type="range"]):not([type="button"]):not([type="color"]), textarea, select, [contenteditable="true"]';

/** Whether a key pressed here is somebody's writing. */
export function isTyping(target) {
    return target instanceof Element && target.matches(SKIPPED);
}

/** "Ctrl+Shift+Z" of an event; a letter by what is on it, whatever Shift makes of it. */
export function readChord(event) {
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const named = key === " " ? "Space" : key;
    const shifted = event.shiftKey && (named.length > 1 || /[A-Z]/.test(named));
    const parts = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shifted && "Shift", named];
    return parts.filter(Boolean).join("+");
}

/** Elements whose buttons keep their keys, whatever a shortcut says: the last if the focus came by a key. */
const OWN_KEYS = "dialog, [role=dialog], [role=menu], [data-own-keys] :focus-visible";

/** Keys that a focused button or slider wants for itself. `first`: the shortcut comes before buttons. */
function isClaimed(target, keys, first) {
    if (!(target instanceof Element) || (first && !target.closest(OWN_KEYS))) {
        return false;
    }
    const pressed = keys === "Enter" || keys === "Space" || keys === "Tab";
    if (pressed && target.closest("button, a, summary, input, [role=menuitem], [role=option]")) {
        return true;
    }
    return target.matches('input[type="range"], [role="slider"]') && /^(Arrow|Home|End|Page)/.test(keys);
}

/**
 * Listen for `actions`: [{keys: ["B"], run, up?, when?, early?, first?}]. One that is `early` is heard before whatever
 * has the focus. While its `first()` is true, a focused button does not hear its keys. `alive()` says whether the studio is what the person sees. Returns the function that stops it.
 */
export function listenForKeys(actions, alive, target = document) {
    const known = new Map(actions.flatMap((action) => action.keys.map((keys) => [keys, action])));
    const pressed = new Map();
    const down = (event, early) => {
        const keys = readChord(event);
        const action = known.get(keys);
        const deaf =
            !action || Boolean(action.early) !== early || !alive() || event.defaultPrevented || event.isComposing;
        if (deaf || isTyping(event.target) || isClaimed(event.target, keys, action.first?.()) || action.when?.(event) === false) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        if (action.up) {
            if (!pressed.has(event.code)) {
                pressed.set(event.code, action);
                action.run(event);
            }
        } else {
            action.run(event);
        }
    };
    const up = (event) => {
        pressed.get(event.code)?.up(event);
        pressed.delete(event.code);
    };
    const blur = () => {
        pressed.forEach((action) => action.up());
        pressed.clear();
    };
    const first = (event) => down(event, true);
    const last = (event) => down(event, false);
    target.addEventListener("keydown", first, true);
    target.addEventListener("keydown", last);
    target.addEventListener("keyup", up);
    globalThis.addEventListener?.("blur", blur);
    return () => {
        target.removeEventListener("keydown", first, true);
        target.removeEventListener("keydown", last);
        target.removeEventListener("keyup", up);
        globalThis.removeEventListener?.("blur", blur);
    };
}
