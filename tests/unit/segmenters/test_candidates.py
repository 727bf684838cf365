"""The order of candidates and their default, on synthetic regions and by the classical segmenter."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.cli import prompts
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.finders import Finders
from retouch.pipeline.targets import PassContext, find_target
from retouch.recipes.target import Target
from retouch.segmenters.base import Click, Prompt, Segmentation
from retouch.segmenters.candidates import SAME_IOU, change_candidates, iou, order_candidates
from retouch.segmenters.classical import Classical
from retouch.segmenters.prompt_checks import violations
from tests.stand import Stand

SIZE = Size(96, 72)
PICTURES = 40


def square(side: int, score: float, left: int = 0) -> Region:
    return Region.of_box(Box(left, 0, left + side, side), "", score)


def drawn(seed: int) -> Picture:
    """A ground with one to four discs and boxes of random colours, slightly blurred, with noise."""
    rng = np.random.default_rng(seed)
    pixels = np.full((SIZE.height, SIZE.width, 3), rng.integers(0, 256, 3), np.uint8)
    for _ in range(rng.integers(1, 5)):
        x, y, radius = rng.integers(0, SIZE.width), rng.integers(0, SIZE.height), rng.integers(5, 30)
        colour = rng.integers(0, 256, 3).tolist()
        if rng.random() < 0.5:
            cv2.circle(pixels, (int(x), int(y)), int(radius), colour, -1)
        else:
            cv2.rectangle(pixels, (int(x), int(y)), (int(x + radius), int(y + radius)), colour, -1)
    noise = rng.normal(0, 4, pixels.shape)
    return Picture((cv2.GaussianBlur(pixels, (0, 0), 0.7) + noise).clip(0, 255).astype(np.uint8))


def clicks_of(seed: int) -> tuple[Click, ...]:
    """One to three clicks; the first is positive."""
    rng = np.random.default_rng((seed, 1))
    spots = rng.integers(0, SIZE, (rng.integers(1, 4), 2)).tolist()
    return tuple(Click(x, y, number == 0 or rng.random() < 0.5) for number, (x, y) in enumerate(spots))


def fields_of(clicks: tuple[Click, ...]) -> list[dict[str, object]]:
    return [{"x": click.x, "y": click.y, "positive": click.positive} for click in clicks]


def test_candidates_are_ordered_by_area_and_the_best_score_is_default():
    regions = [square(40, 0.5), square(10, 0.3), square(20, 0.9)]
    found = order_candidates(regions, [Click(5, 5)], "memory")
    assert [region.box.width for region in found.regions] == [10, 20, 40]
    assert (found.default, found.best, found.memory) == (1, regions[2], "memory")


def test_equal_scores_make_the_first_of_the_segmenter_default():
    found = order_candidates([square(40, 0.70001), square(10, 0.7), square(20, 0.69)], [Click(5, 5)])
    assert found.regions[found.default].box == square(40, 0.7).box


def test_candidate_that_violates_more_clicks_is_dropped():
    disobedient, obedient = square(40, 0.9), square(20, 0.2)
    found = order_candidates([disobedient, obedient], [Click(5, 5), Click(30, 30, False)])
    assert found.regions == (obedient,)


def test_near_duplicate_with_the_lower_score_is_dropped():
    found = order_candidates([square(40, 0.4), square(39, 0.6)], [Click(5, 5)])
    assert [region.box.width for region in found.regions] == [39]


def test_no_region_makes_an_empty_segmentation_without_default():
    found = order_candidates([], [Click(5, 5)])
    assert (found.regions, found.best) == ((), None)


def test_changed_candidates_are_sorted_again_and_keep_their_default():
    found = order_candidates([square(10, 0.3), square(20, 0.9)], [Click(5, 5)])
    changed = change_candidates(found, lambda region: square(60 - 2 * region.box.width, region.score))
    assert [region.box.width for region in changed.regions] == [20, 40]
    assert (changed.default, changed.regions[0].score) == (0, 0.9)


def test_changed_regions_of_words_keep_their_order():
    found = Segmentation((square(30, 0.9), square(10, 0.5, 40)))
    assert change_candidates(found, lambda region: region).regions == found.regions


@pytest.mark.parametrize("first", range(0, PICTURES, 10))
def test_classical_candidates_never_shrink_and_are_deterministic(first: int):
    for seed in range(first, first + 10):
        picture, prompt = drawn(seed), Prompt(clicks_of(seed))
        found = Classical().segment(picture, prompt)
        areas = [region.shape.area for region in found.regions]
        assert areas == sorted(areas)
        assert found.best is not None
        assert round(found.best.score, 4) == max(round(region.score, 4) for region in found.regions)
        assert len({violations(region, prompt.clicks) for region in found.regions}) == 1
        pairs = [(a, b) for a in found.regions for b in found.regions if a is not b]
        assert all(iou(a, b) < SAME_IOU for a, b in pairs)
        again = Classical().segment(picture, prompt)
        assert (again.regions, again.default) == (found.regions, found.default)


def find_person(picture: Picture) -> tuple[Region, ...]:
    """A part for the whole picture that is never the smallest."""
    shape = Mask.of_ellipse(picture.size, picture.size.box)
    return (Region(picture.size.box, shape, "person", 0.6),)


class ClassicalBackend(Stand):
    """A backend with the classical segmenter."""

    def __init__(self) -> None:
        super().__init__()
        self.classical = Classical(find_person)

    def segmenter(self, name: str) -> Classical:
        return self.classical


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("refined", [False, True])
def test_rest_command_line_and_recipe_take_the_same_default(seed: int, refined: bool):
    picture, (click, *_) = drawn(seed), clicks_of(seed)
    backend, image = ClassicalBackend(), encoder.encode_base64(picture)
    service = ApiService(backend)
    body = {"points": fields_of((click,)), "refine_edges": refined}
    answer = service.answer("segment", {"image": image, **body})
    areas = [mask["area"] for mask in answer["masks"]]
    assert areas == sorted(areas)
    default = answer["masks"][answer["default"]]
    from_cli = prompts.mask(service, image, body)
    assert (from_cli["mask"], from_cli["box"]) == (default["mask"], default["box"])
    if not refined:
        spot = ((click.x + 0.5) / SIZE.width, (click.y + 0.5) / SIZE.height)
        target = Target(what="points", points=spot)
        finders = Finders(lambda name: None, backend.segmenter)
        (region,) = find_target(PassContext(picture), target, finders)
        shape = decoder.decode(base64.b64decode(default["mask"])).pixels[..., 0]
        assert list(region.box) == default["box"]
        assert np.array_equal(region.shape.alpha, shape)


def test_rest_names_no_default_without_masks():
    class Nothing(Stand):
        def segmenter(self, name: str) -> object:
            return self

        name = "nothing"

        def segment(self, *_: object) -> Segmentation:
            return Segmentation(())

    body = {"image": encoder.encode_base64(drawn(0)), "points": [{"x": 1, "y": 1}]}
    assert ApiService(Nothing()).answer("segment", body)["default"] is None
