"""What is painted into a JPEG gets its compression, as measured; what is no JPEG is not compressed."""

from __future__ import annotations

import functools
import io

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from retouch.engines.base import Job
from retouch.image.blend.jpeg_compression import Compression
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.recipes.recipe import Generation
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine
from tests.helpers import face_pass

PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "camera", "moon", "clock")
PLAIN = (*PHOTOGRAPHS, "brick", "grass", "gravel", "text", "page")
RAMP = np.repeat(np.tile(np.arange(256, dtype=np.uint8), (256, 1))[..., None], 3, -1)
BOX = Box(80, 80, 240, 240)


@functools.cache
def photograph(name: str = "chelsea") -> np.ndarray:
    pixels = getattr(data, name)()
    return np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels


def compressed(pixels: np.ndarray, quality: int, **how: object) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, **how)
    return np.asarray(Image.open(file))


class Clean(FakeEngine):
    """Paints another photograph, uncompressed."""

    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture(cv2.resize(photograph("astronaut"), job.picture.size))


def painted(pixels: np.ndarray, **knobs: object) -> np.ndarray:
    """`pixels` with BOX painted clean."""
    picture = Picture(np.ascontiguousarray(pixels))
    how = {"denoising_strength": 1.0, "colour_correction": 0.0, "grain": 0.0, **knobs}
    one = face_pass(Shape(grow=0, blur=4), **how)
    made = plan_pass(picture.size, [Region.of_box(BOX)], PassWork(0, one), Generation(seed=3), Size(256, 256))
    (result,) = run_plans([picture], [made], Clean(256))
    assert result.reports[0].kept
    return result.picture.pixels


def inside(pixels: np.ndarray) -> np.ndarray:
    """What is painted and shows wholly, from a multiple of 8 on."""
    return pixels[BOX.grown(-8).slices]


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_that_is_no_jpeg_has_no_compression(name):
    assert Compression.of(photograph(name)) is None


@pytest.mark.parametrize("how", [{"subsampling": "4:2:0"}, {"subsampling": "4:4:4"}, {"progressive": True}])
@pytest.mark.parametrize("quality", [25, 40, 50, 60, 75, 85, 90])
@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_the_quality_of_a_jpeg_is_measured(name, quality, how):
    found = Compression.of(compressed(photograph(name), quality, **how))
    assert (found.left, found.top) == (0, 0)
    assert abs(found.quality - quality) <= 1


@pytest.mark.parametrize("corner", [(0, 0), (3, 5), (7, 1)])
def test_jpeg_block_grid_of_a_cropped_picture_is_found(corner):
    left, top = corner
    found = Compression.of(compressed(photograph(), 60)[top:, left:])
    assert (found.left, found.top) == ((8 - left) % 8, (8 - top) % 8)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((300, 300, 3), np.uint8),
        np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8),
        np.full((4, 4, 3), 9, np.uint8),
        np.full((1, 900, 3), 9, np.uint8),
        RAMP,
        RAMP.swapaxes(0, 1),
        np.kron(np.indices((32, 32)).sum(0)[..., None] % 2, np.full((8, 8, 3), 255)).astype(np.uint8),
    ],
)
def test_drawing_noise_or_tiny_picture_has_no_compression(pixels):
    assert Compression.of(pixels) is None


@pytest.mark.parametrize("corner", [(0, 0), (3, 5)])
@pytest.mark.parametrize("quality", [40, 60, 75])
def test_repainted_pixels_get_the_compression_of_their_jpeg(quality, corner):
    before = compressed(photograph(), quality)[corner[1] :, corner[0] :]
    found = Compression.of(inside(painted(before)))
    assert abs(found.quality - quality) <= 1
    assert (found.left, found.top) == ((-corner[0]) % 8, (-corner[1]) % 8)
    assert Compression.of(inside(painted(before, compression=0.0))) is None


def test_compression_can_be_weakened():
    before = compressed(photograph(), 40)
    full, half, none = (inside(painted(before, compression=share)).astype(int) for share in (1.0, 0.5, 0.0))
    assert np.abs(half - none).mean() == pytest.approx(np.abs(full - none).mean() / 2, rel=0.1)


def test_outside_the_mask_no_pixel_changes():
    before = compressed(photograph(), 40)
    moved = (painted(before) != before).any(2)
    moved[BOX.grown(16).slices] = False
    assert not moved.any()


def test_picture_without_jpeg_compression_gets_none_when_repainted():
    assert np.array_equal(painted(photograph()), painted(photograph(), compression=0.0))


def test_repainted_pixels_of_a_grey_jpeg_stay_grey():
    grey = compressed(photograph("camera"), 60)
    after = painted(grey)
    assert (after == after[..., :1]).all()
