"""What is painted meets the picture at the mask's edge, and far inside it stays as it was painted."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.engines.base import Job
from retouch.image.blend.membrane import DECAY_PIXELS, MOST, find_edge_shift
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.recipes import library
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Generation
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine
from tests.helpers import face_pass

SIDE, STEP = 300, 20
BOX = Box(60, 60, 240, 240)
INSIDE = BOX.slices


@pytest.fixture
def under() -> np.ndarray:
    ramp = np.linspace(60, 180, SIDE, dtype=np.float32)
    return np.broadcast_to(ramp[None, :, None], (SIDE, SIDE, 3)).copy()


@pytest.fixture
def outside() -> np.ndarray:
    outside = np.ones((SIDE, SIDE), np.uint8)
    outside[INSIDE] = 0
    return outside


@pytest.mark.parametrize("step", [-20.0, -3.0, 8.0, 24.0])
def test_tone_step_is_removed_at_the_edge_and_decays_inwards(under, outside, step):
    shift = find_edge_shift(under, under + step, outside)
    assert np.abs(shift[60:62, 100:200] + step).max() < 0.1 * abs(step)
    depth = np.abs(shift[60:150, 150, 0])
    assert (np.diff(depth) <= 1e-3).all()
    assert not depth[DECAY_PIXELS:].any()


def test_shift_follows_a_step_that_varies_along_the_edge(under, outside):
    step = np.float32(15) * np.cos(np.arange(SIDE, dtype=np.float32) / 40)[:, None, None]
    shift = find_edge_shift(under, under + step, outside)
    assert np.abs(shift[70:230, 60] + step[70:230, 0]).max() < 2


def test_shift_for_new_content_is_bounded(under, outside):
    assert np.abs(find_edge_shift(under, under + 200, outside)).max() <= MOST + 1e-3


def test_texture_at_the_edge_gives_almost_no_shift(under, outside):
    noise = np.random.default_rng(3).normal(0, 8, under.shape).astype(np.float32)
    assert np.abs(find_edge_shift(under, under + noise, outside)[INSIDE]).mean() < 1


def test_shift_is_0_when_all_or_no_pixels_are_outside(under, outside):
    for same in (np.zeros_like(outside), np.ones_like(outside)):
        assert not find_edge_shift(under, under + 9, same).any()


def test_shift_is_0_when_patch_and_picture_agree(under, outside):
    assert not find_edge_shift(under, under, outside).any()


class Brighter(FakeEngine):
    """Paints what is there, a step brighter: a step at the edge and nothing else."""

    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture((job.picture.pixels.astype(int) + STEP).clip(0, 255).astype(np.uint8))


def repainted(before: np.ndarray, match_edge: float) -> np.ndarray:
    """(height, width) levels by which a painter of a step changed a grey picture in a region."""
    how = face_pass(Shape(grow=0, blur=4), colour_correction=0.0, match_edge=match_edge, grain=0.0)
    made = plan_pass(Size(SIDE, SIDE), [Region.of_box(BOX)], PassWork(0, how), Generation(), Size(128, 128))
    (result,) = run_plans([Picture(before)], [made], Brighter(128))
    outside = result.reports[0].mask(Picture(before)).alpha == 0
    assert (result.picture.pixels == before)[outside].all()
    return result.picture.pixels[..., 0].astype(int) - before[..., 0]


def test_match_edge_reduces_the_step_at_the_edge_by_the_given_share(under):
    before = np.rint(under).astype(np.uint8)
    changes = [np.abs(repainted(before, share)) for share in (0.0, 0.5, 1.0)]
    at_edge = [change[BOX.grown(-8).slices][[0, -1]].mean() for change in changes]
    assert at_edge[0] == pytest.approx(STEP, abs=1)
    assert at_edge[1] < 0.7 * STEP
    assert at_edge[2] < 0.4 * STEP
    middle = [change[150, 150] for change in changes]
    assert middle == pytest.approx([STEP] * 3, abs=1)


def test_match_edge_is_on_only_for_removal():
    on = {name for name, intent in INTENTS.items() if intent.how.match_edge}
    assert on == {"remove"}
    recipes = {
        name: [one.match_edge for one in recipe.passes] for name, recipe in library.recipes(None).items()
    }
    assert {name for name, shares in recipes.items() if any(shares)} == {"Remove object"}
