"""The service: every request comes in here and is answered by the function of its verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retouch.api.batches import routes
from retouch.api.context import ApiContext
from retouch.api.messages import unique
from retouch.api.requests.batch import BatchRequest
from retouch.api.requests.detect import DetectRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.requests.history import HistoryRequest
from retouch.api.requests.inpaint import PASS_DEFAULTS, InpaintRequest
from retouch.api.requests.outpaint import OutpaintRequest
from retouch.api.requests.script import AutofixRequest
from retouch.api.requests.segment import MaskRequest, PictureRequest, SegmentRequest
from retouch.api.verbs import detect, fix, history, inpaint, outpaint, plan, recipes, segment
from retouch.errors import RetouchError, collect_remarks, convert_errors
from retouch.image.codec import encoder
from retouch.knob_schema import schema
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Recipe

SCHEMAS = (
    FixRequest,
    BatchRequest,
    DetectRequest,
    AutofixRequest,
    PictureRequest,
    SegmentRequest,
    MaskRequest,
    InpaintRequest,
    OutpaintRequest,
    HistoryRequest,
    Recipe,
)


class ApiService(ApiContext):
    """Answers requests by verb."""

    def answer(self, verb: str, body: Any) -> dict[str, Any]:
        """Any verb by name. Raises from `retouch.errors`, naming the JSON path of the fault.

        Whatever else is raised inside comes out as a RetouchError. What was worked round is in `warnings`.
        """
        work = VERBS[verb]
        with collect_remarks() as remarks, convert_errors(lambda cause: _broke(verb, cause)):
            said = work(self, body)
        return {**said, "warnings": unique(said.get("warnings", ()), remarks)} if remarks else said

    def recipes(self) -> dict[str, Any]:
        return recipes.list_recipes(self)

    def models(self) -> dict[str, Any]:
        return {"models": self.backend.models(), "segmenters": self.backend.segmenters()}

    def file(self, image_id: str) -> bytes:
        """The PNG of a kept picture."""
        return encoder.encode(self.kept.get(image_id))

    @staticmethod
    def intents() -> dict[str, Any]:
        told = [intent.summary() for intent in INTENTS.values()]
        return {"intents": [{**one, "pass": {**PASS_DEFAULTS, **one["pass"]}} for one in told]}

    @staticmethod
    def schemas() -> dict[str, Any]:
        return {cls.__name__: schema(cls) for cls in SCHEMAS}


def _broke(verb: str, cause: str) -> RetouchError:
    hint = "Nothing was changed; other requests go on. The server's log says where: please report it."
    kind = cause.partition(":")[0]  # its words may tell what is not for who asks
    return RetouchError(f"{verb!r} failed inside Retouch ({kind}).", hint=hint)


VERBS: dict[str, Callable[[ApiService, Any], dict[str, Any]]] = {
    "detect": detect.answer_detect,
    "fix": fix.answer_fix,
    "batch": routes.begin,
    "plan": plan.answer_plan,
    "picture": segment.picture,
    "segment": segment.answer_segment,
    "mask": segment.mask,
    "inpaint": inpaint.answer_inpaint,
    "outpaint": outpaint.answer_outpaint,
    "history": history.answer_history,
    "recipes/save": recipes.save,
    "recipes/read": recipes.read,
    "recipes/remove": recipes.remove,
}
