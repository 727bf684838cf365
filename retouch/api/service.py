"""The service: every request comes in here and is answered by the function of its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from retouch.api.batches import routes
from retouch.api.context import ApiContext
from retouch.api.knob_schema import schema
from retouch.api.messages import unique
from retouch.api.requests.adetailer import AdetailerRequest
from retouch.api.requests.base import RepeatableRequest
from retouch.api.requests.batch import BatchRequest
from retouch.api.requests.detect import DetectRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.requests.history import HistoryRequest
from retouch.api.requests.inpaint import PASS_DEFAULTS, InpaintRequest
from retouch.api.requests.outpaint import OutpaintRequest
from retouch.api.requests.recipes import ReadRequest, RemoveRequest, SaveRequest
from retouch.api.requests.script import AutofixRequest
from retouch.api.requests.segment import MaskRequest, PictureRequest, SegmentRequest
from retouch.api.verbs import adetailer, detect, fix, history, inpaint, outpaint, recipes, segment
from retouch.errors import BadInput, RetouchError, collect_remarks, convert_errors, did_you_mean
from retouch.image.codec import encoder
from retouch.recipes.adetailer.arguments import TabArguments
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Recipe

Answer = Callable[[ApiContext, Any], dict[str, Any]]
"""The function of a verb: context and JSON body -> answer."""


@dataclass(frozen=True)
class Verb:
    """One verb. The routes, `/schema` and `POST plan` follow from its row in VERBS."""

    request: type | None
    """The class of its body; None for `plan`, whose body is the body of another verb."""
    answer: Answer
    plan: Answer | None = None
    """Answers `POST plan` with the same body; None if the verb cannot be planned."""
    schema: tuple[type, ...] | None = None
    """The classes that `/schema` lists for it; None for `request` alone."""

    @property
    def schema_classes(self) -> tuple[type, ...]:
        if self.schema is not None:
            return self.schema
        return (self.request,) if self.request else ()


class ApiService(ApiContext):
    """Answers requests by verb."""

    def answer(self, verb: str, body: Any) -> dict[str, Any]:
        """Answer a verb by its name. Raises errors of `retouch.errors` with the JSON path of the fault.

        Any other exception is converted to a RetouchError. Collected remarks are in `warnings`. A body with a
        key that was sent before gets the first answer.
        """
        key = body.get("key") if isinstance(body, Mapping) else None
        if not key or verb not in REPEATABLE:
            return self._answer_once(verb, body)
        return self.answers.answer(f"{verb} {key}", body, lambda: self._answer_once(verb, body))

    def _answer_once(self, verb: str, body: Any) -> dict[str, Any]:
        work = VERBS[verb].answer
        with collect_remarks() as remarks, convert_errors(lambda cause: _internal_error(verb, cause)):
            answer = work(self, body)
        return {**answer, "warnings": unique(answer.get("warnings", ()), remarks)} if remarks else answer

    def recipes(self) -> dict[str, Any]:
        """The answer of `GET recipes`."""
        return recipes.list_recipes(self)

    def models(self) -> dict[str, Any]:
        """The answer of `GET models`: detectors and segmenters."""
        return {"models": self.backend.models(), "segmenters": self.backend.segmenters()}

    def file(self, image_id: str) -> bytes:
        """The PNG file of a cached picture. Raises Missing for an unknown or dropped name."""
        return encoder.encode(self.pictures.get(image_id))

    @staticmethod
    def intents() -> dict[str, Any]:
        """The answer of `GET intents`: each intent with all values of its pass."""
        summaries = [intent.summary() for intent in INTENTS.values()]
        return {"intents": [{**entry, "pass": {**PASS_DEFAULTS, **entry["pass"]}} for entry in summaries]}

    @staticmethod
    def schemas() -> dict[str, Any]:
        """The answer of `GET schema`: the schema of each request class by its name."""
        classes = (cls for verb in VERBS.values() for cls in verb.schema_classes)
        return {cls.__name__: schema(cls) for cls in classes}


def _internal_error(verb: str, cause: str) -> RetouchError:
    hint = "Nothing was changed; other requests go on. The server's log says where: please report it."
    kind = cause.partition(":")[0]  # the rest of the message may hold private data of the server
    return RetouchError(f"{verb!r} failed inside Retouch ({kind}).", hint=hint)


def _answer_plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The plan of the verb that `body["verb"]` names. The other keys are that verb's body."""
    if not isinstance(body, Mapping):
        raise BadInput("a plan is asked for with an object.", hint='Give {"verb": "fix", ...}.')
    plans = {name: verb.plan for name, verb in VERBS.items() if verb.plan}
    name = body.get("verb")
    if name not in plans:
        fault = "is required." if name is None else f"{name!r} cannot be planned."
        raise BadInput(fault, path="verb", hint=did_you_mean(str(name), plans))
    return plans[name](context, {key: value for key, value in body.items() if key != "verb"})


VERBS: dict[str, Verb] = {
    "fix": Verb(FixRequest, fix.answer_fix, fix.plan),
    "adetailer": Verb(
        AdetailerRequest, adetailer.answer_adetailer, adetailer.plan, (AdetailerRequest, TabArguments)
    ),
    "batch": Verb(BatchRequest, routes.begin),
    "detect": Verb(DetectRequest, detect.answer_detect, schema=(DetectRequest, AutofixRequest)),
    "plan": Verb(None, _answer_plan),
    "picture": Verb(PictureRequest, segment.picture),
    "segment": Verb(SegmentRequest, segment.answer_segment),
    "mask": Verb(MaskRequest, segment.mask),
    "inpaint": Verb(InpaintRequest, inpaint.answer_inpaint, inpaint.plan),
    "outpaint": Verb(OutpaintRequest, outpaint.answer_outpaint, outpaint.plan),
    "history": Verb(HistoryRequest, history.answer_history),
    "recipes/save": Verb(SaveRequest, recipes.save, schema=(Recipe,)),
    "recipes/read": Verb(ReadRequest, recipes.read, schema=()),
    "recipes/remove": Verb(RemoveRequest, recipes.remove, schema=()),
}
"""Every verb by its path. AutofixRequest is the body of `alwayson_scripts.Retouch`: it has no route, and
`/schema` lists it after DetectRequest."""

REPEATABLE = tuple(
    name for name, verb in VERBS.items() if verb.request and issubclass(verb.request, RepeatableRequest)
)
"""The verbs whose bodies have an idempotency key."""
