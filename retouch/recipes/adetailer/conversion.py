"""Convert ADetailer's arguments to a recipe: one pass for each tab that ADetailer would run.

The result has the gate off, as ADetailer keeps every result. Values that are explicit in ADetailer, such as
dilation and mask blur, are explicit in the recipe.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from retouch.errors import RetouchError
from retouch.recipes.adetailer.arguments import NONE, SAME, TabArguments
from retouch.recipes.adetailer.differences import differences_of, finds_by_text
from retouch.recipes.adetailer.models import KnownDetectors
from retouch.recipes.adetailer.number_fields import side_of_square, values_for
from retouch.recipes.adetailer.payload import TITLE, Payload
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

SCHEDULES = ("Karras", "Exponential", "Polyexponential", "SGM Uniform")
"""Schedule types with which names of samplers ended before version 1.9 of the WebUI."""
_OLD_SAMPLER = re.compile(rf"(.+) ({'|'.join(SCHEDULES)})")
_OF_MODEL = re.compile(r".*\.passes\[(\d+)\]\.target\.(models|classes)(\[\d+\])?")


@dataclass(frozen=True)
class Conversion:
    """The recipe of a request, what else the request says, and a sentence for each difference.

    `paths` are the places of the passes' tabs in the request.
    """

    recipe: Recipe
    skip_img2img: bool = False
    warnings: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def path_in_request(self, path: str) -> str:
        """The place in ADetailer's arguments of an error at `path` in the recipe: a missing model's tab."""
        match = _OF_MODEL.fullmatch(path)
        if match is None:
            return path
        field = "ad_model" if match[2] == "models" else "ad_model_classes"
        return f"{self.paths[int(match[1])]}.{field}"

    @contextlib.contextmanager
    def errors_at_tabs(self) -> Iterator[None]:
        """Context manager: an error about a missing model of the recipe gets the path of its tab."""
        try:
            yield
        except RetouchError as error:
            path = self.path_in_request(error.path)
            if path == error.path:
                raise
            raise type(error)(error.what, path=path, hint=error.hint) from error


def convert(payload: Payload, detectors: KnownDetectors) -> Conversion:
    """The recipe of the active tabs, in their order. Raises nothing: every valid tab has a recipe."""
    tabs = [tab for tab in payload.active if not _is_empty_range(tab.arguments)]
    if_missing = "skip" if len(tabs) > 1 else "refuse"
    passes = tuple(_make_pass(tab.arguments, detectors, if_missing) for tab in tabs)
    return Conversion(
        Recipe(TITLE, passes=passes),
        payload.skip_img2img,
        (*_payload_remarks(payload), *_tab_remarks(payload, detectors)),
        tuple(tab.path for tab in tabs),
    )


def _is_empty_range(tab: TabArguments) -> bool:
    """True if no mask can lie between the two ratios. A recipe with such a pass is invalid."""
    return tab.ad_mask_min_ratio > tab.ad_mask_max_ratio


def _payload_remarks(payload: Payload) -> list[str]:
    if payload.enabled:
        return []
    return [f"{payload.path}[0]: false switches {TITLE} off: nothing is painted."]


def _tab_remarks(payload: Payload, detectors: KnownDetectors) -> list[str]:
    return [
        f"{tab.path}.{field}: {remark}"
        for tab in payload.active
        for field, remark in differences_of(tab.arguments, detectors)
    ]


def _make_pass(tab: TabArguments, detectors: KnownDetectors, if_missing: str) -> Pass:
    values: dict[str, Any] = {**values_for(Pass, tab), **_sampling(tab)}
    return Pass(
        target=_target(tab, detectors),
        shape=_shape(tab),
        prompt=tab.ad_prompt,
        negative_prompt=tab.ad_negative_prompt,
        restore_faces=tab.ad_restore_face,
        if_missing=if_missing,
        **values,
    )


def _target(tab: TabArguments, detectors: KnownDetectors) -> Target:
    numbers: dict[str, Any] = values_for(Target, tab)
    by_text = finds_by_text(tab, detectors)
    return Target(
        what="text" if by_text else "detectors",
        models=() if by_text else (detectors.choose(tab.ad_model)[0],),
        classes=tab.classes,
        top_by=tab.ad_mask_filter_method.lower(),
        order="largest first" if tab.ad_mask_k and tab.ad_mask_filter_method == "Area" else "confidence",
        **numbers,
    )


def _shape(tab: TabArguments) -> Shape:
    numbers: dict[str, Any] = values_for(Shape, tab)
    side = side_of_square(tab.ad_inpaint_width, tab.ad_inpaint_height)
    return Shape(
        area="only masked" if tab.ad_inpaint_only_masked else "whole picture",
        merge=tab.ad_mask_merge_invert.lower(),
        work_side=side if tab.ad_use_inpaint_width_height else None,
        **numbers,
    )


def _sampling(tab: TabArguments) -> dict[str, str | None]:
    """The names of the sampling. None stands for the picture's own."""
    return {
        **_sampler(tab),
        "checkpoint": _named(tab.ad_use_checkpoint, tab.ad_checkpoint),
        "vae": _named(tab.ad_use_vae, tab.ad_vae),
    }


def _named(used: bool, name: str | None) -> str | None:
    return name if used and name and name not in SAME else None


def _sampler(tab: TabArguments) -> dict[str, str | None]:
    """Sampler and schedule type. The schedule type at the end of an older sampler name has priority."""
    sampler = _named(tab.ad_use_sampler, tab.ad_sampler)
    scheduler = _named(tab.ad_use_sampler, tab.ad_scheduler)
    match = _OLD_SAMPLER.fullmatch(sampler or NONE)
    return (
        {"sampler": match[1], "scheduler": match[2]}
        if match
        else {"sampler": sampler, "scheduler": scheduler}
    )
