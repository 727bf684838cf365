import pytest

from retouch.detectors.base import Detector
from retouch.engines.base import Engine, Job
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.progress import Progress, Silent
from retouch.recipes.recipe import Settings
from retouch.testing import Counted, FakeDetector, FakeEngine, FakeProgress
from tests.helpers import noise, square

SIZE = Size(64, 96)


def job(prompt="a", seed=1, **changes):
    return Job(noise(SIZE), Mask.full(SIZE), prompt, "", seed, Settings(), **changes)


def test_fakes_implement_their_protocols():
    assert isinstance(FakeEngine(), Engine)
    assert isinstance(FakeDetector(), Detector)
    assert isinstance(FakeProgress(), Progress)
    assert isinstance(Silent(), Progress)


def test_fake_engine_paints_each_job_in_a_repeatable_colour():
    engine = FakeEngine()
    jobs = [job(), job(seed=2), job(prompt="b"), job()]
    painted = engine.paint(jobs, Silent())
    assert painted[0] == painted[3] == FakeEngine.colour(jobs[0])
    assert painted[0] != painted[1]
    assert painted[0] != painted[2]
    assert {p.size for p in painted} == {SIZE}
    assert engine.calls == [tuple(jobs)]


def test_fake_engine_stops_on_interrupt():
    assert FakeEngine().paint([job()], FakeProgress(stop_after=0)) == [None]


def test_fake_engine_raises_errors_of_before_call():
    def fail(jobs):
        raise MemoryError

    with pytest.raises(MemoryError):
        FakeEngine(before_call=fail).paint([job()], Silent())


def test_batch_key_depends_on_the_network_tags():
    engine = FakeEngine()
    assert engine.batch_key(job("a <lora:x:1>")) == engine.batch_key(job("b <lora:x:1>"))
    assert engine.batch_key(job("a <lora:x:1>")) != engine.batch_key(job("a"))


def test_fake_detector_clips_its_boxes_to_the_picture():
    detector = FakeDetector((square(-10, 0, 30), square(500, 500)), "face", 0.8)
    regions = detector.find(noise(SIZE), 0.5, ())
    assert [r.box for r in regions] == [Box(0, 0, 20, 30)]
    assert (regions[0].label, regions[0].score, detector.calls) == ("face", 0.8, 1)


def test_fake_detector_filters_by_confidence_and_classes():
    detector = FakeDetector((square(0, 0, 30),), "face", 0.8)
    assert detector.find(noise(SIZE), 0.9, ()) == ()
    assert detector.find(noise(SIZE), 0.5, ("hand",)) == ()
    assert len(detector.find(noise(SIZE), 0.5, ("hand", "face"))) == 1


def test_fake_progress_records_its_calls_and_stops():
    progress = FakeProgress(stop_after=1)
    assert not progress.stopped
    progress.show(0, 3, "x")
    assert progress.stopped
    assert progress.shown == [(0, 3, "x")]


def test_counted_engine_delegates_to_its_engine():
    engine = FakeEngine()
    counted = Counted(engine)
    one = job()
    assert counted.paint([one, one], FakeProgress()) == engine.paint([one, one], FakeProgress())
    assert [len(call) for call in counted.calls] == [2]
    assert (counted.native(""), counted.batch_key(one)) == (engine.native(""), engine.batch_key(one))
