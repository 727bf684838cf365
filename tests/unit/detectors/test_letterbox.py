"""Masks land on the thing at every aspect ratio: ADetailer's are off by the letterbox's padding."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.detectors.letterbox import GREY, Letterbox
from retouch.image.geometry import Box, Size

SIZES = [(512, 768), (832, 1216), (1344, 768), (1920, 1080), (4000, 3000), (640, 640), (333, 1000)]


def perfect_logits(image: np.ndarray, stride: int = 4) -> np.ndarray:
    """What a segmenter with perfect sight says of a white rectangle in its input.

    It sees only the letterboxed input: the rectangle's edges from the brightness of rows and columns,
    then the signed distance to them at each cell of the prototype grid.
    """
    light = (image[..., 0].astype(float) - GREY) / (255 - GREY)
    light = np.where(light < 0.02, 0, light)
    edges = []
    for axis in (0, 1):
        profile = light.max(axis)
        first = int(np.flatnonzero(profile > 0)[0])
        edges.append((first + 1 - profile[first], first + 1 - profile[first] + profile.sum()))
    rows, columns = (np.arange(0, length, stride) + stride / 2 for length in image.shape[:2])
    (left, right), (top, bottom) = edges
    across = np.minimum(columns - left, right - columns)
    down = np.minimum(rows - top, bottom - rows)
    return np.minimum(across[None], down[:, None])


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_letterboxed_mask_is_within_one_pixel_of_the_truth(size: tuple[int, int]) -> None:
    canvas = Size(*size)
    width, height = canvas
    truth = Box(width // 7 + 3, height // 5 + 1, width * 3 // 5, height * 2 // 3 + 2)
    pixels = np.full((height, width, 3), GREY, np.uint8)
    pixels[truth.slices] = 255
    fitted = Letterbox.fit(canvas, 640)
    mask = fitted.mask(perfect_logits(fitted.image(pixels)), truth.grown(40) & canvas.box)
    found = mask.bounds
    assert found is not None
    placed = found.shifted(*(truth.grown(40) & canvas.box)[:2])
    assert max(abs(a - b) for a, b in zip(placed, truth, strict=True)) <= 1
    solid = mask.crop(truth.relative_to(truth.grown(40) & canvas.box)).solid
    assert solid[1:-1, 1:-1].mean() > 0.999


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_letterbox_corners_map_to_picture_corners_on_a_32_pixel_grid(size: tuple[int, int]) -> None:
    fitted = Letterbox.fit(Size(*size), 640)
    corners = np.array([[0.0, 0.0], [size[0], size[1]]])
    inner = np.array([fitted.offset, fitted.offset + np.array(fitted.inner)])
    assert np.allclose(fitted.to_canvas(inner), corners)
    assert all(length % 32 == 0 for length in fitted.outer)
    assert max(fitted.inner) == 640


def test_a_small_picture_is_enlarged() -> None:
    fitted = Letterbox.fit(Size(100, 50), 640)
    assert fitted.inner == Size(640, 320)
    assert fitted.image(np.zeros((50, 100, 3), np.uint8)).shape == (320, 640, 3)
