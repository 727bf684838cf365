import dataclasses

import pytest

from retouch.errors import BadInput, Missing
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.recipes.recipe import Gate, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.target import Target
from retouch.testing import FakeDetector, FakeEngine, FakeProgress
from tests.helpers import GENERATION, face_pass, noise, recipe_of, square

SIZE = Size(600, 500)
FACES = (square(30, 40, 80), square(300, 60, 80))


def studio_of(engine=None, **detectors):
    known = detectors or {"face": FakeDetector(FACES)}

    def detector(name):
        if name not in known:
            raise Missing(f"no detector is called {name!r}.")
        return known[name]

    return Pipeline(engine or FakeEngine(128), detector)


def canvas_of(seed=0, **changes):
    return PictureInput(noise(SIZE, seed), GENERATION, **changes)


def test_duplicates_of_several_detectors_are_one_region():
    again = FakeDetector((Box(32, 41, 110, 121), square(450, 300, 60)), score=0.7)
    studio = studio_of(a=FakeDetector(FACES), b=again)
    target = Target(models=("a", "b"), order="left to right")
    regions = studio.detect(noise(SIZE), target)
    assert [r.box for r in regions] == [*FACES, square(450, 300, 60)]


def test_target_selects_among_detected_regions():
    target = Target(models=("face",), order="left to right", index=(2,))
    assert [r.box for r in studio_of().detect(noise(SIZE), target)] == [FACES[1]]
    assert studio_of().detect(noise(SIZE), Target(models=("face",), classes=("hand",))) == ()


def test_fix_paints_exactly_the_planned_steps():
    recipe, engine = recipe_of(face_pass(prompt="left face [SEP] right face")), FakeEngine(128)
    studio = studio_of(engine)
    planned = studio.plan(canvas_of(), recipe)
    (result,) = studio.fix([canvas_of()], recipe)
    assert [r.step.summary() for r in result.reports] == planned.summary()["steps"]
    assert [j.prompt for j in engine.calls[0]] == ["left face", "right face"]


def test_planning_paints_nothing():
    engine = FakeEngine(128)
    assert len(studio_of(engine).plan(canvas_of(), recipe_of()).steps) == 2
    assert engine.calls == []


def test_four_pictures_share_one_call():
    engine = FakeEngine(128)
    results = studio_of(engine).fix([canvas_of(i) for i in range(4)], recipe_of())
    assert [len(call) for call in engine.calls] == [8]
    assert all(len(r.reports) == 2 for r in results)


def test_later_pass_detects_on_the_painted_picture():
    seen = []

    class Watching(FakeDetector):
        def find(self, picture, confidence, classes):
            seen.append(picture)
            return super().find(picture, confidence, classes)

    studio = studio_of(face=Watching(FACES))
    (result,) = studio.fix([canvas_of()], recipe_of(face_pass(), face_pass()))
    assert seen[0] == noise(SIZE)
    assert seen[1] != noise(SIZE)
    assert [r.step.pass_index for r in result.reports] == [0, 0, 1, 1]


def test_a_disabled_pass_and_one_without_a_detector_do_nothing():
    recipe = recipe_of(face_pass(enabled=False), face_pass(target={"models": ()}))
    (result,) = studio_of().fix([canvas_of()], recipe)
    assert result.picture == noise(SIZE)
    assert result.reports == ()


def test_empty_recipe_returns_the_picture_unchanged():
    (result,) = studio_of().fix([canvas_of()], Recipe())
    assert result.picture == noise(SIZE)


@pytest.mark.parametrize("error", [Missing("gone."), RuntimeError("bug")])
def test_failing_detector_skips_its_pass_with_a_warning(error):
    class Broken(FakeDetector):
        def find(self, picture, confidence, classes):
            raise error

    studio = studio_of(face=FakeDetector(FACES), broken=Broken())
    recipe = recipe_of(face_pass(target={"models": ("broken",)}), face_pass())
    (result,) = studio.fix([canvas_of()], recipe)
    assert len(result.reports) == 2
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("Pass 1 was left out: ")
    assert str(error) in result.warnings[0]


def test_unknown_detector_leaves_the_picture_and_is_reported():
    (result,) = studio_of().fix([canvas_of()], recipe_of(face_pass(target={"models": ("nose",)})))
    assert result.picture == noise(SIZE)
    assert "'nose'" in result.warnings[0]


def test_without_detections_the_engine_is_not_called():
    class Untouched(FakeEngine):
        def native(self, checkpoint):
            raise AssertionError("a checkpoint was loaded for nothing")

    (result,) = studio_of(Untouched(), face=FakeDetector()).fix([canvas_of()], recipe_of())
    assert result.picture == noise(SIZE)
    assert result.warnings == ()


def test_work_size_follows_the_native_size_of_the_pass_checkpoint():
    class Two(FakeEngine):
        def native(self, checkpoint):
            return Size(256, 256) if checkpoint == "big" else Size(128, 128)

    studio = studio_of(Two())
    plans = [studio.plan(canvas_of(), recipe_of(face_pass(checkpoint=name))) for name in (None, "big")]
    assert [p.steps[0].frame.work.width for p in plans] == [128, 256]
    assert plans[1].steps[0].settings.sampling == Sampling(checkpoint="big")


def test_interrupt_skips_the_remaining_passes_and_sets_stopped():
    recipe = recipe_of(face_pass(), face_pass(), face_pass())
    (result,) = studio_of(FakeEngine(128)).fix([canvas_of()], recipe, FakeProgress(stop_after=2))
    assert [r.outcome for r in result.reports] == ["kept", "kept"]
    assert result.stopped
    (unbegun,) = studio_of().fix([canvas_of()], recipe, FakeProgress(stop_after=0))
    assert unbegun.stopped
    assert unbegun.picture == noise(SIZE)


def test_user_mask_bounds_the_repainted_pixels():
    left = Mask.of_box(SIZE, Box(0, 0, 70, 500))
    (result,) = studio_of().fix([canvas_of(user_mask=left)], recipe_of())
    changed = (result.picture.pixels != noise(SIZE).pixels).any(2)
    assert changed.any()
    assert not changed[:, 70:].any()
    assert [r.step.box for r in result.reports] == [FACES[0]]


def test_user_mask_outside_repaints_only_regions_outside_the_mask():
    left = Mask.of_box(SIZE, Box(0, 0, 200, 500))
    recipe = recipe_of(face_pass(target={"user_mask": "outside"}))
    (result,) = studio_of().fix([canvas_of(user_mask=left)], recipe)
    changed = (result.picture.pixels != noise(SIZE).pixels).any(2)
    assert not changed[:, :200].any()
    assert changed[FACES[1].slices].all()


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(BadInput, match="not the picture's 600x500") as caught:
        canvas_of(user_mask=Mask.full(Size(500, 600)))
    assert caught.value.path == "mask"


def test_regions_beyond_the_picture_are_clipped_or_dropped():
    class Off(FakeDetector):
        def find(self, picture, confidence, classes):
            return (
                Region.of_box(Box(-40, -40, 60, 60), "face", 0.9),
                Region.of_box(Box(900, 0, 990, 90), "face"),
            )

    (result,) = studio_of(face=Off()).fix([canvas_of()], recipe_of())
    assert [r.step.box for r in result.reports] == [Box(0, 0, 60, 60)]


def test_later_pass_can_search_within_regions_of_an_earlier_pass():
    eyes = FakeDetector((Box(40, 40, 60, 60),), label="eyes")
    studio = studio_of(face=FakeDetector(FACES), eyes=eyes)
    recipe = recipe_of(face_pass(), face_pass(target={"models": ("eyes",), "of_pass": 1}))
    (result,) = studio.fix([canvas_of()], recipe)
    found = [r.step.box for r in result.reports if r.step.pass_index == 1]
    assert len(found) == 2
    assert all(face.contains(eye) for face, eye in zip(FACES, found, strict=True))
    assert [s.box for s in studio.plan(canvas_of(), recipe).steps] == [*FACES, *found]


def test_seam_target_repaints_seams_of_an_earlier_pass():
    """The fake paints flat colours on noise: a seam if ever there was one."""
    band = face_pass(target={"what": "seam", "models": (), "seam_above": 0.0})
    (result,) = studio_of().fix([canvas_of()], recipe_of(face_pass(), band))
    assert [(r.step.pass_index, r.step.label) for r in result.reports][2:] == [(1, "seam"), (1, "seam")]
    assert [s.label for s in studio_of().plan(canvas_of(), recipe_of(face_pass(), band)).steps] == [
        "face"
    ] * 2


def test_pass_without_its_mask_is_skipped_and_reported():
    recipe = recipe_of(face_pass(target={"what": "mask"}))
    (result,) = studio_of().fix([canvas_of()], recipe)
    assert result.warnings == (
        "Pass 1 was left out: target.what: there is no mask. Paint a mask, or choose another target.",
    )
    with pytest.raises(BadInput, match="there is no mask"):
        studio_of().plan(canvas_of(), recipe)


def test_background_pass_paints_outside_the_users_mask_only():
    left = Mask.of_box(SIZE, Box(0, 0, 200, 500))
    (result,) = studio_of().fix(
        [canvas_of(user_mask=left)], recipe_of(face_pass(target={"what": "background"}))
    )
    changed = (result.picture.pixels != noise(SIZE).pixels).any(2)
    assert not changed[:, :200].any()
    assert changed[:, 200:].mean() > 0.99


def test_detectors_run_again_on_the_painted_region():
    class Sharp(FakeDetector):
        """Sees a face wherever there is noise, none on a flat colour."""

        def find(self, picture, confidence, classes):
            if picture.size == SIZE:
                return super().find(picture, confidence, classes)
            width, height = picture.size
            box = Box(width // 4, height // 4, width * 3 // 4, height * 3 // 4)
            seen = float(picture.pixels[box.slices].std((0, 1)).max()) > 5
            return (Region.of_box(box, "face", 0.8),) if seen else ()

    gate = Gate("on", seam=20, drift=100, sharpness=0)
    studio = studio_of(face=Sharp((square(200, 200, 80),)))
    (result,) = studio.fix([canvas_of()], recipe_of(face_pass(gate=gate, colour_correction=0.0)))
    assert [r.outcome for r in result.reports] == ["reverted"]
    assert "it is not found any more (confidence 0.80 before)" in result.reports[0].why
    assert result.picture == noise(SIZE)


def test_scorer_chooses_the_variation():
    class Last:
        calls = 0

        def score(self, crop, prompt):
            self.calls += 1
            return self.calls

    studio = dataclasses.replace(studio_of(), scorer=Last())
    (result,) = studio.fix([canvas_of()], recipe_of(face_pass(variations=3)))
    assert [r.chosen for r in result.reports] == [2, 2]
    painted = studio.paint(canvas_of(), [Region.of_box(FACES[0], "it")], face_pass(variations=3))
    assert painted.reports[0].chosen == 2
