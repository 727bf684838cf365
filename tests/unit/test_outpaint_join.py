import dataclasses

import cv2
import numpy as np

from retouch.candidates import Candidate
from retouch.extending import extend
from retouch.fakes import FakeEngine
from retouch.geometry import Box, Margins, Size
from retouch.mask import Mask
from retouch.outpaint.guard import Guard
from retouch.outpaint.level import MOST, REACH, level
from retouch.outpaint.steps import joined
from retouch.raster import Picture
from tests.helpers import flat, noise
from tests.unit.test_outpaint_way import FEATHER, HOW, NATIVE, way


def offered(over, hole, feather=16):
    """`over` painted in all of a 200 x 96 canvas, put back in `hole` and `feather` pixels of the rest."""
    size = Size(200, 96)
    return Candidate(1, Picture(over), size.box, joined(Mask.of_box(size, hole), feather, hole))


def test_a_step_at_the_edge_is_led_on_into_the_hole_until_it_has_faded():
    under = cv2.GaussianBlur(noise(Size(200, 96)).pixels, (0, 0), 8)
    hole = Box(100, 0, 200, 96)
    over = under + np.array([12, 0, 10], np.uint8)
    made = level(offered(over, hole), under, hole).over.pixels.astype(int)
    off = made - under
    assert np.abs(off[:, 96:102]).max() <= 2
    assert np.abs(off[:, 116:120, 0].mean() - 12 * (1 - (1 - 18 / REACH) ** 2)) < 1.5
    assert np.abs(off[..., 1]).max() <= 1
    assert np.array_equal(made[:, 100 + REACH :], over[:, 100 + REACH :])


def test_what_is_led_on_does_not_jump_at_the_edge_and_dies_away_within_its_length():
    under = np.full((96, 200, 3), 100, np.uint8)
    hole = Box(100, 0, 200, 96)
    wave = np.rint(10 * np.sin(2 * np.pi * np.arange(96) / 24))[:, None, None]
    over = np.rint(under + wave).astype(np.uint8)
    field = level(offered(over, hole), under, hole).over.pixels.astype(float) - over
    jump = np.abs(field[8:-8, 100] - field[8:-8, 99]).max()
    assert np.abs(field[:, 99]).max() > 8
    assert jump <= 2
    assert np.abs(field[8:-8, 124]).max() <= 2


def test_new_content_is_no_step_and_texture_stays():
    rng = np.random.default_rng(3)
    hole = Box(100, 0, 200, 96)
    under = np.full((96, 200, 3), 100, np.uint8)
    other = level(offered(np.full_like(under, 200), hole), under, hole).over.pixels
    assert other.min() >= 200 - MOST - 1
    rough = rng.integers(60, 140, under.shape, np.uint8)
    kept = level(offered(rough, hole), under, hole).over.pixels
    assert np.abs(kept[:, 104:].astype(int) - rough[:, 104:]).mean() < 2


def test_without_an_overlap_there_is_nothing_to_be_level_with():
    hole = Box(100, 0, 200, 96)
    made = Candidate(1, Picture(noise(hole.size).pixels), hole, Mask.full(hole.size))
    assert level(made, np.zeros((96, 100, 3), np.uint8), hole) is made


def test_every_painting_of_a_stage_is_cut_for_any_may_be_chosen_later():
    how = dataclasses.replace(HOW, variations=2)
    done = extend(way(margins=Margins(right=128), how=how), FakeEngine(side=256), Guard(tries=1, cleanup=0))
    one, other = done.way.found[1]
    faded = joined(Mask.of_box(Size(256, 256), Box(128, 0, 256, 256)), FEATHER, Box(256, 0, 384, 256))
    width = one.mask.size.width
    assert not np.array_equal(one.mask.alpha, faded.alpha[:, -width:])
    assert not np.array_equal(other.mask.alpha, faded.alpha[:, -width:])


class Lighter(FakeEngine):
    """Paints one light grey, whatever is there."""

    @staticmethod
    def colour(job):
        return Picture(np.full_like(job.picture.pixels, 200))


def test_a_step_along_the_cut_is_seen_though_it_lies_off_the_edge_of_the_hole():
    grey = dataclasses.replace(way(margins=Margins(right=128)), picture=flat(NATIVE, (100, 100, 100)))
    engine = Lighter(side=256)
    done = extend(grey, engine, Guard(tries=1, cleanup=0.35))
    steps = np.abs(np.diff(done.way.found[1][0].mask.alpha.astype(int), axis=1)).max(0)
    assert steps.argmax() < FEATHER - 4
    assert [call[0].settings.denoising_strength for call in engine.calls] == [1.0, 0.35]
