"""What is painted without grain gets the photograph's; what has its own, or has no photograph, gets none."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from retouch.engines.base import Job
from retouch.image.blend.grain import Grain
from retouch.image.blend.tone import LUMA, Tone, chroma
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.recipes.recipe import Generation
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine
from tests.helpers import face_pass

BOX = Box(200, 60, 300, 160)
CLEAN = ("astronaut", "coffee", "chelsea", "camera", "brick", "grass", "gravel", "coins", "moon", "clock")


@functools.cache
def photograph(name="astronaut") -> np.ndarray:
    pixels = getattr(data, name)()
    return np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels


def grainy(deviation=8.0, blur=0.0, grey=False, name="astronaut") -> np.ndarray:
    """A photograph with noise of this standard deviation, which hangs together over `blur` pixels."""
    pixels = photograph(name)
    if grey:
        pixels = np.repeat(np.rint(pixels @ LUMA)[..., None], 3, -1)
    noise = np.random.default_rng(3).standard_normal(pixels.shape[:2]).astype(np.float32)
    if blur:
        noise = cv2.GaussianBlur(noise, (0, 0), blur)
        noise /= noise.std()
    return np.clip(np.rint(pixels + deviation * noise[..., None]), 0, 255).astype(np.uint8)


class Plastic(FakeEngine):
    """Paints one soft grey."""

    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture(np.full(job.picture.pixels.shape, 118, np.uint8))


class Same(FakeEngine):
    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture(job.picture.pixels.copy())


def painted(pixels, engine=None, box=BOX, seed=1, **how) -> np.ndarray:
    picture = Picture(np.ascontiguousarray(pixels))
    recipe = face_pass(Shape(grow=0, blur=4), **{"denoising_strength": 0.9, "colour_correction": 0.0, **how})
    made = plan_pass(
        picture.size, [Region.of_box(box)], PassWork(0, recipe), Generation(seed=seed), Size(256, 256)
    )
    (result,) = run_plans([picture], [made], engine or Plastic(256))
    assert result.reports[0].kept
    return result.picture.pixels


def inside(pixels) -> np.ndarray:
    """The luma of what is painted, its mean taken away."""
    luma = pixels[BOX.grown(-8).slices] @ LUMA
    return luma - luma.mean()


@pytest.mark.parametrize("deviation", [4.0, 8.0, 14.0])
@pytest.mark.parametrize("blur", [0.0, 0.7])
def test_painted_areas_get_the_photographs_grain(deviation, blur):
    after = painted(grainy(deviation, blur))
    assert 0.6 * deviation < inside(after).std() < 1.5 * deviation


def test_grain_has_the_spatial_correlation_of_the_photograph():
    def together(blur):
        left = inside(painted(grainy(10, blur)))
        return (left[:, 1:] * left[:, :-1]).mean() / left.var()

    assert abs(together(0.0)) < 0.1
    assert together(0.7) > 0.25


def test_grain_of_a_luma_only_photograph_has_little_chroma():
    after = painted(grainy(8)).astype(int)[BOX.grown(-8).slices]
    assert chroma(after - 118).mean() < 0.5 * inside(painted(grainy(8))).std()


@pytest.mark.parametrize("name", CLEAN)
def test_clean_photographs_have_no_grain(name):
    assert Grain.of(photograph(name)) is None


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((300, 300, 3), np.uint8),
        np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8),
        np.full((4, 4, 3), 9, np.uint8),
    ],
)
def test_flat_colours_and_pure_noise_have_no_grain(pixels):
    assert Grain.of(pixels) is None


def test_painting_that_has_grain_gets_no_more():
    before = grainy(8)
    assert np.array_equal(painted(before, Same(256)), painted(before, Same(256), grain=0.0))


def test_grain_can_be_weakened_and_switched_off():
    full, half, none = (inside(painted(grainy(8), grain=share)).std() for share in (1.0, 0.5, 0.0))
    assert none == 0
    assert 0.4 * full < half < 0.6 * full


def test_grain_depends_on_the_seed_alone():
    assert np.array_equal(painted(grainy(8), seed=5), painted(grainy(8), seed=5))
    assert not np.array_equal(painted(grainy(8), seed=5), painted(grainy(8), seed=6))


def test_grain_of_a_black_and_white_photograph_has_no_chroma():
    before = grainy(8, grey=True)
    assert Tone.of(before) is not None
    after = painted(before)
    assert chroma(after.astype(int)).max() == 0
    assert inside(after).std() > 4


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.integers(8, 100), st.integers(0, 2**32 - 1))
def test_grain_changes_no_pixel_outside_the_composite_mask(left, top, side, seed):
    before, box = grainy(8), Box(left, top, left + side, top + side)
    changed = (painted(before, box=box, seed=seed) != before).any(-1)
    assert changed.any()
    changed[(box.grown(5) & Box(0, 0, 512, 512)).slices] = False
    assert not changed.any()
