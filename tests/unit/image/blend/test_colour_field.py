from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.engines.base import Job
from retouch.image.blend.colour_field import LARGEST_SHIFT, STRONGEST_TONE, Field, field, inside_say, reliance
from retouch.image.blend.composite import blend_patch
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.colour_drift import drift_inside
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.progress import Progress
from retouch.recipes.recipe import Pass
from retouch.testing import FakeEngine
from tests.helpers import GENERATION, boxes_in, face_pass, masks, noise, sizes, step_of

SIDE = Size(160, 128)
HOLE = Box(50, 40, 110, 90)
RED, BLUE = (170, 40, 30), (30, 40, 170)


def scene(size: Size = SIDE, seed: int = 0) -> np.ndarray:
    """Soft colours with grain, away from black and white, as a photograph has them."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(60, 190, (6, 6, 3)).astype(np.float32)
    grain = random.normal(0, 4, (size.height, size.width, 1))
    return np.rint(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC) + grain).clip(30, 225)


def slope(size: Size = SIDE, levels: float = 10.0) -> np.ndarray:
    """A shift that grows to the right in red, down in green, and is even in blue."""
    x, y = np.linspace(-levels, levels, size.width), np.linspace(0, levels, size.height)
    red, green = np.broadcast_arrays(x[None], y[:, None])
    return np.dstack([red, green, np.full_like(red, levels / 2)])


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels).clip(0, 255).astype(np.uint8)


def soft(box: Box, size: Size = SIDE) -> tuple[Mask, Mask]:
    """(composite, denoise) as a plan makes them."""
    shown = Mask.of_box(size, box).feathered(6)
    return shown, Mask.where(shown.alpha > 0).feathered(4)


def fitted_field(original: np.ndarray, painted: np.ndarray, hole: Box) -> Field:
    made = field(to_bytes(original), to_bytes(painted), *soft(hole))
    assert made is not None
    return made


def shift(made: Field, spot: Box, size: Size = SIDE, painted: np.ndarray | None = None) -> np.ndarray:
    """What a field adds to the pixels of `spot`, which is grey unless it says otherwise."""
    crop = np.full((size.height, size.width, 3), 128.0) if painted is None else painted
    return made.shift(crop[spot.slices], size, spot)


def worst(made: Field, wanted: np.ndarray, hole: Box) -> float:
    return float(np.abs(shift(made, hole) - wanted[hole.slices]).max())


BORDERS = [
    HOLE,
    Box(0, 40, 60, 90),
    Box(110, 40, 160, 90),
    Box(50, 0, 110, 50),
    Box(50, 80, 110, 128),
    Box(0, 0, 60, 50),
    Box(130, 0, 160, 128),
]


@pytest.mark.parametrize("hole", BORDERS)
def test_a_linear_shift_is_undone_also_at_the_borders(hole):
    original = scene()
    made = fitted_field(original, original + slope(), hole)
    assert worst(made, -slope(), hole) < 1.5
    assert np.abs(shift(made, hole) + slope()[hole.slices]).mean() < 0.4
    assert made.agreement > 0.95


def test_a_curved_shift_is_undone():
    x = np.linspace(0, np.pi, SIDE.width)
    bulge = np.broadcast_to(8 * np.sin(x)[None, :, None], (SIDE.height, SIDE.width, 3))
    made = fitted_field(scene(), scene() + bulge, HOLE)
    assert worst(made, -bulge, HOLE) < 1


def test_colour_shift_is_undone_despite_autoencoder_loss():
    original = scene()
    made = fitted_field(original, lossy(original, 5) + slope(), HOLE)
    assert worst(made, -slope(), HOLE) < 2.5


def test_tint_of_repainted_pixels_alone_is_corrected():
    original, (shown, repainted) = scene(), soft(HOLE)
    tint = (repainted.alpha / 255)[..., None] * np.array([6.0, -5.0, 4.0])
    made = field(to_bytes(original), to_bytes(original + tint), shown, repainted)
    assert made is not None
    assert worst(made, -tint, HOLE) < 1.5


TONE = np.array([[0.95, 0.03, 0.0], [0.0, 0.94, -0.02], [0.02, 0.0, 0.96]])


def lossy(pixels: np.ndarray, seed: int) -> np.ndarray:
    """As an autoencoder leaves them: softer, and noisy."""
    noisy = np.random.default_rng(seed).normal(0, 3, pixels.shape)
    return cv2.GaussianBlur(pixels, (0, 0), 1.2) + noisy


@pytest.mark.parametrize("loss", [False, True])
def test_a_shift_by_level_is_undone_in_colours_that_only_the_inside_has(loss):
    original = scene()
    painted = 110 + (original - 110) @ TONE
    made = fitted_field(original, lossy(painted, 8) if loss else painted, HOLE)
    dark, light = (np.full_like(painted, level) for level in (70, 190))
    for level in (dark, light):
        wanted = (level - 110) @ np.linalg.inv(TONE) + 110 - level
        assert np.abs(shift(made, HOLE, painted=level) - wanted[HOLE.slices]).max() < (1.5 if loss else 0.5)
        assert np.abs(wanted).mean() > 1.5


def test_lost_detail_and_noise_are_no_shift_by_level():
    original = scene()
    assert not fitted_field(original, lossy(original, 9), HOLE).tone.any()


def test_new_content_of_its_own_colour_is_no_shift_by_level():
    original, painted = scene(), scene()
    painted[car()] = np.array(BLUE)
    made = fitted_field(original, painted, HOLE)
    assert np.abs(shift(made, HOLE, painted=painted)).max() < 1


def test_contrast_is_changed_by_no_more_than_the_strongest_tone():
    original = scene()
    tone = fitted_field(original, 128 + 0.6 * (original - 128), HOLE).tone[:, :3]
    assert 0.1 < np.linalg.norm(tone, 2) <= STRONGEST_TONE + 1e-6


def test_painting_without_a_colour_shift_stays_unchanged():
    assert not fitted_field(scene(), scene(), HOLE).knots.any()


def test_shift_clipped_at_black_is_estimated_from_unclipped_pixels():
    original = scene()
    original[:, 30:80] = 2
    made = fitted_field(original, original - 10, HOLE)
    assert worst(made, np.full_like(original, 10), HOLE) < 2.5


def test_colour_shift_is_undone_in_an_all_black_picture():
    original = scene() * 0 + 3
    made = fitted_field(original, original + 6, HOLE)
    assert worst(made, np.full_like(original, -6), HOLE) < 0.5


@pytest.mark.parametrize("level", [10, 245])
def test_loss_of_grain_near_black_or_white_gives_no_colour_shift(level):
    grain = np.random.default_rng(1).normal(0, 6, scene().shape)
    original = to_bytes(level + grain).astype(float)
    made = fitted_field(original, cv2.GaussianBlur(original, (0, 0), 1.5), HOLE)
    assert worst(made, np.zeros_like(original), HOLE) < 0.3


def test_loss_of_detail_gives_no_colour_shift():
    original = scene()
    assert worst(fitted_field(original, lossy(original, 6), HOLE), np.zeros_like(original), HOLE) < 0.3


def car() -> np.ndarray:
    """Where something red stands that reaches far out of the hole, (height, width) bool."""
    return Mask.of_ellipse(SIDE, Box(30, 50, 120, 125)).solid


@pytest.mark.parametrize("shift", [0.0, 6.0])
def test_new_colours_of_an_object_do_not_affect_the_colour_field(shift):
    original, painted = scene(), scene()
    shade = scene(seed=3).mean(-1, keepdims=True) / 128
    original[car()], painted[car()] = (np.array(RED) * shade)[car()], (np.array(BLUE) * shade)[car()]
    made = fitted_field(original, painted + shift, HOLE)
    assert worst(made, np.full_like(original, -shift), HOLE) < 1
    assert 0.5 < made.agreement < 0.98


def test_unrelated_new_content_gets_no_colour_correction():
    made = fitted_field(scene(), 255 - scene(seed=4) * 0.3, HOLE)
    assert made.agreement < 0.5
    assert reliance(made.agreement, 1.0) == 0


def test_field_is_none_without_a_kept_or_a_shown_pixel():
    pixels, full, blank = noise(SIDE).pixels, Mask.full(SIDE), Mask.blank(SIDE)
    assert field(pixels, pixels, full, full) is None
    assert field(pixels, pixels, blank, full) is None


def test_no_correction_exceeds_the_largest_shift():
    steep = slope(levels=30)
    made = fitted_field(scene() * 0, scene() * 0 + steep + 30, Box(60, 0, 160, 128))
    assert np.abs(shift(made, SIDE.box)).max() <= LARGEST_SHIFT


def test_colour_field_of_a_part_equals_that_part_of_the_whole():
    made = fitted_field(scene(), scene() + slope(), HOLE)
    assert np.allclose(shift(made, HOLE), shift(made, SIDE.box)[HOLE.slices], atol=1e-4)


def test_a_field_is_the_same_surface_at_every_size():
    made, double = fitted_field(scene(), scene() + slope(), HOLE), Size(SIDE.width * 2, SIDE.height * 2)
    small = cv2.resize(shift(made, double.box, double), SIDE, interpolation=cv2.INTER_AREA)
    assert np.abs(small - shift(made, SIDE.box))[HOLE.slices].max() < 0.1


def test_reliance_needs_more_agreement_at_high_strength():
    assert reliance(1.0, 1.0) == reliance(0.5, 0.6) == reliance(0.5, 0.0) == 1
    assert reliance(0.25, 0.4) == reliance(0.5, 1.0) == 0
    strengths = [reliance(0.6, strength) for strength in (0.6, 0.7, 0.8, 0.9, 1.0)]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == 1
    assert 0 < strengths[-1] < 0.5


def bump(levels: float) -> np.ndarray:
    """A shift of the hole's middle that nothing around it shows, (height, width, 3)."""
    disc = Mask.of_ellipse(SIDE, Box(62, 47, 98, 83)).alpha / 255 * levels
    return np.repeat(cv2.GaussianBlur(disc, (0, 0), 2)[..., None], 3, 2)


@pytest.mark.parametrize(("levels", "taken_back"), [(4, True), (40, False)])
def test_inside_pixels_count_only_for_small_shifts_at_low_strength(levels, taken_back):
    crops = to_bytes(scene()), to_bytes(scene() + bump(levels))
    silent, heard = (field(*crops, *soft(HOLE), inside=inside) for inside in (0.0, 0.5))
    assert silent is not None
    assert heard is not None
    middle = Box(76, 60, 84, 68)
    assert np.abs(shift(silent, middle)).max() < 1
    left = (shift(heard, middle) + bump(levels)[middle.slices]).mean() / levels
    assert left < 0.5 if taken_back else left > 0.95


def test_weight_of_inside_pixels_falls_to_0_with_strength_or_fill():
    assert inside_say(0) == 1
    assert 0 < inside_say(0.5) < inside_say(0.3) < 1
    assert inside_say(0.6) == inside_say(1.0) == 0
    assert inside_say(0.3, "fill") == 0


@given(st.data())
def test_pixels_outside_the_mask_stay_bit_identical_for_any_painting(data):
    size = data.draw(sizes())
    original, painted = noise(size, 1).pixels, noise(size, 2).pixels
    shown, repainted = data.draw(masks(size)), data.draw(masks(size))
    made = field(original, painted, shown, repainted)
    over = painted + (0 if made is None else made.shift(painted, size, size.box))
    assert np.isfinite(over).all()
    mixed = blend_patch(original, over, shown)
    assert np.array_equal(mixed[shown.alpha == 0], original[shown.alpha == 0])


@dataclass
class Shifting(FakeEngine):
    """Returns what it is given, with its colours shifted."""

    shift: float = 0.0

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [self.shifted(job.picture) for job in jobs]

    def shifted(self, picture: Picture) -> Picture:
        return Picture(to_bytes(picture.pixels + slope(picture.size, self.shift)))


CANVAS = Size(300, 240)
REGION = Region.of_box(Box(100, 80, 180, 160), "face", 0.9)


def drift(shift: float, **changes) -> float:
    """Mean difference in the region, of a picture fixed by an engine that shifts colours."""
    original = Picture(to_bytes(scene(CANVAS)))
    planned = plan_pass(CANVAS, [REGION], PassWork(0, face_pass(**changes)), GENERATION, Size(256, 256))
    (result,) = run_plans([original], [planned], Shifting(shift=shift))
    mask = result.reports[0].mask(original)
    assert np.array_equal(result.picture.pixels[mask.alpha == 0], original.pixels[mask.alpha == 0])
    difference = result.picture.pixels.astype(float) - original.pixels
    return float(np.abs(cv2.blur(difference, (9, 9))[REGION.box.slices]).mean())


def test_fix_reduces_colour_drift_against_its_surroundings():
    assert Pass().colour_correction == 1
    assert drift(12) < 0.12 * drift(12, colour_correction=0)


def test_a_region_that_is_fixed_again_and_again_does_not_drift_by_rounding():
    picture = original = Picture(to_bytes(scene(CANVAS)))
    drifts = []
    for _ in range(6):
        planned = plan_pass(CANVAS, [REGION], PassWork(0, face_pass()), GENERATION, Size(256, 256))
        picture = run_plans([picture], [planned], Shifting(shift=7.3))[0].picture
        drifts.append(drift_inside(original.pixels, picture.pixels, REGION.mask(CANVAS)) or 0.0)
    assert drifts[-1] <= drifts[0] + 0.02


def test_the_knob_scales_the_correction():
    none, half, full = (drift(12, colour_correction=amount) for amount in (0, 0.5, 1))
    assert half == pytest.approx((none + full) / 2, rel=0.15)


@pytest.mark.parametrize("work", [Size(128, 128), Size(64, 192), Size(320, 256)])
def test_colour_correction_0_is_plain_alpha_blending_bit_for_bit(work):
    canvas = Picture(to_bytes(scene(CANVAS)))
    frame = Frame(Box(40, 30, 240, 190), work)
    shown = Mask.of_box(frame.crop.size, Box(60, 50, 140, 110)).feathered(8)
    step = step_of(frame, shown, colour_correction=0.0, grain=0.0)
    engine = Shifting(shift=10)
    (result,) = run_plans([canvas], [Plan((step,))], engine)
    spot = shown.bounds
    assert spot is not None
    there = spot.shifted(frame.crop.left, frame.crop.top).slices
    over = frame.put(engine.shifted(frame.take(canvas)), spot)
    assert np.array_equal(
        result.picture.pixels[there], blend_patch(canvas.pixels[there], over, shown.crop(spot))
    )


@given(st.data())
def test_fix_of_any_strength_keeps_pixels_outside_its_mask(data):
    size = data.draw(sizes(1, 70))
    crop = data.draw(boxes_in(size))
    step = step_of(
        Frame(crop, Size(64, 64)),
        data.draw(masks(crop.size)),
        data.draw(masks(crop.size)),
        colour_correction=data.draw(st.floats(0, 1)),
    )
    picture = noise(size)
    (result,) = run_plans([picture], [Plan((step,))], Shifting(shift=9))
    kept = result.reports[0].mask(picture).alpha == 0
    assert np.array_equal(result.picture.pixels[kept], picture.pixels[kept])
