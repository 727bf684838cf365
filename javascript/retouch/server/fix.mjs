/** Fix jobs: run a recipe on the picture. The result is one variation; kept, each painted region becomes a step. */

import { ServerError } from "./client.mjs";
import { fromBase64 } from "../util/base64.mjs";
import { areaOf } from "../geometry/box.mjs";
import { NOTHING } from "../image/mask.mjs";
import { addJob, changedArea } from "../document/variations.mjs";
import { peopleOf } from "../document/people.mjs";
import { Pixels } from "../image/pixels.mjs";
import { groupByPrompt, encodeMask } from "./requests.mjs";
import { readHistoryFile } from "../document/history-file.mjs";
import { text } from "../util/text.mjs";

const UNCHANGED = text("fix.unchanged");
const UNFOUND = text("fix.unfound");

export class FixJobs {
    /** @param {import("../studio.mjs").Studio} studio */
    constructor({ api, store, settings, jobQueue, notices }) {
        Object.assign(this, { api, store, settings, jobQueue, notices });
        jobQueue.define("fix", (request) => this.#fix(request));
    }

    /**
     * @param {object} recipe as lists have it, or written out
     * @param {string | object} reference the recipe as it is sent: the name of one that the server has, or the recipe
     */
    run(recipe, reference = recipe) {
        const { store, settings } = this;
        const label = recipe.name ?? text("fix.label");
        const prompts = makePromptFields(store.doc, settings);
        return this.jobQueue.start("fix", label, { label, recipe, reference, prompts, isInverted: settings.get("invert") });
    }

    async #fix(request) {
        const { args, doc } = request;
        const mask = needsMask(args.recipe, await this.#masked()) ? await makeMaskFields(doc, args.isInverted) : {};
        const body = { recipe: args.reference, ...args.prompts, ...mask, return_history: true };
        const answer = await request.postWithPicture("fix", body);
        const after = await Pixels.fromBlob(new Blob([fromBase64(answer.image)]));
        const change = changedArea(doc, after);
        this.jobQueue.showWarnings(answer, Boolean(change));
        return change ? this.#makeVariation(args.label, answer, change) : this.#reportUnchanged(answer);
    }

    #reportUnchanged({ reports }) {
        const why = reports.map((report) => report.why).filter(Boolean);
        this.notices.say(`${UNCHANGED}: ${[...new Set(why)].join("; ") || UNFOUND}`);
        return null;
    }

    async #makeVariation(name, answer, change) {
        const steps = await this.#readSteps(answer);
        const job = { intent: "", name, asked: NOTHING, objects: [], parts: [], request: null, steps };
        const candidates = [{ ...change, seed: answer.seed, scores: {} }];
        const { infotext, warnings = [] } = answer;
        return (doc) => addJob(doc, { ...job, infotext, warnings, candidates });
    }

    /** The kinds of target that use the user's mask, as the server lists them. */
    async #masked() {
        this.masked ??= (await this.api.get("recipes")).masked;
        return this.masked;
    }

    /**
     * The painted regions as steps; steps that a gate reverted are off. Null where the server has forgotten the
     * history: then the result is kept as one step.
     */
    async #readSteps({ history }) {
        try {
            const { file } = await this.api.post("history", { history, return_file: true });
            return (await readHistoryFile(fromBase64(file))).steps;
        } catch (error) {
            if (error instanceof ServerError && error.path === "history") {
                return null;
            }
            throw error;
        }
    }
}

/** Whether a pass of the recipe has one of the kinds of target that use the mask. */
export function needsMask({ passes = [] }, masked) {
    return passes.some(({ enabled = true, target = {} }) => enabled && masked.includes(target.what));
}

/** The body's fields of the whole mask; {} where nothing is masked. */
async function makeMaskFields(doc, isInverted) {
    const all = groupByPrompt(doc, isInverted).reduce((sum, { mask }) => sum.union(mask), NOTHING);
    const { mask, box } = areaOf(all.box) ? await encodeMask(doc, all) : {};
    return mask ? { mask, box } : {};
}

/** The body's fields of prompts and seed, with the objects that have prompts of their own. */
function makePromptFields(doc, settings) {
    const words = {
        prompt: settings.get("recipe_prompt"),
        negative_prompt: settings.get("negative_prompt"),
        seed: settings.get("seed"),
    };
    const people = peopleOf(doc);
    return people.length ? { ...words, people } : words;
}
