import dataclasses

import cv2
import numpy as np
import pytest

from retouch.image.blend.membrane import DECAY_PIXELS, MOST
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.outpaint.checks import CheckOptions, SeamBaseline
from retouch.outpaint.join import best_join, join_break, join_visibility
from retouch.outpaint.join_cut import along_a_line
from retouch.outpaint.join_level import level_edge
from retouch.outpaint.run import extend
from retouch.outpaint.stage_steps import join_mask
from retouch.pipeline.candidate import Candidate
from retouch.testing import FakeEngine
from tests.helpers import flat, noise
from tests.unit.outpaint.test_progress import FEATHER, HOW, NATIVE, way


def offered(over, hole, feather=16):
    """`over` painted in all of a 200 x 96 canvas, put back in `hole` and `feather` pixels of the rest."""
    size = Size(200, 96)
    return Candidate(1, Picture(over), size.box, join_mask(Mask.of_box(size, hole), feather, hole))


def test_level_edge_removes_a_step_at_the_edge_and_fades_into_the_hole():
    under = cv2.GaussianBlur(noise(Size(200, 96)).pixels, (0, 0), 8)
    hole = Box(100, 0, 200, 96)
    over = under + np.array([12, 0, 10], np.uint8)
    made = level_edge(offered(over, hole), under, hole).over.pixels.astype(int)
    off = made - under
    assert np.abs(off[:, 96:102]).max() <= 2
    assert np.abs(off[:, 116:120, 0].mean() - 12 * (1 - (1 - 18 / DECAY_PIXELS) ** 2)) < 1.5
    assert np.abs(off[..., 1]).max() <= 1
    assert np.array_equal(made[:, 100 + DECAY_PIXELS :], over[:, 100 + DECAY_PIXELS :])


def test_levelling_is_continuous_at_the_edge_and_decays_within_its_length():
    under = np.full((96, 200, 3), 100, np.uint8)
    hole = Box(100, 0, 200, 96)
    wave = np.rint(10 * np.sin(2 * np.pi * np.arange(96) / 24))[:, None, None]
    over = np.rint(under + wave).astype(np.uint8)
    field = level_edge(offered(over, hole), under, hole).over.pixels.astype(float) - over
    jump = np.abs(field[8:-8, 100] - field[8:-8, 99]).max()
    assert np.abs(field[:, 99]).max() > 8
    assert jump <= 2
    assert np.abs(field[8:-8, 124]).max() <= 2


def test_level_edge_limits_its_shift_for_new_content_and_keeps_texture():
    rng = np.random.default_rng(3)
    hole = Box(100, 0, 200, 96)
    under = np.full((96, 200, 3), 100, np.uint8)
    other = level_edge(offered(np.full_like(under, 200), hole), under, hole).over.pixels
    assert other.min() >= 200 - MOST - 1
    rough = rng.integers(60, 140, under.shape, np.uint8)
    kept = level_edge(offered(rough, hole), under, hole).over.pixels
    assert np.abs(kept[:, 104:].astype(int) - rough[:, 104:]).mean() < 2


def test_level_edge_without_an_overlap_returns_the_candidate_itself():
    hole = Box(100, 0, 200, 96)
    made = Candidate(1, Picture(noise(hole.size).pixels), hole, Mask.full(hole.size))
    assert level_edge(made, np.zeros((96, 100, 3), np.uint8), hole) is made


def test_every_candidate_of_a_stage_is_cut_along_its_own_path():
    how = dataclasses.replace(HOW, variations=2)
    done = extend(
        way(margins=Margins(right=128), how=how), FakeEngine(side=256), CheckOptions(attempts=1, cleanup=0)
    )
    one, other = done.way.found[1]
    faded = join_mask(Mask.of_box(Size(256, 256), Box(128, 0, 256, 256)), FEATHER, Box(256, 0, 384, 256))
    width = one.mask.size.width
    assert not np.array_equal(one.mask.alpha, faded.alpha[:, -width:])
    assert not np.array_equal(other.mask.alpha, faded.alpha[:, -width:])


class Lighter(FakeEngine):
    """Paints one light grey, whatever is there."""

    @staticmethod
    def colour(job):
        return Picture(np.full_like(job.picture.pixels, 200))


def test_join_visibility_sees_a_step_along_a_cut_off_the_hole_edge():
    grey = dataclasses.replace(way(margins=Margins(right=128)), picture=flat(NATIVE, (100, 100, 100)))
    engine = Lighter(side=256)
    done = extend(grey, engine, CheckOptions(attempts=1, cleanup=0.35))
    steps = np.abs(np.diff(done.way.found[1][0].mask.alpha.astype(int), axis=1)).max(0)
    assert steps.argmax() < FEATHER - 4
    assert [call[0].settings.denoising_strength for call in engine.calls] == [1.0, 0.35]


SIZE, HOLE = Size(200, 96), Box(100, 0, 200, 96)
TURNED = {"right": 0, "top": 1, "left": 2, "bottom": 3}
"""Quarter turns, counterclockwise, of a picture whose hole is on the right."""


def put(made, under):
    pixels = under.copy()
    made.put(pixels)
    return pixels


def test_straight_join_at_the_hole_keeps_all_known_pixels():
    under, over = noise(SIZE).pixels, noise(SIZE, 1).pixels
    pixels = put(along_a_line(offered(over, HOLE), HOLE, "right", 0, 0), under)
    assert np.array_equal(pixels[:, :100], under[:, :100])
    assert np.array_equal(pixels[:, 100:], over[:, 100:])


def test_cut_line_has_the_given_distance_but_stays_inside_the_mask():
    under, over = noise(SIZE).pixels, noise(SIZE, 1).pixels
    for feather in (16, 4):
        whole = offered(over, HOLE, feather)
        pixels = put(along_a_line(whole, HOLE, "right", 6, 0), under)
        new = (whole.mask.alpha > 0) & (np.arange(200) >= 94)
        assert np.array_equal(pixels[new], over[new])
        assert np.array_equal(pixels[~new], under[~new])
    soft = along_a_line(offered(over, HOLE), HOLE, "right", 6, 3).mask.alpha[48]
    assert (soft[100:] == 255).all()
    assert 100 < soft[94] < 155
    assert (np.diff(soft.astype(int)) >= 0).all()
    assert (soft[: 100 - 16] == 0).all()


def extended_scene(seed):
    """(what is there, a painting of all of it that is off by a wash of colour, a blur and a few pixels)."""
    rng = np.random.default_rng(seed)
    grains = [cv2.GaussianBlur(rng.normal(0, 1, (96, 200, 3)), (0, 0), size) * size for size in (1, 4, 16)]
    photograph = np.rint(128 + 40 * sum(grains)).clip(0, 255).astype(np.uint8)
    wash = cv2.resize(rng.normal(0, 9, (3, 4, 3)), tuple(SIZE), interpolation=cv2.INTER_CUBIC)
    moved = np.roll(cv2.GaussianBlur(photograph, (0, 0), 1.2), (2, 1), (0, 1))
    under = photograph.copy()
    under[HOLE.slices] = 0
    return under, np.rint(moved + wash).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("side", TURNED)
def test_join_least_is_half_as_visible_as_feather_or_cut(side):
    found = {"least": [], "feather": [], "cut": []}
    for seed in range(4):
        planes = (*extended_scene(seed), Mask.of_box(SIZE, HOLE).alpha, offered_mask())
        under, over, spot, mask = (np.rot90(plane, TURNED[side]).copy() for plane in planes)
        hole, crop = Mask(spot).bounds, Mask(spot).size.box
        made = Candidate(1, Picture(over), crop, Mask(mask))
        for join, scores in found.items():
            way = best_join(made, under, crop, hole, side, join)
            scores.append(join_visibility(way, under, crop, hole, side))
    means = {join: np.mean(scores) for join, scores in found.items()}
    assert means["least"] < 0.5 * min(means["feather"], means["cut"])


def offered_mask():
    return join_mask(Mask.of_box(SIZE, HOLE), 16, HOLE).alpha


def test_join_visibility_sees_a_step_at_the_border_and_away_from_it():
    under = flat(SIZE, (100, 100, 100)).pixels
    whole = offered(flat(SIZE, (130, 130, 130)).pixels, HOLE)
    at_the_border, off_it = (along_a_line(whole, HOLE, "right", away, 0) for away in (0, 12))
    step = join_visibility(at_the_border, under, SIZE.box, HOLE, "right")
    assert step > 8
    assert join_visibility(off_it, under, SIZE.box, HOLE, "right") == pytest.approx(step, rel=0.2)
    over = whole.over.pixels.copy()
    over[:, :100] = 100
    hidden = dataclasses.replace(whole, over=Picture(over))
    assert join_visibility(hidden, under, SIZE.box, HOLE, "right") == pytest.approx(step, rel=0.2)
    assert join_visibility(offered(under, HOLE), under, SIZE.box, HOLE, "right") < 0.05


def test_interrupted_stripes_raise_join_break_but_not_join_visibility():
    kind = np.arange(96) // 4 % 6
    under = np.repeat(np.where(kind == 0, 60, np.where(kind == 3, 140, 100))[:, None], 200, 1)
    under = np.repeat(under[..., None], 3, 2).astype(np.uint8)
    over = np.full_like(under, 100)
    whole = offered(over, HOLE)
    hard = along_a_line(whole, HOLE, "right", 0, 0)
    assert join_visibility(hard, under, SIZE.box, HOLE, "right") < 0.5
    assert join_break(hard, under, SIZE.box, HOLE, "right") > 3 * join_break(
        whole, under, SIZE.box, HOLE, "right"
    )
    chosen = best_join(whole, under, SIZE.box, HOLE, "right", "least")
    assert join_break(chosen, under, SIZE.box, HOLE, "right") < 0.6 * join_break(
        hard, under, SIZE.box, HOLE, "right"
    )


def test_single_outline_in_a_photograph_barely_lowers_join_excess():
    pixels = cv2.GaussianBlur(noise(Size(256, 256)).pixels, (0, 0), 3)
    pixels[:, 120:136] = 255
    floor = SeamBaseline(Picture(pixels))
    plain = SeamBaseline(Picture(cv2.GaussianBlur(noise(Size(256, 256)).pixels, (0, 0), 3)))
    assert floor.excess(4.0, "right") > 0.8 * plain.excess(4.0, "right")
