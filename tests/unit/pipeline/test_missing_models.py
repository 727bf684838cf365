import pytest

from retouch.errors import Missing
from retouch.pipeline.finders import Finders
from retouch.pipeline.missing_models import drop_unavailable_passes
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from retouch.segmenters.text_detector import TextDetector
from retouch.segmenters.text_segmenter import TextSegmenter
from retouch.testing import FakeDetector
from tests.stand import Pointer


class Known:
    """Detectors that are here, and what they know."""

    def __init__(self, kind: str = "role") -> None:
        self.kind = kind

    def available(self):
        return [type("Info", (), {"name": "cup", "kind": self.kind, "installed": True, "labels": ("cup",)})]

    def get(self, name):
        raise AssertionError("nothing is looked for yet")


def detector(name: str) -> FakeDetector:
    if name != "face":
        raise Missing(f"no detector is called {name!r}.", hint="Known: face.")
    return FakeDetector(())


EYES = Finders(detector, lambda name: TextSegmenter(Pointer(), TextDetector(Known())))
FACE, FOOT = Target(models=("face",)), Target(models=("face", "foot"))


def test_recipe_with_all_models_available_is_unchanged():
    whole = Recipe(passes=(Pass(target=FACE), Pass(target=Target(what="text", classes=("cup",)))))
    assert drop_unavailable_passes(EYES, whole) == (whole, ())


def test_missing_detector_refuses_the_recipe_with_its_path():
    with pytest.raises(Missing, match="'foot'") as caught:
        drop_unavailable_passes(EYES, Recipe(passes=(Pass(target=FACE), Pass(target=FOOT))))
    assert caught.value.path == "recipe.passes[1].target.models[1]"
    assert caught.value.hint == "Known: face."


def test_skippable_pass_is_disabled_in_its_place():
    eyes = Pass(target=Target(models=("face",), of_pass=1))
    runs, remarks = drop_unavailable_passes(EYES, Recipe(passes=(Pass(target=FOOT, if_missing="skip"), eyes)))
    assert runs.active == ((1, eyes),)
    assert remarks == ("Pass 1 is skipped: no detector is called 'foot'. Known: face.",)


@pytest.mark.parametrize("what", ["mask", "tiles", "seam"])
def test_missing_detector_is_ignored_for_targets_that_do_not_use_it(what):
    whole = Recipe(passes=(Pass(target=Target(what=what, models=("foot",))),))
    assert drop_unavailable_passes(EYES, whole) == (whole, ())


def test_missing_detector_of_a_disabled_pass_is_ignored():
    whole = Recipe(passes=(Pass(target=FOOT, enabled=False), Pass(target=FACE)))
    assert drop_unavailable_passes(EYES, whole) == (whole, ())


@pytest.mark.parametrize("what", ["text", "background"])
def test_text_no_detector_finds_is_refused_or_its_pass_is_skipped(what):
    target = Target(what=what, classes=("cup", "hat"))
    with pytest.raises(Missing, match="nothing here finds 'hat'") as caught:
        drop_unavailable_passes(EYES, Recipe(passes=(Pass(target=target),)))
    assert caught.value.path == "recipe.passes[0].target.classes"
    runs, (remark,) = drop_unavailable_passes(EYES, Recipe(passes=(Pass(target=target, if_missing="skip"),)))
    assert runs.active == ()
    assert "'hat'" in remark


def test_open_vocabulary_model_accepts_any_text():
    eyes = Finders(detector, lambda name: TextSegmenter(Pointer(), TextDetector(Known("yolo"))))
    whole = Recipe(passes=(Pass(target=Target(what="text", classes=("hat",))),))
    assert drop_unavailable_passes(eyes, whole) == (whole, ())
