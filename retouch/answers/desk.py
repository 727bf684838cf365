"""The desk: where every request comes in, whatever its verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from retouch import raster
from retouch.ahead import Ahead
from retouch.answers import batch, detect, fix, history, inpaint, outpaint, plan, recipes, segment
from retouch.answers.backend import Backend
from retouch.answers.parts import some
from retouch.errors import BadInput, BadPicture, Missing, RetouchError, collect_remarks, convert_errors
from retouch.intents import INTENTS
from retouch.jobs import Jobs
from retouch.kept import Kept, Memories
from retouch.knobs import schema
from retouch.outpainting import OutpaintRequest
from retouch.ports import Segmenter
from retouch.raster import Picture
from retouch.recipe import Recipe
from retouch.request import (
    PASS_DEFAULTS,
    BatchRequest,
    DetectRequest,
    FixRequest,
    InpaintRequest,
    MaskRequest,
    Pictured,
    PictureRequest,
    SegmentRequest,
)
from retouch.scripted import AutofixRequest
from retouch.tempo import Tempos

MAX_WAYS = 8
"""Extensions that can be gone on from: each holds its picture and all it painted."""
MAX_PASTS = 8
"""Histories that can be gone back in: each holds its picture and all that was painted of it."""
MIN_SIDE = 16
"""Nothing can be found in a picture narrower than this many pixels."""
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
    history.HistoryRequest,
    Recipe,
)


@dataclass
class Desk:
    """Answers requests on one backend; keeps what it has seen."""

    backend: Backend
    kept: Kept = field(default_factory=Kept)
    memories: Memories = field(default_factory=Memories)
    ways: Memories = field(default_factory=lambda: Memories(MAX_WAYS))
    pasts: Memories = field(default_factory=lambda: Memories(MAX_PASTS))
    ahead: Ahead = field(default_factory=Ahead)
    tempos: Tempos = field(default_factory=Tempos)
    jobs: Jobs = field(default_factory=Jobs)

    def answer(self, verb: str, body: Any) -> dict[str, Any]:
        """Any verb by name. Raises from `retouch.errors`, naming the JSON path of the fault.

        Whatever else is raised inside comes out as a RetouchError. What was worked round is in `warnings`.
        """
        work = VERBS[verb]
        with collect_remarks() as remarks, convert_errors(lambda cause: _broke(verb, cause)):
            said = work(self, body)
        return {**said, "warnings": some(said.get("warnings", ()), remarks)} if remarks else said

    def recipes(self) -> dict[str, Any]:
        return recipes.listed(self)

    def models(self) -> dict[str, Any]:
        return {"models": self.backend.models(), "segmenters": self.backend.segmenters()}

    def file(self, image_id: str) -> bytes:
        """The PNG of a kept picture."""
        return raster.encode(self.kept.get(image_id))

    @staticmethod
    def intents() -> dict[str, Any]:
        told = [intent.summary() for intent in INTENTS.values()]
        return {"intents": [{**one, "pass": {**PASS_DEFAULTS, **one["pass"]}} for one in told]}

    @staticmethod
    def schemas() -> dict[str, Any]:
        return {cls.__name__: schema(cls) for cls in SCHEMAS}

    def open(self, request: Pictured) -> tuple[Picture, str]:
        """The picture a request is about, and the name it is kept under from now on."""
        if bool(request.image) == bool(request.image_id):
            fault = "and image_id are both given." if request.image else "is required."
            raise BadInput(fault, path="image", hint="Give either `image` or `image_id`.")
        if request.image_id:
            return self.kept.get(request.image_id), request.image_id
        picture = raster.decode_base64(request.image)
        if min(picture.size) < MIN_SIDE:
            hint = f"At least {MIN_SIDE} pixels a side."
            raise BadPicture(f"{picture.size} is too small.", path="image", hint=hint)
        return picture, self.kept.put(picture)

    def segmenter(self, name: str) -> Segmenter:
        try:
            return self.backend.segmenter(name)
        except Missing as error:
            raise Missing(error.what, path="segmenter", hint=error.hint) from error


def _broke(verb: str, cause: str) -> RetouchError:
    hint = "Nothing was changed; other requests go on. The server's log says where: please report it."
    kind = cause.partition(":")[0]  # its words may tell what is not for who asks
    return RetouchError(f"{verb!r} failed inside Retouch ({kind}).", hint=hint)


VERBS: dict[str, Callable[[Desk, Any], dict[str, Any]]] = {
    "detect": detect.detect,
    "fix": fix.fix,
    "batch": batch.begin,
    "plan": plan.plan,
    "picture": segment.picture,
    "segment": segment.segment,
    "mask": segment.mask,
    "inpaint": inpaint.inpaint,
    "outpaint": outpaint.outpaint,
    "history": history.history,
    "recipes/save": recipes.save,
    "recipes/read": recipes.read,
    "recipes/remove": recipes.remove,
}
