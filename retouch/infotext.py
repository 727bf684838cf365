"""What a picture's generation text says of Retouch, and reading it back.

Two keys: `Retouch` holds the recipe, knobs at their defaults left out; `Retouch regions` what was
painted, so that one region can be painted again alone. Both are JSON on one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from retouch.errors import BadInput
from retouch.execute import Report
from retouch.knobs import dump, load
from retouch.recipe import Recipe

RECIPE = "Retouch"
REGIONS = "Retouch regions"


def params(recipe: Recipe, reports: Sequence[Report] = (), prompt: str = "") -> dict[str, str]:
    """Keys for the infotext. A region's prompt is given where it is not the picture's `prompt`."""
    said = {RECIPE: _line(dump(recipe))}
    if reports:
        said[REGIONS] = _line([_region(r, prompt) for r in reports])
    return said


def recipe_in(params: Mapping[str, Any]) -> Recipe | None:
    """The recipe an infotext carries, None without one. BadInput when it is damaged."""
    text = params.get(RECIPE)
    if not text:
        return None
    try:
        return load(Recipe, json.loads(text))
    except json.JSONDecodeError as error:
        raise BadInput(f"{error}.", path=RECIPE, hint="Copy the whole generation text.") from None


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _region(report: Report, prompt: str) -> dict[str, Any]:
    step = report.step
    said: dict[str, Any] = {"pass": step.pass_index + 1, "box": list(step.box), "seed": step.seed}
    if step.prompt != prompt:
        said["prompt"] = step.prompt
    return said if report.kept else {**said, "left": report.why}
