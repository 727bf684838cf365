"""The numbers of a tab, each with the knob of Retouch that takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retouch.errors import plain_number
from retouch.knobs import Knob, knobs_of
from retouch.recipes.adetailer.arguments import TabArguments
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

BLUR_REACH = 2.5
"""Standard deviations at which the WebUI cuts off the Gaussian of its mask blur."""


def _same(number: float) -> float:
    return number


def reach_of_kernel(side: int) -> int:
    """Pixels by which a mask grows on each side, at most, under a square kernel; below 0 it shrinks.

    >>> reach_of_kernel(4), reach_of_kernel(-4)
    (2, -2)
    """
    return abs(side) // 2 * (1 if side > 0 else -1)


def reach_of_blur(deviation: int) -> int:
    """Pixels beyond the mask at which the WebUI's mask blur ends.

    >>> reach_of_blur(4)
    10
    """
    return int(BLUR_REACH * deviation + 0.5)


@dataclass(frozen=True)
class Number:
    """One field of a tab and its knob. `scale` converts the value; `switch` is the field that turns it on."""

    field: str
    owner: type
    knob: str
    scale: Callable[[int], float] = _same
    switch: str = ""

    def value(self, tab: TabArguments) -> float | None:
        """The value within the bounds of the knob. None if the tab does not use the field."""
        wanted = self._wanted(tab)
        if wanted is None:
            return None
        knob = self._knob
        low, high = (wanted if end is None else end for end in (knob.low, knob.high))
        return type(wanted)(min(max(wanted, low), high))

    def remark(self, tab: TabArguments) -> str:
        """A sentence if the value is outside the bounds of the knob, else ""."""
        wanted, used = self._wanted(tab), self.value(tab)
        if wanted is None or used is None or wanted == used:
            return ""
        side = "above" if wanted > used else "below"
        return (
            f"{plain_number(getattr(tab, self.field))} is {side} what Retouch has: "
            f"{self._knob.label!r} is {plain_number(used)}."
        )

    @property
    def _knob(self) -> Knob:
        return knobs_of(self.owner)[self.knob]

    def _wanted(self, tab: TabArguments) -> float | None:
        if self.switch and not getattr(tab, self.switch):
            return None
        return self.scale(getattr(tab, self.field))


NUMBERS = (
    Number("ad_confidence", Target, "confidence"),
    Number("ad_mask_k", Target, "top_k"),
    Number("ad_mask_min_ratio", Target, "min_area"),
    Number("ad_mask_max_ratio", Target, "max_area"),
    Number("ad_dilate_erode", Shape, "grow", reach_of_kernel),
    Number("ad_x_offset", Shape, "x_offset"),
    Number("ad_y_offset", Shape, "y_offset", lambda up: -up),
    Number("ad_mask_blur", Shape, "blur", reach_of_blur),
    Number("ad_inpaint_only_masked_padding", Shape, "padding", switch="ad_inpaint_only_masked"),
    Number("ad_denoising_strength", Pass, "denoising_strength"),
    Number("ad_steps", Pass, "steps", switch="ad_use_steps"),
    Number("ad_cfg_scale", Pass, "cfg_scale", switch="ad_use_cfg_scale"),
    Number("ad_noise_multiplier", Pass, "noise_multiplier", switch="ad_use_noise_multiplier"),
    Number("ad_clip_skip", Pass, "clip_skip", switch="ad_use_clip_skip"),
)


def values_for(owner: type, tab: TabArguments) -> dict[str, float]:
    """The values of the knobs that `owner` declares and the tab sets, by name."""
    values = {one.knob: one.value(tab) for one in NUMBERS if one.owner is owner}
    return {name: value for name, value in values.items() if value is not None}


def number_remarks(tab: TabArguments) -> Iterator[tuple[str, str]]:
    """(field, sentence) for each number outside the bounds of its knob."""
    yield from ((one.field, remark) for one in NUMBERS if (remark := one.remark(tab)))


def side_of_square(width: int, height: int) -> int:
    """The side of a square of the same area, in the steps of Retouch's work size and within its bounds.

    >>> side_of_square(512, 768)
    640
    """
    knob = knobs_of(Shape)["work_side"]
    low, high, step = int(knob.low or 1), int(knob.high or 1), int(knob.step or 1)
    root = min(max((width * height) ** 0.5, low), high)
    return round(root / step) * step
