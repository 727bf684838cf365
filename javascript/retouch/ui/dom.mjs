/** Elements by hand: the whole of our "framework". */

const SVG = "http://www.w3.org/2000/svg";

/** `h("button", {class: "x", onclick: press}, "text", child)`; a prop of false or null is left out, but for ARIA's. */
export function h(tag, props = {}, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
    return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
    for (const [name, value] of Object.entries(props)) {
        setProp(node, name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

function setProp(node, name, value) {
    if (name.startsWith("on")) {
        node.addEventListener(name.slice(2), value);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
        node[name] = value;
    } else if (name.startsWith("aria-")) {
        node.setAttribute(name, value);
    } else if (value !== false && value !== null && value !== undefined) {
        node.setAttribute(name, value === true ? "" : value);
    }
}

/**
 * Make `parent` hold one child per item, in order. A child is reused as long as its key stays, so that what
 * has the focus keeps it. `make(item)` builds a child, `update(child, item)` brings it up to date.
 */
export function syncChildren(parent, items, { key, make, update }) {
    const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
    const wanted = items.map((item) => {
        const name = String(key(item));
        const child = known.get(name) ?? make(item);
        child.dataset.key = name;
        update(child, item);
        return child;
    });
    const stays = new Set(wanted);
    [...parent.children].filter((child) => !stays.has(child)).forEach((child) => child.remove());
    wanted.forEach((child, index) => {
        if (parent.children[index] !== child) {
            parent.insertBefore(child, parent.children[index] ?? null);
        }
    });
}

/** Sets an attribute only where it differs. */
export function setAttribute(node, name, value) {
    if (node.getAttribute(name) !== String(value)) {
        node.setAttribute(name, value);
    }
}

/** The same of a field's value, where setting it would move the cursor. */
export function setValue(input, value) {
    if (input.value !== value) {
        input.value = value;
    }
}

/** A file of the person's choice, or null. */
export function chooseFile(accept) {
    return new Promise((resolve) => {
        const input = h("input", { type: "file", accept, onchange: () => resolve(input.files[0] ?? null) });
        input.addEventListener("cancel", () => resolve(null));
        input.click();
    });
}

/** Hand the person a file. */
export function download(blob, name) {
    const url = URL.createObjectURL(blob);
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
