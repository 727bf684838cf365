import dataclasses
import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from retouch.errors import Missing, NotANumber, OutOfMemory, PaintFailed
from retouch.image.codec.decoder import decode
from retouch.image.codec.encoder import encode
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Report, Result, with_warnings
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine, FakeProgress
from tests.helpers import (
    GENERATION,
    boxes_in,
    face_pass,
    flat,
    found,
    masks,
    noise,
    ramp,
    sizes,
    square,
    step_of,
)

CANVAS = Size(600, 500)
NATIVE = Size(128, 128)
FOUR = found(square(20, 20, 60), square(300, 30, 60), square(40, 300, 60), square(400, 350, 60))


def planned(regions=FOUR, canvas=CANVAS, **changes) -> Plan:
    return plan_pass(canvas, regions, PassWork(0, face_pass(**changes)), GENERATION, NATIVE)


def file_of(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def rgba(size: Size) -> bytes:
    alpha = np.random.default_rng(3).integers(0, 256, (size.height, size.width, 1), np.uint8)
    return file_of(Image.fromarray(np.dstack([noise(size).pixels, alpha])))


def palette(size: Size) -> bytes:
    return file_of(Image.fromarray(noise(size).pixels).quantize(32), transparency=3)


def sixteen_bit(size: Size) -> bytes:
    samples = np.random.default_rng(4).integers(0, 65536, (size.height, size.width, 3), np.uint16)
    return cv2.imencode(".png", samples)[1].tobytes()


def turned(size: Size) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return file_of(Image.fromarray(noise(Size(size.height, size.width)).pixels), exif=exif)


@pytest.mark.parametrize("file", [rgba, palette, sixteen_bit, turned], ids=lambda f: f.__name__)
@given(data=st.data())
def test_pixels_with_composite_mask_0_stay_bit_identical(file, data):
    size = data.draw(sizes(1, 70))
    picture = decode(file(size))
    assert picture.size == size
    steps = []
    for _ in range(data.draw(st.integers(1, 3))):
        crop = data.draw(boxes_in(size))
        work = Size(64 * data.draw(st.integers(1, 3)), 64 * data.draw(st.integers(1, 3)))
        steps.append(
            step_of(Frame(crop, work), data.draw(masks(crop.size)), wave=data.draw(st.integers(0, 1)))
        )
    (result,) = run_plans([picture], [Plan(tuple(steps))], FakeEngine())
    touched = np.zeros((size.height, size.width), bool)
    for step in steps:
        touched[step.frame.crop.slices] |= step.composite.alpha > 0
    after = decode(encode(result.picture))
    assert np.array_equal(after.pixels[~touched], picture.pixels[~touched])
    opaque = np.full(touched.shape, 255, np.uint8)
    before, now = (opaque if one.alpha is None else one.alpha for one in (picture, after))
    assert np.array_equal(now[~touched], before[~touched])
    assert (now >= before).all()
    assert after.baggage == dataclasses.replace(picture.baggage, losses=())


def test_pixels_with_composite_mask_255_are_those_of_the_engine():
    step = step_of(Frame(Box(10, 10, 90, 90), Size(64, 64)), Mask.of_box(Size(80, 80), Box(20, 20, 60, 60)))
    engine = FakeEngine()
    (result,) = run_plans([noise(Size(100, 100))], [Plan((step,))], engine)
    painted = FakeEngine.colour(engine.calls[0][0]).pixels[0, 0]
    assert (result.picture.pixels[30:70, 30:70] == painted).all()
    assert result.reports[0].kept


def test_input_is_not_modified_and_without_steps_returned_itself():
    picture = noise(CANVAS)
    before = picture.pixels.copy()
    run_plans([picture], [planned()], FakeEngine())
    assert np.array_equal(picture.pixels, before)
    (idle,) = run_plans([picture], [Plan(warnings=("nothing found",))], FakeEngine())
    assert idle.picture is picture
    assert idle.warnings == ("nothing found",)


def test_painted_picture_matches_its_golden_file(golden):
    canvas = Size(240, 180)
    regions = found(square(30, 40, 50), square(140, 70, 60))
    (result,) = run_plans([ramp(canvas)], [planned(regions, canvas)], FakeEngine())
    golden(result.picture, "two_faces")


def test_one_sampling_call_per_aspect_bucket_not_per_face():
    wide = found(Box(20, 170, 180, 220), Box(350, 170, 510, 220), score=0.5)
    engine = FakeEngine()
    (result,) = run_plans([noise(CANVAS)], [planned([*FOUR, *wide], shape=Shape(padding=20))], engine)
    assert len({r.step.frame.work for r in result.reports}) == 2
    assert sorted(map(len, engine.calls)) == [2, 4]
    assert all(r.kept for r in result.reports)


def test_four_pictures_with_two_faces_each_are_one_call_of_eight():
    engine = FakeEngine()
    pictures = [noise(CANVAS, seed) for seed in range(4)]
    results = run_plans(pictures, [planned(FOUR[:2])] * 4, engine)
    assert [len(call) for call in engine.calls] == [8]
    assert [len(r.reports) for r in results] == [2] * 4
    for picture, result in zip(pictures, results, strict=True):
        assert result.picture != picture
        assert np.array_equal(result.picture.pixels[200:, :], picture.pixels[200:, :])


def test_no_more_pixels_than_the_native_area_are_denoised_per_face():
    engine = FakeEngine()
    large = found(Box(0, 0, 600, 500), Box(0, 0, 30, 500), Box(0, 0, 600, 30))
    run_plans([noise(CANVAS)], [planned([*FOUR, *large])], engine)
    for job in (job for call in engine.calls for job in call):
        assert job.picture.size.area <= NATIVE.area
        assert job.mask.size == job.picture.size


def test_batches_are_split_by_engine_limit_networks_and_settings():
    engine = FakeEngine(batch_limit=3)
    run_plans([noise(CANVAS)], [planned()], engine)
    assert [len(call) for call in engine.calls] == [3, 1]
    engine = FakeEngine()
    run_plans([noise(CANVAS)], [planned(prompt="a <lora:x:1> [SEP] b")], engine)
    assert [[j.prompt for j in call] for call in engine.calls] == [["a <lora:x:1>"], ["b"] * 3]
    engine = FakeEngine()
    run_plans([noise(CANVAS)] * 2, [planned(FOUR[:1]), planned(FOUR[:1], steps=9)], engine)
    assert [len(call) for call in engine.calls] == [1, 1]


def test_job_has_the_settings_and_crop_of_its_step():
    picture = noise(CANVAS)
    mine = plan_pass(CANVAS, FOUR, PassWork(0, face_pass(shape=Shape(padding=34))), GENERATION, NATIVE).steps[
        3
    ]
    engine = FakeEngine()
    run_plans([picture], [Plan((mine,))], engine)
    ((job,),) = engine.calls
    assert mine.frame.crop.size == job.picture.size == NATIVE
    assert job.picture == picture.crop(mine.frame.crop)
    assert (job.seed, job.prompt, job.negative_prompt) == (103, "a photo", "blurry")
    assert job.settings == mine.settings
    assert job.mask == mine.denoise


def test_masked_content_fills_the_hole_before_painting():
    engine = FakeEngine()
    picture = Picture(
        np.where(Mask.of_box(CANVAS, FOUR[0].box).solid[..., None], 255, 10).astype(np.uint8).repeat(3, 2)
    )
    run_plans([picture], [planned(FOUR[:1], masked_content="fill")], engine)
    ((job,),) = engine.calls
    assert job.picture.pixels.max() < 60


def test_later_wave_is_cut_from_the_painted_picture():
    engine = FakeEngine()
    canvas = flat(CANVAS, (1, 2, 3))
    overlapping = found(square(100, 100, 100), square(150, 100, 100))
    run_plans([canvas], [planned(overlapping)], engine)
    assert [len(call) for call in engine.calls] == [1, 1]
    first, second = (call[0] for call in engine.calls)
    painted = FakeEngine.colour(first).pixels[0, 0]
    assert (first.picture.pixels == (1, 2, 3)).all()
    assert (second.picture.pixels == painted).all(2).any()


def test_equal_waves_of_all_pictures_share_a_sampling_call():
    engine = FakeEngine()
    overlapping = found(square(100, 100, 100), square(150, 100, 100))
    run_plans([noise(CANVAS), noise(CANVAS, 1)], [planned(overlapping)] * 2, engine)
    assert [[job.seed for job in call] for call in engine.calls] == [[100, 100], [101, 101]]


def failing(error, fits):
    def before(jobs):
        if not fits(jobs):
            raise error

    return before


def sizes_tried(error, fits, count=4, limit=8):
    tried = []

    def before(jobs):
        tried.append(len(jobs))
        if not fits(jobs):
            raise error

    (result,) = run_plans(
        [noise(CANVAS)], [planned(FOUR[:count])], FakeEngine(before_call=before, batch_limit=limit)
    )
    return tried, result


def test_out_of_memory_halves_the_batch():
    tried, result = sizes_tried(OutOfMemory("full."), lambda jobs: len(jobs) <= 2)
    assert tried == [4, 2, 2]
    assert all(r.kept for r in result.reports)
    assert result.warnings == ()


def test_out_of_memory_of_an_odd_batch_halves_too():
    tried, _ = sizes_tried(OutOfMemory("full."), lambda jobs: len(jobs) == 1, count=3)
    assert tried == [3, 2, 1, 1, 1]


@pytest.mark.parametrize("error", [NotANumber("NaN."), PaintFailed("broken.")])
def test_nan_or_failed_batch_is_retried_singly_skipping_the_failing_job(error):
    tried, result = sizes_tried(error, lambda jobs: len(jobs) == 1 and jobs[0].seed != 102)
    assert tried == [4, 1, 1, 1, 1]
    assert [r.outcome for r in result.reports] == ["kept", "kept", "skipped", "kept"]
    assert result.reports[2].why == str(error)
    assert result.warnings == (f"Region 3 (face) was left as it is: {error}",)


@pytest.mark.parametrize("error", [OutOfMemory("full."), Missing("no checkpoint."), RuntimeError("bug")])
def test_failure_of_every_job_keeps_the_picture_and_warns_per_region(error):
    picture = noise(CANVAS)
    engine = FakeEngine(before_call=failing(error, lambda jobs: False))
    (result,) = run_plans([picture], [planned()], engine)
    assert result.picture is picture
    assert [r.outcome for r in result.reports] == ["skipped"] * 4
    assert all(str(error) in r.why for r in result.reports)
    assert len(result.warnings) == 4


def test_engine_error_keeps_regions_painted_before_it():
    engine = FakeEngine(
        batch_limit=1, before_call=failing(ValueError("bug"), lambda jobs: jobs[0].seed < 102)
    )
    (result,) = run_plans([noise(CANVAS)], [planned()], engine)
    assert [r.outcome for r in result.reports] == ["kept", "kept", "skipped", "skipped"]
    assert result.reports[2].why == "ValueError: bug"
    assert result.picture != noise(CANVAS)


def test_engine_returning_too_few_pictures_skips_all_regions():
    class Short(FakeEngine):
        def paint(self, jobs, progress):
            return super().paint(jobs, progress)[:-1]

    (result,) = run_plans([noise(CANVAS)], [planned()], Short())
    assert [r.outcome for r in result.reports] == ["skipped"] * 4
    assert "0 pictures for 1 jobs" in result.reports[0].why


def test_interrupt_keeps_finished_steps_and_drops_unfinished_ones():
    picture, engine = noise(CANVAS), FakeEngine(batch_limit=1)
    (result,) = run_plans([picture], [planned()], engine, FakeProgress(stop_after=3))
    assert [r.outcome for r in result.reports] == ["kept", "kept", "skipped", "skipped"]
    assert [r.why for r in result.reports[2:]] == ["interrupted"] * 2
    assert len(engine.calls) == 3
    assert result.stopped
    assert result.warnings == ()
    for report in result.reports:
        box = report.step.box
        same = np.array_equal(result.picture.pixels[box.slices], picture.pixels[box.slices])
        assert same != report.kept


def test_stop_before_the_start_paints_nothing():
    engine = FakeEngine()
    (result,) = run_plans([noise(CANVAS)], [planned()], engine, FakeProgress(stop_after=0))
    assert engine.calls == []
    assert {r.why for r in result.reports} == {"interrupted"}


def test_an_interrupt_stops_the_retries():
    progress = FakeProgress()

    def before(jobs):
        progress.stop_after = 0
        raise OutOfMemory("full.")

    tried = FakeEngine(before_call=before)
    (result,) = run_plans([noise(CANVAS)], [planned()], tried, progress)
    assert {r.why for r in result.reports} == {"interrupted"}


def test_progress_counts_regions():
    progress = FakeProgress()
    run_plans([noise(CANVAS)], [planned()], FakeEngine(batch_limit=2), progress)
    assert [(done, total) for done, total, _ in progress.shown] == [(0, 4), (2, 4), (4, 4)]


def test_reports_are_in_plan_order_and_have_seconds():
    (result,) = run_plans([noise(CANVAS)], [planned()], FakeEngine(batch_limit=3))
    assert [r.step.number for r in result.reports] == [1, 2, 3, 4]
    assert all(r.seconds > 0 for r in result.reports)


def test_a_report_shows_its_composite_mask_on_the_whole_picture():
    (step,) = planned(FOUR[:1]).steps
    mask = Report(step).mask(noise(CANVAS))
    assert mask.size == CANVAS
    assert mask.crop(step.frame.crop) == step.composite
    assert mask.area == step.composite.area


def test_result_then_keeps_the_later_picture_and_all_warnings():
    first, later = noise(CANVAS, 1), noise(CANVAS, 2)
    joined = Result(first, warnings=("a",), stopped=True).then(Result(later, warnings=("b",)))
    assert joined.picture is later
    assert joined.warnings == ("a", "b")
    assert joined.stopped
    assert with_warnings(joined, ["c"]).warnings == ("a", "b", "c")


def test_denoising_strength_0_leaves_the_canvas_bit_identical():
    """Denoising strength 0: the crop was scaled up for the model, the canvas must not be resampled."""

    class Keeps(FakeEngine):
        def paint(self, jobs, progress):
            return [job.picture for job in jobs]

    canvas = noise(CANVAS)
    (result,) = run_plans([canvas], [planned(denoising_strength=0.0)], Keeps())
    assert result.picture == canvas
    assert all(report.kept for report in result.reports)
    (filled,) = run_plans([canvas], [planned(denoising_strength=0.0, masked_content="fill")], Keeps())
    assert filled.picture != canvas
