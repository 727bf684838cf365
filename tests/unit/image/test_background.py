"""What is kept stays to the bit, whatever is painted behind it."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from retouch.image.background import make_background_region, note_background
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.recipes.library import recipe
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape
from retouch.testing import FakeDetector, FakeEngine
from tests.helpers import GENERATION, noise

SIZE = Size(320, 240)


def subject() -> Mask:
    """A thing with thin limbs, from the lower border up."""
    alpha = np.zeros((SIZE.height, SIZE.width), np.uint8)
    cv2.circle(alpha, (160, 110), 50, 255, -1)
    cv2.line(alpha, (160, 110), (160, 239), 255, 30)
    cv2.line(alpha, (160, 120), (60, 60), 255, 6)
    return Mask(alpha)


def scene() -> Picture:
    """The subject, light, on dark grain."""
    grain = noise(SIZE, 3).pixels // 8
    light = np.where(subject().solid[..., None], 170, 30).astype(np.uint8)
    return Picture(grain + light)


@pytest.mark.parametrize("shade", [90, 255])
def test_background_holds_no_pixel_of_the_kept_mask(shade):
    kept = Mask(subject().alpha // 255 * np.uint8(shade))
    region = make_background_region(scene(), kept)
    assert region is not None
    assert region.background
    found = region.mask(SIZE).alpha.astype(int)
    assert (found + kept.alpha <= 255).all()
    assert (found[~subject().grown(20).solid] == 255).all()


def test_background_excludes_hair_beyond_the_kept_mask():
    picture, whole = scene(), subject()
    tight = whole.grown(-3)
    region = make_background_region(picture, tight)
    rim = whole.solid & ~tight.solid & whole.grown(-1).solid & ~Mask.of_box(SIZE, Box(0, 0, 120, 240)).solid
    assert region is not None
    assert region.mask(SIZE).alpha[rim].mean() < 60


@pytest.mark.parametrize("grow", [None, 0, 12])
@pytest.mark.parametrize("blur", [None, 0, 20])
def test_background_grows_and_fades_away_from_the_kept_mask(grow, blur):
    region = make_background_region(scene(), subject())
    how = Pass(denoising_strength=1.0, shape=Shape(grow=grow, blur=blur))
    result = Pipeline(FakeEngine(side=64), FakeDetector).paint(
        PictureInput(scene(), GENERATION), [region], how
    )
    changed = (result.picture.pixels != scene().pixels).any(2)
    assert not changed[subject().solid].any()
    assert changed[~subject().grown((grow or 0) + (blur or 0) + 20).solid].all()


def test_background_recipe_leaves_the_subject_bit_identical():
    how = recipe("Replace background")
    studio = Pipeline(FakeEngine(side=64), lambda name: FakeDetector())
    result = studio.fix([PictureInput(scene(), GENERATION, subject())], how)[0]
    changed = (result.picture.pixels != scene().pixels).any(2)
    assert result.reports
    assert not changed[subject().solid].any()
    assert changed[~subject().grown(25).solid].all()


def test_mask_over_most_of_a_picture_is_noted_as_background():
    most = Region.of_mask(subject().inverted())
    assert most is not None
    assert note_background(most, SIZE).background
    assert not note_background(Region.of_box(Box(0, 0, 320, 100)), SIZE).background
    wire = np.zeros((SIZE.height, SIZE.width), np.uint8)
    cv2.line(wire, (0, 0), (319, 239), 255, 4)
    assert not note_background(Region(SIZE.box, Mask(wire)), SIZE).background
    assert dataclasses.replace(most, background=True).background
