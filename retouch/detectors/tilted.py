"""Find tilted things: the detector runs on rotated copies of the picture."""

from __future__ import annotations

import cmath
import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region, overlap

ANGLES = tuple(range(30, 360, 30))
"""Degrees of the rotations: detectors find a face that is tilted by half a step as well as an upright one."""
NEARLY = 15
"""Degrees: a tilt this close to a right angle is rounded to it, which needs no resampling."""
SAME_TILTED_SHARE = 0.3
"""Overlap, divided by the smaller region, from which two detections are one thing. A face that is upside down
is detected around its chin."""
Look = Callable[[Picture], Sequence[Region]]


@dataclass(frozen=True, eq=False)
class _Sight:
    """A detection, mapped back to the picture, that was made when the picture was rotated by `looked`
    degrees."""

    region: Region
    looked: float

    @property
    def direction(self) -> complex:
        return cmath.exp(1j * math.radians(self.region.turn))


def find_tilted(picture: Picture, look: Look) -> list[Region]:
    """The things in a picture at any tilt, with their `Region.turn` in degrees counter-clockwise.

    The detector `look` runs on the picture and on its rotations by each of ANGLES. The tilt of a thing is the
    weighted mean over all its detections; the angle of a detection is the rotation of the picture plus the
    tilt that the detector reports. Then the detector runs once more with the thing upright. A detection at
    one rotation only that is not confirmed is dropped. This takes twelve runs, and one more for each tilted
    thing.
    """
    sights = [_Sight(region, 0) for region in look(picture)]
    sights += [_Sight(r, degrees) for degrees in ANGLES for r in _look_turned(picture, look, degrees)]
    groups: list[list[_Sight]] = []
    for sight in sorted(sights, key=lambda s: -s.region.score):
        same = next((group for group in groups if _of_one(sight, group)), None)
        groups.append([sight]) if same is None else same.append(sight)
    return [region for group in groups if (region := _upright(picture, look, group))]


def _of_one(sight: _Sight, group: Sequence[_Sight]) -> bool:
    return any(overlap(sight.region, other.region) > SAME_TILTED_SHARE for other in group)


def _upright(picture: Picture, look: Look, group: Sequence[_Sight]) -> Region | None:
    """The region of one thing from its detections, best first; None when it is not confirmed."""
    mean = _direction(group)
    nearest = min(group, key=lambda s: abs((s.looked - mean + 180) % 360 - 180))
    alone = len(group) == 1 and nearest.looked != 0
    if alone or _right(mean) is None:
        sights = (_Sight(region, mean) for region in _look_turned(picture, look, round(mean)))
        again = next((sight for sight in sights if _of_one(sight, group)), None)
        if alone and again is None:
            return None
        nearest, mean = (again, again.region.turn) if again else (nearest, mean)
    right = _right(mean)
    turn = float((round(mean) if right is None else right) % 360)
    return dataclasses.replace(nearest.region, turn=turn, score=group[0].region.score)


def _direction(group: Sequence[_Sight]) -> float:
    """The tilt in degrees of one thing: the mean of its detections, weighted by agreement with the best
    one."""
    start = max(group, key=lambda s: sum(_support(s.direction, other) for other in group)).direction
    return math.degrees(cmath.phase(sum(_support(start, s) * s.direction for s in group)))


def _right(degrees: float) -> int | None:
    """The right angle within NEARLY degrees, or None."""
    right = round(degrees / 90) * 90
    return right if abs(degrees - right) <= NEARLY else None


def _support(direction: complex, sight: _Sight) -> float:
    """The weight of a detection for a direction: full for its own, 0 from a right angle on."""
    cosine = (direction * sight.direction.conjugate()).real
    return sight.region.score**2 * max(cosine, 0) ** 2


def _look_turned(picture: Picture, look: Look, degrees: float) -> list[Region]:
    matrix, size = _onto(picture.size, degrees)
    pixels = cv2.warpAffine(picture.pixels, matrix, size, flags=cv2.INTER_LINEAR)
    regions = [_back(region, matrix, degrees) for region in look(Picture(pixels))]
    return [region for one in regions if one and (region := one.clipped(picture.size))]


def _onto(size: Size, degrees: float) -> tuple[np.ndarray, Size]:
    """(matrix (2, 3), size): the rotation of a picture of this size, and the size that holds the result."""
    width, height = size
    across, down = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    sides = (width * across + height * down, width * down + height * across)
    room = Size(*(math.ceil(round(side, 6)) for side in sides))  # sines have rounding errors
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += ((room.width - width) / 2, (room.height - height) / 2)
    return matrix, room


def _back(region: Region, matrix: np.ndarray, degrees: float) -> Region | None:
    """A region of a picture that was rotated by `matrix`, mapped back; None when nothing is left."""
    left, top, right, bottom = region.box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    spots = cv2.transform(corners[None], cv2.invertAffineTransform(matrix))[0]
    box = Box.covering(*(spots.min(0) - 1), *(spots.max(0) + 1))
    shift = matrix[:, :2] @ (box.left, box.top) + matrix[:, 2] - (left, top)
    onto = np.column_stack([matrix[:, :2], shift])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shape = Mask(cv2.warpAffine(region.shape.alpha, onto, box.size, flags=flags))
    tight = shape.bounds
    if tight is None:
        return None
    where = tight.shifted(box.left, box.top)
    return Region(where, shape.crop(tight), region.label, region.score, (degrees + region.turn) % 360)
