/** Import of recipes: pasted, from a file, or from the picture's own infotext. */

import { bytesOfBlob } from "../image/codec.mjs";
import { chooseFile, h } from "../ui/dom.mjs";
import { textButton } from "../ui/icons.mjs";
import { readPngText } from "../image/png-text.mjs";
import { text } from "../util/text.mjs";

const PASTE = text("intake.paste");
const FILES = ".json,.txt,image/png";
/** Bytes of a file that may hold a recipe: a large picture with its infotext. */
const BIGGEST = 64_000_000;

export class RecipeImport {
    /** `take(text)` gets an imported text, `say(text)` why a file is refused; `own` is the picture's infotext. */
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
        const fromPicture = textButton(text("intake.picture"), "eye", "recipe-of-picture", () => take(own));
        fromPicture.disabled = !own;
        const tools = [
            textButton(text("intake.read"), "check", "recipe-read", () => take(this.pasted.value)),
            textButton(text("intake.file"), "folder", "recipe-file", async () =>
                this.#readFile(await chooseFile(FILES)),
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
    showText(text) {
        this.pasted.value = text;
        this.pasted.select();
    }

    /** What is dropped on `target` comes in, too, and nowhere else. */
    listenForDrops(target) {
        const handle = (work) => (event) => {
            event.preventDefault();
            event.stopPropagation();
            work(event);
        };
        target.addEventListener("dragenter", handle(() => {}));
        target.addEventListener("dragover", handle(() => target.classList.add("rt-dropping")));
        target.addEventListener("dragleave", handle(() => target.classList.remove("rt-dropping")));
        const drop = ({ dataTransfer }) => {
            target.classList.remove("rt-dropping");
            const [file] = dataTransfer.files;
            return file ? this.#readFile(file) : this.take(dataTransfer.getData("text"));
        };
        target.addEventListener("drop", handle(drop));
    }

    async #readFile(file) {
        if (!file) {
            return;
        }
        if (file.size > BIGGEST) {
            return this.say(text("intake.tooLarge", { name: file.name }));
        }
        const bytes = await bytesOfBlob(file);
        await this.take(readPngText(bytes) || (file.type.startsWith("image/") ? " no recipe" : await file.text()));
    }
}
