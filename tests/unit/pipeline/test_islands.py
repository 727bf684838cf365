"""Regions are as large as what is marked, whatever box lies around it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.pipeline.candidate import Candidate, combined_by_rank
from retouch.pipeline.islands import FEW, Limits, split_region
from retouch.pipeline.plan import MAX_STEPS, SOFT_BELOW_MAGNIFICATION, PassWork, plan_pass
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape
from tests.helpers import GENERATION, noise

NATIVE = Size(512, 512)
FILL, REMOVE = (INTENTS[name].how for name in ("fill", "remove"))


def drawn(size: Size, draw) -> Mask:
    alpha = np.zeros((size.height, size.width), np.uint8)
    draw(alpha)
    return Mask(alpha)


def specks(alpha: np.ndarray) -> None:
    height, width = alpha.shape
    for x, y in ((0.05, 0.06), (0.93, 0.94), (0.5, 0.1), (0.1, 0.9)):
        cv2.circle(alpha, (int(x * width), int(y * height)), 10, 255, -1)


def dust(alpha: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    for x, y in rng.random((100, 2)):
        cv2.circle(alpha, (int(x * alpha.shape[1]), int(y * alpha.shape[0])), 3, 255, -1)


def wire(alpha: np.ndarray) -> None:
    height, width = alpha.shape
    cv2.line(alpha, (0, 0), (width - 1, height - 1), 255, 5)


def scratches(alpha: np.ndarray) -> None:
    height, width = alpha.shape
    for at in range(1, 6):
        cv2.line(alpha, (width * at // 6, 0), (width * at // 6 + 20, height - 1), 255, 2)


def hair(alpha: np.ndarray) -> None:
    height, width = alpha.shape
    rng = np.random.default_rng(5)
    for start in rng.integers(0, width, 40):
        x = start + np.cumsum(rng.normal(0, 2, height // 4))
        points = np.stack([x, np.arange(len(x)) * 4], 1).astype(np.int32)
        cv2.polylines(alpha, [points], False, 255, 1)


def ring(alpha: np.ndarray) -> None:
    height, width = alpha.shape
    cv2.circle(alpha, (width // 2, height // 2), min(alpha.shape) * 2 // 5, 255, 6)


def letters(alpha: np.ndarray) -> None:
    scale = alpha.shape[1] / 400
    place = (10, alpha.shape[0] // 2)
    cv2.putText(alpha, "FOR SALE 42", place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(int(3 * scale), 1))


ZOO = {draw.__name__: draw for draw in (specks, dust, wire, scratches, hair, ring, letters)}
SIZES = [Size(512, 400), Size(1800, 1200), Size(4000, 3000)]


def planned(mask: Mask, how: Pass):
    return plan_pass(mask.size, [Region.of_mask(mask, "mask")], PassWork(0, how), GENERATION, NATIVE)


def painted_area(mask: Mask, how: Pass) -> int:
    """Pixels of the canvas that any composite mask lets through."""
    seen = np.zeros((mask.size.height, mask.size.width), bool)
    for step in planned(mask, how).steps:
        seen[step.frame.crop.slices] |= step.composite.alpha > 0
    return int(np.count_nonzero(seen))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ZOO)
def test_thin_and_scattered_masks_repaint_a_narrow_rim(name, size):
    mask = drawn(size, ZOO[name])
    rim = Mask.where(mask.alpha > 0).grown(6 + 2 + 2)
    assert painted_area(mask, REMOVE) <= np.count_nonzero(rim.alpha)


@pytest.mark.parametrize("first", ZOO)
@pytest.mark.parametrize("second", ["specks", "wire", "letters"])
def test_union_paints_no_larger_area_than_its_parts(first, second):
    size = Size(1200, 900)
    top = drawn(size, lambda alpha: ZOO[first](alpha[:420]))
    low = drawn(size, lambda alpha: ZOO[second](alpha[480:]))
    parts = painted_area(top, REMOVE) + painted_area(low, REMOVE)
    assert painted_area(top | low, REMOVE) <= 1.02 * parts


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ZOO)
def test_thin_and_scattered_masks_are_painted_at_full_resolution(name, size):
    steps = planned(drawn(size, ZOO[name]), REMOVE).steps
    assert len(steps) <= MAX_STEPS
    assert (
        min(step.frame.magnification for step in steps) >= SOFT_BELOW_MAGNIFICATION * 0.9
    )  # a work size is a multiple of 64


@pytest.mark.parametrize("name", ZOO)
def test_split_region_assigns_every_marked_pixel_to_one_part(name):
    mask = drawn(Size(1800, 1200), ZOO[name])
    parts = split_region(Region.of_mask(mask, "mask"), REMOVE, Limits(mask.size, NATIVE))
    total = sum(part.mask(mask.size).alpha.astype(int) for part in parts)
    assert np.array_equal(total, mask.alpha)
    assert all(part.label == "mask" for part in parts)


@pytest.mark.parametrize("name", ZOO)
def test_every_marked_pixel_is_repainted_in_full(name):
    mask = drawn(Size(1800, 1200), ZOO[name])
    seen = np.zeros_like(mask.alpha)
    for step in planned(mask, REMOVE).steps:
        np.maximum(seen[step.frame.crop.slices], step.composite.alpha, out=seen[step.frame.crop.slices])
        hidden = mask.crop(step.frame.crop).alpha > 0
        assert (step.denoise.alpha[hidden] == 255).all()  # no piece shows the model what is to go
    assert (seen[mask.alpha > 0] == 255).all()


def test_two_far_specks_are_two_regions_and_one_batch():
    mask = drawn(Size(1800, 1200), lambda alpha: (alpha.__setitem__(np.s_[60:80, 60:80], 255), wire))
    mask = mask | Mask.of_box(mask.size, Box(1700, 1100, 1720, 1120))
    first, second = planned(mask, FILL).steps
    assert first.wave == second.wave == 0
    assert first.number == second.number == 1
    assert first.seed == second.seed
    assert first.frame.crop.width < 100


def test_mask_divided_by_a_narrow_gap_is_one_region():
    mask = Mask.of_box(Size(1000, 800), Box(200, 200, 500, 700))
    mask = mask - Mask.of_box(mask.size, Box(330, 0, 350, 800))
    assert len(planned(mask, FILL).steps) == 1


def test_large_solid_mask_is_one_step():
    assert len(planned(Mask.of_ellipse(Size(4000, 3000), Box(300, 200, 3000, 2800)), FILL).steps) == 1


@pytest.mark.parametrize("shape", [Shape(merge="merge"), Shape(area="whole picture")])
def test_shape_options_for_one_crop_give_one_step(shape):
    mask = drawn(Size(1800, 1200), specks)
    assert len(planned(mask, Pass(shape=shape)).steps) == 1


def test_many_specks_are_grouped_into_few_crops():
    steps = planned(drawn(Size(2000, 1500), dust), REMOVE).steps
    assert len(steps) == FEW


def test_noisy_mask_is_planned_within_the_limit_of_steps():
    noisy = np.random.default_rng(1).random((900, 1200)) < 0.02
    assert 1 <= len(planned(Mask.where(noisy), FILL).steps) <= MAX_STEPS


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 255), st.integers(1, 12), st.integers(1, 12))
def test_faint_mask_has_the_frame_of_a_solid_one_and_scaled_alpha(shade, width, height):
    size = Size(300, 200)
    strong = Mask.of_box(size, Box(100, 90, 100 + 5 * width, 90 + 5 * height))
    faint = Mask(strong.alpha // 255 * np.uint8(shade))
    (one,), (other,) = planned(strong, REMOVE).steps, planned(faint, REMOVE).steps
    assert one.frame == other.frame or shade < 8
    expected = one.composite.alpha.astype(int) * shade / 255
    if one.frame == other.frame and shade >= 8:
        assert np.abs(other.composite.alpha - expected).max() <= 1


def test_painting_far_more_than_the_mask_is_reported():
    mask = Mask.of_box(Size(600, 400), Box(300, 200, 304, 204))
    assert planned(mask, FILL).warnings == ()
    (warning,) = planned(mask, Pass(shape=Shape(grow=60))).warnings
    assert "16 pixels are marked" in warning


def test_candidates_of_several_regions_are_combined_by_rank():
    picture = noise(Size(90, 60), 4)
    boxes = (Box(5, 5, 25, 25), Box(20, 8, 50, 30), Box(70, 40, 88, 58))
    soft = [
        Mask(np.linspace(0, 255, box.area).reshape(box.height, box.width).astype(np.uint8)) for box in boxes
    ]
    ranked = [
        [Candidate(seed, noise(box.size, seed + number), box, mask) for seed in range(3 - number)]
        for number, (box, mask) in enumerate(zip(boxes, soft, strict=True))
    ]
    made = combined_by_rank([*ranked, []], picture)
    assert [one.seed for one in made] == [0, 1, 2]
    expected = picture
    for candidates in ranked:
        expected = candidates[0].on(expected)
    found = made[0].on(picture).pixels.astype(int)
    assert np.abs(found - expected.pixels).max() <= 1
    untouched = made[0].mask.alpha == 0
    assert (found[made[0].box.slices][untouched] == picture.pixels[made[0].box.slices][untouched]).all()


def test_combining_candidates_of_one_region_keeps_them():
    one = Candidate(1, noise(Size(4, 4), 1), Box(0, 0, 4, 4), Mask.full(Size(4, 4)))
    assert combined_by_rank([[one], []], noise(Size(9, 9), 2)) == [one]
    assert combined_by_rank([[], []], noise(Size(9, 9), 2)) == []
