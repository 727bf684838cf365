"""Write the results of a picture into its generation text."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from retouch.image.picture import Picture
from retouch.knobs import dump
from retouch.pipeline.report import Report
from retouch.recipes.infotext import (
    _OURS,
    _PAIR,
    _PAIRS,
    BLANK,
    CHUNK,
    RECIPE,
    REGIONS,
    compact_json,
    line,
    write_infotext,
)
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Generation, Recipe


def params(recipe: Recipe, reports: Sequence[Report] = (), around: PromptPair = BLANK) -> dict[str, str]:
    """Keys and values for the infotext. A region's prompts are written if they differ from the picture's,
    `around`.
    """
    values = {RECIPE: compact_json(dump(dataclasses.replace(recipe, description="")))}
    if reports:
        values[REGIONS] = compact_json([_region(r, around) for r in reports])
    return values


def _region(report: Report, around: PromptPair) -> dict[str, Any]:
    step = report.step
    values: dict[str, Any] = {"pass": step.pass_index + 1, "box": list(step.box), "seed": report.seed}
    if step.prompt != around.prompt:
        values["prompt"] = step.prompt
    if step.negative_prompt != around.negative_prompt:
        values["negative"] = step.negative_prompt
    return values if report.kept else {**values, "left": report.why}


def text(generation: Generation, picture: Picture, recipe: Recipe, reports: Sequence[Report] = ()) -> str:
    """The generation text of a finished `picture`: its own keys or those of `generation`, and Retouch's.

    Keys of an earlier run are replaced. If the picture's text has no line of parameters, that of `generation`
    is added.
    """
    ours = params(recipe, reports, PromptPair(generation.prompt, generation.negative_prompt))
    values = {**_generation_params(generation), "Size": str(picture.size), **ours}
    before = dict(picture.baggage.text).get(CHUNK, "").strip()
    if not before:
        return write_infotext(generation.prompt, generation.negative_prompt, values)
    *above, last = before.split("\n")
    if len(_PAIR.findall(last)) < _PAIRS:
        return f"{before}\n{line(values)}"
    others = _OURS.sub("", last).strip(", ")
    return "\n".join([*above, ", ".join(filter(None, [others, line(ours)]))])


def _generation_params(generation: Generation) -> dict[str, Any]:
    """The WebUI's names and values of a generation. Blank values are left out."""
    sampling = generation.sampling
    varied = generation.subseed_strength > 0
    values = {
        "Steps": sampling.steps,
        "Sampler": sampling.sampler,
        "Schedule type": sampling.scheduler,
        "CFG scale": f"{sampling.cfg_scale:g}",
        "Seed": generation.seed,
        "Model": sampling.checkpoint,
        "VAE": sampling.vae,
        "Clip skip": sampling.clip_skip if sampling.clip_skip > 1 else "",
        "Variation seed": generation.subseed if varied else "",
        "Variation seed strength": f"{generation.subseed_strength:g}" if varied else "",
    }
    return {key: value for key, value in values.items() if value != ""}
