"""Words to regions: by detectors that know the label, and by open-vocabulary detectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from retouch.detectors.base import Detector
from retouch.errors import BadInput, Missing, RetouchError, add_remark
from retouch.image.picture import Picture
from retouch.image.region import Region, distinct

CONFIDENCE = 0.25
SYNONYMS = {
    "face": ("faces", "head", "heads"),
    "hand": ("hands",),
    "eyes": ("eye",),
    "lips": ("lip", "mouth", "mouths"),
    "person": ("persons", "people", "human", "man", "woman", "men", "women", "child", "boy", "girl"),
}
"""Words of people for the labels of detectors."""
_OPEN = ("world", "yoloe")
"""Parts of the file names of open-vocabulary models."""


class Detectors(Protocol):
    """The part of `DetectorRegistry` that is used here."""

    def get(self, name: str) -> Detector: ...

    def available(self) -> Sequence[Any]: ...


class TextDetector:
    """Finds the things that words name, with the installed detectors."""

    def __init__(self, detectors: Detectors) -> None:
        self._detectors = detectors

    def find(self, picture: Picture, text: str) -> tuple[Region, ...]:
        """Regions of each named thing, best first, labelled by the text. Things are separated by , ; . or |.

        Raises Missing when no installed detector knows one of the words.
        """
        regions = [replace(region, label=t) for t in _things(text) for region in self._thing(picture, t)]
        return distinct(regions)

    def demand(self, text: str) -> None:
        """Raise Missing for a thing that no installed detector can find. A YOLO file may know any word."""
        installed = [info for info in self._detectors.available() if info.installed]
        labels = {label.casefold() for info in installed for label in info.labels}
        if any(info.kind == "yolo" for info in installed):
            return
        for thing in _things(text):
            if _common(thing.casefold()) not in labels:
                raise _unknown(thing)

    def part(self, picture: Picture, role: str) -> tuple[Region, ...]:
        """The regions of a `role` ("face", "person", ...) in the picture, () without a detector for it."""
        if not any(info.name == role and info.installed for info in self._detectors.available()):
            return ()
        try:
            return self._detectors.get(role).find(picture, CONFIDENCE, ())
        except RetouchError as error:
            add_remark(f"It was not looked for {role!r}: {error}")
            return ()

    def _thing(self, picture: Picture, thing: str) -> tuple[Region, ...]:
        word = _common(thing.casefold())
        installed = [info for info in self._detectors.available() if info.installed]
        for info in installed:  # roles come first, so that the best detector is used
            if word in (label.casefold() for label in info.labels):
                try:
                    return self._detectors.get(info.name).find(picture, CONFIDENCE, (word,))
                except RetouchError as error:
                    add_remark(f"{info.name} could not look for {thing!r}: {error}")
        return self._first_answer(picture, thing, [info.name for info in installed if info.kind == "yolo"])

    def _first_answer(self, picture: Picture, thing: str, files: Sequence[str]) -> tuple[Region, ...]:
        """The regions of the first model that knows the word; open-vocabulary models are tried first."""
        reason: RetouchError = _unknown(thing)
        for name in sorted(files, key=lambda file: not any(word in file.casefold() for word in _OPEN)):
            try:
                return self._detectors.get(name).find(picture, CONFIDENCE, (thing,))
            except BadInput:
                continue  # a model of other classes
            except RetouchError as error:  # of one file; another may know the word
                reason = type(error)(error.what, path="text", hint=error.hint)
        raise reason


def _things(text: str) -> list[str]:
    return [thing.strip() for thing in re.split(r"[,;.|]", text) if thing.strip()]


def _unknown(thing: str) -> Missing:
    hint = "Point at it, or put a YOLO-World or YOLOE model into the WebUI's models/retouch."
    return Missing(f"nothing here finds {thing!r}.", path="text", hint=hint)


def _common(word: str) -> str:
    return next((role for role, others in SYNONYMS.items() if word in others), word)
