"""Faces and eyes by OpenCV's own cascades: always available, for frontal faces only.

P. Viola and M. Jones, Rapid object detection using a boosted cascade of simple features, 2001,
doi:10.1109/CVPR.2001.990517.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from retouch.detectors import face_shapes
from retouch.detectors.tiling import Searcher, whole_only
from retouch.errors import Missing
from retouch.image.region import Region

_FACE, _EYE = "haarcascade_frontalface_alt2.xml", "haarcascade_eye_tree_eyeglasses.xml"
_LOCK = threading.Lock()  # detectMultiScale keeps state in the classifier


@cache
def _classifier(file: str) -> cv2.CascadeClassifier:
    path = Path(cv2.data.haarcascades) / file  # type: ignore[attr-defined]
    classifier = cv2.CascadeClassifier(str(path))
    if classifier.empty():
        raise Missing(f"OpenCV came without {file}.", hint="Reinstall opencv-python.")
    return classifier


def _scan(file: str, grey: np.ndarray, least: int) -> list[tuple[np.ndarray, float]]:
    """((4,) x, y, width, height in pixels, score 0..1) of each detection, squares of at least `least`
    pixels."""
    with _LOCK:
        boxes, counts = _classifier(file).detectMultiScale2(grey, 1.1, 4, minSize=(least, least))
    return [(np.asarray(box, float), _score(int(n))) for box, n in zip(boxes, np.ravel(counts), strict=True)]


def _score(neighbours: int) -> float:
    """A score 0..1 from the number of shifted and scaled windows that agree: about thirty on a face, few by
    chance.

    The cascade's own stage margins do not separate the two.
    """
    return 1 - math.exp(-neighbours / 20)


def _grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def find_faces(pixels: np.ndarray, confidence: float) -> Sequence[Region]:
    """Frontal upright faces in `pixels`, (height, width, 3) uint8 RGB.

    Faces have at least 24 pixels and a hundredth of the picture's longer side. A face without a detected eye
    scores less, because leaves and stones have none. `confidence` is not used. Raises Missing without
    OpenCV's cascade files.
    """
    grey = _grey(pixels)
    boxes = _scan(_FACE, grey, max(24, max(pixels.shape) // 100))
    regions = (_face(box, score if _eyes_in(grey, box) else score * 0.6) for box, score in boxes)
    return [region for region in regions if region]


def _face(box: np.ndarray, score: float) -> Region | None:
    """The region of a face from the cascade's square, which reaches from mid-forehead to chin and is too
    wide."""
    x, y, width, height = box
    return face_shapes.from_box(x + 0.1 * width, y + 0.12 * height, x + 0.9 * width, y + height, score)


def _eyes_in(grey: np.ndarray, face: np.ndarray) -> list[np.ndarray]:
    """Eyes in the upper part of a face, each (4,) x, y, width, height in pixels of the picture."""
    x, y, width, height = face.astype(int)
    upper = grey[y : y + height * 3 // 5, x : x + width]
    zoom = max(1.0, 96 / width)  # the eye cascade needs eyes of 20 pixels
    large = cv2.resize(upper, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    return [box / zoom + [x, y, 0, 0] for box, _ in _scan(_EYE, large, max(20, large.shape[1] // 8))]


def find_eyes(pixels: np.ndarray, confidence: float) -> Sequence[Region]:
    """The eyes of each frontal face in `pixels`, (height, width, 3) uint8 RGB, as one region.

    Faces have at least 48 pixels. `confidence` is not used. Raises Missing without OpenCV's cascade files.
    """
    grey = _grey(pixels)
    boxes = _scan(_FACE, grey, max(48, max(pixels.shape) // 100))
    pairs = (_eyes(_eyes_in(grey, box), score) for box, score in boxes)
    return [pair for pair in pairs if pair]


def _eyes(found: Sequence[np.ndarray], score: float) -> Region | None:
    corners = [(x + dx * w, y + dy * h) for x, y, w, h in found for dx in (0, 1) for dy in (0.2, 0.8)]
    return face_shapes.hull_region(np.array(corners), "eyes", score) if corners else None


def detectors() -> dict[str, Searcher]:
    """Every cascade detector by name. They need no tiles, because a cascade scans all sizes itself."""
    looks: dict[str, tuple[str, Callable[[np.ndarray, float], Sequence[Region]]]] = {
        "opencv face": ("face", find_faces),
        "opencv eyes": ("eyes", find_eyes),
    }
    return {name: Searcher(name, (label,), look, whole_only) for name, (label, look) in looks.items()}


def unload() -> None:
    """Free the loaded classifiers."""
    _classifier.cache_clear()
