"""The context of requests: the backend, the caches, and the lookups that verbs share."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.backend import Backend
from retouch.api.background import BackgroundWorker
from retouch.api.batches.registry import BatchRegistry
from retouch.api.memory import PictureCache, StateCache
from retouch.api.requests.base import Pictured
from retouch.errors import BadInput, BadPicture, Missing
from retouch.image.codec import decoder
from retouch.image.picture import Picture
from retouch.pipeline.timing import SpeedHistory
from retouch.segmenters.base import Segmenter

MAX_WAYS = 8
"""Extensions that can be gone on from: each holds its picture and all it painted."""
MAX_PASTS = 8
"""Histories that can be gone back in: each holds its picture and all that was painted of it."""
MIN_SIDE = 16
"""Nothing can be found in a picture narrower than this many pixels."""


@dataclass
class ApiContext:
    """One backend, and what its requests have left to be asked for again."""

    backend: Backend
    kept: PictureCache = field(default_factory=PictureCache)
    memories: StateCache = field(default_factory=StateCache)
    ways: StateCache = field(default_factory=lambda: StateCache(MAX_WAYS))
    pasts: StateCache = field(default_factory=lambda: StateCache(MAX_PASTS))
    ahead: BackgroundWorker = field(default_factory=BackgroundWorker)
    tempos: SpeedHistory = field(default_factory=SpeedHistory)
    jobs: BatchRegistry = field(default_factory=BatchRegistry)

    def open(self, request: Pictured) -> tuple[Picture, str]:
        """The picture a request is about, and the name it is kept under from now on."""
        if bool(request.image) == bool(request.image_id):
            fault = "and image_id are both given." if request.image else "is required."
            raise BadInput(fault, path="image", hint="Give either `image` or `image_id`.")
        if request.image_id:
            return self.kept.get(request.image_id), request.image_id
        picture = decoder.decode_base64(request.image)
        if min(picture.size) < MIN_SIDE:
            hint = f"At least {MIN_SIDE} pixels a side."
            raise BadPicture(f"{picture.size} is too small.", path="image", hint=hint)
        return picture, self.kept.put(picture)

    def segmenter(self, name: str) -> Segmenter:
        try:
            return self.backend.segmenter(name)
        except Missing as error:
            raise Missing(error.what, path="segmenter", hint=error.hint) from error
