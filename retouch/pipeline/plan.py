"""Regions -> Plan. Pure: decides crops, work sizes, masks, words, seeds and order; reads no pixels."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retouch.image.frame import Frame, frame_around
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region, merge_regions, overlap
from retouch.pipeline.islands import Limits, split_region
from retouch.pipeline.step import Plan, Step
from retouch.pipeline.step_masks import LEAST_WIDER, build_masks, context_padding, greatest_reach
from retouch.recipes import seeds
from retouch.recipes.people import prompts_for
from retouch.recipes.prompts import PromptPair, remarks, resolve
from retouch.recipes.recipe import Generation, Pass
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

MAX_STEPS = 256
"""Regions painted in one picture by one pass; of more the largest are, and it is said so."""
SOFT_BELOW_MAGNIFICATION = 0.75
"""Below this magnification the result is visibly softer than what it replaces."""
MUCH_MORE, SEEN_SHARE = 4, 0.002
"""A warning is given where so many times as much is painted as is marked, and so much more of the picture."""


def plan_pass(
    canvas: Size,
    regions: Sequence[Region],
    work: tuple[int, Pass],
    generation: Generation,
    native: Size,
    user_mask: Mask | None = None,
) -> Plan:
    """One pass over one canvas. `regions` are chosen and in order; `work` is (pass index, pass).

    `native` is the model's own size; `user_mask`, of the canvas' size, bounds every composite as
    the target's own `user_mask` says.
    """
    recipe_pass = work[1]
    shaped = shape_regions(regions, recipe_pass.shape, canvas)
    around = PromptPair(generation.prompt, generation.negative_prompt)
    said = [prompts_for(region, generation.people, around) for region in shaped]
    texts = resolve(recipe_pass.prompt, recipe_pass.negative_prompt, shaped, canvas, said)
    side = recipe_pass.shape.work_side
    size = Size(side, side) if side else native
    limit = mask_limit(user_mask, recipe_pass.target)
    asked = [(n, r, t) for n, (r, t) in enumerate(zip(shaped, texts, strict=True), 1) if t is not None]
    smallest_last = sorted(asked, key=lambda one: -one[1].shape.area)
    kept = {number for number, _, _ in smallest_last[:MAX_STEPS]}
    limits = Limits(canvas, size, max(MAX_STEPS // max(len(kept), 1), 1))
    steps = [
        _step(_Spot(number, region, part, canvas, limit), work, text, generation, size)
        for number, region, text in asked
        if number in kept
        for part in split_region(region, recipe_pass, limits)
    ]
    waves = _assign_waves([step for step in steps if not step.composite.empty])
    marked = {number: region.shape.area for number, region, _ in asked}
    of_prompts = _prompt_remarks(work, shaped, canvas, {step.number - 1 for step in waves})
    of_area = _remarks_on_area(waves, marked, canvas)
    return Plan(tuple(waves), (*_remarks(waves, len(asked)), *of_area, *of_prompts))


def mask_limit(user_mask: Mask | None, target: Target) -> Mask | None:
    """Where a pass may change pixels, None for everywhere.

    Whoever chooses the regions outside their mask wants those painted, so then it protects its inside.
    """
    if user_mask is None or target.user_mask == "ignore":
        return None
    return user_mask.inverted() if target.user_mask == "outside" or target.kind.protects_mask else user_mask


def shape_regions(regions: Sequence[Region], shape: Shape, canvas: Size) -> tuple[Region, ...]:
    """Offset, merge and invert, in that order; what is pushed off the canvas is gone."""
    moved = [r.moved(shape.x_offset, shape.y_offset).clipped(canvas) for r in regions]
    kept = [r for r in moved if r is not None]
    if shape.merge == "none" or not kept:
        return tuple(kept)
    one = merge_regions(kept)
    if shape.merge == "merge":
        return (one,)
    rest = Region.of_mask(one.mask(canvas).inverted(), "background", one.score)
    return (dataclasses.replace(rest, background=True),) if rest else ()


@dataclass(frozen=True)
class _Spot:
    """One region to paint: `whole` as it was found, `part` what this step paints of it."""

    number: int
    whole: Region
    part: Region
    canvas: Size
    limit: Mask | None


def _step(
    spot: _Spot, work: tuple[int, Pass], text: PromptPair, generation: Generation, native: Size
) -> Step:
    index, recipe_pass = work
    region = spot.part
    frame = _frame(region, recipe_pass, spot.canvas, native)
    denoise, composite = _masks(spot, recipe_pass.shape, frame.crop)
    return Step(
        number=spot.number,
        pass_index=index,
        label=region.label,
        score=region.score,
        box=region.box,
        frame=frame,
        denoise=denoise,
        composite=composite,
        prompt=text.prompt,
        negative_prompt=text.negative_prompt,
        seed=_seed(recipe_pass, generation.seed, spot.number),
        subseed=_seed(recipe_pass, generation.subseed, spot.number),
        subseed_strength=generation.subseed_strength,
        settings=recipe_pass.settings(generation),
        how=recipe_pass.for_step(),
        turn=region.turn,
        person=region.person,
        background=region.background,
    )


def _seed(recipe_pass: Pass, base: int, number: int) -> int:
    start = recipe_pass.seed if recipe_pass.seed is not None else base
    return seeds.for_region(start, number, recipe_pass.seed_step)


def _frame(region: Region, recipe_pass: Pass, canvas: Size, native: Size) -> Frame:
    shape = recipe_pass.shape
    if shape.area == "whole picture":
        return frame_around(canvas.box, canvas, native)
    padding = context_padding(region, shape, recipe_pass.denoising_strength)
    needed = region.box.grown(max(padding, greatest_reach(region, shape, canvas).total))
    return frame_around(needed & canvas.box, canvas, native)


def _masks(spot: _Spot, shape: Shape, crop: Box) -> tuple[Mask, Mask]:
    """(denoise, composite) at crop size.

    The composite mask is that of the part, within the limit. The denoise mask is opaque wherever the
    composite is not 0, and over all else of the whole region in the crop: what is to go there, too, must
    not be seen.
    """
    denoise, composite = build_masks(spot.part, shape, crop, spot.canvas)
    if spot.part is not spot.whole:
        denoise = denoise | _rest(spot, shape, crop)
    if spot.limit is not None:
        limit = spot.limit.crop(crop)
        composite, denoise = composite & limit, denoise & _reach_of_limit(limit)
    return denoise, composite


def _rest(spot: _Spot, shape: Shape, crop: Box) -> Mask:
    """The denoise mask of all of a region that the crop shows."""
    seen = spot.whole.box & crop
    shown = dataclasses.replace(spot.whole, box=seen, shape=spot.whole.within(seen))
    return build_masks(shown, shape, crop, spot.canvas)[0]


def _reach_of_limit(limit: Mask) -> Mask:
    """Where a limited composite may need denoising: all that it lets through, and a soft edge."""
    return Mask.where(limit.alpha > 0).feathered(LEAST_WIDER)


def _assign_waves(steps: Sequence[Step]) -> list[Step]:
    """Steps whose regions overlap are painted one after the other, all others together."""
    done: list[Step] = []
    footprints: list[Region] = []
    for step in steps:
        mine = _footprint(step)
        clashing = [s.wave for s, other in zip(done, footprints, strict=True) if overlap(other, mine) > 0.1]
        done.append(dataclasses.replace(step, wave=max(clashing) + 1) if clashing else step)
        footprints.append(mine)
    return sorted(done, key=lambda s: s.wave)


def _footprint(step: Step) -> Region:
    """The composite alone, without the context around it."""
    box = step.composite.bounds or step.composite.size.box
    return Region(box, step.composite.crop(box)).moved(step.frame.crop.left, step.frame.crop.top)


def _remarks_on_area(steps: Sequence[Step], marked: Mapping[int, int], canvas: Size) -> Iterator[str]:
    """Of each region that takes much more of the picture than what was marked."""
    planned: dict[int, int] = {}
    for step in steps:
        planned[step.number] = planned.get(step.number, 0) + step.composite.area
    for number, area in planned.items():
        more = area - marked[number]
        if area > MUCH_MORE * marked[number] and more > SEEN_SHARE * canvas.area:
            yield (
                f"Region {number}: {marked[number]} pixels are marked and {area} are painted. "
                "For less, lower Mask grow and Mask blur."
            )


def _prompt_remarks(
    work: tuple[int, Pass], regions: Sequence[Region], canvas: Size, painted: set[int]
) -> tuple[str, ...]:
    """What of a pass's own prompts reaches none of the regions, of which those at `painted` are painted."""
    index, one = work
    prompt = remarks(one.prompt, regions, canvas, painted)
    negative = remarks(one.negative_prompt, regions, canvas, painted, negative=True)
    told = [*(f"prompt: {text}" for text in prompt), *(f"negative prompt: {text}" for text in negative)]
    return tuple(f"Pass {index + 1}, {text}" for text in told)


def _remarks(steps: Sequence[Step], asked: int) -> tuple[str, ...]:
    soft = [s for s in steps if s.frame.magnification < SOFT_BELOW_MAGNIFICATION]
    remarks = [
        f"Region {s.number} is {s.frame.crop.size} and is painted at {s.frame.work}: "
        "it will be softer than before. Raise the work size."
        for s in soft
    ]
    if asked > MAX_STEPS:
        remarks.append(f"{asked} regions: only the {MAX_STEPS} largest are painted. Raise the confidence.")
    return tuple(remarks)
