"""The measures on photographs: what they say of known defects, and of none."""

import functools

import cv2
import numpy as np
import pytest

from retouch.app.sample_photos import SAMPLES, sample
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.quality.colour_drift import drift_inside
from retouch.image.quality.repetition import repetition_score
from retouch.image.quality.seam import seam_floor, seam_score
from retouch.image.quality.sharpness import sharpness_score

NAMES = [one.name for one in SAMPLES]
SHORT_SIDE = 320
each_photograph = pytest.mark.parametrize("name", NAMES)


@functools.cache
def photograph(name: str) -> np.ndarray:
    """float32 levels."""
    return sample(name).scaled(SHORT_SIDE).pixels.astype(np.float32)


def shapes(pixels: np.ndarray) -> list[Mask]:
    height, width = pixels.shape[:2]
    size = Size(width, height)
    stroke = np.zeros((height, width), np.uint8)
    bends = np.array([[0.2, 0.7], [0.4, 0.3], [0.6, 0.6], [0.8, 0.4]]) * (width, height)
    cv2.polylines(stroke, [bends.astype(np.int32)], False, (255,), 24)
    return [
        Mask.of_ellipse(size, Box(width // 4, height // 4, width * 5 // 8, height * 6 // 8)),
        Mask.of_box(size, Box(width // 3, height // 3, width * 2 // 3, height * 3 // 4)),
        Mask.of_box(size, Box(0, height // 5, width // 3, height * 2 // 3)),
        Mask(stroke),
    ]


def painted(pixels: np.ndarray, change: np.ndarray | float, mask: Mask) -> np.ndarray:
    return pixels + change * mask.solid[..., None].astype(np.float32)


def finite(value: float | None) -> float:
    assert value is not None
    assert np.isfinite(value)
    return value


def rising(values: np.ndarray | list[float]) -> bool:
    return bool((np.diff(values) > 0).all())


@each_photograph
def test_seam_score_ranks_steps_on_every_mask(name):
    pixels = photograph(name)
    for mask in shapes(pixels):
        assert rising([finite(seam_score(painted(pixels, step, mask), mask)) for step in (4, 8, 16, 32)])


def test_mean_seam_score_ranks_steps_down_to_one_level():
    scores = [
        [finite(seam_score(painted(photograph(name), step, mask), mask)) for step in (0, 1, 2, 4)]
        for name in NAMES
        for mask in shapes(photograph(name))
    ]
    assert rising(np.mean(scores, axis=0))
    untouched = np.array(scores)[:, 0]
    assert abs(untouched.mean()) < 0.15  # as often below as above
    assert np.median(np.abs(untouched)) < 0.35
    assert np.abs(untouched).max() < 1.5


@each_photograph
def test_plain_seam_scores_above_the_seam_floor_of_its_photograph(name):
    pixels = photograph(name)
    mask = shapes(pixels)[0]
    floor = finite(seam_floor(pixels, mask, tries=4))
    assert floor < 1
    assert finite(seam_score(painted(pixels, 16, mask), mask)) > 2 * floor + 1


@each_photograph
def test_drift_ranks_colour_shifts_above_loss_of_detail(name):
    pixels = photograph(name)
    soft = cv2.GaussianBlur(pixels, (0, 0), 1.5) - pixels
    for mask in shapes(pixels)[:2]:
        shifts = [finite(drift_inside(pixels, painted(pixels, k, mask), mask)) for k in (0, 1, 2, 4, 8, 16)]
        assert shifts[0] == 0
        assert rising(shifts)
        assert finite(drift_inside(pixels, painted(pixels, soft, mask), mask)) < shifts[4]


@each_photograph
def test_sharpness_score_ranks_blur_even_with_grain_added(name):
    pixels = photograph(name)
    grain = np.random.default_rng(0).normal(0, 4, pixels.shape).astype(np.float32)
    for mask in shapes(pixels)[:2]:
        blurs = [cv2.GaussianBlur(pixels, (0, 0), deviation) - pixels for deviation in (4, 2.5, 1.6, 1)]
        scores = [finite(sharpness_score(painted(pixels, blur, mask), mask)) for blur in (*blurs, 0.0)]
        assert rising(scores)
        grainy = finite(sharpness_score(painted(pixels, blurs[1] + grain, mask), mask))
        assert grainy < scores[2]


@each_photograph
def test_repetition_score_ranks_mirrored_and_tiled_photographs(name):
    pixels = photograph(name)
    height, width = pixels.shape[:2]
    strip = width // 5
    mirrored = np.concatenate([pixels[:, :-strip], pixels[:, -2 * strip : -strip][:, ::-1]], axis=1)
    tiled = np.tile(pixels[: height // 2, : width // 2], (2, 2, 1))
    assert rising([finite(repetition_score(one)) for one in (pixels, mirrored, tiled)])
    extended = Mask.of_box(Size(width, height), Box(width - strip, 0, width, height))
    assert finite(repetition_score(pixels, extended)) < 0.25
    assert finite(repetition_score(mirrored, extended)) > 0.5
