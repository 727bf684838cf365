"""Faces, eyes, lips, hands and people by mediapipe.

mediapipe's own results need corrections: its full-range face model misses faces in pictures that are not
square, its boxes end at the eyebrows, and its scores from one distant view are unreliable. Here all models
run a second time on a crop around each face candidate, which gives the score and the outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from retouch.detectors import face_shapes
from retouch.detectors.mediapipe_graphs import Graphs
from retouch.detectors.tiling import Searcher, merged_passes, whole_only
from retouch.image.geometry import Box, Size, iou
from retouch.image.mask import Mask
from retouch.image.region import Region, distinct, overlap

RANGES = ("full", "short")


def smallest_tile(size: Size) -> int:
    """The least tile side in pixels: the models' inputs are 128 to 192 wide, so a face of 40 needs a tile of
    400."""
    return max(320, max(size) // 10)


def raw_faces(graphs: Graphs, kind: str, pixels: np.ndarray) -> list[Region]:
    """The faces that one face model detects in `pixels`, (height, width, 3) uint8 RGB.

    `kind` is one of RANGES. Raises Missing without a working mediapipe.
    """
    detections = graphs.run(f"face {kind}", pixels).detections or ()
    faces = (_face(detection, pixels.shape) for detection in detections)
    return [region for region in faces if region]


def _face(detection: Any, shape: tuple[int, ...]) -> Region | None:
    scale = np.array([shape[1], shape[0]])
    data, score = detection.location_data, float(detection.score[0])
    points = np.array([(p.x, p.y) for p in data.relative_keypoints]) * scale
    box = data.relative_bounding_box
    left, top = np.array([box.xmin, box.ymin]) * scale
    right, bottom = np.array([box.xmin + box.width, box.ymin + box.height]) * scale
    upright = face_shapes.from_box(left, top, right, bottom, score)
    shaped = face_shapes.from_points(points, score)
    return shaped if shaped and upright and iou(shaped.box, upright.box) > 0.3 else upright


@dataclass(frozen=True)
class FaceFinder:
    """Face candidates from any of `ranges`, each checked by a second detection in a crop around it.

    The score is the mean of the models' scores in the crop, and half of that when one of them detects
    nothing: a cloud that one model mistakes for a face scores low. The outline is that of the mesh model if
    it agrees. `mesh_only` uses the mesh unchanged, up to the middle of the forehead, and drops faces without
    one.
    """

    graphs: Graphs
    ranges: tuple[str, ...] = RANGES
    mesh_only: bool = False

    def look(self, pixels: np.ndarray, confidence: float) -> Sequence[Region]:
        """Face candidates in (height, width, 3) uint8 RGB pixels; `confidence` is not used."""
        return merged_passes(raw_faces(self.graphs, kind, pixels) for kind in self.ranges)

    def finish(self, pixels: np.ndarray, found: tuple[Region, ...]) -> Sequence[Region]:
        """The confirmed candidates in a (height, width, 3) uint8 RGB picture, with scores and outlines."""
        close = (self._close_up(pixels, region) for region in found)
        canvas = Size(pixels.shape[1], pixels.shape[0])
        clipped = (region.clipped(canvas) for region in close if region)
        return distinct([region for region in clipped if region])

    def _close_up(self, pixels: np.ndarray, region: Region) -> Region | None:
        window, crop = _zoom(pixels, region.box, 2.2)
        local = region.moved(-window.left, -window.top)
        matches = [_matching(raw_faces(self.graphs, kind, crop), local) for kind in self.ranges]
        confirmed = [face for face in matches if face]
        score = sum(face.score for face in confirmed) / len(self.ranges)
        if len(confirmed) < len(self.ranges):
            score /= 2
        best = max(confirmed, key=lambda face: face.score, default=local)
        outline = self._outline(crop, best, score)
        if outline is None and (self.mesh_only or not confirmed):
            return None
        shaped = outline or replace(best, score=score)
        return shaped.moved(window.left, window.top)

    def _outline(self, crop: np.ndarray, face: Region, score: float) -> Region | None:
        landmarks = mesh(self.graphs, crop)
        if landmarks is None:
            return None
        outline = face_shapes.from_mesh(landmarks, score)
        if self.mesh_only:
            outline = face_shapes.hull_region(landmarks, "face", score)
        return outline if outline and iou(outline.box, face.box) > 0.4 else None


def _matching(found: Sequence[Region], like: Region) -> Region | None:
    near = [region for region in found if iou(region.box, like.box) > 0.3]
    return max(near, key=lambda region: region.score, default=None)


def _zoom(pixels: np.ndarray, box: Box, times: float) -> tuple[Box, np.ndarray]:
    """(window, its pixels): a square of `times` the box's longer side around it, moved into the picture."""
    side = round(max(box.size) * times)
    window = Box.around(box.center, Size(side, side)).inside(Size(pixels.shape[1], pixels.shape[0]))
    return window, np.ascontiguousarray(pixels[window.slices])


def mesh(graphs: Graphs, pixels: np.ndarray) -> np.ndarray | None:
    """(468, 2) float x, y in pixels: the landmarks of the face in `pixels`, (height, width, 3) uint8 RGB.

    None when no face is found. Raises Missing without a working mediapipe.
    """
    faces = graphs.run("face mesh", pixels).multi_face_landmarks
    return None if not faces else landmark_pixels(faces[0], pixels)


def landmark_pixels(landmarks: Any, pixels: np.ndarray) -> np.ndarray:
    """(n, 2) float x, y in pixels of mediapipe's n `landmarks` in `pixels`, (height, width, 3)."""
    scale = np.array([pixels.shape[1], pixels.shape[0]])
    return np.array([(p.x, p.y) for p in landmarks.landmark]) * scale


# Indices into mediapipe's face landmarks: rings around each eye (lids and socket), and the lips' rim.
_RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
_LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)


@dataclass(frozen=True)
class FeatureFinder:
    """A feature of each detected face: the hulls of `rings` of landmarks as one region.

    Both eyes are one region, because eyes that are painted separately do not look in the same direction.
    """

    faces: FaceFinder
    label: str
    rings: tuple[tuple[int, ...], ...]
    grow: float
    """Share of the feature's width that is added on every side."""

    def finish(self, pixels: np.ndarray, found: tuple[Region, ...]) -> Sequence[Region]:
        """The feature of each confirmed face in a (height, width, 3) uint8 RGB picture."""
        features = (self._feature(pixels, face) for face in self.faces.finish(pixels, found))
        return [feature for feature in features if feature]

    def _feature(self, pixels: np.ndarray, face: Region) -> Region | None:
        window, crop = _zoom(pixels, face.box, 1.8)
        landmarks = mesh(self.faces.graphs, crop)
        if landmarks is None:
            return None
        hulls = [self._hull(landmarks[list(ring)], face.score) for ring in self.rings]
        if any(hull is None for hull in hulls):
            return None
        return _unite([hull for hull in hulls if hull]).moved(window.left, window.top)

    def _hull(self, points: np.ndarray, score: float) -> Region | None:
        width = float(np.ptp(points[:, 0]))
        return face_shapes.hull_region(points, self.label, score, self.grow * width)


def _unite(regions: Sequence[Region]) -> Region:
    box = regions[0].box
    for region in regions[1:]:
        box = box | region.box
    alpha = np.maximum.reduce([region.within(box).alpha for region in regions])
    return Region(box, Mask(alpha), regions[0].label, regions[0].score)


def find_hands(graphs: Graphs, pixels: np.ndarray) -> list[Region]:
    """The hulls of hand landmarks with the wrist in `pixels`, (height, width, 3) uint8 RGB.

    The score 0..1 is that of left or right, the only one that mediapipe reports. Raises Missing without a
    working mediapipe.
    """
    result = graphs.run("hands", pixels)
    sides = result.multi_handedness or ()
    marks = [landmark_pixels(hand, pixels) for hand in result.multi_hand_landmarks or ()]
    hands = (_hand(p, float(side.classification[0].score)) for p, side in zip(marks, sides, strict=True))
    return [hand for hand in hands if hand]


def _hand(points: np.ndarray, score: float) -> Region | None:
    """The region of a hand: landmarks lie on the bones and begin at the wrist, so flesh and some arm are
    added."""
    palm = float(np.linalg.norm(points[9] - points[0]))
    arm = points[0] + 0.3 * (points[0] - points[9])
    return face_shapes.hull_region(np.vstack([points, arm]), "hand", score, 0.22 * palm)


def find_people(graphs: Graphs, pixels: np.ndarray) -> list[Region]:
    """The connected parts of the person matte of `pixels`, (height, width, 3) uint8 RGB.

    Each has its mean confidence, 0..1, as score. People who touch are one part. The model scales its input to
    a square. That gives the best outlines but misses people in a wide picture. With grey bars that make the
    picture square it detects them, so those are added where no person was found. Raises Missing without a
    working mediapipe.
    """
    people = _people(_matte(graphs, pixels))
    square, left, top = _pad_to_square(pixels)
    matte = _matte(graphs, square)[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    return people + [p for p in _people(matte) if all(overlap(p, other) < 0.2 for other in people)]


def _matte(graphs: Graphs, pixels: np.ndarray) -> np.ndarray:
    """(height, width) float32, 0..1: the matte of all people."""
    return np.asarray(graphs.run("person", pixels).segmentation_mask, np.float32)


def _people(matte: np.ndarray) -> list[Region]:
    solid = (matte >= 0.5).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    least = max(0.002 * matte.size, 64)
    numbers = [n for n in range(1, len(stats)) if stats[n, cv2.CC_STAT_AREA] >= least]
    return [_person(matte, labels == n) for n in numbers]


def _pad_to_square(pixels: np.ndarray) -> tuple[np.ndarray, int, int]:
    """(square, left, top): the picture in the middle of a grey square, and the position of its corner."""
    height, width = pixels.shape[:2]
    side = max(height, width)
    left, top = (side - width) // 2, (side - height) // 2
    square = np.full((side, side, 3), 128, np.uint8)
    square[top : top + height, left : left + width] = pixels
    return square, left, top


def _person(matte: np.ndarray, part: np.ndarray) -> Region:
    """The region of one part with its soft border: the matte within a few pixels of the part."""
    near = cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    alpha = np.rint(np.where(near, matte, 0).clip(0, 1) * 255).astype(np.uint8)
    region = Region.of_mask(Mask(alpha), "person", float(matte[part].mean()))
    assert region is not None, "a part has pixels"
    return region


def detectors(graphs: Graphs) -> dict[str, Searcher]:
    """Every mediapipe detector by name. They load their graphs at the first `find`."""
    both = FaceFinder(graphs)
    eyes = FeatureFinder(both, "eyes", (_RIGHT_EYE, _LEFT_EYE), 0.25)
    lips = FeatureFinder(both, "lips", (_LIPS,), 0.08)
    finders = {
        "mediapipe face": ("face", both.look, both.finish),
        "mediapipe face mesh": ("face", both.look, FaceFinder(graphs, RANGES, mesh_only=True).finish),
        "mediapipe eyes": ("eyes", both.look, eyes.finish),
        "mediapipe lips": ("lips", both.look, lips.finish),
    }
    for kind in RANGES:
        one = FaceFinder(graphs, (kind,))
        finders[f"mediapipe face {kind}"] = ("face", one.look, one.finish)
    searchers = {
        n: Searcher(n, (label,), look, smallest_tile, end) for n, (label, look, end) in finders.items()
    }
    searchers["mediapipe hands"] = Searcher(
        "mediapipe hands", ("hand",), lambda pixels, _: find_hands(graphs, pixels), hand_tile
    )
    searchers["mediapipe person"] = Searcher(
        "mediapipe person", ("person",), lambda pixels, _: find_people(graphs, pixels), whole_only
    )
    return searchers


def hand_tile(size: Size) -> int:
    """The least tile side in pixels: the palm model's input is 192 wide and palms must have a tenth of
    that."""
    return max(384, max(size) // 8)
