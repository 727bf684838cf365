"""Regions -> Plan. Pure: decides crops, work sizes, masks, words, seeds and order; reads no pixels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retouch.frame import Frame, frame_around
from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.people import said_of
from retouch.prompts import Said, remarks, resolve
from retouch.recipe import MAX_SEED, Gate, Generation, Pass, Settings, Shape, Target
from retouch.region import Region, merged, overlap

MAX_STEPS = 256
"""Regions painted in one picture by one pass; of more the largest are, and it is said so."""
UNDER_RESOLVED = 0.75
"""Below this magnification the result is visibly softer than what it replaces."""


@dataclass(frozen=True, eq=False)
class Step:
    """One region's future. All masks are of the crop's size; `box` is the region's own.

    `hole` is what has no pixels yet, and gets the masked content; None for all that is denoised.
    """

    number: int
    pass_index: int
    label: str
    score: float
    box: Box
    frame: Frame
    denoise: Mask
    composite: Mask
    prompt: str
    negative_prompt: str
    seed: int
    subseed: int
    subseed_strength: float
    settings: Settings
    colour_correction: float = 1.0
    keep_tone: str = "auto"
    grain: float = 1.0
    variations: int = 1
    gate: Gate = Gate()
    turn: float = 0.0
    person: int = 0
    wave: int = 0
    hole: Mask | None = None

    def summary(self) -> dict[str, Any]:
        """What a person or a test compares: everything but the masks."""
        sampling = dataclasses.asdict(self.settings.sampling)
        kept = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        for name in ("frame", "denoise", "composite", "settings", "hole"):
            del kept[name]
        frame = self.frame
        return {
            **kept,
            "box": list(self.box),
            "crop": list(frame.crop),
            "work": list(frame.work),
            "magnification": round(frame.magnification, 3),
            "mask_area": self.composite.area,
            "gate": self.gate.mode,
            "denoising_strength": self.settings.denoising_strength,
            "masked_content": self.settings.masked_content,
            "sampling": sampling,
        }


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps in order, and remarks for the person."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps, self.warnings + other.warnings)

    def summary(self) -> dict[str, Any]:
        return {"steps": [s.summary() for s in self.steps], "warnings": list(self.warnings)}


def plan(
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
    index, recipe_pass = work
    shaped = shape_regions(regions, recipe_pass.shape, canvas)
    around = Said(generation.prompt, generation.negative_prompt)
    said = [said_of(region, generation.people, around) for region in shaped]
    texts = resolve(recipe_pass.prompt, recipe_pass.negative_prompt, shaped, canvas, said)
    side = recipe_pass.shape.work_side
    size = Size(side, side) if side else native
    limit = allowed(user_mask, recipe_pass.target)
    asked = [(n, r, t) for n, (r, t) in enumerate(zip(shaped, texts, strict=True), 1) if t is not None]
    smallest_last = sorted(asked, key=lambda one: -one[1].shape.area)
    kept = {number for number, _, _ in smallest_last[:MAX_STEPS]}
    steps = [
        _step(_Spot(number, region, canvas, limit), (index, recipe_pass), text, generation, size)
        for number, region, text in asked
        if number in kept
    ]
    waves = _waves([step for step in steps if not step.composite.empty])
    told = _prompt_remarks(work, shaped, canvas, {step.number - 1 for step in waves})
    return Plan(tuple(waves), _remarks(waves, len(asked)) + told)


def allowed(user_mask: Mask | None, target: Target) -> Mask | None:
    """Where a pass may change pixels, None for everywhere.

    Whoever chooses the regions outside their mask wants those painted, so then it protects its inside.
    """
    if user_mask is None or target.user_mask == "ignore":
        return None
    return user_mask.inverted() if target.user_mask == "outside" or target.what == "background" else user_mask


def shape_regions(regions: Sequence[Region], shape: Shape, canvas: Size) -> tuple[Region, ...]:
    """Offset, merge and invert, in that order; what is pushed off the canvas is gone."""
    moved = [r.moved(shape.x_offset, shape.y_offset).clipped(canvas) for r in regions]
    kept = [r for r in moved if r is not None]
    if shape.merge == "none" or not kept:
        return tuple(kept)
    one = merged(kept)
    if shape.merge == "merge":
        return (one,)
    rest = Region.of_mask(one.mask(canvas).inverted(), "background", one.score)
    return (rest,) if rest else ()


@dataclass(frozen=True)
class _Spot:
    number: int
    region: Region
    canvas: Size
    limit: Mask | None


@dataclass(frozen=True)
class Reach:
    """How far, in canvas pixels, the masks and the crop reach beyond a region."""

    grow: int
    blur: int
    wider: int
    padding: int

    @classmethod
    def of(cls, region: Region, shape: Shape, strength: float, canvas: Size) -> Reach:
        """Scaled with the region's side and, for the context, with the denoising strength.

        5 % growth and 8 % fade lie in the 4-12 px band practitioners use for a 100 px face; context
        of 30-80 % of the side per side gives a face about half of its crop. A region that reaches every
        border, a background, does not grow, and fades as what it leaves out would: that is not to be eaten.
        """
        side = edge = region.box.area**0.5
        usual = max(2, round(side * 0.05))
        if region.box == canvas.box:
            edge, usual = (region.box.area - region.shape.area) ** 0.5 / 2, 0
        grow = shape.grow if shape.grow is not None else usual
        blur = shape.blur if shape.blur is not None else max(2, round(edge * 0.08))
        padding = shape.padding if shape.padding is not None else round(side * (0.3 + 0.5 * strength))
        return cls(grow, blur, max(2, round(edge * 0.04)), padding)

    @property
    def masks(self) -> int:
        return max(self.grow, 0) + self.blur + self.wider


def _step(spot: _Spot, work: tuple[int, Pass], text: Said, generation: Generation, native: Size) -> Step:
    index, recipe_pass = work
    region = spot.region
    reach = Reach.of(region, recipe_pass.shape, recipe_pass.denoising_strength, spot.canvas)
    frame = _frame(region, reach, recipe_pass.shape, spot.canvas, native)
    denoise, composite = _masks(region, reach, frame.crop, spot.limit)
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
        colour_correction=recipe_pass.colour_correction,
        keep_tone=recipe_pass.keep_tone,
        grain=recipe_pass.grain,
        variations=recipe_pass.variations,
        gate=recipe_pass.gate,
        turn=region.turn,
        person=region.person,
    )


def _seed(recipe_pass: Pass, base: int, number: int) -> int:
    start = recipe_pass.seed if recipe_pass.seed is not None else base
    return (start + (number - 1 if recipe_pass.seed_step == "next" else 0)) % (MAX_SEED + 1)


def _frame(region: Region, reach: Reach, shape: Shape, canvas: Size, native: Size) -> Frame:
    if shape.area == "whole picture":
        return frame_around(canvas.box, canvas, native)
    needed = region.box.grown(max(reach.padding, reach.masks))
    return frame_around(needed & canvas.box, canvas, native)


def _masks(region: Region, reach: Reach, crop: Box, limit: Mask | None) -> tuple[Mask, Mask]:
    """(denoise, composite) at crop size: both opaque over the grown region, denoise the wider.

    The composite fades over `blur`; the denoise mask is opaque wherever the composite is not 0.
    Both are made in a window no larger than they reach, for a crop may be the whole picture.
    """
    window = region.box.grown(reach.masks + 2) & crop
    composite = region.within(window).grown(reach.grow).feathered(reach.blur)
    if limit is not None:
        composite = composite & limit.crop(window)
    denoise = Mask.where(composite.alpha > 0).feathered(reach.wider)
    inside = crop.relative_to(window)
    return denoise.crop(inside), composite.crop(inside)


def _waves(steps: Sequence[Step]) -> list[Step]:
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
    soft = [s for s in steps if s.frame.magnification < UNDER_RESOLVED]
    remarks = [
        f"Region {s.number} is {s.frame.crop.size} and is painted at {s.frame.work}: "
        "it will be softer than before. Raise the work size."
        for s in soft
    ]
    if asked > MAX_STEPS:
        remarks.append(f"{asked} regions: only the {MAX_STEPS} largest are painted. Raise the confidence.")
    return tuple(remarks)
