/** Fixing: the job of a recipe, run on the picture. Its result is an offer; kept, each region it painted is a step. */

import { ServerError } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { pickSentPicture } from "../document/metadata.mjs";
import { areaOf } from "../geometry/box.mjs";
import { NOTHING } from "../image/mask.mjs";
import { differing, withOffer } from "../document/variations.mjs";
import { peopleOf } from "../document/people.mjs";
import { Pixels } from "../image/pixels.mjs";
import { groupsOf, pictured } from "./requests.mjs";
import { readSidecar } from "../document/history-file.mjs";
import { text } from "../util/text.mjs";

/** Targets that look at the person's mask. */
const MASKED = ["mask", "background", "seam"];
const UNCHANGED = text("fix.unchanged");
const UNFOUND = text("fix.unfound");

export class Fixing {
    constructor({ api, store, settings, painter, notices }) {
        Object.assign(this, { api, store, settings, painter, notices });
    }

    /**
     * @param {object} recipe as lists have it, or written out
     * @param {string | object} asked the same for the server: by name will do for one that it has
     */
    run(recipe, asked = recipe) {
        const label = recipe.name ?? text("fix.label");
        return this.painter.run(label, async (task, doc) => {
            const mask = needsMask(recipe) ? await maskedIn(doc, this.settings) : {};
            const body = { recipe: asked, task, ...saidOf(doc, this.settings), ...mask, return_history: true };
            const answer = await this.api.about(pickSentPicture(doc), "fix", body);
            const after = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
            const change = differing(doc, after);
            this.painter.warn(answer, Boolean(change));
            if (!change) {
                const why = answer.reports.map((report) => report.why).filter(Boolean);
                this.notices.say(`${UNCHANGED}: ${[...new Set(why)].join("; ") || UNFOUND}`);
                return null;
            }
            const steps = await this.#steps(answer);
            const offer = { intent: "", name: label, asked: NOTHING, objects: [], parts: [], request: null, steps };
            const candidates = [{ ...change, seed: answer.seed, scores: {} }];
            const { infotext, warnings = [] } = answer;
            return withOffer(this.store.doc, { ...offer, infotext, warnings, candidates });
        });
    }

    /**
     * What was painted, region by region: those that a gate took back are there, and off. Null where the server
     * has forgotten it meanwhile: then all of it is kept as one.
     */
    async #steps({ history }) {
        try {
            const { file } = await this.api.post("history", { history, return_file: true });
            return (await readSidecar(fromBase64(file))).steps;
        } catch (error) {
            if (error instanceof ServerError && error.path === "history") {
                return null;
            }
            throw error;
        }
    }
}

/** Whether what is masked matters to a recipe. */
export function needsMask({ passes = [] }) {
    return passes.some(({ enabled = true, target = {} }) => enabled && MASKED.includes(target.what));
}

/** All that is masked, for a recipe that asks; {} where nothing is. */
async function maskedIn(doc, settings) {
    const all = groupsOf(doc, settings).reduce((sum, { mask }) => sum.union(mask), NOTHING);
    const { mask, box } = areaOf(all.box) ? await pictured(doc, all) : {};
    return mask ? { mask, box } : {};
}

/** The words and the seed, and whoever has words of their own. */
function saidOf(doc, settings) {
    const words = Object.fromEntries(["prompt", "negative_prompt", "seed"].map((name) => [name, settings.get(name)]));
    const people = peopleOf(doc);
    return people.length ? { ...words, people } : words;
}
