"""Objects cut out of real photographs by thresholds and GrabCut. No mask is drawn by hand or learnt."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.app.sample_photos import sample
from retouch.image.geometry import Box

ROUNDS = 4
"""Iterations of GrabCut. Further ones hardly change the masks."""
SMALLEST_COIN = 900


@dataclass(frozen=True)
class Cutout:
    """Pixels (height, width, 3) uint8, and the object's coverage of each: (height, width) uint8 0..255."""

    pixels: np.ndarray
    coverage: np.ndarray


@functools.cache
def cutouts() -> tuple[Cutout, ...]:
    """The coins, the eye, the dahlia and the cup of coffee."""
    return (*_coins(), _eye(), *(_grabbed(*one) for one in _photographed()))


def _coins() -> list[Cutout]:
    """Otsu's threshold above the uneven light, one cut-out per whole coin."""
    from skimage import data

    grey = data.coins()
    light = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((71, 71), np.uint8))
    even = cv2.subtract(grey, light)
    _, found = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    found = cv2.morphologyEx(cv2.morphologyEx(found, cv2.MORPH_CLOSE, _disc(9)), cv2.MORPH_OPEN, _disc(9))
    _, owner, stats, _ = cv2.connectedComponentsWithStats(found)
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    whole = [i for i, s in enumerate(stats) if i and s[4] > SMALLEST_COIN and 0.7 < s[2] / s[3] < 1.4]
    return [_cut(colour, np.where(owner == i, 255, 0).astype(np.uint8)) for i in whole]


def _eye() -> Cutout:
    """The round and bright retina of a photograph, on black."""
    from skimage import data

    pixels = cv2.resize(data.retina(), (240, 240), interpolation=cv2.INTER_AREA)
    _, found = cv2.threshold(pixels[..., 0], 25, 255, cv2.THRESH_BINARY)
    return _cut(pixels, cv2.morphologyEx(found, cv2.MORPH_CLOSE, _disc(15)))


def _photographed() -> list[tuple[np.ndarray, Box]]:
    """(photograph (height, width, 3) uint8, the box that the object fills)."""
    return [
        (sample("flower").scaled(240).pixels, Box(67, 34, 315, 239)),
        (sample("coffee").scaled(240).pixels, Box(57, 9, 300, 231)),
    ]


def _grabbed(pixels: np.ndarray, box: Box) -> Cutout:
    """The largest component of the GrabCut mask, with its holes filled.

    Rother, Kolmogorov & Blake, "GrabCut", 2004.
    """
    cv2.setRNGSeed(1)
    state = np.zeros(pixels.shape[:2], np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    area = (box.left, box.top, box.width, box.height)
    cv2.grabCut(pixels, state, area, *models, ROUNDS, cv2.GC_INIT_WITH_RECT)
    found = np.where(state % 2, 255, 0).astype(np.uint8)
    return _cut(pixels, _largest(cv2.morphologyEx(found, cv2.MORPH_OPEN, _disc(5))))


def _largest(mask: np.ndarray) -> np.ndarray:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    return cv2.drawContours(filled, [max(outlines, key=cv2.contourArea)], -1, 255, -1)


def _cut(pixels: np.ndarray, mask: np.ndarray) -> Cutout:
    """The mask's bounds and two pixels more, its edge smoothed over a pixel."""
    x, y, width, height = cv2.boundingRect(mask)
    rows, columns = slice(max(y - 2, 0), y + height + 2), slice(max(x - 2, 0), x + width + 2)
    soft = cv2.GaussianBlur(mask, (0, 0), 1)
    return Cutout(np.ascontiguousarray(pixels[rows, columns]), np.ascontiguousarray(soft[rows, columns]))


def _disc(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
