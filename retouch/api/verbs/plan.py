"""What a verb would paint, and how; nothing is painted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retouch.api.verbs import fix, inpaint, outpaint
from retouch.errors import BadInput, did_you_mean

if TYPE_CHECKING:
    from retouch.api.context import ApiContext

PLANNABLE = {"fix": fix.plan, "inpaint": inpaint.plan, "outpaint": outpaint.plan}


def answer_plan(desk: ApiContext, body: Any) -> dict[str, Any]:
    """`verb` and that verb's own body."""
    if not isinstance(body, Mapping):
        raise BadInput("a plan is asked for with an object.", hint='Give {"verb": "fix", ...}.')
    verb = body.get("verb")
    if verb not in PLANNABLE:
        fault = "is required." if verb is None else f"{verb!r} cannot be planned."
        raise BadInput(fault, path="verb", hint=did_you_mean(str(verb), PLANNABLE))
    return PLANNABLE[verb](desk, {key: value for key, value in body.items() if key != "verb"})
