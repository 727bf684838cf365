/** One masked object in the list: its switches, its name, its own prompt, and its place among the others. */

import { areaOf, boxOfSize } from "../geometry/box.mjs";
import { changeObject, nextCandidate, objectOf, selectObject, shapeMask, removeObject } from "../document/document.mjs";
import { h, setAttribute, setValue } from "../ui/dom.mjs";
import { icon, iconButton } from "../ui/icons.mjs";
import { text } from "../util/text.mjs";

const WORDS = text("object.prompt.tip");
const DRAGGED = "text/retouch-object";

export class ObjectRow {
    constructor(store, id) {
        Object.assign(this, { store, id });
        this.use = this.#makeUseBox();
        this.eye = iconButton("eye", text("object.show"), () => this.#toggleVisible());
        this.name = this.#makeTextInput("name", text("object.rename"), { class: "rt-name", "aria-label": text("object.name") });
        this.level = this.#makeLevelButton();
        this.area = h("span", { class: "rt-area" });
        const own = { placeholder: text("object.prompt.hint"), "aria-label": text("object.prompt"), "data-tip": WORDS };
        this.prompt = this.#makeTextInput("prompt", text("object.prompt.done"), { class: "rt-object-prompt", ...own });
        this.element = this.#build();
    }

    get doc() {
        return this.store.doc;
    }

    get object() {
        return objectOf(this.doc, this.id);
    }

    #change(label, changes, merge = null) {
        this.store.do(label, changeObject(this.doc, this.id, changes), { merge });
    }

    #select() {
        this.store.amend(selectObject(this.doc, this.id));
    }

    #toggleVisible() {
        this.store.amend(changeObject(this.doc, this.id, { visible: !this.object.visible }));
    }

    #delete() {
        this.store.do(text("objects.delete"), removeObject(this.doc, this.id));
    }

    #makeUseBox() {
        const names = { "aria-label": text("object.use.label"), "data-tip": text("object.use.label") };
        const change = ({ target }) =>
            this.#change(target.checked ? text("object.use") : text("object.unuse"), { use: target.checked });
        return h("input", { type: "checkbox", ...names, onchange: change });
    }

    #makeTextInput(field, label, props) {
        const change = ({ target }) => this.#change(label, { [field]: target.value }, `${field}-${this.id}`);
        return h("input", { type: "text", ...props, oninput: change });
    }

    #makeLevelButton() {
        const next = () => this.store.do(text("object.next"), nextCandidate(this.doc, this.id));
        return h("button", { type: "button", class: "rt-level", "data-tip": text("object.next.tip"), onclick: next });
    }

    #build() {
        const grip = h("span", { class: "rt-grip", draggable: "true", "aria-hidden": "true" }, icon("grip"));
        const gone = iconButton("close", text("object.delete"), () => this.#delete());
        const parts = [grip, this.use, this.eye, this.name, this.level, this.area, gone];
        // what is pressed speaks for itself: selecting the row as well would undo a box's tick before it is heard
        const press = ({ target }) => target.closest("button, input[type=checkbox]") || this.#select();
        const props = { "data-testid": "object", tabindex: 0, onclick: press, onkeydown: (e) => this.#onKey(e) };
        const row = h("li", props, h("div", { class: "rt-row" }, parts), this.prompt);
        this.#makeDraggable(row, grip);
        return row;
    }

    update() {
        const { object, doc } = this;
        const { candidate, candidates } = object;
        const chosen = object.id === doc.selected;
        setAttribute(this.element, "aria-current", chosen);
        this.use.checked = object.use;
        this.#showVisible(object.visible);
        setValue(this.name, object.name);
        setValue(this.prompt, object.prompt);
        this.prompt.hidden = !chosen && !object.prompt;
        this.level.hidden = candidates.length < 2;
        this.level.textContent = `${candidate + 1}/${candidates.length}`;
        setAttribute(
            this.level,
            "aria-label",
            text("object.candidate", { number: candidate + 1, count: candidates.length }),
        );
        this.area.textContent = describeShare(object, doc.base);
    }

    #showVisible(visible) {
        setAttribute(this.eye, "aria-pressed", visible);
        if (this.eye.dataset.shown !== String(visible)) {
            this.eye.dataset.shown = visible;
            this.eye.replaceChildren(icon(visible ? "eye" : "eyeoff"));
        }
    }

    /** Alt and an arrow move a row; Delete deletes it. Only on the row itself, not in its fields. */
    #onKey(event) {
        if (event.target !== this.element) {
            return;
        }
        const at = this.doc.objects.indexOf(this.object);
        const to = event.altKey ? { ArrowUp: at + 1, ArrowDown: at - 1 }[event.key] : undefined;
        if (event.key === "Delete") {
            this.#delete();
        } else if (event.key === "Enter" || event.key === " ") {
            this.#select();
        } else if (this.doc.objects[to]) {
            this.#move(this.id, to);
            this.element.focus();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    #move(id, to) {
        this.store.do(text("object.move"), moveObject(this.doc, id, to));
    }

    #makeDraggable(row, grip) {
        grip.addEventListener("dragstart", ({ dataTransfer }) => {
            dataTransfer.setData(DRAGGED, this.id);
            dataTransfer.setDragImage(row, 8, 8);
        });
        row.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAGGED) && claimEvent(event));
        row.addEventListener("drop", (event) => {
            const id = event.dataTransfer.getData(DRAGGED);
            if (id && id !== this.id) {
                claimEvent(event);
                this.#move(id, this.doc.objects.indexOf(this.object));
            }
        });
    }
}

function claimEvent(event) {
    event.preventDefault();
    event.stopPropagation();
}

/** @param {number} to the new place, 0 lowest */
export function moveObject(doc, id, to) {
    const objects = doc.objects.filter((object) => object.id !== id);
    objects.splice(to, 0, objectOf(doc, id));
    return Object.freeze({ ...doc, objects });
}

/** How much of the picture, to one digit that counts. */
function describeShare(object, base) {
    const share = base ? (shapeMask(object, base).area / areaOf(boxOfSize(base))) * 100 : 0;
    return share === 0
        ? text("object.empty")
        : share < 0.1
          ? "<0.1 %"
          : `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}
