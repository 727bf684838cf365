"""Faces by MTCNN: works wherever torch is, without mediapipe.

The networks are in `mtcnn_networks`, their stages in `mtcnn_stages`. A face is an ellipse along the line from
its eyes to its mouth; `Region.turn` is the tilt of that line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retouch.detectors import face_shapes
from retouch.detectors.mtcnn_networks import Networks
from retouch.detectors.mtcnn_stages import find_candidates
from retouch.detectors.tiling import Searcher, whole_only
from retouch.image.geometry import iou
from retouch.image.region import Region

NAME = "mtcnn face"
GROWN_SHARE = 0.05
"""How much wider and, at the hairline and the chin, higher a face is than MTCNN's box, as a share of it."""


def find_faces(networks: Networks, pixels: np.ndarray) -> list[Region]:
    """Faces in `pixels`, (height, width, 3) uint8 RGB, which may reach beyond them, best first.

    The score is the output network's probability, at least 0.7. Faces have at least 20 pixels and a 160th of
    the longer side. Raises the errors of `Networks.run`.
    """
    found = find_candidates(networks, pixels)
    each = zip(found.boxes.astype(float), found.points.astype(float), found.scores.tolist(), strict=True)
    regions = (shape_face(box, points, score) for box, points, score in each)
    return [region for region in regions if region]


def shape_face(box: np.ndarray, points: np.ndarray, score: float) -> Region | None:
    """The region of a face; None when it is under 2 pixels wide.

    `box` is (4,) left, top, right, bottom in pixels; `points` is (5, 2) x, y in pixels: eye, eye, nose, mouth
    corner, mouth corner. The ellipse is upright in the box where the points disagree with it.
    """
    rim = GROWN_SHARE * (box[2:] - box[:2])
    left, top, right, bottom = np.concatenate([box[:2] - rim, box[2:] + rim])
    upright = face_shapes.from_whole_box(left, top, right, bottom, score)
    shaped = face_shapes.from_landmarks(points, box, score)
    return shaped if shaped and upright and iou(shaped.box, upright.box) > 0.3 else upright


def detectors(networks: Networks) -> dict[str, Searcher]:
    """The detector by its name. It needs no tiles, because the pyramid has all sizes."""

    def look(pixels: np.ndarray, confidence: float) -> Sequence[Region]:
        return find_faces(networks, pixels)

    return {NAME: Searcher(NAME, ("face",), look, whole_only)}
