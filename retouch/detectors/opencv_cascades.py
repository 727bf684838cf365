"""Faces and eyes by the cascades that come with OpenCV: always here, for frontal faces only.

Viola and Jones, "Rapid object detection using a boosted cascade of simple features", 2001.
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
    """(x, y, width, height) and a score for each place found, squares of at least `least` px."""
    with _LOCK:
        boxes, counts = _classifier(file).detectMultiScale2(grey, 1.1, 4, minSize=(least, least))
    return [(np.asarray(box, float), _score(int(n))) for box, n in zip(boxes, np.ravel(counts), strict=True)]


def _score(neighbours: int) -> float:
    """0..1 from how many shifted and scaled windows agreed: some thirty on a face, a few by accident.

    The cascade's own stage margins do not tell the two apart.
    """
    return 1 - math.exp(-neighbours / 20)


def _grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def find_faces(pixels: np.ndarray, confidence: float) -> Sequence[Region]:
    """Frontal upright faces of at least 24 px and a hundredth of the picture.

    A face in which no eye is found scores less: leaves and stones have none.
    """
    grey = _grey(pixels)
    found = _scan(_FACE, grey, max(24, max(pixels.shape) // 100))
    regions = (_face(box, score if _eyes_in(grey, box) else score * 0.6) for box, score in found)
    return [region for region in regions if region]


def _face(box: np.ndarray, score: float) -> Region | None:
    """The cascade's square reaches from mid-forehead to the chin, and is wider than the face."""
    x, y, width, height = box
    return face_shapes.from_box(x + 0.1 * width, y + 0.12 * height, x + 0.9 * width, y + height, score)


def _eyes_in(grey: np.ndarray, face: np.ndarray) -> list[np.ndarray]:
    """Eyes in the upper part of a face, as x, y, width, height in the picture."""
    x, y, width, height = face.astype(int)
    upper = grey[y : y + height * 3 // 5, x : x + width]
    zoom = max(1.0, 96 / width)  # the eye cascade wants eyes of 20 px
    large = cv2.resize(upper, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    return [box / zoom + [x, y, 0, 0] for box, _ in _scan(_EYE, large, max(20, large.shape[1] // 8))]


def find_eyes(pixels: np.ndarray, confidence: float) -> Sequence[Region]:
    """The eyes of each face as one region."""
    grey = _grey(pixels)
    found = _scan(_FACE, grey, max(48, max(pixels.shape) // 100))
    pairs = (_eyes(_eyes_in(grey, box), score) for box, score in found)
    return [pair for pair in pairs if pair]


def _eyes(found: Sequence[np.ndarray], score: float) -> Region | None:
    corners = [(x + dx * w, y + dy * h) for x, y, w, h in found for dx in (0, 1) for dy in (0.2, 0.8)]
    return face_shapes.hull_region(np.array(corners), "eyes", score) if corners else None


def detectors() -> dict[str, Searcher]:
    """Every cascade detector by name. A cascade scans all sizes itself: no tiles."""
    looks: dict[str, tuple[str, Callable[[np.ndarray, float], Sequence[Region]]]] = {
        "opencv face": ("face", find_faces),
        "opencv eyes": ("eyes", find_eyes),
    }
    return {name: Searcher(name, (label,), look, whole_only) for name, (label, look) in looks.items()}


def unload() -> None:
    """Forget the classifiers that were read."""
    _classifier.cache_clear()
