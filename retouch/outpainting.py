"""An extension as a door asks for it, and the way there: the picture's own words, its subject, its stages."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retouch import infotext
from retouch.errors import BadInput, RetouchError
from retouch.extending import Guard
from retouch.geometry import Box, Margins, Size
from retouch.knobs import Knob, knobs_of
from retouch.outpaint.extension import Extension
from retouch.outpaint.stages import Pace, stages
from retouch.outpaint.steps import Words, reach_of, steps
from retouch.outpaint.transparent import opaque_part
from retouch.outpaint.way import Way
from retouch.raster import Picture
from retouch.recipe import Generation, Pass, Recipe, Target
from retouch.region import Region
from retouch.request import Painting
from retouch.studio import Studio

SUBJECTS = ("face", "person")
"""Who may be kept on a line of thirds: the first that is found."""
HOW = Pass(denoising_strength=0.8, masked_content="noise")
"""Noise has the colours of the border and promises no shape, and at 0.8 the colours stay. At 1.0 the demo
model forgets them: 7 dB of PSNR instead of 26 on one photograph of the bench."""
_OF_PASS = knobs_of(Pass)
_SAID = {"Steps": "steps", "CFG scale": "cfg_scale", "Sampler": "sampler", "Schedule type": "scheduler",
         "Model": "checkpoint", "Clip skip": "clip_skip"}  # fmt: skip
"""What of a generation text is matched, and the knob it sets."""


@dataclass(frozen=True)
class OutpaintRequest(Painting, Extension, Pace, Words, Guard):
    """Extend a picture in stages; or go on with, revert, or paint again stages of an earlier `way`."""

    way: str = Knob("Way", "As an earlier answer named it: go on from there.", high=80).field("")
    again: tuple[int, ...] = Knob(
        "Again", "Stages of that way to paint with another seed, and all that were painted upon them.", 1, 512
    ).field(())
    revert: tuple[int, ...] = Knob(
        "Revert", "Stages of that way to take back, and all that were painted upon them.", 1, 512
    ).field(())
    match: bool = Knob(
        "Match the original", "What is not said is taken from the picture's own generation text."
    ).field(True)
    denoising_strength: float = _OF_PASS["denoising_strength"].field(HOW.denoising_strength)
    masked_content: str = _OF_PASS["masked_content"].field(HOW.masked_content)
    colour_correction: float = _OF_PASS["colour_correction"].field(HOW.colour_correction)
    variations: int = _OF_PASS["variations"].field(1)
    seed_step: str = _OF_PASS["seed_step"].field("next")

    def __post_init__(self) -> None:
        for part in (Painting, Extension, Pace):
            part.__post_init__(self)
        if (self.again or self.revert) and not self.way:
            path = "again" if self.again else "revert"
            raise BadInput("is said of no way.", path=path, hint="Give the `way` of an earlier answer.")
        if self.again and self.revert:
            raise BadInput("and again are both given.", path="revert", hint="One after the other.")

    @property
    def how(self) -> Pass:
        names = ("denoising_strength", "masked_content", "colour_correction", "variations", "seed_step")
        return dataclasses.replace(HOW, **{name: getattr(self, name) for name in names})

    @property
    def recipe(self) -> Recipe:
        """What the generation text says of it."""
        return Recipe("Studio: Outpaint", passes=(self.how,))


def matched(request: OutpaintRequest, given: Mapping[str, Any], picture: Picture) -> OutpaintRequest:
    """`request` with what its body, `given`, does not say taken from the picture's own generation text."""
    made = infotext.made_with(picture) if request.match else None
    if made is None:
        return request
    own: dict[str, Any] = {"prompt": made.prompt, "negative_prompt": made.negative_prompt}
    for said, name in _SAID.items():
        if said in made.params:
            own[name] = made.params[said]
    if made.params.get("Seed", "").isdigit():
        own["seed"] = made.params["Seed"]
    changes = {name: _typed(name, value) for name, value in own.items() if name not in given}
    known = {name: value for name, value in changes.items() if value is not None}
    return dataclasses.replace(request, **known)


_NUMBERS = {"steps": int, "clip_skip": int, "seed": int, "cfg_scale": float}


def _typed(name: str, text: str) -> Any:
    """None for what is no number where one belongs, and for one out of its bounds."""
    if name not in _NUMBERS:
        return text
    knob = knobs_of(OutpaintRequest)[name]
    try:
        value = _NUMBERS[name](text)
    except ValueError:
        return None
    return value if (knob.low or 0) <= value <= (knob.high or float("inf")) else None


def native_of(
    request: OutpaintRequest, studio: Studio, generation: Generation
) -> tuple[Size, Generation, str]:
    """(the model's own size, the generation with a checkpoint that is here, a remark or "").

    A checkpoint that only the picture's text names may be missing: then the loaded one paints.
    """
    sampling = request.how.settings(generation).sampling
    try:
        return studio.engine.native(sampling.checkpoint), generation, ""
    except RetouchError:
        if not request.match or not sampling.checkpoint:
            raise
        loaded = dataclasses.replace(generation, sampling=dataclasses.replace(sampling, checkpoint=""))
        remark = f"The picture's checkpoint {sampling.checkpoint!r} is not here: the loaded one paints."
        return studio.engine.native(""), loaded, remark


def way_of(
    request: OutpaintRequest, picture: Picture, generation: Generation, studio: Studio
) -> tuple[Way, list[str]]:
    """(everything planned and nothing painted, remarks). Raises BadInput and TooLarge for what cannot be."""
    part, borders, remark = opaque_part(picture)
    subject, missed = _subject(request, part, studio)
    margins = _margins(request, part.size, borders, subject)
    native, generation, other = native_of(request, studio, generation)
    found = stages(part.size, margins, native, request)
    made = steps(found, generation, request.how, request, reach_of(request, native))
    return Way(part, margins, found, made), [remark, missed, other]


def _margins(request: Extension, size: Size, borders: Margins, subject: Box | None) -> Margins:
    """The transparent borders and what is asked beyond them; nothing need be asked where there are some."""
    if not any(borders):
        return request.of(size, subject)
    whole = size.box.grown(borders).size
    if not request.asked:
        return borders
    seen = subject and subject.shifted(borders.left, borders.top)
    return Margins(*(a + b for a, b in zip(borders, request.of(whole, seen), strict=True)))


def _subject(request: Extension, picture: Picture, studio: Studio) -> tuple[Box | None, str]:
    """(the box of the largest face, or else person, a remark when it is wanted and there is none)."""
    if not request.wants_subject:
        return None, ""
    for name in SUBJECTS:
        found = _seen(name, picture, studio)
        if found:
            return max(found, key=lambda region: region.box.area).box, ""
    return None, "No face and no person was found: the picture's middle is kept on a line of thirds."


def _seen(name: str, picture: Picture, studio: Studio) -> tuple[Region, ...]:
    """Nothing where there is no such detector: a place is no reason to refuse."""
    try:
        return studio.detect(picture, Target(models=(name,)))
    except RetouchError:
        return ()
