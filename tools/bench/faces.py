"""Bench `faces`: what each built-in face detector finds, misses and takes for a face.

A region is on a face if the intersection over union of their boxes is at least 0.5. Every face counts once: a
second region on it is a false alarm, as is a region on none. All run at the default detection confidence.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from retouch.detectors.registry import DetectorRegistry
from retouch.detectors.tilted import find_tilted
from retouch.image.geometry import Box, iou
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.recipes.selection import Selection
from tools.bench.faces_pictures import (
    Scene,
    faces_in_the_wild,
    group,
    photographs,
    scaled,
    turned,
    without_faces,
)
from tools.bench.figures import Figure

DETECTORS = ("mediapipe face", "mtcnn face", "opencv face")
OURS, OLDEST = "mtcnn face", "opencv face"
"""The detector that has targets, and the one that sets them: as much found, no more false alarms."""
SAME = 0.5
"""Intersection over union from which a region is on a face."""
Find = Callable[[Picture], Sequence[Region]]


@dataclass(frozen=True)
class Count:
    """Faces found, faces there, regions on no face, and seconds of the CPU."""

    found: int
    faces: int
    false: int
    seconds: float


def measure(args: argparse.Namespace) -> list[Figure]:
    registry = DetectorRegistry(offline=True)
    finds = {name: _finder(registry, name) for name in DETECTORS}
    figures = []
    for family, scenes in families().items():
        tilts = family.endswith("tilt search")
        counts = {name: count(_tilting(find) if tilts else find, scenes) for name, find in finds.items()}
        print(family, {name: (one.found, one.faces, one.false) for name, one in counts.items()}, flush=True)
        figures += [*_recalls(family, counts), *_alarms(family, counts)]
        if family == "photographs":
            figures += _seconds(counts, len(scenes))
    return figures


def families() -> dict[str, list[Scene]]:
    """Every scene, by the figure to which it belongs."""
    photos = photographs()
    return {
        "photographs": photos,
        **{f"turned by {angle}": [turned(one, angle) for one in photos] for angle in (15, 30, 45, 90)},
        "turned by 90, tilt search": [turned(one, 90) for one in photos],
        **{f"face of {side} px": [s for one in photos for s in scaled(one, side)] for side in (40, 24)},
        "groups": [group(photos, 2, 2, 256), group(photos, 4, 3, 192), group(photos, 8, 6, 96)],
        "LFW": [faces_in_the_wild()],
        "no faces": without_faces(),
    }


def _finder(registry: DetectorRegistry, name: str) -> Find:
    """The detector, after its first run on a blank picture, which loads it."""
    detector, confidence = registry.get(name), Selection().confidence
    detector.find(Picture(np.zeros((64, 64, 3), np.uint8)), confidence, ())
    return lambda picture: detector.find(picture, confidence, ())


def _tilting(find: Find) -> Find:
    return lambda picture: find_tilted(picture, find)


def count(find: Find, scenes: Sequence[Scene]) -> Count:
    """What a detector finds in all scenes together."""
    start = time.process_time()
    regions = [find(Picture(np.ascontiguousarray(scene.pixels))) for scene in scenes]
    seconds = time.process_time() - start
    marks = [matched([r.box for r in found], one) for found, one in zip(regions, scenes, strict=True)]
    faces = sum(len(scene.faces) for scene in scenes)
    return Count(sum(found for found, _ in marks), faces, sum(false for _, false in marks), seconds)


def matched(boxes: Sequence[Box], scene: Scene) -> tuple[int, int]:
    """(faces found, false alarms) of boxes, best first. Each takes the nearest face that is still free."""
    free, false = [*scene.faces, *scene.others], 0
    for box in boxes:
        nearest = max(free, key=lambda face: iou(face, box), default=None)
        if nearest is not None and iou(nearest, box) >= SAME:
            free.remove(nearest)
        else:
            false += 1
    return len(scene.faces) - sum(face in free for face in scene.faces), false


def _recalls(family: str, counts: dict[str, Count]) -> list[Figure]:
    least = counts[OLDEST].found
    if not counts[OLDEST].faces:
        return []
    rows = [(f"{family}, found: {name}", one.found, f"of {one.faces}") for name, one in counts.items()]
    return [
        Figure.at_least(*row, least, f">= {OLDEST}") if row[0].endswith(OURS) else _plain(*row)
        for row in rows
    ]


def _alarms(family: str, counts: dict[str, Count]) -> list[Figure]:
    most = counts[OLDEST].false
    rows = [(f"{family}, false alarms: {name}", one.false, "regions") for name, one in counts.items()]
    return [
        Figure.at_most(*row, most, f"<= {OLDEST}") if row[0].endswith(OURS) else _plain(*row) for row in rows
    ]


def _seconds(counts: dict[str, Count], pictures: int) -> list[Figure]:
    return [_plain(f"CPU time a photograph: {name}", c.seconds / pictures, "s") for name, c in counts.items()]


def _plain(name: str, value: float, unit: str) -> Figure:
    """A figure without a target."""
    return Figure(name, float(f"{value:.4g}"), unit, "-", True)
