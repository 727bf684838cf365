"""What a tab of ADetailer asks for that Retouch does in another way or not at all.

Each check yields (field, sentence). The sentence names the value and what Retouch does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from retouch.recipes import prompts
from retouch.recipes.adetailer.arguments import KNOBS, NONE, TabArguments
from retouch.recipes.adetailer.models import KnownDetectors
from retouch.recipes.adetailer.number_fields import number_remarks, side_of_square

Difference = tuple[str, str]
_PLAIN = TabArguments()
_SKIP = "[SKIP]"
TEXT_TARGET = "is not installed: the target 'text' looks for the classes."


def finds_by_text(tab: TabArguments, detectors: KnownDetectors) -> bool:
    """True if the words of a model of YOLO-World that is not installed are a target of their own."""
    return bool(tab.classes) and tab.ad_model not in detectors.installed


def differences_of(tab: TabArguments, detectors: KnownDetectors) -> Iterator[Difference]:
    """(field, sentence) for each difference of one active tab."""
    remark = TEXT_TARGET if finds_by_text(tab, detectors) else detectors.choose(tab.ad_model)[1]
    if remark:
        yield "ad_model", f"{tab.ad_model!r} {remark}"
    for check in CHECKS:
        yield from check(tab)


def _of_classes(tab: TabArguments) -> Iterator[Difference]:
    if tab.ad_model_classes.strip() and not tab.finds_classes:
        yield (
            "ad_model_classes",
            f"{tab.ad_model_classes!r} is not used, as in ADetailer: {tab.ad_model!r} is no -world model. "
            "'Classes' of a recipe's target serves every detector.",
        )


def _of_area(tab: TabArguments) -> Iterator[Difference]:
    low, high = tab.ad_mask_min_ratio, tab.ad_mask_max_ratio
    if low > high:
        yield "ad_mask_min_ratio", f"{low:g} is above ad_mask_max_ratio {high:g}: the tab is left out."
        return
    for field in ("ad_mask_min_ratio", "ad_mask_max_ratio"):
        if getattr(tab, field) != getattr(_PLAIN, field):
            yield (
                field,
                f"{getattr(tab, field):g} is compared with the area of the mask, not of its box. "
                "A face covers about 87 % of its box.",
            )


def _of_work_size(tab: TabArguments) -> Iterator[Difference]:
    width, height = tab.ad_inpaint_width, tab.ad_inpaint_height
    side = side_of_square(width, height)
    if tab.ad_use_inpaint_width_height and (width, height) != (side, side):
        yield (
            "ad_inpaint_width",
            f"{width} x {height} is not used as it is: the area is that of {side} x {side}, "
            "and the aspect is that of the crop.",
        )


def _of_prompt(tab: TabArguments) -> Iterator[Difference]:
    for part in prompts.split(tab.ad_prompt):
        if part.skips and part.text != _SKIP:
            yield (
                "ad_prompt",
                f"{prompts.quote(part.text)} leaves its regions as they are. "
                f"For ADetailer {_SKIP} beside other words is a word.",
            )


def _of_places(tab: TabArguments) -> Iterator[Difference]:
    for field in ("ad_prompt", "ad_negative_prompt"):
        for part in prompts.split(getattr(tab, field)):
            if part.who is not None:
                yield (
                    field,
                    f"{prompts.quote(str(part))} is for one region. For ADetailer [FOR ...] is a word.",
                )


def _of_controlnet(tab: TabArguments) -> Iterator[Difference]:
    if tab.ad_controlnet_model == NONE:
        return
    for field in (name for name in KNOBS if name.startswith("ad_controlnet_")):
        value = getattr(tab, field)
        if value != getattr(_PLAIN, field):
            yield field, f"{value!r} is not used: Retouch runs no ControlNet unit on a region."


CHECKS: tuple[Callable[[TabArguments], Iterator[Difference]], ...] = (
    _of_classes,
    number_remarks,
    _of_area,
    _of_work_size,
    _of_prompt,
    _of_places,
    _of_controlnet,
)
