"""The faces of bench `recipes`: one face known to the demo model, damaged in many forms. All are seeded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.app.sample_photos import sample
from retouch.image.geometry import Box
from retouch.image.mask import SOLID, Mask
from retouch.image.picture import Picture
from retouch.image.quality.psnr import measure_psnr

FACE = Box(178, 58, 274, 177)
"""From the hairline to the chin, where detectors see it, at the photograph's own size."""
WORDS = "an astronaut"
SIDES = (256, 448)
"""Short sides of the photograph. It is never cut: of a whole one the checkpoint knows no other framing."""
SPOILT = (20.0, 23.0)
"""dB that are left of a face: 12 blocks to its width leave 20.7."""
Spoiling = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
"""(height, width, 3) float32 levels and how strongly, 0..1 -> the same, spoilt."""


@dataclass(frozen=True, eq=False)
class Case:
    """A photograph, the same with its face spoilt, and where that is: (height, width) bool."""

    name: str
    truth: Picture
    given: Picture
    face: np.ndarray

    def fidelity(self, picture: Picture) -> float:
        """PSNR in dB of the face against the photograph."""
        return decibels(self.truth, picture, self.face)


def decibels(truth: Picture, picture: Picture, where: np.ndarray) -> float:
    found = measure_psnr(truth.pixels, picture.pixels, Mask.where(where))
    assert found is not None
    return found


Sees = Callable[[Picture], bool]
"""Whether there is still a face to a detector: what is none to anybody, no recipe can mend."""


def cases(seed: int, sees: Sees) -> list[Case]:
    """One case for each kind of damage. Another seed gives other sizes and other damage."""
    return [_case(kind, 1000 * seed + number, sees) for number, kind in enumerate(SPOILINGS)]


def _case(kind: str, seed: int, sees: Sees) -> Case:
    random = np.random.default_rng(seed)
    truth, face = view(int(random.integers(*SIDES)))
    tries = (spoilt(truth, face, SPOILINGS[kind], np.random.default_rng(seed), more) for more in range(16))
    given = next(one for one in tries if sees(one))
    return Case(kind, truth, given, Mask.of_box(truth.size, face).solid)


def tilted(case: Case, degrees: int) -> Case:
    """The whole case rotated clockwise. The corners are grey."""
    parts = (case.truth.pixels, case.given.pixels, case.face.astype(np.uint8) * 255)
    truth, given, face = (_turned(part, degrees) for part in parts)
    return Case(f"{case.name} at {degrees}", Picture(truth), Picture(given), face >= SOLID)


def _turned(pixels: np.ndarray, degrees: int) -> np.ndarray:
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(pixels, -degrees // 90))
    height, width = pixels.shape[:2]
    across, down = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
    size = (round(width * across + height * down), round(width * down + height * across))
    onto = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    onto[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    grey = (128, 128, 128) if pixels.ndim == 3 else (0,)
    return cv2.warpAffine(pixels, onto, size, flags=cv2.INTER_CUBIC, borderValue=grey)


def view(short: int) -> tuple[Picture, Box]:
    """The photograph at a short side of `short` pixels, and the box of the face in it."""
    scale = short / min(sample("astronaut").picture.size)
    return sample("astronaut").scaled(short), Box(*(round(place * scale) for place in FACE))


def spoilt(
    truth: Picture, face: Box, spoil: Spoiling, random: np.random.Generator, more: float = 0
) -> Picture:
    """The photograph with its face damaged to a PSNR in SPOILT, plus `more` dB.

    The strength is found by bisection; all its steps use the same random numbers.
    """
    aim, seed = random.uniform(*SPOILT) + more, int(random.integers(2**32))
    low, high, pixels = 0.0, 1.0, truth.pixels.copy()
    whole = truth.pixels[face.slices]
    for _ in range(12):
        strength = (low + high) / 2
        made = spoil(whole.astype(np.float32), strength, np.random.default_rng(seed))
        pixels[face.slices] = np.rint(made.clip(0, 255))
        left = measure_psnr(whole, pixels[face.slices]) or 0.0
        low, high = (strength, high) if left > aim else (low, strength)
    return Picture(pixels)


def _blocks(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    return _again(face, strength, cv2.INTER_NEAREST)


def _thumbnail(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """A face enlarged from a thumbnail."""
    return _again(face, strength, cv2.INTER_CUBIC)


def _again(face: np.ndarray, strength: float, enlarged: int) -> np.ndarray:
    height, width = face.shape[:2]
    share = 1 / (1 + 19 * strength)
    size = (max(round(width * share), 2), max(round(height * share), 2))
    small = cv2.resize(face, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=enlarged)


def _unfocused(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(face, (0, 0), 0.3 + 0.15 * strength * face.shape[1])


def _shaken(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """A face with motion blur along a line, as from a moving camera."""
    reach = 0.3 * strength * face.shape[1]
    angle = random.uniform(0, np.pi)
    steps = np.linspace(-reach, reach, 33)
    moved = [_shifted(face, step * np.cos(angle), step * np.sin(angle)) for step in steps]
    return np.mean(moved, axis=0, dtype=np.float32)


def _shifted(face: np.ndarray, across: float, down: float) -> np.ndarray:
    size, onto = (face.shape[1], face.shape[0]), np.array([[1, 0, across], [0, 1, down]], np.float32)
    return cv2.warpAffine(face, onto, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _warped(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """A distorted face, as generated faces often are."""
    height, width = face.shape[:2]
    bent = random.normal(size=(2, height, width)).astype(np.float32)
    bent = np.stack([cv2.GaussianBlur(plane, (0, 0), width / 10) for plane in bent])
    bent *= 0.3 * strength * width / np.abs(bent).max()
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return cv2.remap(face, columns + bent[0], rows + bent[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def _grainy(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    return face + random.normal(0, 80 * strength, face.shape).astype(np.float32)


def _smeared(face: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """A face in few flat patches, as after a strong median filter."""
    aperture = 2 * round(strength * face.shape[1] / 3) + 1
    flat = cv2.medianBlur(np.rint(face.clip(0, 255)).astype(np.uint8), aperture) if aperture > 1 else face
    return flat.astype(np.float32)


SPOILINGS: dict[str, Spoiling] = {
    "blocks": _blocks,
    "thumbnail": _thumbnail,
    "unfocused": _unfocused,
    "shaken": _shaken,
    "warped": _warped,
    "grainy": _grainy,
    "smeared": _smeared,
}
