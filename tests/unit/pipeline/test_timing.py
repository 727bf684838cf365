import dataclasses

import pytest

from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.pipeline.timing import FADE, Speed, SpeedHistory, work_of
from retouch.recipes.recipe import Settings
from retouch.recipes.sampling import Sampling
from retouch.testing import FakeEngine
from tests.helpers import noise, step_of

CROP = Box(0, 0, 64, 64)


def step(side=500, steps=20, strength=0.5, checkpoint="", variations=1):
    settings = Settings(Sampling(steps=steps, checkpoint=checkpoint), strength)
    frame = Frame(CROP, Size(side, side))
    return step_of(frame, Mask.full(CROP.size), settings=settings, variations=variations)


def painted(seconds, *steps):
    results = run_plans([noise(CROP.size)], [Plan(steps)], FakeEngine())
    return [dataclasses.replace(report, seconds=seconds) for report in results[0].reports]


def test_work_is_megapixels_times_sampled_steps():
    assert work_of(step(1000, 20, 0.5)) == 10
    assert work_of(step(500, 20, 0.51)) == pytest.approx(11 / 4)
    assert work_of(step(strength=0.0)) == 0


def test_speed_is_seconds_per_work_with_fading_history():
    assert Speed().of(3) is None
    assert Speed().after(6, 2).of(3) == 9
    both = Speed().after(100, 1).after(2, 2)
    assert both.of(1) == pytest.approx((100 * FADE + 2) / (FADE + 2))
    late = both
    for _ in range(60):
        late = late.after(2, 2)
    assert late.of(1) == pytest.approx(1, abs=0.1)


def test_unknown_speed_gives_no_estimate():
    tempos = SpeedHistory()
    assert tempos.seconds("one", "model", [step()]) == [None]
    tempos.learn("one", "model", painted(4.0, step()))
    assert tempos.seconds("other", "model", [step()]) == [None]
    assert tempos.seconds("one", "other", [step()]) == [None]
    assert tempos.seconds("one", "", [step(checkpoint="model")]) == [4.0]


def test_seconds_follow_size_steps_and_variations():
    tempos = SpeedHistory()
    tempos.learn("one", "", painted(4.0, step(steps=20)))
    asked = [step(), step(side=1000), step(steps=40), step(variations=3)]
    assert tempos.seconds("one", "", asked) == [4, 16, 8, 12]


def test_learned_speed_counts_every_variation():
    tempos = SpeedHistory()
    tempos.learn("one", "", painted(12.0, step(variations=3)))
    assert tempos.seconds("one", "", [step()]) == [4]


def test_unpainted_job_does_not_change_the_speed():
    def broken(jobs):
        raise RuntimeError("no")

    tempos = SpeedHistory()
    results = run_plans([noise(CROP.size)], [Plan((step(),))], FakeEngine(before_call=broken))
    tempos.learn("one", "", [dataclasses.replace(results[0].reports[0], seconds=9.0)])
    tempos.learn("one", "", painted(0.0, step()))
    assert tempos.seconds("one", "", [step()]) == [None]
