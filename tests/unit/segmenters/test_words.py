from types import SimpleNamespace

import pytest

from retouch.errors import BadInput, Missing
from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.text_detector import TextDetector
from retouch.segmenters.text_segmenter import TextSegmenter
from retouch.testing import FakeDetector, FakeSegmenter
from tests.helpers import noise

PICTURE = noise(Size(120, 90))
FACE, CAT = Box(10, 10, 40, 50), Box(60, 20, 110, 80)


class Refusing(FakeDetector):
    """Knows other classes."""

    def find(self, picture, confidence, classes):
        raise BadInput("finds no such thing")


class Lacking(FakeDetector):
    def find(self, picture, confidence, classes):
        raise Missing("class names need a text encoder.", hint="Get it.")


class Shelf:
    """A registry of `(info, detector)`."""

    def __init__(self, *items):
        self._items = {name: (kind, installed, labels, d) for name, kind, installed, labels, d in items}

    def get(self, name):
        return self._items[name][3]

    def available(self):
        return [
            SimpleNamespace(name=n, kind=k, installed=i, labels=labels)
            for n, (k, i, labels, _) in self._items.items()
        ]


def face_role():
    return ("face", "role", True, ("face",), FakeDetector((FACE,), "face"))


def world(detector):
    return ("my-world.pt", "yolo", True, (), detector)


@pytest.mark.parametrize("text", ["face", "Face", "faces", " head "])
def test_label_or_synonym_uses_its_detector(text):
    (found,) = TextDetector(Shelf(face_role())).find(PICTURE, text)
    assert found.box == FACE
    assert found.label == text.strip()


def test_open_vocabulary_detector_is_asked_before_other_models():
    other = FakeDetector((FACE,), "thing")
    shelf = Shelf(("a.pt", "yolo", True, (), other), world(FakeDetector((CAT,), "cat")), face_role())
    (found,) = TextDetector(shelf).find(PICTURE, "cat")
    assert found.box == CAT
    assert other.calls == 0


def test_comma_separated_text_gives_a_region_per_label():
    found = TextDetector(Shelf(face_role(), world(FakeDetector((CAT,), "cat")))).find(PICTURE, "face, cat")
    assert {region.label: region.box for region in found} == {"face": FACE, "cat": CAT}


def test_unknown_word_is_refused_with_advice():
    absent = ("cat.pt", "yolo", False, ("cat",), FakeDetector((CAT,), "cat"))
    shelf = Shelf(face_role(), absent, ("b.pt", "yolo", True, (), Refusing()))
    with pytest.raises(Missing, match="nothing here finds 'cat'") as error:
        TextDetector(shelf).find(PICTURE, "cat")
    assert error.value.path == "text"
    assert "YOLO-World" in error.value.hint


def test_error_of_the_only_model_is_reported():
    with pytest.raises(Missing, match="need a text encoder"):
        TextDetector(Shelf(world(Lacking()))).find(PICTURE, "cat")


def test_role_without_a_detector_gives_no_regions():
    assert TextDetector(Shelf(("face", "role", False, ("face",), Lacking()))).part(PICTURE, "face") == ()
    assert [r.box for r in TextDetector(Shelf(face_role())).part(PICTURE, "face")] == [FACE]


class TestWorded:
    def test_prompt_without_text_goes_to_the_inner_segmenter(self):
        inner = FakeSegmenter()
        seen = TextSegmenter(inner, TextDetector(Shelf())).segment(PICTURE, Prompt((Click(50, 40),)), 3)
        assert inner.prompts == [(Prompt((Click(50, 40),)), 3)]
        assert seen.memory == 4

    def test_detected_box_is_segmented_and_keeps_its_label(self):
        inner = FakeSegmenter()
        seen = TextSegmenter(inner, TextDetector(Shelf(face_role()))).segment(PICTURE, Prompt(text="face"))
        assert [prompt.box for prompt, _ in inner.prompts] == [FACE]
        assert [(r.label, r.score) for r in seen.regions] == [("face", 0.9)]

    def test_clicks_and_box_choose_among_regions_of_the_text(self):
        both = FakeDetector((FACE, CAT), "face")
        worded = TextSegmenter(FakeSegmenter(), TextDetector(Shelf(("face", "role", True, ("face",), both))))

        def boxes(**prompt):
            return {r.box for r in worded.segment(PICTURE, Prompt(text="face", **prompt)).regions}

        assert boxes() == {FACE, CAT}
        assert boxes(clicks=(Click(20, 20),)) == {FACE}
        assert boxes(clicks=(Click(20, 20, False),)) == {CAT}
        assert boxes(box=Box(50, 0, 120, 90)) == {CAT}

    def test_invalid_prompt_reaches_no_segmenter(self):
        inner = FakeSegmenter()
        with pytest.raises(BadInput):
            TextSegmenter(inner, TextDetector(Shelf())).segment(PICTURE, Prompt((Click(500, 4),)))
        assert inner.prompts == []
