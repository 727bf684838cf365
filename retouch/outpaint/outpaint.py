"""An extension as a door asks for it, and the way there: the picture's own words, its subject, its stages."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retouch.api.requests.base import Painting
from retouch.engines.base import Progress
from retouch.errors import BadInput, RetouchError, add_remark, collect_remarks
from retouch.image.geometry import Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.knobs import Knob, knobs_of
from retouch.outpaint.canvas_size import Extension
from retouch.outpaint.checks import Guard
from retouch.outpaint.progress import Way
from retouch.outpaint.run import Extended, extend_all
from retouch.outpaint.stage_steps import Words, reach_of, steps, unused_prompts
from retouch.outpaint.stages import Pace, stages
from retouch.outpaint.subject import find_subject, margins_of
from retouch.outpaint.transparent_border import opaque_part
from retouch.pipeline import infotext
from retouch.pipeline.pipeline import Canvas, Studio
from retouch.pipeline.report import Result
from retouch.recipes.recipe import Generation, Pass, Recipe, Target
from retouch.recipes.seeds import fold_seed
from retouch.recipes.shape import Shape

HOW = Pass(denoising_strength=0.8, masked_content="noise")
"""Noise has the colours of the border and promises no shape, and at 0.8 the colours stay. At 1.0 the demo
model forgets them: 7 dB of PSNR instead of 26 on one photograph of the bench."""
TRAITS = ("keep_tone", "grain", "compression")
"""Knobs of a pass for traits of the picture, the same for the stages and for the tiles."""
REFINE = Knob(
    "Refine", "Denoising strength of tiles over all that is new, once it is there; 0 is off.", 0, 1, 0.05
)
_OF_PASS = knobs_of(Pass)
SEED_STEP = Knob(
    "Seed per stage",
    "Stage 2 of a way with seed 7 paints with 8, or with 7.",
    choices=_OF_PASS["seed_step"].choices,
)
TILES = Shape(grow=0, blur=16, padding=32)
"""Tiles for refining: with their context as large as the model sees."""
SEEN, SHARED = 512, 64
"""Pixels of a tile, of which the model's own size takes the place, and pixels that neighbours share."""
KEPT = 16
"""Pixels beyond the original over which refining sets in."""
_SAID = {"Steps": "steps", "CFG scale": "cfg_scale", "Sampler": "sampler", "Schedule type": "scheduler",
         "Model": "checkpoint", "Clip skip": "clip_skip"}  # fmt: skip
"""What of a generation text is matched, and the knob it sets."""


@dataclass(frozen=True)
class Outpainting(Extension, Pace, Words, Guard):
    """How a picture is extended, whatever picture and whichever door."""

    match: bool = Knob(
        "Match the original", "What is not said is taken from how the picture was made."
    ).field(True)
    denoising_strength: float = _OF_PASS["denoising_strength"].field(HOW.denoising_strength)
    masked_content: str = _OF_PASS["masked_content"].field(HOW.masked_content)
    colour_correction: float = _OF_PASS["colour_correction"].field(HOW.colour_correction)
    keep_tone: str = _OF_PASS["keep_tone"].field(HOW.keep_tone)
    grain: float = _OF_PASS["grain"].field(HOW.grain)
    compression: float = _OF_PASS["compression"].field(HOW.compression)
    variations: int = _OF_PASS["variations"].field(1)
    seed_step: str = SEED_STEP.field("next")
    refine: float = REFINE.field(0.0)

    def __post_init__(self) -> None:
        for part in (Extension, Pace):
            part.__post_init__(self)

    @property
    def how(self) -> Pass:
        names = ("denoising_strength", "masked_content", "colour_correction", "variations", "seed_step")
        asked = {name: getattr(self, name) for name in (*names, *TRAITS)}
        return dataclasses.replace(HOW, **asked)

    @property
    def passes(self) -> tuple[Pass, ...]:
        """What is painted: the stages, then the tiles over what is new."""
        tiles = Target(what="tiles", tile=SEEN, overlap=SHARED)
        kept = {name: getattr(self, name) for name in TRAITS}
        refining = Pass(target=tiles, shape=TILES, denoising_strength=self.refine, **kept)
        return (self.how, refining) if self.refine else (self.how,)


@dataclass(frozen=True)
class OutpaintRequest(Painting, Outpainting):
    """Extend a picture in stages; or go on with, change, or take back stages of an earlier `way`."""

    way: str = Knob("Way", "As an earlier answer named it: go on from there.", high=80).field("")
    again: tuple[int, ...] = Knob(
        "Again",
        "Stages of that way to paint with another seed, and all that were painted upon them; no others.",
        1,
        512,
    ).field(())
    revert: tuple[int, ...] = Knob(
        "Revert", "Stages of that way to take back, and all that were painted upon them.", 1, 512
    ).field(())
    choose: dict | None = Knob(
        "Choose", 'Which painting of a stage of that way to take, as {"2": 3}; all upon it is painted again.'
    ).field(None)
    keep_later: bool = Knob(
        "Keep later stages", "What was painted upon a chosen stage stays, and nothing is painted."
    ).field(False)
    at_once: int | None = Knob(
        "Stages at once", "Answer when so many are painted, to choose and go on; blank for all.", 1, 512, 1
    ).field(None)
    answer: str = Knob(
        "Answer", "The whole picture, or of every stage all that was painted.", choices=("images", "patches")
    ).field("images")

    def __post_init__(self) -> None:
        Painting.__post_init__(self)
        Outpainting.__post_init__(self)
        asked = [name for name in ("again", "revert", "choose") if getattr(self, name)]
        if asked and not self.way:
            raise BadInput("is said of no way.", path=asked[0], hint="Give the `way` of an earlier answer.")
        if len(asked) > 1:
            raise BadInput(f"and {asked[0]} are both given.", path=asked[1], hint="One after the other.")
        _ = self.chosen

    @property
    def chosen(self) -> dict[int, int]:
        """Of which stage which painting, both counted from 1. BadInput for what are no such numbers."""
        pairs = (self.choose or {}).items()
        if all(str(stage).isdecimal() and type(number) is int and number > 0 for stage, number in pairs):
            return {int(stage): number for stage, number in pairs}
        raise BadInput(f"{self.choose} names no paintings.", path="choose", hint='As {"2": 3}, from 1.')

    @property
    def recipe(self) -> Recipe:
        """What the generation text says of it."""
        return Recipe("Studio: Outpaint", passes=self.passes)

    def recipe_after(self, before: Recipe) -> Recipe:
        """Of a way that is gone on with: it is refined as is asked now."""
        return dataclasses.replace(before, passes=(before.passes[0], *self.passes[1:]))


def matched(request: OutpaintRequest, given: Mapping[str, Any], picture: Picture) -> OutpaintRequest:
    """`request` with what its body, `given`, does not say taken from the picture's own generation text."""
    if not request.match or (made := infotext.made_with(picture)) is None:
        return request
    own: dict[str, Any] = {"prompt": made.prompt, "negative_prompt": made.negative_prompt}
    for said, name in _SAID.items():
        if said in made.params:
            own[name] = made.params[said]
    if (seed := made.params.get("Seed", "")).isdecimal():
        own["seed"] = seed
    changes = {name: _typed(name, value) for name, value in own.items() if name not in given}
    known = {name: value for name, value in changes.items() if value is not None}
    return dataclasses.replace(request, **known)


_NUMBERS = {"steps": int, "clip_skip": int, "seed": int, "cfg_scale": float}


def _typed(name: str, text: str) -> Any:
    """None, and a remark, for what is no number where one belongs, and for one out of its bounds."""
    if name not in _NUMBERS:
        return text
    knob = knobs_of(OutpaintRequest)[name]
    with contextlib.suppress(ValueError):
        value = _NUMBERS[name](text)
        if (knob.low or 0) <= value <= (knob.high or value):
            return value
    add_remark(f"{name}: the picture's own {text!r} is not from {knob.low} to {knob.high}, and is left out.")
    return None


def native_of(request: Outpainting, studio: Studio, generation: Generation) -> tuple[Size, Generation, str]:
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


@dataclass(frozen=True, eq=False)
class Planned:
    """A way of which nothing is painted yet, what it will be painted with, and what a person should know."""

    way: Way
    generation: Generation
    remarks: tuple[str, ...] = ()


def way_of(request: Outpainting, picture: Picture, generation: Generation, studio: Studio) -> Planned:
    """Raises BadInput and TooLarge for what cannot be."""
    part, borders, remark = opaque_part(picture)
    with collect_remarks() as remarks:
        fold_seed(generation.seed)  # the steps take the remainder; the host's job may have any seed
        subject, missed = find_subject(request, part, studio)
    margins = margins_of(request, part.size, borders, subject)
    native, generation, other = native_of(request, studio, generation)
    found = stages(part.size, margins, native, request)
    reach = reach_of(request, native, part.size)
    made = steps(found, generation, request.how, request, reach)
    unused = unused_prompts(request, made)
    said = tuple(text for text in (remark, missed, other, *unused, *remarks) if text)
    return Planned(Way(part, margins, found, made, reach=reach), generation, said)


def extended(
    request: Outpainting, canvases: Sequence[Canvas], studio: Studio, progress: Progress
) -> list[Result]:
    """Pictures of one sampling, extended side by side as far as it went, and refined where that is asked for.

    One that cannot be extended stays as it is, and its warnings say why.
    """
    begun = [_begun(request, canvas, studio) for canvas in canvases]
    ended = extend_all([one.way for one in begun], studio.engine, request, progress)
    results = [_so_far(*each) for each in zip(canvases, begun, ended, strict=True)]
    whole = [i for i, one in enumerate(ended) if one.way.steps and not one.way.left]
    if not (request.refine and whole) or progress.stopped:
        return results
    ways = [(ended[i].way, begun[i].generation) for i in whole]
    for i, finer in zip(whole, refined(ways, Recipe(passes=request.passes), studio, progress), strict=True):
        results[i] = results[i].then(finer)
    return results


def _begun(request: Outpainting, canvas: Canvas, studio: Studio) -> Planned:
    """A way without stages where there is none."""
    try:
        return way_of(request, canvas.picture, canvas.generation, studio)
    except RetouchError as error:
        return Planned(Way(canvas.picture, Margins(), (), ()), canvas.generation, (str(error),))


def _so_far(canvas: Canvas, begun: Planned, ended: Extended) -> Result:
    picture = ended.way.finished() if ended.way.steps else canvas.picture
    return Result(picture, ended.reports, begun.remarks + ended.warnings, ended.stopped)


def refined(
    ways: Sequence[tuple[Way, Generation]], recipe: Recipe, studio: Studio, progress: Progress
) -> list[Result]:
    """What of each way is finished, gone over tile by tile, many in one sampling call.

    `recipe` has the stages' pass, then that of the tiles, whose size is that of the first way's checkpoint.
    The original stays to the bit, and what lies next to it fades into being refined.
    """
    stages_pass, tiles_pass = recipe.passes
    native = studio.engine.native(stages_pass.settings(ways[0][1]).sampling.checkpoint)
    target = dataclasses.replace(tiles_pass.target, tile=max(min(native), 2 * SHARED))
    tiles = dataclasses.replace(tiles_pass, target=target)
    done = dataclasses.replace(stages_pass, enabled=False)
    canvases = [_around(way, generation) for way, generation in ways]
    return studio.fix(canvases, Recipe(passes=(done, tiles)), progress)


def _around(way: Way, generation: Generation) -> Canvas:
    """What is finished, all around the original for the person's own mask."""
    picture, known = way.finished(), way.known()
    original = Mask.of_box(picture.size, way.origin.relative_to(known)).feathered(KEPT)
    return Canvas(picture, generation, original.inverted())
