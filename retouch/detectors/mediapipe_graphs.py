"""mediapipe's graphs: each is made once and kept, without its log output.

mediapipe 0.10.13 to 0.10.21 work. Those wheels have both `mediapipe.solutions` and its models (face
detection, face mesh, hands, selfie segmentation), so everything works offline. Later wheels lack both; with
them this module raises Missing, and MTCNN or the OpenCV cascades find faces.
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
"""The least score 0..1 that a graph reports."""


def is_installed() -> bool:
    """Whether a working version of mediapipe is installed. Imports nothing."""
    return _missing() == ""


def _missing() -> str:
    """The reason why mediapipe does not work, "" when it does."""
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec("mediapipe")
        if spec and spec.origin:
            folder = Path(spec.origin).parent
            lacking = [part for part in _NEEDED if not (folder / part).is_file()]
            return f"the installed mediapipe has no {lacking[0]}" if lacking else ""
    return "mediapipe is not installed"


def demand(what: str) -> None:
    """Raise Missing, with advice, unless mediapipe works. `what` is the detector that needs it."""
    reason = _missing()
    if reason:
        raise Missing(
            f"{what} needs mediapipe {SERVES}: {reason}.",
            hint=f'Install one of those versions, e.g. pip install "mediapipe==0.10.21", {_ELSE}.',
        )


_ELSE = "or put a YOLO .pt that finds it into the WebUI's models/retouch"


class Graphs:
    """One mediapipe graph for each kind, made at first use. Thread-safe: one picture at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}

    def run(self, kind: str, pixels: np.ndarray) -> Any:
        """The result of a solution for (height, width, 3) uint8 RGB pixels. `kind` is a name in MAKERS.

        Raises Missing when mediapipe is not installed or does not start.
        """
        with self._lock:
            if kind not in self._made:
                self._made[kind] = _make(kind)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # protobuf warns about mediapipe
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
            graph.process(np.zeros((64, 64, 3), np.uint8))  # it logs at the first picture
    except Exception as error:  # a broken install raises exceptions of any type
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
    """Buffer the lines that native code writes to stderr, and write all but those that match `noise` at the
    end.

    mediapipe has no log level, and its first picture prints several warnings that are irrelevant to a user.
    """
    with tempfile.TemporaryFile() as buffer:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(buffer.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            buffer.seek(0)
            for line in buffer:
                if not noise.search(line):
                    os.write(2, line)
