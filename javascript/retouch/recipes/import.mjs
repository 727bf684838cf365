/** Where recipes come in: pasted, chosen or dropped as a file, or out of the picture's own infotext. */

import { bytesOfBlob } from "../image/codec.mjs";
import { chosenFile, h } from "../ui/dom.mjs";
import { wordButton } from "../ui/icons.mjs";
import { textOf } from "../image/png-text.mjs";
import { text } from "../util/text.mjs";

const PASTE = text("intake.paste");
const FILES = ".json,.txt,image/png";
/** Bytes of a file that may hold a recipe: a large picture with its infotext. */
const BIGGEST = 64_000_000;

export class RecipeIntake {
    /** `take(text)` hears of what came in, `say(text)` of what could not; `own` is the picture's infotext. */
    constructor({ take, say, own }) {
        Object.assign(this, { take, say });
        this.pasted = h("textarea", {
            class: "rt-words",
            rows: 2,
            placeholder: PASTE,
            "aria-label": PASTE,
            "data-testid": "recipe-paste",
            onpaste: () => setTimeout(() => take(this.pasted.value)),
        });
        const fromPicture = wordButton(text("intake.picture"), "eye", "recipe-of-picture", () => take(own));
        fromPicture.disabled = !own;
        const tools = [
            wordButton(text("intake.read"), "check", "recipe-read", () => take(this.pasted.value)),
            wordButton(text("intake.file"), "folder", "recipe-file", async () =>
                this.#readFile(await chosenFile(FILES)),
            ),
            fromPicture,
        ];
        // No footer element: the WebUI hides them all.
        this.element = h("div", { class: "rt-recipes-intake" }, this.pasted, h("div", { class: "rt-row" }, tools));
    }

    /** What was pasted has arrived. */
    clear() {
        this.pasted.value = "";
    }

    /** A text to be copied by hand, where the browser gives no clipboard. */
    offer(text) {
        this.pasted.value = text;
        this.pasted.select();
    }

    /** What is dropped on `target` comes in, too, and nowhere else. */
    hearDrops(target) {
        const heard = (work) => (event) => {
            event.preventDefault();
            event.stopPropagation();
            work(event);
        };
        target.addEventListener("dragenter", heard(() => {}));
        target.addEventListener("dragover", heard(() => target.classList.add("rt-dropping")));
        target.addEventListener("dragleave", heard(() => target.classList.remove("rt-dropping")));
        const drop = ({ dataTransfer }) => {
            target.classList.remove("rt-dropping");
            const [file] = dataTransfer.files;
            return file ? this.#readFile(file) : this.take(dataTransfer.getData("text"));
        };
        target.addEventListener("drop", heard(drop));
    }

    async #readFile(file) {
        if (!file) {
            return;
        }
        if (file.size > BIGGEST) {
            return this.say(text("intake.tooLarge", { name: file.name }));
        }
        const bytes = await bytesOfBlob(file);
        await this.take(textOf(bytes) || (file.type.startsWith("image/") ? " no recipe" : await file.text()));
    }
}
