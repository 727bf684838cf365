"""Turning: things that stand on their head are shown upright to detectors and painters, and turned back.

Angles are degrees counter-clockwise. By right angles nothing is resampled.
"""

from __future__ import annotations

import cmath
import dataclasses
import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.raster import Picture
from retouch.region import Region, overlap

ANGLES = tuple(range(30, 360, 30))
"""Turns that are tried: detectors find a face that is tilted by half of a step as well as an upright one."""
NEARLY = 15
"""Degrees from a right angle at which that is taken: nothing is resampled then."""


def turned(pixels: np.ndarray, degrees: float) -> np.ndarray:
    """(height, width[, 3]) uint8 turned about the middle.

    Right angles swap the sides if they must; others keep the size, and mirror what lies beyond the border.
    """
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(pixels, round(degrees / 90) % 4))
    return _warped(pixels, degrees, cv2.BORDER_REFLECT_101)


def returned(patch: np.ndarray, under: np.ndarray, degrees: float) -> np.ndarray:
    """A turned patch turned back; its corners that were lost are those of `under`, which is upright."""
    if degrees % 90 == 0:
        return turned(patch, -degrees)
    known = np.full(patch.shape[:2], 255, np.uint8)
    share = _warped(known, -degrees, cv2.BORDER_CONSTANT)[..., None].astype(np.float32) / 255
    back = _warped(patch, -degrees, cv2.BORDER_REFLECT_101)
    return np.rint(back * share + under * (1 - share)).astype(np.uint8)


def _warped(pixels: np.ndarray, degrees: float, border: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    return cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LANCZOS4, borderMode=border)


def found_turned(picture: Picture, look: Callable[[Picture], Sequence[Region]]) -> list[Region]:
    """What is seen in the picture as it stands and turned by each of ANGLES, where it is, with its turn.

    A detector sees a face also when it is tilted a little: it stands upright in the middle of the turns at
    which it is seen. It takes a dozen looks.
    """
    upright = list(look(picture))
    others = [region for degrees in ANGLES for region in _seen(picture, look, degrees)]
    groups: list[list[Region]] = []
    for region in sorted([*upright, *others], key=lambda r: -r.score):
        same = next((group for group in groups if overlap(group[0], region) > 0.5), None)
        groups.append([region]) if same is None else same.append(region)
    return [_upright(group) for group in groups]


def _upright(group: Sequence[Region]) -> Region:
    """One thing as it was seen at several turns, best first: its own turn is their circular mean."""
    spots = [region.score**2 * cmath.exp(1j * math.radians(region.turn)) for region in group]
    mean = math.degrees(cmath.phase(sum(spots)))
    right = round(mean / 90) * 90
    turn = right if abs(mean - right) <= NEARLY else round(mean)
    nearest = min(group, key=lambda r: abs((r.turn - mean + 180) % 360 - 180))
    return dataclasses.replace(nearest, turn=float(turn % 360), score=group[0].score)


def _seen(picture: Picture, look: Callable[[Picture], Sequence[Region]], degrees: float) -> list[Region]:
    matrix, size = _onto(picture.size, degrees)
    pixels = cv2.warpAffine(picture.pixels, matrix, size, flags=cv2.INTER_LINEAR)
    back = [_back(region, matrix, degrees) for region in look(Picture(pixels))]
    return [region for one in back if one and (region := one.clipped(picture.size))]


def _onto(size: Size, degrees: float) -> tuple[np.ndarray, Size]:
    """The matrix that turns a picture of this size, and the size that holds all of it then."""
    width, height = size
    across, down = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    sides = (width * across + height * down, width * down + height * across)
    room = Size(*(math.ceil(round(side, 6)) for side in sides))  # a right angle's sine is not quite whole
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += ((room.width - width) / 2, (room.height - height) / 2)
    return matrix, room


def _back(region: Region, matrix: np.ndarray, degrees: float) -> Region | None:
    """A region of a picture that was turned by `matrix`, in the picture itself."""
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
    return Region(where, shape.crop(tight), region.label, region.score, degrees)
