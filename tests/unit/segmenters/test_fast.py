from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.fastsam import FastSam
from retouch.testing import FakeDetector
from tests.helpers import noise

PICTURE = noise(Size(120, 90))
PART, WHOLE, OTHER = Box(20, 20, 40, 40), Box(10, 10, 60, 60), Box(80, 10, 110, 40)


def fast() -> tuple[FastSam, FakeDetector]:
    detector = FakeDetector((WHOLE, PART, OTHER), "object")
    return FastSam(detector), detector


def boxes(*clicks: Click, box: Box | None = None) -> list[Box]:
    found = fast()[0].segment(PICTURE, Prompt(clicks, box))
    assert found.best == next(iter(found.regions[found.default :]), None)
    return [region.box for region in found.regions]


def test_click_chooses_the_smallest_region_that_holds_it():
    assert boxes(Click(30, 30)) == [PART, WHOLE]
    assert boxes(Click(30, 30), Click(55, 55)) == [WHOLE]
    assert boxes(Click(55, 55), Click(30, 30, False)) == [WHOLE]
    assert boxes(Click(5, 5)) == []


def test_box_chooses_the_best_fitting_region():
    found = fast()[0].segment(PICTURE, Prompt(box=Box(30, 8, 112, 62)))
    assert found.best
    assert found.best.box == WHOLE
    assert [region.box for region in found.regions] == [PART, OTHER, WHOLE]


def test_box_offers_no_region_beside_it():
    assert boxes(box=Box(78, 8, 112, 42)) == [OTHER]


def test_picture_is_detected_once_for_all_prompts():
    segmenter, detector = fast()
    segmenter.prepare(PICTURE)
    segmenter.segment(PICTURE, Prompt((Click(30, 30),)))
    assert {region.label for region in segmenter.everything(PICTURE)} == {""}
    assert detector.calls == 1
