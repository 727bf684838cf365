"""An extension as a door asks for it, and the way there: the picture's own words, its subject, its stages."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.errors import RetouchError, collect_remarks
from retouch.image.geometry import Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.outpaint.options import SHARED, OutpaintOptions
from retouch.outpaint.progress import Extension
from retouch.outpaint.run import ExtensionResult, extend_all
from retouch.outpaint.stage_steps import reach_of, steps, unused_prompts
from retouch.outpaint.stages import plan_stages
from retouch.outpaint.subject import find_subject, margins_of
from retouch.outpaint.transparent_border import opaque_part
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.pipeline.report import Result
from retouch.progress import Progress
from retouch.recipes.recipe import Generation, Recipe
from retouch.recipes.seeds import fold_seed

KEPT = 16
"""Pixels beyond the original over which refining sets in."""


def native_of(
    request: OutpaintOptions, studio: Pipeline, generation: Generation
) -> tuple[Size, Generation, str]:
    """(the model's own size, the generation with a checkpoint that is here, a remark or "").

    A checkpoint that only the picture's text names may be missing: then the loaded one paints.
    """
    sampling = request.how.settings(generation).sampling
    try:
        return studio.engine.native(sampling.checkpoint), generation, ""
    except RetouchError:
        if not request.match_original or not sampling.checkpoint:
            raise
        loaded = dataclasses.replace(generation, sampling=dataclasses.replace(sampling, checkpoint=""))
        remark = f"The picture's checkpoint {sampling.checkpoint!r} is not here: the loaded one paints."
        return studio.engine.native(""), loaded, remark


@dataclass(frozen=True, eq=False)
class Planned:
    """A way of which nothing is painted yet, what it will be painted with, and what a person should know."""

    way: Extension
    generation: Generation
    remarks: tuple[str, ...] = ()


def plan_extension(
    request: OutpaintOptions, picture: Picture, generation: Generation, studio: Pipeline
) -> Planned:
    """Raises BadInput and TooLarge for what cannot be."""
    part, borders, remark = opaque_part(picture)
    with collect_remarks() as remarks:
        fold_seed(generation.seed)  # the steps take the remainder; the host's job may have any seed
        subject, missed = find_subject(request, part, studio)
    margins = margins_of(request, part.size, borders, subject)
    native, generation, other = native_of(request, studio, generation)
    found = plan_stages(part.size, margins, native, request)
    reach = reach_of(request, native, part.size)
    made = steps(found, generation, request.how, request, reach)
    unused = unused_prompts(request, made)
    said = tuple(text for text in (remark, missed, other, *unused, *remarks) if text)
    return Planned(Extension(part, margins, found, made, reach=reach), generation, said)


def extend_pictures(
    request: OutpaintOptions, canvases: Sequence[PictureInput], studio: Pipeline, progress: Progress
) -> list[Result]:
    """Pictures of one sampling, extended side by side as far as it went, and refined where that is asked for.

    One that cannot be extended stays as it is, and its warnings say why.
    """
    begun = [_begin(request, canvas, studio) for canvas in canvases]
    ended = extend_all([one.way for one in begun], studio.engine, request, progress)
    results = [_so_far(*each) for each in zip(canvases, begun, ended, strict=True)]
    whole = [i for i, one in enumerate(ended) if one.way.steps and not one.way.left]
    if not (request.refine and whole) or progress.stopped:
        return results
    ways = [(ended[i].way, begun[i].generation) for i in whole]
    for i, finer in zip(
        whole, refine_new_area(ways, Recipe(passes=request.passes), studio, progress), strict=True
    ):
        results[i] = results[i].then(finer)
    return results


def _begin(request: OutpaintOptions, canvas: PictureInput, studio: Pipeline) -> Planned:
    """A way without stages where there is none."""
    try:
        return plan_extension(request, canvas.picture, canvas.generation, studio)
    except RetouchError as error:
        return Planned(Extension(canvas.picture, Margins(), (), ()), canvas.generation, (str(error),))


def _so_far(canvas: PictureInput, begun: Planned, ended: ExtensionResult) -> Result:
    picture = ended.way.finished() if ended.way.steps else canvas.picture
    return Result(picture, ended.reports, begun.remarks + ended.warnings, ended.stopped)


def refine_new_area(
    ways: Sequence[tuple[Extension, Generation]], recipe: Recipe, studio: Pipeline, progress: Progress
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


def _around(way: Extension, generation: Generation) -> PictureInput:
    """What is finished, all around the original for the person's own mask."""
    picture, known = way.finished(), way.known()
    original = Mask.of_box(picture.size, way.origin.relative_to(known)).feathered(KEPT)
    return PictureInput(picture, generation, original.inverted())
