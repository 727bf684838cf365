"""The shape of a face from what face models report: six points, a mesh of landmarks, or a bare box.

Face boxes reach from the eyebrows to the chin. A face to repaint reaches from the hairline to the chin
and from ear to ear, so every shape here is extended upward along the face's own axis.
Proportions are those of the drawing canon: the eyes lie half-way up the head, and hairline to brow,
brow to nose and nose to chin are three equal parts.
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
NARROWEST = 1.0
"""Half the width of a face is at least this, however far it is turned away."""


@dataclass(frozen=True)
class Axes:
    """A face's own frame: origin between the eyes, `down` and `across` unit vectors, `unit` in pixels."""

    origin: np.ndarray
    down: np.ndarray
    unit: float

    @property
    def across(self) -> np.ndarray:
        return np.array([self.down[1], -self.down[0]])

    @property
    def turn(self) -> float:
        """Degrees counter-clockwise that would set the face upright, -180..180."""
        return math.degrees(math.atan2(-self.down[0], self.down[1]))

    def shaped(self, region: Region | None) -> Region | None:
        """A region of this face, with its turn."""
        return region and replace(region, turn=self.turn)

    @classmethod
    def of(cls, eyes: np.ndarray, mouth: np.ndarray) -> Axes | None:
        """From the middle of the eyes and of the mouth, None when they fall together."""
        unit = float(np.linalg.norm(mouth - eyes))
        return cls(eyes, (mouth - eyes) / unit, unit) if unit > 1e-6 else None

    def local(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) pixels -> (n, 2) units: across, down."""
        offset = (points - self.origin) / self.unit
        return np.stack([offset @ self.across, offset @ self.down], axis=1)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        return self.origin + self.unit * (points[:, :1] * self.across + points[:, 1:] * self.down)


def polygon_region(points: np.ndarray, label: str, score: float) -> Region | None:
    """The filled polygon of (n, 2) x, y pixels; it may hang over the picture. None when it is thin."""
    box = Box.covering(*points.min(0), *(points.max(0) + 1))
    if box.width < 2 or box.height < 2:
        return None
    shape = Mask.of_polygon(box.size, points - [box.left, box.top])
    tight = shape.bounds
    return (
        None if tight is None else Region(tight.shifted(box.left, box.top), shape.crop(tight), label, score)
    )


def hull_region(points: np.ndarray, label: str, score: float, grow: float = 0.0) -> Region | None:
    """The convex hull of (n, 2) pixels, grown by `grow` pixels on every side."""
    hull = cv2.convexHull(points.astype(np.float32))[:, 0]
    if grow >= 1:
        turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        rim = grow * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        hull = cv2.convexHull((hull[:, None] + rim[None]).reshape(-1, 2).astype(np.float32))[:, 0]
    return polygon_region(hull, label, score)


def ellipse_points(center: np.ndarray, radii: np.ndarray) -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    return center + radii * np.stack([np.cos(turns), np.sin(turns)], axis=1)


def from_points(points: np.ndarray, score: float) -> Region | None:
    """A face from (6, 2) pixels: right eye, left eye, nose, mouth, right ear, left ear (of the person).

    An ellipse in the face's own frame, so a tilted head gets a tilted shape. None when the points say
    nothing, as for a face seen from above.
    """
    axes = Axes.of(points[:2].mean(0), points[3])
    if axes is None:
        return None
    spread = axes.local(points)[:, 0]
    radii = np.array([max((spread.max() - spread.min()) / 2 * 1.05, NARROWEST), (CHIN - HAIRLINE) / 2])
    center = np.array([(spread.max() + spread.min()) / 2, (CHIN + HAIRLINE) / 2])
    if radii[0] > 2 * radii[1]:
        return None
    return axes.shaped(polygon_region(axes.pixels(ellipse_points(center, radii)), "face", score))


def from_box(left: float, top: float, right: float, bottom: float, score: float) -> Region | None:
    """An upright face from a box that reaches from the eyebrows to the chin."""
    top -= 0.3 * (bottom - top)
    center = np.array([(left + right) / 2, (top + bottom) / 2])
    radii = np.array([(right - left) / 2, (bottom - top) / 2])
    return polygon_region(ellipse_points(center, radii), "face", score)


# Indices into mediapipe's 468 face landmarks.
_EYES, _MOUTH = (33, 133, 263, 362), (13, 14)
_FOREHEAD = 1.35
"""The mesh ends half-way up the forehead: its part above the eyes is stretched by this much."""


def from_mesh(landmarks: np.ndarray, score: float) -> Region | None:
    """A face's outline from (468, 2) landmark pixels, up to the hairline."""
    axes = Axes.of(landmarks[list(_EYES)].mean(0), landmarks[list(_MOUTH)].mean(0))
    if axes is None:
        return None
    local = axes.local(landmarks)
    local[:, 1] = np.where(local[:, 1] < 0, local[:, 1] * _FOREHEAD, local[:, 1])
    return axes.shaped(hull_region(axes.pixels(local), "face", score))
