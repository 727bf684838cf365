"""What is done when a stage copies what is there, and which of several paintings is taken."""

import dataclasses
import tracemalloc

import cv2
import numpy as np

from retouch.errors import PaintFailed
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.repetition import repetition_score
from retouch.outpaint.checks import CheckOptions, copy_search_area
from retouch.outpaint.progress import Extension, dependents
from retouch.outpaint.run import extend, extend_all
from retouch.outpaint.stage_painter import VARIED
from retouch.outpaint.stage_split import near_half
from retouch.outpaint.stage_steps import StagePrompts, reach_of, steps
from retouch.outpaint.stages import JoinReach, StageOptions, plan_stages
from retouch.pipeline.candidate import Candidate
from retouch.recipes.recipe import Generation
from retouch.testing import Counted, FakeEngine, FakeProgress
from tests.helpers import flat, noise
from tests.unit.outpaint.test_progress import HOW, NATIVE, ONCE, Harsh, way


class Copying(FakeEngine):
    """Paints the known half once more until the seed is another; then its mean, to which no join shows."""

    def paint(self, jobs, progress):
        self.calls.append(tuple(jobs))
        return [self._one(job) for job in jobs]

    @staticmethod
    def _one(job):
        known = job.picture.pixels[:, :128]
        if job.seed == 7:
            return Picture(np.hstack([known, known]))
        return flat(job.picture.size, (round(float(known.mean())),) * 3)


QUIET = Picture(noise(NATIVE).pixels // 8)
"""What repeats nothing, and is even enough that a plain grey joins it unseen."""


def test_stage_that_copies_the_picture_is_repainted_with_another_seed():
    engine = Copying(side=256)
    done = extend(
        seeded(way(margins=Margins(right=128)), 7, QUIET), engine, CheckOptions(attempts=3, cleanup=0)
    )
    assert len(engine.calls) == 2
    assert done.reports[0].seed == engine.calls[1][0].seed != 7
    alone = Copying(side=256)
    assert extend(way(margins=Margins(right=128)), alone, ONCE).reports[0].seed == 7
    assert len(alone.calls) == 1


def known_of(job) -> int:
    """Columns of a stage on the right that are there already: whole cells."""
    return -(-int((job.mask.alpha[128] == 255).argmax()) // 8) * 8


class Stubborn(Copying):
    """Copies, whatever the seed."""

    @staticmethod
    def _one(job):
        pixels, known = job.picture.pixels.copy(), known_of(job)
        pixels[:, known:] = pixels[:, : pixels.shape[1] - known]
        return Picture(pixels)


def test_repetition_is_retried_with_half_step_then_prompt_then_warned_of():
    engine = Stubborn(side=256)
    done = extend(way(margins=Margins(right=128)), engine, CheckOptions(attempts=4, cleanup=0))
    jobs = [call[0] for call in engine.calls][:4]
    assert len({job.seed for job in jobs}) == 4
    assert jobs[0].prompt == jobs[1].prompt == jobs[2].prompt == "a beach"
    assert jobs[3].prompt == VARIED
    assert [known_of(job) for job in jobs[:3]] == [128, 128, 192]
    assert any(
        "Stage 1 (right) repeats the picture after" in said and "0.66 of its" in said
        for said in done.warnings
    )
    assert done.reports[0].quality.repetition > 0.6


class Cautious(Copying):
    """Copies what it is shown, unless the hole is narrow."""

    @staticmethod
    def _one(job):
        known = known_of(job)
        if 256 - known <= 64:
            fresh = np.random.default_rng(job.seed).integers(0, 255, job.picture.pixels.shape, np.uint8)
            return Picture(fresh)
        return Stubborn._one(job)


def extend_with_halving(**changes):
    engine = Cautious(side=256)
    return engine, extend(way(**changes), engine, CheckOptions(attempts=3, cleanup=0))


def test_repetitive_stage_is_split_into_two_that_do_not_repeat():
    engine, done = extend_with_halving(margins=Margins(right=128))
    assert [step.box for step in done.way.steps] == [Box(256, 0, 320, 256), Box(320, 0, 384, 256)]
    assert [step.number for step in done.way.steps] == [1, 2]
    assert done.way.steps[0].frame.crop == Box(64, 0, 320, 256)
    assert len(engine.calls) == 4
    assert "half of it was painted, the other half is stage 2" in done.warnings[0]
    assert done.way.finished().size == Size(384, 256)
    assert [report.quality.repetition < 0.2 for report in done.reports] == [True, True]
    assert done.way.picture == noise(NATIVE)


def test_stages_on_top_of_a_halved_stage_follow_both_halves():
    engine, done = extend_with_halving()
    found = done.way.steps
    assert sorted(step.number for step in found) == [1, 2, 3, 4]
    seeds = [job.seed for call in engine.calls for job in call]
    assert len(set(seeds)) == len(seeds)
    by_place = sorted(found, key=lambda step: step.box.left)
    assert [step.box.left for step in by_place] == [256, 320, 384, 448]
    assert [step.wave for step in by_place] == sorted(step.wave for step in found) == [0, 1, 2, 3]
    assert dependents(done.way.stages, [by_place[1].number]) == {s.number for s in by_place[1:]}
    assert done.way.without([by_place[1].number]).finished().size == Size(320, 256)


def test_strip_with_one_halved_stage_is_whole_once_all_parts_are_painted():
    made = way(Size(512, 256), Margins(top=128), pace=StageOptions(feather=8))
    near = near_half(made.steps[1], made.reach, made.known())
    parts = made.halved(near)
    assert len(parts.steps) == 4
    patches = {
        step.number: Candidate(1, Picture(np.zeros((step.box.height, step.box.width, 3), np.uint8)), step.box,
                               Mask.full(step.box.size))
        for step in parts.steps
    }  # fmt: skip
    some = {n: c for n, c in patches.items() if n != 4}
    assert parts.with_done(some).finished().size == Size(512, 256)
    assert parts.with_done(patches).finished().size == Size(512, 384)


def test_stage_too_shallow_is_not_halved():
    thin = way(margins=Margins(right=48)).steps[0]
    assert near_half(thin, JoinReach(64, 16), NATIVE.box) is None


def test_half_stage_without_space_to_move_its_crop_gets_a_smaller_one():
    whole = way(margins=Margins(right=128)).steps[0]
    half = near_half(whole, JoinReach(64, 16), Box(128, 0, 256, 256))
    assert half.frame.crop == Box(128, 0, 320, 256)
    assert half.frame.work == Size(192, 256)
    assert half.hole.bounds == Box(128, 0, 192, 256)


class Forgetful(FakeEngine):
    """Paints noise, and in it, from the fourth call on, once more what the picture began with."""

    tree = noise(Size(112, 240), 5).pixels

    def paint(self, jobs, progress):
        self.calls.append(tuple(jobs))
        return [self._one(job, len(self.calls) >= 4) for job in jobs]

    def _one(self, job, copies):
        fresh = np.random.default_rng(job.seed).integers(0, 255, job.picture.pixels.shape, np.uint8)
        if copies:
            fresh[8:248, 136:248] = self.tree
        return Picture(fresh)


def test_repetition_of_a_distant_stage_counts_as_that_of_a_near_one():
    pixels = noise(NATIVE).pixels.copy()
    pixels[8:248, 132:244] = Forgetful.tree
    smooth = cv2.GaussianBlur(pixels, (0, 0), 2)
    Forgetful.tree = smooth[8:248, 132:244]
    start = dataclasses.replace(way(margins=Margins(right=512)), picture=Picture(smooth))
    done = extend(start, Forgetful(side=256), CheckOptions(attempts=1, cleanup=0))
    scores = [report.quality.repetition for report in done.reports]
    assert max(scores[:3]) < 0.05 < 0.1 < scores[3]
    crop = done.way.canvas().pixels[:, 512:]
    assert repetition_score(crop) < 0.05


def test_copy_search_area_is_bounded_and_holds_a_16th_of_stage_pixels():
    known = Box(0, 0, 8192, 4096)
    seen = {copy_search_area(Box(x, 1024, x + 128, 1280), "right", known).size for x in (2048, 4096, 8064)}
    assert seen == {Size(7 * 128, 512)}
    assert 128 * 256 / (7 * 128 * 512) > 1 / 16
    assert copy_search_area(Box(100, 0, 356, 64), "bottom", Box(0, 0, 512, 64)).bottom == 64


def peak_of(width: int) -> tuple[int, int]:
    """(bytes at most while a picture of 256 x 256 grows to `width`, bytes of what came of it)."""
    size = native = Size(256, 256)
    margins = Margins(left=(width - 256) // 2, right=(width - 256) // 2)
    found = plan_stages(size, margins, native, StageOptions(feather=16))
    made = steps(found, Generation(seed=7), HOW, StagePrompts(), reach_of(StageOptions(feather=16), native))
    start = Extension(noise(size), margins, found, made)
    tracemalloc.start()
    try:
        done = extend(start, Plain(side=256), CheckOptions(attempts=1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert done.way.finished().size == Size(width, 256)
    kept = sum(c.over.pixels.nbytes + c.mask.alpha.nbytes for c in done.way.done.values())
    return peak, kept + done.way.canvas().pixels.nbytes


class Plain(FakeEngine):
    """Remembers nothing: what tests look at later would count as memory."""

    def paint(self, jobs, progress):
        return [self.colour(job) for job in jobs]


def test_memory_of_an_extension_grows_only_with_its_own_pixels():
    small, large = peak_of(512), peak_of(2048)
    beside = [peak - kept for peak, kept in (small, large)]
    assert large[1] < 2.5 * 2048 * 256 * 4
    assert beside[1] < beside[0] + 2_000_000


def seeded(made: Extension, seed: int, picture: Picture | None = None) -> Extension:
    """The way of another picture, its stages' seeds from `seed` on."""
    steps = tuple(dataclasses.replace(s, seed=seed + i) for i, s in enumerate(made.steps))
    return dataclasses.replace(made, steps=steps, picture=picture or noise(made.picture.size, seed))


def beside(engine_class, ways, guard):
    """(what came of ways side by side, sampling calls of that, what comes of each alone)."""
    together = Counted(engine_class(side=256))
    done = extend_all(ways, together, guard)
    alone = [extend(one, engine_class(side=256), guard) for one in ways]
    return done, together.calls, alone


def assert_alike(done, alone):
    for one, other in zip(done, alone, strict=True):
        assert one.way.finished() == other.way.finished()
        assert one.warnings == other.warnings
        assert [(r.step.number, r.seed, r.quality) for r in one.reports] == [
            (r.step.number, r.seed, r.quality) for r in other.reports
        ]


def test_parallel_pictures_cost_calls_of_one_and_equal_separate_runs():
    ways = [seeded(way(margins=Margins(right=384)), seed) for seed in (7, 100, 200)]
    done, calls, alone = beside(FakeEngine, ways, ONCE)
    assert [len(call) for call in calls] == [3, 3, 3]
    assert_alike(done, alone)


def test_extension_of_fewer_stages_leaves_the_shared_calls_earlier():
    ways = [seeded(way(margins=Margins(right=px)), seed) for px, seed in ((128, 7), (384, 100))]
    done, calls, alone = beside(FakeEngine, ways, ONCE)
    assert [len(call) for call in calls] == [2, 1, 1]
    assert_alike(done, alone)


def test_repetitive_stages_of_several_pictures_are_retried_in_one_call():
    start = way(margins=Margins(right=128))
    other = Picture(noise(NATIVE, 3).pixels // 8)
    ways = [seeded(start, 7, QUIET), seeded(start, 7, other), seeded(start, 8, QUIET)]
    done, calls, alone = beside(Copying, ways, CheckOptions(attempts=3, cleanup=0))
    assert [len(call) for call in calls] == [3, 2]
    assert_alike(done, alone)


class Stark(FakeEngine):
    """Paints white until the seed is another; then what the picture is made of."""

    def paint(self, jobs, progress):
        self.calls.append(tuple(jobs))
        return [flat(job.picture.size, (255,) * 3 if job.seed == 7 else (16,) * 3) for job in jobs]


class Starker(Stark):
    """Paints white."""

    def paint(self, jobs, progress):
        return super().paint([dataclasses.replace(job, seed=7) for job in jobs], progress)


def test_stage_with_a_visible_join_is_repainted_whole_with_its_own_prompt():
    start = seeded(way(margins=Margins(right=128)), 7, QUIET)
    engine = Stark(side=256)
    done = extend(start, engine, CheckOptions(attempts=4, cleanup=0))
    assert len(engine.calls) == 2
    assert done.reports[0].seed != 7
    assert not done.warnings
    stubborn = Starker(side=256)
    done = extend(start, stubborn, CheckOptions(attempts=4, cleanup=0))
    assert len(stubborn.calls) == 4
    assert {call[0].prompt for call in stubborn.calls} == {start.steps[0].prompt}
    assert len(done.way.stages) == 1
    (warning,) = done.warnings
    assert "join of stage 1 (right) is visible after 4 attempts" in warning


class Both(Harsh):
    """Paints a dark grey, whose joins show; but with seed 7 a copy at first."""

    LEVEL = 40

    @classmethod
    def _one(cls, job):
        if job.settings.denoising_strength == 1:
            return Copying._one(job) if job.seed == 7 else flat(job.picture.size, (cls.LEVEL,) * 3)
        return Harsh._one(job)


class Abrupt(Both):
    """The same, but white."""

    LEVEL = 255


def test_visible_joins_of_several_pictures_are_cleaned_up_in_one_call():
    smooth = cv2.GaussianBlur(noise(NATIVE).pixels, (0, 0), 6)
    start = way(margins=Margins(right=128), pace=StageOptions(feather=4))
    ways = [seeded(start, seed, Picture(smooth)) for seed in (7, 8)]
    done, calls, alone = beside(Both, ways, CheckOptions(attempts=2, cleanup=0.35))
    assert [(len(call), call[0].settings.denoising_strength) for call in calls] == [(2, 1), (2, 1), (2, 0.35)]
    assert_alike(done, alone)


def test_copy_is_not_replaced_by_a_retry_with_a_visible_step():
    start = seeded(way(margins=Margins(right=128)), 7, QUIET)
    copy_kept = []
    for engine in (Both, Abrupt):
        (stage,) = extend(start, engine(side=256), CheckOptions(attempts=2, cleanup=0)).reports
        copy_kept.append(stage.seed == 7)
    assert copy_kept == [False, True]


def test_failed_stage_ends_the_extension_of_its_picture_only():
    def refuse(jobs):
        if any(job.seed == 101 for job in jobs):
            raise PaintFailed("no such sampler.")

    ways = [seeded(way(margins=Margins(right=384)), seed) for seed in (7, 100)]
    whole, part = extend_all(ways, FakeEngine(side=256, before_call=refuse), ONCE)
    assert whole.way.finished() == extend(ways[0], FakeEngine(side=256), ONCE).way.finished()
    assert not whole.warnings
    assert part.way.finished().size == Size(384, 256)
    assert "Stage 2 (right)" in part.warnings[0]
    assert len(part.reports) == 2


def test_interrupt_keeps_the_finished_stages_of_each_picture():
    ways = [seeded(way(margins=Margins(right=384)), seed) for seed in (7, 100)]
    watcher = FakeProgress(stop_after=2)
    done = extend_all(ways, FakeEngine(side=256), ONCE, watcher)
    assert [one.way.finished().size for one in done] == [Size(384, 256)] * 2
    assert all(one.stopped and not one.warnings for one in done)
    assert watcher.shown[0] == (0, 6, "stage 1 of 6")
    assert watcher.shown[-1][:2] == (2, 6)
