"""Several candidates of each region: how they are painted, and which of them is put back."""

import math

import numpy as np
import pytest

from retouch.errors import NotANumber
from retouch.image.geometry import Size
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Report
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.recipes.recipe import Generation
from retouch.recipes.seeds import MAX_SEED
from retouch.testing import FakeEngine, FakeProgress
from tests.helpers import GENERATION, face_pass, found, noise, square

CANVAS = Size(600, 500)
NATIVE = Size(128, 128)
FOUR = found(square(20, 20, 60), square(300, 30, 60), square(40, 300, 60), square(400, 350, 60))


def planned(regions=FOUR, generation=GENERATION, **changes) -> Plan:
    return plan_pass(CANVAS, regions, PassWork(0, face_pass(**changes)), generation, NATIVE)


def seeds(report: Report) -> list[int]:
    return [c.seed for c in report.candidates]


@pytest.mark.parametrize(("count", "limit"), [(1, 8), (4, 8), (6, 8), (16, 5)])
def test_variations_of_several_regions_share_sampling_calls(count, limit):
    engine = FakeEngine(batch_limit=limit)
    (result,) = run_plans([noise(CANVAS)], [planned(variations=count)], engine)
    assert len(engine.calls) == math.ceil(count * len(FOUR) / limit)
    assert [len(r.candidates) for r in result.reports] == [count] * 4


def test_variations_differ_by_their_seeds_alone():
    engine = FakeEngine()
    varied = Generation("a photo", "blurry", MAX_SEED, 7, 0.5)
    (result,) = run_plans([noise(CANVAS)], [planned(FOUR[:1], varied, variations=3)], engine)
    first, second, third = engine.calls[0]
    assert [(j.seed, j.subseed) for j in (first, second, third)] == [(MAX_SEED, 7), (0, 8), (1, 9)]
    assert first.picture is second.picture is third.picture
    assert seeds(result.reports[0]) == [MAX_SEED, 0, 1]


def test_any_candidate_can_replace_the_chosen_one():
    """What a person would get who asks for that seed alone."""
    picture = noise(CANVAS)
    (result,) = run_plans([picture], [planned(FOUR[:1], variations=3)], FakeEngine())
    (report,) = result.reports
    for candidate in report.candidates:
        alone = planned(FOUR[:1], Generation("a photo", "blurry", candidate.seed))
        (other,) = run_plans([picture], [alone], FakeEngine())
        assert candidate.on(picture) == other.picture
    assert report.best is report.candidates[report.chosen]
    assert report.best.on(picture) == result.picture
    assert report.seed == report.best.seed


def test_candidates_are_no_larger_than_their_mask():
    (result,) = run_plans([noise(CANVAS)], [planned(variations=2)], FakeEngine())
    for report in result.reports:
        for candidate in report.candidates:
            assert candidate.box.size == candidate.over.size == candidate.mask.size
            assert candidate.box == report.mask(noise(CANVAS)).bounds


def test_failed_variation_is_reported_and_the_others_are_kept():
    def before(jobs):
        if any(job.seed == 101 for job in jobs):
            raise NotANumber("NaN.")

    (result,) = run_plans([noise(CANVAS)], [planned(FOUR[:1], variations=3)], FakeEngine(before_call=before))
    (report,) = result.reports
    assert report.kept
    assert seeds(report) == [100, 102]
    assert report.why == "1 of 3 variations are missing: NaN."
    assert result.warnings == ("Region 1 (face): 1 of 3 variations are missing: NaN.",)


def test_region_is_skipped_when_every_variation_fails():
    def before(jobs):
        raise RuntimeError("bug")

    (result,) = run_plans([noise(CANVAS)], [planned(FOUR[:1], variations=3)], FakeEngine(before_call=before))
    assert [(r.outcome, r.candidates) for r in result.reports] == [("skipped", ())]
    assert result.picture == noise(CANVAS)


def test_interrupt_keeps_the_best_finished_candidate():
    engine = FakeEngine(batch_limit=2)
    (result,) = run_plans(
        [noise(CANVAS)], [planned(FOUR[:2], variations=3)], engine, FakeProgress(stop_after=3)
    )
    first, second = result.reports
    assert (first.outcome, seeds(first), first.why) == ("kept", [100, 101, 102], "")
    assert (second.outcome, second.why) == ("kept", "2 of 3 variations are missing: interrupted")
    assert seeds(second) == [101]
    assert result.warnings == ()
    assert not np.array_equal(
        result.picture.pixels[FOUR[1].box.slices], noise(CANVAS).pixels[FOUR[1].box.slices]
    )


def test_progress_counts_variations():
    progress = FakeProgress()
    run_plans([noise(CANVAS)], [planned(FOUR[:2], variations=3)], FakeEngine(batch_limit=4), progress)
    assert [(done, total) for done, total, _ in progress.shown] == [(0, 6), (4, 6), (6, 6)]
    assert progress.shown[0][2] == "4 of 6 variations"
