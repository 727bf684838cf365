"""What a wave asks for, turn by turn, and what it makes of the answers; who paints is not its concern."""

import dataclasses

import numpy as np
import pytest

from retouch.image.geometry import Box, Margins, Size
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.stage_painter import StagePainter
from retouch.pipeline.run import run_plans
from retouch.progress import Silent
from retouch.testing import FakeEngine
from tests.helpers import flat
from tests.unit.outpaint.test_progress import NATIVE, ONCE, way


def engine_reports(asks, **changes):
    """Reports as an engine would give them, each changed so."""
    results = run_plans([ask.crop for ask in asks], [ask.plan for ask in asks], FakeEngine(side=256))
    found = [ask.on_canvas(result.reports[0]) for ask, result in zip(asks, results, strict=True)]
    return [dataclasses.replace(report, **changes) for report in found]


def _grey(made):
    return dataclasses.replace(made, over=flat(made.box.size, (100, 100, 100)))


def finish_wave(wave, reports):
    with pytest.raises(StopIteration):
        wave.send(reports)


def test_stage_job_round_trips_between_crop_and_canvas():
    walk = StagePainter(way(Size(512, 256), Margins(128, 0, 128, 0)), ONCE, Silent())
    asks = next(walk.wave())
    assert [ask.step.box for ask in asks] == [Box(0, 0, 128, 256), Box(640, 0, 768, 256)]
    right = asks[1]
    assert right.crop.size == NATIVE
    assert right.plan.steps[0].box == Box(128, 0, 256, 256)
    (report,) = engine_reports([right])
    assert report.step is right.step
    assert report.best.box.right == 768


def test_wave_yields_empty_list_when_no_retry_is_needed():
    grey = dataclasses.replace(way(margins=Margins(right=128)), picture=flat(NATIVE, (100, 100, 100)))
    walk = StagePainter(grey, CheckOptions(attempts=3, cleanup=0), Silent())
    wave = walk.wave()
    (report,) = engine_reports(next(wave))
    reports = [dataclasses.replace(report, candidates=tuple(_grey(made) for made in report.candidates))]
    assert wave.send(reports) == []
    assert wave.send([]) == []
    finish_wave(wave, [])
    assert set(walk.way.done) == {1}


def test_canvas_is_unchanged_until_the_wave_is_finished():
    walk = StagePainter(way(margins=Margins(right=256)), ONCE, Silent())
    before = walk.way.canvas().pixels
    wave = walk.wave()
    asks = next(wave)
    assert np.array_equal(walk.way.canvas().pixels, before)
    finish_wave(wave, engine_reports(asks))
    assert set(walk.way.done) == {1}
    (second,) = next(walk.wave())
    assert np.array_equal(second.crop.pixels[:, 64:128], walk.way.canvas().pixels[:, 320:384])


def test_skipped_stage_is_a_fault_unless_interrupted():
    for why, faults in (("interrupted", 0), ("no such sampler", 1)):
        walk = StagePainter(way(margins=Margins(right=128)), ONCE, Silent())
        wave = walk.wave()
        finish_wave(wave, engine_reports(next(wave), outcome="skipped", why=why, candidates=()))
        assert len(walk.faults) == faults
        assert not walk.way.done
