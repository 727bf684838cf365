"""The context of requests: the backend, the caches, and the lookups that verbs share."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.answers import AnswerCache
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

MAX_EXTENSIONS = 8
"""Number of extensions in memory. Each one holds its picture and all its candidates."""
MAX_HISTORIES = 8
"""Number of histories in memory. Each one holds its picture and all its candidates."""
MIN_SIDE = 16
"""Shortest side of a picture in pixels. Detectors find nothing in a smaller picture."""


@dataclass
class ApiContext:
    """One backend, and the state that its requests leave for later requests."""

    backend: Backend
    pictures: PictureCache = field(default_factory=PictureCache)
    segmenter_states: StateCache = field(default_factory=StateCache)
    extensions: StateCache = field(default_factory=lambda: StateCache(MAX_EXTENSIONS))
    histories: StateCache = field(default_factory=lambda: StateCache(MAX_HISTORIES))
    background: BackgroundWorker = field(default_factory=BackgroundWorker)
    speeds: SpeedHistory = field(default_factory=SpeedHistory)
    answers: AnswerCache = field(default_factory=AnswerCache)
    batches: BatchRegistry = field(default_factory=BatchRegistry)

    def open(self, request: Pictured) -> tuple[Picture, str]:
        """(the picture of a request, its name in the cache).

        Raises BadInput if both or neither of `image` and `image_id` are given, BadPicture if the picture is
        smaller than MIN_SIDE, and Missing if the cache has no picture of that name.
        """
        if bool(request.image) == bool(request.image_id):
            fault = "and image_id are both given." if request.image else "is required."
            raise BadInput(fault, path="image", hint="Give either `image` or `image_id`.")
        if request.image_id:
            return self.pictures.get(request.image_id), request.image_id
        picture = decoder.decode_base64(request.image)
        if min(picture.size) < MIN_SIDE:
            hint = f"At least {MIN_SIDE} pixels a side."
            raise BadPicture(f"{picture.size} is too small.", path="image", hint=hint)
        return picture, self.pictures.put(picture)

    def segmenter(self, name: str) -> Segmenter:
        """The segmenter of that name, "" for the best installed one. Missing names the field `segmenter`."""
        try:
            return self.backend.segmenter(name)
        except Missing as error:
            raise Missing(error.what, path="segmenter", hint=error.hint) from error
