"""All segmenters by name: the classical one, which needs no file, and model files."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from retouch.detectors.registry import DetectorRegistry
from retouch.detectors.yolo import Yolo, free_cache
from retouch.errors import BadInput, Missing, did_you_mean
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.segmenters import model_file
from retouch.segmenters.base import Segmenter
from retouch.segmenters.classical import Classical
from retouch.segmenters.fastsam import FastSam
from retouch.segmenters.sam.segmenter import Sam
from retouch.segmenters.text_detector import Detectors, TextDetector
from retouch.segmenters.text_segmenter import TextSegmenter
from retouch.weights import download, model_folders, segmenter_catalogue

CLASSICAL = "classical"
NEEDS = {
    "sam": "segment_anything",
    "sam-hq": "segment_anything",
    "sam2": "ultralytics",
    "mobile-sam": "ultralytics",
    "fastsam": "ultralytics",
}
"""The package that each kind needs, in descending quality of the masks."""
REFUSED = "sam-hq"
"""Recognised by its content, so that a request by name gets a reason; not supported yet, so never listed."""


@dataclass(frozen=True)
class SegmenterInfo:
    """One segmenter in a list. `kind` is classical, sam, sam-hq, mobile-sam, sam2 or fastsam; `size` is in
    bytes."""

    name: str
    kind: str
    installed: bool
    size: int = 0
    description: str = ""


class SegmenterRegistry:
    """All segmenters. Each is made once; its model is loaded at its first picture and kept. Thread-safe.

    `folders` and their subfolders are searched for model files in order; downloads go to the first. `device`
    returns the device when a model is loaded, and `detectors` find the things that a text names. Loading and
    downloading wait for the first use; with `offline` there are no downloads.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        device: Callable[[], str] = lambda: "cpu",
        offline: bool = False,
        detectors: Detectors | None = None,
        watch: download.Watch | None = None,
    ) -> None:
        self._folders = tuple(Path(folder) for folder in folders)
        self._device, self._offline, self._watch = device, offline, watch
        self._lock = threading.RLock()
        self._words = TextDetector(
            DetectorRegistry(folders, device, offline) if detectors is None else detectors
        )
        self._classical = TextSegmenter(Classical(self._parts), self._words)
        self._models: dict[tuple[Path, int], tuple[Sam | Yolo, Segmenter]] = {}

    def get(self, name: str = "") -> Segmenter:
        """The segmenter of this name, "" for the best installed one.

        Its first picture loads the model, and downloads it if the catalogue has it. Raises Missing, with the
        closest name, for an unknown one.
        """
        with self._lock:
            name = name or self.available()[0].name
            return self._classical if name == CLASSICAL else self._model(name)

    def available(self) -> tuple[SegmenterInfo, ...]:
        """Every name that `get` knows, the best installed one first. Loads no model and uses no network."""
        with self._lock:
            installed = sorted((entry for entry in self._here().values() if entry[1] != REFUSED), key=_rank)
            listed = [
                SegmenterInfo(path.name, kind, True, _size(path), _about(path)) for path, kind in installed
            ]
        about = "Needs no file: edges and colours round the points, and what detectors know."
        names = {info.name for info in listed}
        absent = [
            SegmenterInfo(item.name, item.kind, False, item.size, f"{item.about} Downloaded at first use.")
            for item in segmenter_catalogue.CATALOGUE
            if item.name not in names
        ]
        return (*listed, SegmenterInfo(CLASSICAL, "classical", True, 0, about), *absent)

    def release(self) -> None:
        """Free the memory of every model that is not in use; it is loaded again at its next use."""
        with self._lock:
            for model, _ in self._models.values():
                model.release() if isinstance(model, Sam) else model.unload()
        free_cache()

    def _here(self) -> dict[str, tuple[Path, str]]:
        """(file, kind) by name of the files that installed packages can run; the first folder has
        priority."""
        files: dict[str, tuple[Path, str]] = {}
        for folder in self._folders:
            for path in model_folders.model_files(folder, model_file.ENDINGS):
                kind = model_file.kind(path)
                if kind and importlib.util.find_spec(NEEDS[kind]):
                    files.setdefault(path.name, (path, kind))
        return files

    def _model(self, name: str) -> Segmenter:
        path, kind = self._here().get(name, (None, ""))
        if path is None:
            item = segmenter_catalogue.entry(name)
            if item is None or not self._folders:
                hint = did_you_mean(name, [info.name for info in self.available()])
                raise Missing(f"there is no segmenter {name!r}.", hint=hint, path="segmenter")
            path, kind = self._folders[0] / name, item.kind
        changed, _ = model_folders.state_of(path) or (0, 0)
        model = self._models.get((path, changed)) or self._build(path, kind)
        self._models[path, changed] = model
        return model[1]

    def _build(self, path: Path, kind: str) -> tuple[Sam | Yolo, Segmenter]:
        if kind == "fastsam":
            yolo = Yolo(path, self._fetch, self._device, _no_words, self.release)
            return yolo, TextSegmenter(FastSam(yolo), self._words)
        sam = Sam(path, self._fetch, self._device, self.release)
        return sam, TextSegmenter(sam, self._words)

    def _fetch(self, path: Path) -> Path:
        """The file, downloaded if it is missing and the catalogue has it."""
        item = segmenter_catalogue.entry(path.name)
        if item is None or path.is_file():
            return path
        return download.fetch(item, path.parent, offline=self._offline, watch=self._watch)

    def _parts(self, picture: Picture) -> tuple[Region, ...]:
        """People and faces, which detectors outline better than colours do."""
        return (*self._words.part(picture, "person"), *self._words.part(picture, "face"))


def _rank(found: tuple[Path, str]) -> tuple[int, int]:
    """A sort key: the best kind first, and of one kind the larger file, which is the better model."""
    path, kind = found
    return list(NEEDS).index(kind), -_size(path)


def _size(path: Path) -> int:
    """The size in bytes; 0 for a file that was deleted since."""
    state = model_folders.state_of(path)
    return state[1] if state else 0


def _about(path: Path) -> str:
    item = segmenter_catalogue.entry(path.name)
    return item.about if item else "Your own model file."


def _no_words(module: object, words: Sequence[str]) -> object:
    raise BadInput("FastSAM does not look for words.", path="text", hint="Point at it.")
