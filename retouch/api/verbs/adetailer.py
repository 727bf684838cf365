"""Detect and repaint by ADetailer's arguments: they become a recipe, and `fix` answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from retouch.api.installed_models import known_detectors
from retouch.api.messages import unique
from retouch.api.requests.adetailer import AdetailerRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.verbs import fix
from retouch.knobs import load
from retouch.recipes.adetailer.conversion import Conversion, convert
from retouch.recipes.adetailer.payload import Payload, read_payload, read_scripts

if TYPE_CHECKING:
    from retouch.api.context import ApiContext
    from retouch.api.service import Answer


def answer_adetailer(context: ApiContext, body: Any) -> dict[str, Any]:
    return _answer_by(fix.answer_fix, context, body)


def plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The plan of `fix` for the recipe of the same body. Nothing is painted."""
    return _answer_by(fix.plan, context, body)


def _answer_by(answer: Answer, context: ApiContext, body: Any) -> dict[str, Any]:
    """The answer for the converted request; the warnings of the conversion come first."""
    request = load(AdetailerRequest, body)
    payload, others = _payload(request)
    conversion = convert(payload, known_detectors(context.backend.models()))
    with conversion.errors_at_tabs():
        answered = answer(context, _fix_request(request, conversion))
    return {**answered, "warnings": unique(others, conversion.warnings, answered["warnings"])}


def _payload(request: AdetailerRequest) -> tuple[Payload, list[str]]:
    if request.alwayson_scripts is not None:
        return read_scripts(request.alwayson_scripts)
    return read_payload(request.args), []


def _fix_request(request: AdetailerRequest, conversion: Conversion) -> FixRequest:
    names = {field.name for field in dataclasses.fields(FixRequest)} - {"recipe"}
    return FixRequest(recipe=conversion.recipe, **{name: getattr(request, name) for name in names})
