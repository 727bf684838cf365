"""Outpainting as every entry point calls it: find the subject, plan the stages, paint them, refine the new
area.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.errors import RetouchError, collect_remarks
from retouch.image.geometry import Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.outpaint.options import TILE_OVERLAP, OutpaintOptions
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

FADE_PIXELS = 16
"""Pixels over which a refinement fades in at the border of the original."""


def native_of(
    request: OutpaintOptions, studio: Pipeline, generation: Generation
) -> tuple[Size, Generation, str]:
    """(the model's native size, the generation with a checkpoint that is installed, a remark or "").

    If the checkpoint of the picture's generation text is missing, the loaded checkpoint replaces it. Raises
    the error of the engine if the request itself names the missing checkpoint.
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
    """An extension of which no stage is painted yet, its generation, and remarks for the reader."""

    way: Extension
    generation: Generation
    remarks: tuple[str, ...] = ()


def plan_extension(
    request: OutpaintOptions, picture: Picture, generation: Generation, studio: Pipeline
) -> Planned:
    """Plan the extension of one picture. Raises BadInput and TooLarge for an impossible request."""
    part, borders, border_remark = opaque_part(picture)
    with collect_remarks() as remarks:
        fold_seed(generation.seed)  # adds a remark if the host's seed is too large; steps use the remainder
        subject, subject_remark = find_subject(request, part, studio)
    margins = margins_of(request, part.size, borders, subject)
    native, generation, checkpoint_remark = native_of(request, studio, generation)
    stages = plan_stages(part.size, margins, native, request)
    reach = reach_of(request, native, part.size)
    stage_steps = steps(stages, generation, request.how, request, reach)
    unused = unused_prompts(request, stage_steps)
    all_remarks = tuple(
        text for text in (border_remark, subject_remark, checkpoint_remark, *unused, *remarks) if text
    )
    return Planned(Extension(part, margins, stages, stage_steps, reach=reach), generation, all_remarks)


def extend_pictures(
    request: OutpaintOptions, canvases: Sequence[PictureInput], studio: Pipeline, progress: Progress
) -> list[Result]:
    """Outpaint the pictures of one generation together, and refine them if the request asks for it.

    A picture that cannot be extended is returned unchanged, with the reason in its warnings.
    """
    plans = [_begin(request, canvas, studio) for canvas in canvases]
    extensions = extend_all([plan.way for plan in plans], studio.engine, request, progress)
    results = [_so_far(*parts) for parts in zip(canvases, plans, extensions, strict=True)]
    whole = [i for i, extension in enumerate(extensions) if extension.way.steps and not extension.way.left]
    if not (request.refine and whole) or progress.stopped:
        return results
    painted = [(extensions[i].way, plans[i].generation) for i in whole]
    for i, finer in zip(
        whole, refine_new_area(painted, Recipe(passes=request.passes), studio, progress), strict=True
    ):
        results[i] = results[i].then(finer)
    return results


def _begin(request: OutpaintOptions, canvas: PictureInput, studio: Pipeline) -> Planned:
    """The planned extension, or an extension without stages and with a remark if planning fails."""
    try:
        return plan_extension(request, canvas.picture, canvas.generation, studio)
    except RetouchError as error:
        return Planned(Extension(canvas.picture, Margins(), (), ()), canvas.generation, (str(error),))


def _so_far(canvas: PictureInput, plan: Planned, extension: ExtensionResult) -> Result:
    picture = extension.way.finished() if extension.way.steps else canvas.picture
    return Result(picture, extension.reports, plan.remarks + extension.warnings, extension.stopped)


def refine_new_area(
    ways: Sequence[tuple[Extension, Generation]], recipe: Recipe, studio: Pipeline, progress: Progress
) -> list[Result]:
    """Inpaint the new area of each extension tile by tile. Tiles of all pictures share sampling calls.

    `recipe` has the pass of the stages, then the pass of the tiles. The size of a tile is the native size of
    the first extension's checkpoint. The original does not change by a bit; next to it the refinement fades
    in.
    """
    stages_pass, tiles_pass = recipe.passes
    native = studio.engine.native(stages_pass.settings(ways[0][1]).sampling.checkpoint)
    target = dataclasses.replace(tiles_pass.target, tile=max(min(native), 2 * TILE_OVERLAP))
    tiles = dataclasses.replace(tiles_pass, target=target)
    stages_off = dataclasses.replace(stages_pass, enabled=False)
    canvases = [_around(way, generation) for way, generation in ways]
    return studio.fix(canvases, Recipe(passes=(stages_off, tiles)), progress)


def _around(way: Extension, generation: Generation) -> PictureInput:
    """The finished part of the canvas, with a mask of all that is not the original."""
    picture, known = way.finished(), way.known()
    original = Mask.of_box(picture.size, way.origin.relative_to(known)).feathered(FADE_PIXELS)
    return PictureInput(picture, generation, original.inverted())
