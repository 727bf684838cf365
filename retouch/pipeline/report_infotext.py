"""What a picture's generation text says of a result."""

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
    """Keys for the infotext. A region's words are given where they are not the picture's, `around`."""
    said = {RECIPE: compact_json(dump(dataclasses.replace(recipe, description="")))}
    if reports:
        said[REGIONS] = compact_json([_region(r, around) for r in reports])
    return said


def _region(report: Report, around: PromptPair) -> dict[str, Any]:
    step = report.step
    said: dict[str, Any] = {"pass": step.pass_index + 1, "box": list(step.box), "seed": report.seed}
    if step.prompt != around.prompt:
        said["prompt"] = step.prompt
    if step.negative_prompt != around.negative_prompt:
        said["negative"] = step.negative_prompt
    return said if report.kept else {**said, "left": report.why}


def text(generation: Generation, picture: Picture, recipe: Recipe, reports: Sequence[Report] = ()) -> str:
    """The generation text of a mended `picture`: its own and our keys, or one of `generation`.

    What an earlier run said goes. A text of its own without a line of parameters gets `generation`'s.
    """
    ours = params(recipe, reports, PromptPair(generation.prompt, generation.negative_prompt))
    made = {**_generation_params(generation), "Size": str(picture.size), **ours}
    before = dict(picture.baggage.text).get(CHUNK, "").strip()
    if not before:
        return write_infotext(generation.prompt, generation.negative_prompt, made)
    *above, last = before.split("\n")
    if len(_PAIR.findall(last)) < _PAIRS:
        return f"{before}\n{line(made)}"
    others = _OURS.sub("", last).strip(", ")
    return "\n".join([*above, ", ".join(filter(None, [others, line(ours)]))])


def _generation_params(generation: Generation) -> dict[str, Any]:
    """The WebUI's names for what made a picture; blanks are left out."""
    sampling = generation.sampling
    varied = generation.subseed_strength > 0
    said = {
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
    return {key: value for key, value in said.items() if value != ""}
