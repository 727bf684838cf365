"""Content-aware fill: leads on what ends at the rim, has the texture of what is around, is repeatable."""

import cv2
import numpy as np
import pytest

from retouch.image.fill.content_aware import fill_with_content
from retouch.image.fill.smooth import fill_smoothly
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from tests.helpers import noise

SIZE, HOLE = Size(128, 128), Box(48, 48, 84, 84)
MASK = Mask.of_box(SIZE, HOLE)


def stripes(width: int = 8) -> np.ndarray:
    """Diagonal, dark and light."""
    y, x = np.mgrid[:128, :128]
    return np.repeat(np.where((x + y) // width % 2, 200, 50).astype(np.uint8)[..., None], 3, axis=2)


def with_marked_hole(pixels: np.ndarray) -> np.ndarray:
    gone = pixels.copy()
    gone[HOLE.slices] = (255, 0, 255)
    return gone


def test_fill_continues_stripes_through_the_hole():
    made = fill_with_content(with_marked_hole(stripes()), MASK)[HOLE.slices].astype(int)
    wrong = np.abs(made - stripes()[HOLE.slices]).mean()
    smooth = np.abs(
        fill_smoothly(with_marked_hole(stripes()), MASK)[HOLE.slices].astype(int) - stripes()[HOLE.slices]
    ).mean()
    assert wrong < smooth / 4


def test_fill_joins_an_edge_interrupted_by_the_hole():
    scene = np.full((128, 128, 3), 60, np.uint8)
    scene[70:] = 190
    made = fill_with_content(with_marked_hole(scene), MASK)
    above, below = made[HOLE.top : 66, HOLE.left : HOLE.right], made[74 : HOLE.bottom, HOLE.left : HOLE.right]
    assert np.abs(above.astype(int) - 60).max() <= 12
    assert np.abs(below.astype(int) - 190).max() <= 12


def test_a_texture_keeps_its_contrast():
    rough = cv2.GaussianBlur(np.random.default_rng(1).normal(0, 90, (128, 128)), (0, 0), 1) + 120
    grain = np.repeat(rough.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    made = fill_with_content(with_marked_hole(grain), MASK)[HOLE.slices]
    assert made.std() > 0.7 * grain.std()
    assert made.mean() == pytest.approx(120, abs=8)


def test_the_same_picture_gives_the_same_fill_and_only_the_hole_changes():
    pixels = with_marked_hole(noise(SIZE).pixels)
    once, again = fill_with_content(pixels, MASK), fill_with_content(pixels, MASK)
    assert np.array_equal(once, again)
    assert np.array_equal(once[~MASK.solid], pixels[~MASK.solid])
    assert once.dtype == np.uint8


def test_fill_is_smooth_without_a_whole_source_patch():
    size = Size(40, 40)
    frame = Mask.of_box(size, Box(3, 3, 37, 37))
    pixels = noise(size).pixels
    assert np.array_equal(fill_with_content(pixels, frame), fill_smoothly(pixels, frame))


def test_fill_matches_the_tone_of_a_slope_at_the_rim():
    """On a slope whatever is copied has another tone than where it goes."""
    _, x = np.mgrid[:128, :128]
    slope = np.repeat((60 + x * 0.8).astype(np.uint8)[..., None], 3, axis=2)
    made = fill_with_content(with_marked_hole(slope), MASK).astype(int)
    assert np.abs(made - slope)[HOLE.slices].max() <= 10


def test_a_large_picture_is_filled_on_every_level():
    size = Size(520, 300)
    _, x = np.mgrid[:300, :520]
    waves = np.repeat((128 + 60 * np.sin(x / 6)).astype(np.uint8)[..., None], 3, axis=2)
    hole = Box(200, 100, 301, 181)
    gone = waves.copy()
    gone[hole.slices] = 0
    made = fill_with_content(gone, Mask.of_box(size, hole))[hole.slices].astype(int)
    assert np.abs(made - waves[hole.slices]).mean() < 20
