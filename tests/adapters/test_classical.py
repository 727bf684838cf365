"""Outlines without a model file, on photographs; detectors are left out, so that the outlines are its own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.segmenters.base import Click, Prompt, Segmentation
from retouch.segmenters.classical import Classical


def overlap(seen: Segmentation, truth: np.ndarray) -> float:
    """Intersection over union of the best answer."""
    size = Size(truth.shape[1], truth.shape[0])
    found = seen.best.mask(size).solid
    return float((found & truth).sum() / (found | truth).sum())


def ellipse(size: tuple[int, int], center: tuple[int, int], radii: tuple[int, int]) -> np.ndarray:
    drawn = np.zeros(size, np.uint8)
    cv2.ellipse(drawn, center, radii, 0, 0, 360, 1, -1)
    return drawn > 0


@pytest.fixture(scope="module")
def classical() -> Classical:
    return Classical()


@pytest.fixture(scope="module")
def coin() -> tuple[Picture, np.ndarray]:
    """The third coin of the upper row."""
    grey = skimage.data.coins()
    return Picture(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)), ellipse(grey.shape, (155, 50), (23, 22))


class TestCoins:
    def test_click_on_a_coin_offers_its_mask(
        self, classical: Classical, coin: tuple[Picture, np.ndarray]
    ) -> None:
        picture, truth = coin
        seen = classical.segment(picture, Prompt((Click(155, 50),)))
        size = picture.size
        best = max(
            (r.mask(size).solid & truth).sum() / (r.mask(size).solid | truth).sum() for r in seen.regions
        )
        assert best > 0.6  # one of the candidates is the coin, not the tray

    def test_box_around_a_coin_gives_its_mask(
        self, classical: Classical, coin: tuple[Picture, np.ndarray]
    ) -> None:
        picture, truth = coin
        assert overlap(classical.segment(picture, Prompt(box=Box(130, 26, 181, 75))), truth) > 0.75


def test_box_prompt_segments_the_cup_of_a_photograph(classical: Classical) -> None:
    picture = Picture(skimage.data.coffee().copy())
    seen = classical.segment(picture, Prompt(box=Box(165, 15, 415, 210)))
    assert overlap(seen, ellipse((400, 600), (289, 112), (117, 94))) > 0.7


@pytest.mark.parametrize("size", [Size(40, 30), Size(9, 300), Size(1700, 1200)], ids=str)
def test_click_segments_a_disc_at_any_picture_size(classical: Classical, size: Size) -> None:
    radius = min(size) // 4
    center = size.width // 2, size.height // 2
    truth = ellipse((size.height, size.width), center, (radius, radius))
    pixels = np.where(truth[..., None], (200, 60, 40), (40, 90, 60)).astype(np.uint8)
    seen = classical.segment(Picture(pixels), Prompt((Click(*center),)))
    assert overlap(seen, truth) > (0.95 if min(size) > 100 else 0.6)


def test_second_click_adds_or_excludes_a_disc_of_equal_colour(classical: Classical) -> None:
    """Two discs of one colour: the second click takes in the other one, or leaves it out."""
    truth = [ellipse((200, 300), (x, 100), (40, 40)) for x in (80, 220)]
    pixels = np.where((truth[0] | truth[1])[..., None], (220, 200, 40), (40, 60, 120)).astype(np.uint8)
    picture, first = Picture(pixels), Click(80, 100)
    assert overlap(classical.segment(picture, Prompt((first, Click(220, 100)))), truth[0] | truth[1]) > 0.9
    assert overlap(classical.segment(picture, Prompt((first, Click(220, 100, False)))), truth[0]) > 0.9


def test_correcting_click_changes_only_pixels_near_it(classical: Classical) -> None:
    picture = Picture(skimage.data.coffee().copy())
    first = classical.segment(picture, Prompt(box=Box(165, 15, 415, 210)))
    old = first.best.mask(picture.size).solid
    bottom = np.argwhere(old)[-1]
    click = Click(int(bottom[1]), int(bottom[0]) + 12)  # a little below the outline
    assert not old[click.y, click.x]
    clicks = (Click(290, 110), click)
    second = classical.segment(picture, Prompt(clicks), first.memory)
    new = second.best.mask(picture.size).solid
    assert new[click.y, click.x]
    y, x = np.nonzero(new != old)
    assert np.hypot(x - click.x, y - click.y).max() < 45
    undone = classical.segment(picture, Prompt((clicks[0], Click(click.x, click.y, False))), second.memory)
    assert not undone.best.mask(picture.size).solid[click.y, click.x]


def test_detected_region_is_a_candidate_only_where_clicked() -> None:
    known = Region(Box(10, 10, 60, 60), Mask.of_ellipse(Size(50, 50), Box(0, 0, 50, 50)), "person", 0.8)
    asked: list[Picture] = []
    classical = Classical(lambda picture: asked.append(picture) or (known,))
    picture = Picture(np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8))
    classical.prepare(picture)
    for click, is_offered in ((Click(30, 30), True), (Click(100, 80), False)):
        labels = [region.label for region in classical.segment(picture, Prompt((click,))).regions]
        assert ("person" in labels) == is_offered
    assert known in classical.everything(picture)
    assert len(asked) == 1


def test_everything_finds_every_plain_patch(classical: Classical) -> None:
    pixels = np.zeros((120, 180, 3), np.uint8)
    colours = [(250, 20, 20), (20, 250, 20), (20, 20, 250), (240, 240, 40)]
    boxes = [Box(x, y, x + 90, y + 60) for y in (0, 60) for x in (0, 90)]
    for box, colour in zip(boxes, colours, strict=True):
        pixels[box.slices] = colour
    found = {region.box for region in classical.everything(Picture(pixels))}
    assert all(min(np.abs(np.array(f) - box).max() for f in found) <= 3 for box in boxes)


@pytest.mark.parametrize(
    ("click", "center", "radii"),
    [((171, 386), (171, 386), (38, 37)), ((150, 400), (171, 386), (38, 37))],
)
def test_click_on_a_patch_of_a_detected_person_takes_the_patch(
    click: tuple[int, int], center: tuple[int, int], radii: tuple[int, int]
) -> None:
    """The person is detected with certainty and is offered, but its outline is less clear there."""
    picture = Picture(skimage.data.astronaut().copy())
    person = Region(
        Box(20, 15, 360, 511), Mask.of_ellipse(Size(340, 496), Box(0, 0, 340, 496)), "person", 0.99
    )
    seen = Classical(lambda _: (person,)).segment(picture, Prompt((Click(*click),)))
    assert overlap(seen, ellipse((512, 512), center, radii)) > 0.7
    assert "person" in [region.label for region in seen.regions]
