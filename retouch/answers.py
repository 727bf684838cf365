"""The wire both ways: a verb's JSON body in, its JSON answer out.

HTTP (`retouch.rest`) and the command line (`retouch.cli`) both speak through here, so a request
means the same whichever door it came by.
"""

from __future__ import annotations

import base64
import dataclasses
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from retouch import infotext, presets, raster
from retouch.errors import BadInput, BadPicture, RetouchError, did_you_mean
from retouch.execute import Report, Result
from retouch.kept import Kept
from retouch.knobs import dump, load, schema
from retouch.mask import Mask
from retouch.ports import Progress
from retouch.raster import Picture
from retouch.recipe import MAX_PASSES, MAX_SEED, Recipe, Sampling, Target
from retouch.region import Region
from retouch.request import AutofixRequest, DetectRequest, FixRequest
from retouch.studio import Canvas, Studio

MIN_SIDE = 16
"""Nothing can be found in a picture narrower than this many pixels."""
SCHEMAS = (FixRequest, DetectRequest, AutofixRequest, Recipe)

R = TypeVar("R", FixRequest, AutofixRequest)


class Backend(Protocol):
    """What a door stands on: a WebUI, or the standalone app. Safe to use from many threads."""

    @property
    def studio(self) -> Studio:
        """Asked for only inside `busy`."""
        ...

    @property
    def own_recipes(self) -> Path | None:
        """The person's own folder of recipes, None without one."""
        ...

    def health(self) -> dict[str, Any]:
        """Host, engine, versions."""
        ...

    def defaults(self) -> Sampling:
        """What a request's blank sampling fields mean. Asked for only inside `busy`."""
        ...

    def models(self) -> list[dict[str, Any]]:
        """Detectors by name, kind, whether installed, and size."""
        ...

    def busy(self, what: str) -> AbstractContextManager[Progress]:
        """Waits for the host's queue, holds it, and yields the watcher."""
        ...


@dataclass
class Desk:
    """Answers requests on one backend; keeps the pictures it has seen."""

    backend: Backend
    kept: Kept = field(default_factory=Kept)

    def answer(self, verb: str, body: Any) -> dict[str, Any]:
        """Any verb by name. Raises from `retouch.errors`, naming the JSON path of the fault."""
        return VERBS[verb](self, body)

    def detect(self, body: Any) -> dict[str, Any]:
        request = load(DetectRequest, body)
        _check_targets(request.targets)
        picture = self._open(request)
        with self.backend.busy("detect"):
            studio = self.backend.studio
            for i, target in enumerate(request.targets):
                _check_detectors(studio, target, f"targets[{i}]")
            found = [_found(studio, picture, t, i) for i, t in enumerate(request.targets)]
        regions = [_region(r, i, picture) for i, regions in enumerate(found) for r in regions]
        return {
            "image_id": self.kept.put(picture),
            "regions": regions,
            "warnings": list(picture.baggage.notes),
        }

    def plan(self, body: Any) -> dict[str, Any]:
        request = _seeded(load(FixRequest, _body_of_verb(body)))
        recipe, picture = self._recipe(request), self._open(request)
        with self.backend.busy("plan"):
            studio = self._checked_studio(recipe)
            made = studio.plan(self._canvas(request, picture), recipe)
        said = made.summary()
        said["warnings"] = [*picture.baggage.notes, *_empty(recipe), *said["warnings"]]
        return {"image_id": self.kept.put(picture), "seed": request.seed, **said}

    def fix(self, body: Any) -> dict[str, Any]:
        request = _seeded(load(FixRequest, body))
        recipe, picture = self._recipe(request), self._open(request)
        with self.backend.busy("fix") as progress:
            studio = self._checked_studio(recipe)
            canvas = self._canvas(request, picture)
            (result,) = studio.fix([canvas], recipe, progress)
        text = infotext.text(canvas.generation, picture, recipe, result.reports)
        said = self._fixed(result, {infotext.CHUNK: text}, masks=request.return_masks)
        said["source_id"] = self.kept.put(picture)
        remark = studio.engine.remark if any(report.kept for report in result.reports) else ""
        warnings = (*picture.baggage.notes, *_empty(recipe), *said["warnings"], remark)
        said["warnings"] = [warning for warning in warnings if warning]
        return {**said, "seed": request.seed, "infotext": text}

    def recipes(self) -> dict[str, Any]:
        found = presets.recipes(self.backend.own_recipes)
        return {"recipes": [dump(recipe) for recipe in found.values()]}

    @staticmethod
    def schemas() -> dict[str, Any]:
        return {cls.__name__: schema(cls) for cls in SCHEMAS}

    def _fixed(self, result: Result, text: dict[str, str], masks: bool) -> dict[str, Any]:
        return {
            "image": raster.encode_base64(result.picture, text),
            "image_id": self.kept.put(result.picture),
            "reports": [report_json(r, result.picture if masks else None) for r in result.reports],
            "warnings": list(result.warnings),
            "stopped": result.stopped,
        }

    def _open(self, request: FixRequest | DetectRequest) -> Picture:
        if bool(request.image) == bool(request.image_id):
            fault = "and image_id are both given." if request.image else "is required."
            raise BadInput(fault, path="image", hint="Give either `image` or `image_id`.")
        if request.image_id:
            return self.kept.get(request.image_id)
        picture = raster.decode_base64(request.image)
        if min(picture.size) < MIN_SIDE:
            hint = f"At least {MIN_SIDE} pixels a side."
            raise BadPicture(f"{picture.size} is too small.", path="image", hint=hint)
        return picture

    def _recipe(self, request: FixRequest) -> Recipe:
        return presets.recipe(request.recipe, self.backend.own_recipes)

    def _canvas(self, request: FixRequest, picture: Picture) -> Canvas:
        return Canvas(picture, request.generation(self.backend.defaults(), request.seed))

    def _checked_studio(self, recipe: Recipe) -> Studio:
        """Refuses a detector that cannot be had before any GPU second is spent."""
        studio = self.backend.studio
        for i, recipe_pass in recipe.active:
            _check_detectors(studio, recipe_pass.target, f"recipe.passes[{i}].target")
        return studio


VERBS: dict[str, Callable[[Desk, Any], dict[str, Any]]] = {
    "detect": Desk.detect,
    "fix": Desk.fix,
    "plan": Desk.plan,
}
PLANNABLE = ("fix",)


def mask_base64(mask: Mask) -> str:
    """A one-channel PNG."""
    return base64.b64encode(raster.encode_gray(mask.alpha)).decode("ascii")


def _seeded(request: R) -> R:
    """-1 becomes a seed that can be reported and asked for again."""
    asked = {"seed": request.seed, "subseed": request.subseed}
    picked = {k: secrets.randbelow(MAX_SEED + 1) for k, v in asked.items() if v < 0}
    return dataclasses.replace(request, **picked)


def _body_of_verb(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise BadInput("a plan is asked for with an object.", hint='Give {"verb": "fix", ...}.')
    verb = body.get("verb")
    if verb not in PLANNABLE:
        fault = "is required." if verb is None else f"{verb!r} cannot be planned."
        raise BadInput(fault, path="verb", hint=did_you_mean(str(verb), PLANNABLE))
    return {key: value for key, value in body.items() if key != "verb"}


def _check_targets(targets: tuple[Target, ...]) -> None:
    if not 1 <= len(targets) <= MAX_PASSES:
        hint = f"Allowed: 1 to {MAX_PASSES}."
        raise BadInput(f"{len(targets)} targets cannot be looked for.", path="targets", hint=hint)
    for i, target in enumerate(targets):
        if not target.models:
            raise BadInput("no detector is named.", path=f"targets[{i}].models", hint='As ["face"].')


def _found(studio: Studio, picture: Picture, target: Target, index: int) -> tuple[Region, ...]:
    try:
        return studio.detect(picture, target)
    except RetouchError as error:  # weights are loaded, and refused, when first needed
        raise _placed(error, f"targets[{index}].{error.path or 'models'}") from error


def _placed(error: RetouchError, path: str) -> RetouchError:
    """The same error, at `path`."""
    return type(error)(error.what, path=path, hint=error.hint)


def _check_detectors(studio: Studio, target: Target, path: str) -> None:
    for i, model in enumerate(target.models):
        try:
            studio.detector(model)
        except RetouchError as error:
            raise _placed(error, f"{path}.models[{i}]") from error


def _empty(recipe: Recipe) -> tuple[str, ...]:
    looks = f"Recipe {recipe.name!r} has no enabled pass that looks for something: nothing is painted."
    return () if recipe.active else (looks,)


def _region(region: Region, target: int, picture: Picture) -> dict[str, Any]:
    return {
        "target": target,
        "box": list(region.box),
        "label": region.label,
        "score": round(float(region.score), 4),
        "mask": mask_base64(region.mask(picture.size)),
    }


def report_json(report: Report, masked: Picture | None = None) -> dict[str, Any]:
    """`masked` is the picture when its composite mask is wanted."""
    step = report.step
    said = {
        "pass": step.pass_index + 1,
        "number": step.number,
        "label": step.label,
        "score": round(float(step.score), 4),
        "box": list(step.box),
        "crop": list(step.frame.crop),
        "work": list(step.frame.work),
        "seed": step.seed,
        "prompt": step.prompt,
        "negative_prompt": step.negative_prompt,
        "outcome": report.outcome,
        "why": report.why,
        "seconds": round(report.seconds, 4),
    }
    return said if masked is None else {**said, "mask": mask_base64(report.mask(masked))}
