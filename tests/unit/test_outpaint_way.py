import dataclasses

import numpy as np
import pytest

from retouch.candidates import Candidate
from retouch.errors import BadInput, PaintFailed
from retouch.extending import Guard, extend
from retouch.fakes import FakeEngine
from retouch.geometry import Box, Margins, Size
from retouch.mask import Mask
from retouch.outpaint.stages import Pace, stages
from retouch.outpaint.steps import Words, joined, reach_of, steps
from retouch.outpaint.way import Way, dependents
from retouch.raster import Picture
from retouch.recipe import Generation, Pass
from tests.helpers import noise

NATIVE = Size(256, 256)
HOW = Pass(denoising_strength=1.0, masked_content="edge", colour_correction=0.0)
FEATHER = 16
ONCE = Guard(tries=1)


def way(size=NATIVE, margins=Margins(right=256), words=Words(), how=HOW, pace=Pace(feather=FEATHER)):
    found = stages(size, margins, NATIVE, pace)
    generation = Generation(prompt="a beach", seed=7)
    made = steps(found, generation, how, words, reach_of(pace, NATIVE))
    return Way(noise(size), margins, found, made)


def test_the_new_part_is_painted_and_the_picture_beyond_the_feather_is_bit_identical():
    engine = FakeEngine(side=256)
    done = extend(way(), engine, ONCE)
    pixels = done.way.finished().pixels
    assert pixels.shape == (256, 512, 3)
    assert np.array_equal(pixels[:, : 256 - FEATHER], noise(NATIVE).pixels[:, : 256 - FEATHER])
    assert [call[0].seed for call in engine.calls] == [7, 8]
    assert (pixels[:, -1] == FakeEngine.colour(engine.calls[1][0]).pixels[0, 0]).all()


def test_under_the_hole_lies_the_masked_content_and_the_overlap_is_repainted_softly():
    engine = FakeEngine(side=256)
    extend(way(), engine, ONCE)
    job = engine.calls[0][0]
    assert np.array_equal(job.picture.pixels[:, :128], noise(NATIVE).pixels[:, 128:])
    assert (job.picture.pixels[:, 128:] == noise(NATIVE).pixels[:, 255:]).all()
    row = job.mask.alpha[128].astype(int)
    assert (row[128:] == 255).all()
    assert row[64] <= 2 < row[96] < row[120] < 255


def test_stages_of_one_wave_go_through_one_call():
    engine = FakeEngine(side=256)
    extend(way(Size(512, 256), Margins(128, 0, 128, 0)), engine, ONCE)
    assert [len(call) for call in engine.calls] == [2]


def test_words_for_a_side_for_a_stage_and_for_what_lies_beyond():
    margins = Margins(left=128, right=128)
    said = way(margins=margins, words=Words(prompt_left="a cliff", beyond="gulls")).steps
    assert [s.prompt for s in said] == ["a cliff, gulls", "a beach, gulls"]
    said = way(margins=margins, words=Words(stage_prompts=("", "a pier"))).steps
    assert [s.prompt for s in said] == ["a beach", "a pier"]
    with pytest.raises(BadInput, match="2 stages") as caught:
        way(margins=margins, words=Words(stage_prompts=("one",)))
    assert caught.value.path == "stage_prompts"


def test_one_seed_for_all_stages_when_asked():
    made = way(how=dataclasses.replace(HOW, seed_step="same"))
    assert {step.seed for step in made.steps} == {7}


class Stopping:
    """Interrupts once the second stage is shown."""

    stopped = False

    def show(self, done, total, what):
        self.stopped = done >= 1


def test_interrupt_keeps_the_finished_stages_and_one_can_go_on_from_there():
    engine = FakeEngine(side=256)
    half = extend(way(), engine, ONCE, Stopping())
    assert half.stopped
    assert half.way.finished().size == Size(384, 256)
    rest = extend(half.way, engine, ONCE)
    assert rest.way.finished() == extend(way(), FakeEngine(side=256), ONCE).way.finished()
    assert len(engine.calls) == 2


def test_a_stage_that_fails_ends_the_way_there_and_says_so():
    def refuse(jobs):
        if jobs[0].seed == 8:
            raise PaintFailed("no such sampler.")

    done = extend(way(), FakeEngine(side=256, before_call=refuse), ONCE)
    assert done.way.finished().size == Size(384, 256)
    assert "Stage 2 (right)" in done.warnings[0]
    assert "no such sampler" in done.warnings[0]


def test_another_try_at_a_stage_takes_what_was_painted_upon_it_along():
    engine = FakeEngine(side=256)
    first = extend(way(margins=Margins(left=128, right=256)), engine, ONCE).way
    again = first.again({2: 99})
    assert [step.number for step in again.left] == [2, 3]
    assert again.finished().size == Size(384, 256)
    second = extend(again, engine, ONCE).way.finished()
    assert np.array_equal(second.pixels[:, :200], first.finished().pixels[:, :200])
    assert not np.array_equal(second.pixels[:, 400:450], first.finished().pixels[:, 400:450])


def test_reverting_a_stage_gives_back_what_was_there_before_to_the_bit():
    done = extend(way(), FakeEngine(side=256), ONCE).way
    assert done.without([1]).finished() == noise(NATIVE)
    assert done.without([2]).finished().size == Size(384, 256)


def test_only_what_shows_a_stage_depends_on_it():
    found = stages(Size(512, 256), Margins(256, 0, 256, 0), NATIVE, Pace())
    assert dependents(found, [1]) == {1, 2}
    assert dependents(found, [3]) == {3, 4}
    corner = stages(NATIVE, Margins(left=128, top=128), NATIVE, Pace())
    assert dependents(corner, [1]) == {1, 2, 3, 4}
    assert [s.side for s in corner] == ["left", "top", "top", "top"]


def test_a_strip_that_is_not_whole_yet_is_left_out_of_the_picture():
    made = way(Size(512, 256), Margins(top=128), pace=Pace(feather=8))
    assert len(made.steps) == 3
    first = made.steps[0]
    patch = Candidate(1, Picture(np.zeros((first.box.height, first.box.width, 3), np.uint8)), first.box,
                      Mask.full(first.box.size))  # fmt: skip
    part = made.with_done({1: patch})
    assert part.finished().size == Size(512, 256)


class Copying(FakeEngine):
    """Paints the known half once more until the seed is another."""

    def paint(self, jobs, progress):
        self.calls.append(tuple(jobs))
        return [self._one(job) for job in jobs]

    @staticmethod
    def _one(job):
        pixels = job.picture.pixels.copy()
        fresh = np.random.default_rng(job.seed).integers(0, 255, pixels[:, 128:].shape, np.uint8)
        pixels[:, 128:] = pixels[:, :128] if job.seed == 7 else fresh
        return Picture(pixels)


def test_a_stage_that_copies_the_picture_is_painted_again_with_another_seed():
    engine = Copying(side=256)
    done = extend(way(margins=Margins(right=128)), engine, Guard(tries=3))
    assert len(engine.calls) == 2
    assert done.reports[0].seed == engine.calls[1][0].seed != 7
    alone = Copying(side=256)
    assert extend(way(margins=Margins(right=128)), alone, Guard(tries=1)).reports[0].seed == 7
    assert len(alone.calls) == 1


def test_a_join_is_opaque_over_the_hole_gone_beyond_the_feather_and_no_straight_line():
    size, hole = Size(256, 256), Box(128, 0, 256, 256)
    mask = joined(Mask.of_box(size, hole), 32, hole).alpha
    assert (mask[:, 128:] == 255).all()
    assert (mask[:, : 128 - 32] == 0).all()
    edge = (mask >= 128).argmax(1)
    assert edge.std() > 1
    assert np.abs(np.diff(edge)).max() <= 4
    assert np.array_equal(mask, joined(Mask.of_box(size, hole), 32, hole).alpha)
    assert np.array_equal(joined(Mask.of_box(size, hole), 0, hole).alpha > 0, Mask.of_box(size, hole).solid)
