"""The shape of a face from the output of face models: five or six points, a mesh of landmarks, or a bare box.

Face boxes reach from the eyebrows to the chin. A face to repaint reaches from the hairline to the chin and
from ear to ear, so every shape here is extended upward along the face's own axis. All points are x, y in
pixels of the picture. Proportions are those of the drawing canon: the eyes lie half-way up the head, and
hairline to brow, brow to nose and nose to chin are three equal parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.region import Region

# In units of the distance from the middle of the eyes to the mouth, downward positive.
HAIRLINE, CHIN = -1.15, 1.85
LEAST_HALF_WIDTH = 1.0
"""The least half width of a face in these units, for any rotation of the head."""


@dataclass(frozen=True)
class Axes:
    """A face's own coordinates.

    `origin`, (2,) float, is the middle of the eyes in pixels; `down`, (2,) float, is a unit vector towards
    the mouth; `unit` is the distance to the mouth in pixels, above 0.
    """

    origin: np.ndarray
    down: np.ndarray
    unit: float

    @property
    def across(self) -> np.ndarray:
        """(2,) float: the unit vector at a right angle to `down`."""
        return np.array([self.down[1], -self.down[0]])

    @property
    def turn(self) -> float:
        """The rotation that makes the face upright, in degrees counter-clockwise, -180..180."""
        return math.degrees(math.atan2(-self.down[0], self.down[1]))

    def shaped(self, region: Region | None) -> Region | None:
        """The region with the `turn` of this face; None stays None."""
        return region and replace(region, turn=self.turn)

    @classmethod
    def of(cls, eyes: np.ndarray, mouth: np.ndarray) -> Axes | None:
        """The axes of a face from the middle of its eyes and of its mouth, both (2,) pixels; None when they
        coincide.

        >>> Axes.of(np.array([50.0, 40.0]), np.array([50.0, 60.0])).turn
        -0.0
        """
        unit = float(np.linalg.norm(mouth - eyes))
        return cls(eyes, (mouth - eyes) / unit, unit) if unit > 1e-6 else None

    def local(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) pixels -> (n, 2) units of this face: across, down."""
        offset = (points - self.origin) / self.unit
        return np.stack([offset @ self.across, offset @ self.down], axis=1)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) units of this face -> (n, 2) float pixels: x, y."""
        return self.origin + self.unit * (points[:, :1] * self.across + points[:, 1:] * self.down)


def polygon_region(points: np.ndarray, label: str, score: float) -> Region | None:
    """The filled polygon of `points`, (n, 2) float x, y in pixels of the picture; None if it is under 2
    pixels wide.

    The region may reach beyond the picture. `score` is 0..1.

    >>> polygon_region(np.array([[2.0, 2.0], [7.0, 2.0], [7.0, 5.0], [2.0, 5.0]]), "face", 1.0).box
    Box(left=2, top=2, right=8, bottom=6)
    """
    box = Box.covering(*points.min(0), *(points.max(0) + 1))
    if box.width < 2 or box.height < 2:
        return None
    shape = Mask.of_polygon(box.size, points - [box.left, box.top])
    tight = shape.bounds
    return (
        None if tight is None else Region(tight.shifted(box.left, box.top), shape.crop(tight), label, score)
    )


def hull_region(points: np.ndarray, label: str, score: float, grow: float = 0.0) -> Region | None:
    """The filled convex hull of `points`, (n, 2) float x, y in pixels, grown by `grow` pixels; below 1 it is
    not grown.

    None when it is under 2 pixels wide. `score` is 0..1.
    """
    hull = cv2.convexHull(points.astype(np.float32))[:, 0]
    if grow >= 1:
        turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        rim = grow * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        hull = cv2.convexHull((hull[:, None] + rim[None]).reshape(-1, 2).astype(np.float32))[:, 0]
    return polygon_region(hull, label, score)


def ellipse_points(center: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """(72, 2) float: x, y of points on an ellipse, from its `center` and `radii`, both (2,) x, y in one
    unit."""
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    return center + radii * np.stack([np.cos(turns), np.sin(turns)], axis=1)


def from_points(points: np.ndarray, score: float) -> Region | None:
    """An elliptic face from `points`, (6, 2) float pixels: right eye, left eye, nose, mouth, right ear, left
    ear.

    Left and right are the person's. The ellipse is aligned with the face, so a tilted head gets a tilted
    shape. None when the points have no usable proportions, as for a face seen from above.
    """
    axes = Axes.of(points[:2].mean(0), points[3])
    if axes is None:
        return None
    spread = axes.local(points)[:, 0]
    middle, half = (spread.max() + spread.min()) / 2, (spread.max() - spread.min()) / 2
    return _face_ellipse(axes, middle, half, score)


def from_landmarks(points: np.ndarray, box: np.ndarray, score: float) -> Region | None:
    """An elliptic face from `points`, (5, 2) float pixels: eye, eye, nose, mouth corner, mouth corner.

    The ellipse is aligned with the face. `box`, (4,) float left, top, right, bottom in pixels, is the box of
    the whole face; its middle and its shorter side give the middle and the width. None as in `from_points`.
    """
    axes = Axes.of(points[:2].mean(0), points[3:].mean(0))
    if axes is None:
        return None
    middle = axes.local((box[None, :2] + box[None, 2:]) / 2)[0, 0]
    return _face_ellipse(axes, middle, (box[2:] - box[:2]).min() / 2 / axes.unit, score)


def _face_ellipse(axes: Axes, middle: float, half: float, score: float) -> Region | None:
    """From the hairline to the chin; `middle` and `half` the width are in units of the face. None when it is
    far too wide."""
    radii = np.array([max(half * 1.05, LEAST_HALF_WIDTH), (CHIN - HAIRLINE) / 2])
    if radii[0] > 2 * radii[1]:
        return None
    center = np.array([middle, (CHIN + HAIRLINE) / 2])
    return axes.shaped(polygon_region(axes.pixels(ellipse_points(center, radii)), "face", score))


def from_box(left: float, top: float, right: float, bottom: float, score: float) -> Region | None:
    """An upright elliptic face from a box, in pixels, that reaches from the eyebrows to the chin."""
    return from_whole_box(left, top - 0.3 * (bottom - top), right, bottom, score)


def from_whole_box(left: float, top: float, right: float, bottom: float, score: float) -> Region | None:
    """An upright elliptic face from a box, in pixels, that reaches from the hairline to the chin."""
    center = np.array([(left + right) / 2, (top + bottom) / 2])
    radii = np.array([(right - left) / 2, (bottom - top) / 2])
    return polygon_region(ellipse_points(center, radii), "face", score)


# Indices into mediapipe's 468 face landmarks.
_EYES, _MOUTH = (33, 133, 263, 362), (13, 14)
_FOREHEAD = 1.35
"""Factor that stretches the mesh above the eyes, because it ends half-way up the forehead."""


def from_mesh(landmarks: np.ndarray, score: float) -> Region | None:
    """The outline of a face up to the hairline from mediapipe's landmarks, (468, 2) float x, y in pixels.

    None when eyes and mouth coincide or the outline is under 2 pixels wide.
    """
    axes = Axes.of(landmarks[list(_EYES)].mean(0), landmarks[list(_MOUTH)].mean(0))
    if axes is None:
        return None
    local = axes.local(landmarks)
    local[:, 1] = np.where(local[:, 1] < 0, local[:, 1] * _FOREHEAD, local[:, 1])
    return axes.shaped(hull_region(axes.pixels(local), "face", score))
