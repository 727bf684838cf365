"""mediapipe's graphs: which versions serve, made once each, kept, and quiet.

What serves: mediapipe 0.10.13 to 0.10.21. Those wheels bring both `mediapipe.solutions` and the models
it runs (face detection, face mesh, hands, selfie segmentation), so everything works offline. Later wheels
have dropped both; with them this module says Missing and the OpenCV cascades find faces.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from retouch.errors import Missing, describe
from retouch.weights.import_guard import guard_imports

SERVES = "0.10.13 to 0.10.21"
_NEEDED = (
    "python/solutions/face_detection.py",
    "modules/face_detection/face_detection_short_range.tflite",
    "modules/face_detection/face_detection_full_range_sparse.tflite",
    "modules/face_landmark/face_landmark.tflite",
    "modules/hand_landmark/hand_landmark_full.tflite",
    "modules/selfie_segmentation/selfie_segmentation.tflite",
)
_NOISE = re.compile(
    rb"XNNPACK delegate|absl::InitializeLog|inference_feedback_manager|landmark_projection_calculator"
    rb"|gl_context|OpenGL|_calculator\.cc"
)
LOWEST = 0.3
"""What a graph scores lower it does not report."""


def is_installed() -> bool:
    """Whether a mediapipe that serves is here. Imports nothing."""
    return _missing() == ""


def _missing() -> str:
    """Why mediapipe does not serve, "" when it does."""
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec("mediapipe")
        if spec and spec.origin:
            folder = Path(spec.origin).parent
            lacking = [part for part in _NEEDED if not (folder / part).is_file()]
            return f"the installed mediapipe has no {lacking[0]}" if lacking else ""
    return "mediapipe is not installed"


def demand(what: str) -> None:
    """Missing, with what to do about it, unless mediapipe serves. `what` needs it."""
    reason = _missing()
    if reason:
        raise Missing(
            f"{what} needs mediapipe {SERVES}: {reason}.",
            hint=f'Install one of those versions, e.g. pip install "mediapipe==0.10.21", {_ELSE}.',
        )


_ELSE = "or put a YOLO .pt that finds it into the WebUI's models/retouch"


class Graphs:
    """One mediapipe graph per purpose, made at first use. Thread-safe: one picture at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}

    def run(self, kind: str, pixels: np.ndarray) -> Any:
        """The solution's result for (height, width, 3) RGB uint8. `kind` is a name in MAKERS."""
        with self._lock:
            if kind not in self._made:
                self._made[kind] = _make(kind)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # protobuf's, about mediapipe's way of using it
                return self._made[kind].process(pixels)

    def close(self) -> None:
        """Free every graph; the next run makes its own again."""
        with self._lock:
            for graph in self._made.values():
                graph.close()
            self._made.clear()


def _make(kind: str) -> Any:
    demand(kind)
    try:
        with guard_imports(), quiet(_NOISE):
            from mediapipe import solutions  # type: ignore[attr-defined, import-untyped]

            graph = MAKERS[kind](solutions)
            graph.process(np.zeros((64, 64, 3), np.uint8))  # its complaints come at the first picture
    except Exception as error:  # an install that is broken raises anything
        raise Missing(
            f"mediapipe does not start ({describe(error)}).",
            hint=f"Versions {SERVES} serve; reinstall one of them.",
        ) from error
    return graph


MAKERS: dict[str, Callable[[Any], Any]] = {
    "face short": lambda s: s.face_detection.FaceDetection(
        model_selection=0, min_detection_confidence=LOWEST
    ),
    "face full": lambda s: s.face_detection.FaceDetection(model_selection=1, min_detection_confidence=LOWEST),
    "face mesh": lambda s: s.face_mesh.FaceMesh(
        static_image_mode=True, max_num_faces=1, min_detection_confidence=LOWEST
    ),
    "hands": lambda s: s.hands.Hands(
        static_image_mode=True, max_num_hands=16, min_detection_confidence=LOWEST
    ),
    "person": lambda s: s.selfie_segmentation.SelfieSegmentation(model_selection=0),
}


@contextlib.contextmanager
def quiet(noise: re.Pattern[bytes]) -> Iterator[None]:
    """Lines that native code writes to stderr are held back; all but `noise` follow afterwards.

    mediapipe offers no log level, and its first picture prints half a dozen warnings that mean nothing
    to a user.
    """
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held:
                if not noise.search(line):
                    os.write(2, line)
