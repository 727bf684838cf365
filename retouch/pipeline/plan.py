"""Make a plan from regions: crops, work sizes, masks, prompts, seeds and order. Reads no pixels."""

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
"""Maximum regions painted in one picture by one pass. Of more the largest are painted, with a remark."""
SOFT_BELOW_MAGNIFICATION = 0.75
"""Work pixels per canvas pixel. Below it the result is visibly softer than the original."""
MUCH_MORE, SEEN_SHARE = 4, 0.002
"""A region gets a remark if its painted area is more than MUCH_MORE times its marked area, and the difference
is more than SEEN_SHARE of the picture."""


@dataclass(frozen=True)
class PassWork:
    """A pass with its index in the recipe, from 0."""

    index: int
    recipe_pass: Pass


def plan_pass(
    canvas: Size,
    regions: Sequence[Region],
    work: PassWork,
    generation: Generation,
    native: Size,
    user_mask: Mask | None = None,
) -> Plan:
    """The plan of one pass over one canvas. `regions` are chosen and in order; `work` is the pass with its
    index.

    `native` is the model's native size. `user_mask`, of the canvas' size, limits every composite mask as the
    target's `user_mask` says.
    """
    recipe_pass = work.recipe_pass
    shaped = shape_regions(regions, recipe_pass.shape, canvas)
    scene = PromptPair(generation.prompt, generation.negative_prompt)
    region_prompts = [prompts_for(region, generation.people, scene) for region in shaped]
    texts = resolve(recipe_pass.prompt, recipe_pass.negative_prompt, shaped, canvas, region_prompts)
    side = recipe_pass.shape.work_side
    size = Size(side, side) if side else native
    limit = mask_limit(user_mask, recipe_pass.target)
    to_paint = [(n, r, t) for n, (r, t) in enumerate(zip(shaped, texts, strict=True), 1) if t is not None]
    smallest_last = sorted(to_paint, key=lambda item: -item[1].shape.area)
    painted_numbers = {number for number, _, _ in smallest_last[:MAX_STEPS]}
    limits = Limits(canvas, size, max(MAX_STEPS // max(len(painted_numbers), 1), 1))
    steps = [
        _step(_Spot(number, region, part, canvas, limit), work, text, generation, size)
        for number, region, text in to_paint
        if number in painted_numbers
        for part in split_region(region, recipe_pass, limits)
    ]
    waves = _assign_waves([step for step in steps if not step.composite.empty])
    marked = {number: region.shape.area for number, region, _ in to_paint}
    prompt_remarks = _prompt_remarks(work, shaped, canvas, {step.number - 1 for step in waves})
    area_remarks = _remarks_on_area(waves, marked, canvas)
    return Plan(tuple(waves), (*_remarks(waves, len(to_paint)), *area_remarks, *prompt_remarks))


def mask_limit(user_mask: Mask | None, target: Target) -> Mask | None:
    """The mask of pixels that a pass may change, of the canvas' size, or None for all.

    If the target chooses regions outside the mask, or is the background, the mask protects its inside.
    """
    if user_mask is None or target.user_mask == "ignore":
        return None
    return user_mask.inverted() if target.user_mask == "outside" or target.kind.protects_mask else user_mask


def shape_regions(regions: Sequence[Region], shape: Shape, canvas: Size) -> tuple[Region, ...]:
    """Offset, merge and invert the regions, in that order. Regions off the canvas are dropped."""
    moved = [r.moved(shape.x_offset, shape.y_offset).clipped(canvas) for r in regions]
    clipped = [r for r in moved if r is not None]
    if shape.merge == "none" or not clipped:
        return tuple(clipped)
    merged = merge_regions(clipped)
    if shape.merge == "merge":
        return (merged,)
    rest = Region.of_mask(merged.mask(canvas).inverted(), "background", merged.score)
    return (dataclasses.replace(rest, background=True),) if rest else ()


@dataclass(frozen=True)
class _Spot:
    """One region to paint: `whole` is the region, `part` the part of it that this step paints."""

    number: int
    whole: Region
    part: Region
    canvas: Size
    limit: Mask | None


def _step(spot: _Spot, work: PassWork, text: PromptPair, generation: Generation, native: Size) -> Step:
    recipe_pass = work.recipe_pass
    region = spot.part
    frame = _frame(region, recipe_pass, spot.canvas, native)
    denoise, composite = _masks(spot, recipe_pass.shape, frame.crop)
    return Step(
        number=spot.number,
        pass_index=work.index,
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
    composite mask is not 0, and over the rest of the region in the crop, which another step replaces.
    """
    denoise, composite = build_masks(spot.part, shape, crop, spot.canvas)
    if spot.part is not spot.whole:
        denoise = denoise | _rest(spot, shape, crop)
    if spot.limit is not None:
        limit = spot.limit.crop(crop)
        composite, denoise = composite & limit, denoise & _reach_of_limit(limit)
    return denoise, composite


def _rest(spot: _Spot, shape: Shape, crop: Box) -> Mask:
    """The denoise mask of all of the region in the crop."""
    visible = spot.whole.box & crop
    region = dataclasses.replace(spot.whole, box=visible, shape=spot.whole.within(visible))
    return build_masks(region, shape, crop, spot.canvas)[0]


def _reach_of_limit(limit: Mask) -> Mask:
    """Pixels that a limited composite mask may need denoised: all pixels of the limit, and a soft edge."""
    return Mask.where(limit.alpha > 0).feathered(LEAST_WIDER)


def _assign_waves(steps: Sequence[Step]) -> list[Step]:
    """Steps whose regions overlap are in successive waves, all others in one wave."""
    planned: list[Step] = []
    footprints: list[Region] = []
    for step in steps:
        footprint = _footprint(step)
        clashing = [
            s.wave for s, other in zip(planned, footprints, strict=True) if overlap(other, footprint) > 0.1
        ]
        planned.append(dataclasses.replace(step, wave=max(clashing) + 1) if clashing else step)
        footprints.append(footprint)
    return sorted(planned, key=lambda s: s.wave)


def _footprint(step: Step) -> Region:
    """The region of the composite mask, without its context."""
    box = step.composite.bounds or step.composite.size.box
    return Region(box, step.composite.crop(box)).moved(step.frame.crop.left, step.frame.crop.top)


def _remarks_on_area(steps: Sequence[Step], marked: Mapping[int, int], canvas: Size) -> Iterator[str]:
    """A sentence for each region whose painted area is much larger than its marked area."""
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
    work: PassWork, regions: Sequence[Region], canvas: Size, painted: set[int]
) -> tuple[str, ...]:
    """Remarks on parts of a pass's prompts that reach no region. `painted` has the indices of painted
    regions.
    """
    recipe_pass = work.recipe_pass
    prompt = remarks(recipe_pass.prompt, regions, canvas, painted)
    negative = remarks(recipe_pass.negative_prompt, regions, canvas, painted, negative=True)
    texts = [*(f"prompt: {text}" for text in prompt), *(f"negative prompt: {text}" for text in negative)]
    return tuple(f"Pass {work.index + 1}, {text}" for text in texts)


def _remarks(steps: Sequence[Step], count: int) -> tuple[str, ...]:
    soft = [s for s in steps if s.frame.magnification < SOFT_BELOW_MAGNIFICATION]
    remarks = [
        f"Region {s.number} is {s.frame.crop.size} and is painted at {s.frame.work}: "
        "it will be softer than before. Raise the work size."
        for s in soft
    ]
    if count > MAX_STEPS:
        remarks.append(f"{count} regions: only the {MAX_STEPS} largest are painted. Raise the confidence.")
    return tuple(remarks)
