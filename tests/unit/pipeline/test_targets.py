import dataclasses

import cv2
import numpy as np
import pytest

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.quality.measure import Quality
from retouch.image.region import Region
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.finders import Finders
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Report
from retouch.pipeline.targets import PassContext, find_target
from retouch.recipes.recipe import Pass
from retouch.recipes.target import Target
from retouch.segmenters.base import Prompt, Segmentation
from retouch.testing import FakeDetector
from tests.helpers import GENERATION, face_pass, flat, found, noise, square

SIZE = Size(600, 500)
FACES = (square(30, 40, 80), square(300, 60, 80))


@dataclasses.dataclass
class Words:
    """A segmenter that finds what it is told to, and remembers the words."""

    regions: tuple[Region, ...]
    asked: list = dataclasses.field(default_factory=list)

    def segment(self, picture, prompt: Prompt, memory=None) -> Segmentation:
        self.asked.append((picture.size, prompt.text))
        return Segmentation(self.regions)


def eyes(*boxes: Box, words: Words | None = None) -> Finders:
    return Finders(lambda name: FakeDetector(boxes), lambda name: words)


def regions(
    target: Target, view: PassContext | None = None, seen: Finders | None = None
) -> tuple[Region, ...]:
    return find_target(view or PassContext(noise(SIZE)), target, seen or eyes(*FACES))


def boxes(*args, **kwargs) -> list[Box]:
    return [region.box for region in regions(*args, **kwargs)]


def reports(*faces: Box, seam: float | None = None, how: Pass | None = None) -> tuple[Report, ...]:
    """What a first pass left, kept, with a candidate whose seam is as told."""
    made = plan_pass(SIZE, found(*faces), PassWork(0, how or face_pass()), GENERATION, Size(128, 128))
    return tuple(Report(step, candidates=(_candidate(step, seam),)) for step in made.steps)


def _candidate(step, seam) -> Candidate:
    spot = step.composite.bounds
    box = spot.shifted(step.frame.crop.left, step.frame.crop.top)
    return Candidate(1, flat(spot.size, (0, 0, 0)), box, step.composite.crop(spot), Quality(seam=seam))


def test_text_target_passes_its_classes_to_the_text_segmenter():
    words = Words(tuple(found(square(10, 10), label="cup")))
    target = Target(what="text", classes=("cup", "spoon"))
    assert boxes(target, seen=eyes(words=words)) == [square(10, 10)]
    assert words.asked == [(SIZE, "cup, spoon")]


def test_the_mask_is_a_region_and_its_complement_the_background():
    mask = Mask.of_box(SIZE, square(50, 60))
    view = PassContext(noise(SIZE), mask)
    (inside,) = regions(Target(what="mask"), view)
    (outside,) = regions(Target(what="background"), view)
    assert inside.mask(SIZE) == mask
    assert outside.background
    rest = mask.inverted().grown(-8)
    assert (outside.mask(SIZE).alpha[mask.solid] == 0).all()
    assert (outside.mask(SIZE).alpha[rest.solid] == 255).all()


def test_background_without_a_mask_is_the_complement_of_detections():
    (outside,) = regions(Target(what="background", models=("person",)))
    assert outside.mask(SIZE).area == pytest.approx(SIZE.area - 2 * 80 * 80, rel=0.01)
    assert outside.mask(SIZE).crop(FACES[0]).empty
    assert regions(Target(what="background", models=("person",)), seen=eyes()) == ()


def test_mask_target_without_a_mask_is_refused():
    with pytest.raises(BadInput, match="there is no mask") as caught:
        regions(Target(what="mask"))
    assert caught.value.path == "target.what"


def test_the_whole_picture_is_one_region():
    assert boxes(Target(what="whole picture")) == [SIZE.box]


@pytest.mark.parametrize(("tile", "overlap"), [(256, 64), (200, 0), (512, 512), (4096, 64)])
def test_tiles_cover_every_pixel_exactly_once(tile, overlap):
    times = np.zeros((SIZE.height, SIZE.width), int)
    for region in regions(Target(what="tiles", tile=tile, overlap=overlap)):
        times[region.box.slices] += 1
        assert max(region.box.size) <= tile
    assert (times == 1).all()


def test_tiles_share_a_wave_and_their_crops_include_the_overlap():
    shape = {"grow": 0, "blur": 16, "padding": 32}
    how = Pass(target=Target(what="tiles", tile=512), shape=dataclasses.replace(Pass().shape, **shape))
    size = Size(1200, 1000)
    made = plan_pass(
        size, regions(how.target, PassContext(noise(size))), PassWork(0, how), GENERATION, Size(512, 512)
    )
    assert len(made.steps) == 9
    assert {step.wave for step in made.steps} == {0}
    assert all(step.frame.crop.contains(step.box.grown(32) & size.box) for step in made.steps)


def test_seam_target_is_a_band_along_the_edge_of_painted_masks():
    past = reports(square(200, 200), seam=2.0)
    (band,) = regions(Target(what="seam"), PassContext(noise(SIZE), past=past))
    painted = past[0].mask(noise(SIZE))
    mask = band.mask(SIZE)
    edge = painted.grown(2).solid & ~painted.grown(-2).solid
    assert mask.solid[edge].all()
    assert not mask.solid[250, 250]
    assert mask.area < painted.area
    assert not (mask.solid & ~painted.grown(12).solid).any()


@pytest.mark.parametrize(("seam", "count"), [(0.4, 0), (0.6, 1), (None, 0)])
def test_seam_target_ignores_seams_below_its_threshold(seam, count):
    past = reports(square(200, 200), seam=seam)
    assert len(regions(Target(what="seam"), PassContext(noise(SIZE), past=past))) == count


def test_seam_target_ignores_reverted_regions():
    past = tuple(dataclasses.replace(r, outcome="reverted") for r in reports(square(200, 200), seam=9.0))
    assert regions(Target(what="seam"), PassContext(noise(SIZE), past=past)) == ()


def test_seam_target_without_earlier_passes_uses_the_user_mask_edge():
    mask = Mask.of_box(SIZE, square(200, 200, 120))
    plain = flat(SIZE, (120, 120, 120))
    pasted = plain.pixels.copy()
    pasted[mask.solid] += 20
    target = Target(what="seam", user_mask="ignore")
    assert regions(target, PassContext(plain, mask)) == ()
    (band,) = regions(target, PassContext(plain.with_pixels(pasted), mask))
    assert band.label == "seam"
    assert not band.mask(SIZE).solid[260, 260]


def test_target_regions_of_a_pass_are_its_painted_regions():
    past = reports(square(100, 100), square(400, 300))
    again = regions(Target(what="regions of a pass", of_pass=1), PassContext(noise(SIZE), past=past))
    assert len(again) == 2
    assert again[0].box.contains(square(100, 100))
    assert again[1].box.contains(square(400, 300))
    assert regions(Target(what="regions of a pass", of_pass=2), PassContext(noise(SIZE), past=past)) == ()


def test_detectors_can_search_within_regions_of_an_earlier_pass():
    """Each region is looked at from nearby; what is found around it belongs to it no more."""
    seen = []

    class Near(FakeDetector):
        def find(self, picture, confidence, classes):
            seen.append(picture.size)
            return tuple(found(square(40, 40, 20), square(0, 0, 4), label="eye"))

    view = PassContext(noise(SIZE), past=reports(square(200, 200)))
    detectors = Finders(lambda name: Near(), lambda name: None)
    (eye,) = regions(Target(models=("eyes",), of_pass=1), view, detectors)
    ((width, height),) = seen
    assert 100 < width == height < 200
    assert square(200, 200).contains(eye.box)
    assert eye.box.size == (20, 20)


def test_unsharp_target_finds_only_the_blurred_part():
    picture = noise(SIZE).pixels.copy()
    soft = Box(300, 100, 500, 300)
    picture[soft.slices] = cv2.GaussianBlur(picture, (0, 0), 3)[soft.slices]
    view = PassContext(noise(SIZE).with_pixels(picture))
    (region,) = regions(Target(what="unsharp", confidence=0.0), view)
    assert soft.grown(20).contains(region.box)
    assert region.box.contains(soft.grown(-40))
    assert regions(Target(what="unsharp", confidence=0.0)) == ()


def test_tilt_reported_by_a_detector_is_ignored_unless_tilt_is_searched():
    class Leaning(FakeDetector):
        def find(self, picture, confidence, classes):
            return tuple(
                dataclasses.replace(r, turn=40.0) for r in super().find(picture, confidence, classes)
            )

    seen = Finders(lambda name: Leaning((FACES[0],)), lambda name: None)
    (plain,) = regions(Target(models=("face",)), seen=seen)
    assert plain.turn == 0


@dataclasses.dataclass
class Outliner:
    """A segmenter that remembers what was asked, and answers with two masks."""

    default: int = 0
    asked: list = dataclasses.field(default_factory=list)

    def segment(self, picture, prompt: Prompt, memory=None) -> Segmentation:
        self.asked.append(prompt)
        return Segmentation(found(*FACES), default=self.default)


@pytest.mark.parametrize("default", [0, 1])
def test_points_and_box_give_the_segmenters_default_region(default):
    outliner = Outliner(default)
    target = Target(what="points", points=(0.5, 0.2, 1.0, 1.0), box=(0.1, 0.1, 0.905, 1.0))
    seen = regions(target, seen=Finders(lambda name: FakeDetector(()), lambda name: outliner))
    assert [region.box for region in seen] == [found(*FACES)[default].box]
    (asked,) = outliner.asked
    assert [(click.x, click.y, click.positive) for click in asked.clicks] == [
        (300, 100, True),
        (599, 499, True),
    ]
    assert asked.box == Box(60, 50, 543, 500)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"points": (0.1,)}, "points"),
        ({"box": (0.1, 0.2, 0.3)}, "box"),
        ({"box": (0.5, 0.2, 0.3, 0.9)}, "box"),
    ],
)
def test_odd_points_or_an_invalid_box_are_refused_with_their_path(said, path):
    with pytest.raises(BadInput) as error:
        Target(what="points", **said)
    assert error.value.path == path


def test_points_target_without_points_is_inactive():
    assert not Target(what="points").looks
    assert Target(what="points", points=(0.5, 0.5)).looks
