/** One tooltip for the whole studio, above everything: what `data-tip` says of the thing pointed at. */

import { h } from "./dom.mjs";

const WAIT_MS = 450;
const GAP = 7;

/** Screen readers have the buttons' own names: this is for eyes only. Returns the function that stops it. */
export function attachTooltips(root) {
    const tip = h("div", { class: "rt-tip", "aria-hidden": "true", hidden: true });
    root.append(tip);
    let timer = 0;
    const hide = () => {
        clearTimeout(timer);
        tip.hidden = true;
    };
    const show = (target) => {
        tip.textContent = target.dataset.tip;
        tip.hidden = false;
        placeTip(tip, target, root);
    };
    const onPoint = (event) => {
        hide();
        const target = event.target.closest?.("[data-tip]");
        if (target && (event.type === "pointerover" || target.matches(":focus-visible"))) {
            timer = setTimeout(() => target.isConnected && show(target), WAIT_MS);
        }
    };
    const listeners = [
        ["pointerover", onPoint],
        ["focusin", onPoint],
        ["pointerdown", hide],
        ["keydown", hide],
        ["pointerleave", hide],
    ];
    listeners.forEach(([name, listener]) => root.addEventListener(name, listener, true));
    return () => listeners.forEach(([name, listener]) => root.removeEventListener(name, listener, true));
}

/** Below its target, or above where there is no room; right of the tools; never out of the studio. */
function placeTip(tip, target, root) {
    const [to, own, all] = [target, tip, root].map((node) => node.getBoundingClientRect());
    const beside = target.closest('[aria-orientation="vertical"]');
    const below = to.bottom + GAP + own.height < all.bottom;
    const left = beside ? to.right + GAP : to.left + (to.width - own.width) / 2;
    const top = beside ? to.top + (to.height - own.height) / 2 : below ? to.bottom + GAP : to.top - GAP - own.height;
    const within = Math.min(Math.max(left, all.left + 4), all.right - own.width - 4);
    tip.style.translate = `${Math.round(within - all.left - root.clientLeft)}px ${Math.round(top - all.top - root.clientTop)}px`;
}
