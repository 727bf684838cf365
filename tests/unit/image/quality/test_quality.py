"""Each measure ranks defects of growing strength in order, and finds next to nothing where there is none."""

import itertools
import json
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.colour_space import lab
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.quality.colour_drift import drift_around, drift_inside, drift_rim, mean_colour_drift
from retouch.image.quality.confidence import Confidence, score_at
from retouch.image.quality.measure import Quality, measure_quality
from retouch.image.quality.psnr import measure_psnr
from retouch.image.quality.repetition import repetition_score
from retouch.image.quality.seam import join, seam_floor, seam_score
from retouch.image.quality.sharpness import sharpness_score
from tests.helpers import masks, noise, sizes

SIZE = Size(200, 176)
MASKS = {
    "ellipse": Mask.of_ellipse(SIZE, Box(50, 40, 140, 130)),
    "box": Mask.of_box(SIZE, Box(60, 50, 150, 120)),
    "at the border": Mask.of_box(SIZE, Box(0, 40, 90, 176)),
    "half": Mask.of_box(SIZE, Box(0, 0, 100, 176)),
    "two": Mask.of_box(SIZE, Box(20, 20, 80, 90)) | Mask.of_ellipse(SIZE, Box(110, 70, 180, 150)),
}
each_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)


def texture(seed: int, roughness: float = 1.2, contrast: float = 25.0, size: Size = SIZE) -> np.ndarray:
    """float32 levels with the spectrum of photographs: amplitude falls by frequency to this power."""
    rng = np.random.default_rng(seed)
    across, down = np.fft.rfftfreq(size.width), np.fft.fftfreq(size.height)
    frequency = np.maximum(np.hypot(across, down[:, None]), 1 / max(size))
    planes = []
    for _ in range(3):
        white = np.fft.rfft2(rng.normal(size=(size.height, size.width)))
        plane = np.fft.irfft2(white / frequency**roughness, (size.height, size.width))
        planes.append(plane / plane.std())
    mixed = planes[0][..., None] + 0.3 * np.stack(planes, axis=-1)
    return np.clip(128 + contrast * mixed, 20, 235).astype(np.float32)


def blended(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over` on `under`, float."""
    return under + (over - under) * (mask.alpha[..., None] / np.float32(255))


def stepped(pixels: np.ndarray, mask: Mask, step: float) -> np.ndarray:
    return blended(pixels, pixels + np.float32(step), mask)


def grainy(pixels: np.ndarray, levels: float, seed: int = 5) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, levels, pixels.shape)
    return pixels + grain.astype(np.float32)


def blurred(pixels: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), deviation) if deviation else pixels


def finite(value: float | None) -> float:
    assert value is not None
    assert math.isfinite(value)
    return value


def rising(values: list[float]) -> bool:
    return all(a < b for a, b in itertools.pairwise(values))


# Seam


@each_mask
def test_on_a_plain_ground_a_sharp_step_scores_its_height(mask):
    ground = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    for step in (1, 5, 20):
        result = stepped(ground, mask, step)
        height = np.linalg.norm(lab(np.full((1, 1, 3), 120 + step, np.uint8)) - lab(ground[:1, :1]))
        assert seam_score(result, mask) == pytest.approx(float(height), rel=0.02)
    assert seam_score(ground, mask) == 0


@each_mask
@pytest.mark.parametrize("seed", range(3))
def test_a_seam_score_grows_with_the_step(mask, seed):
    ground = texture(seed, contrast=10)
    assert rising([finite(seam_score(stepped(ground, mask, step), mask)) for step in (0, 4, 8, 16, 32)])


@each_mask
def test_seam_score_falls_with_the_softness_of_the_seam(mask):
    ground = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    # Blurred, a mask still passes one half where it did.
    soft = [Mask(cv2.GaussianBlur(mask.alpha, (0, 0), blur)) for blur in (4, 2, 1)]
    scores = [finite(seam_score(stepped(ground, one, 20), one)) for one in (*soft, mask)]
    assert scores[0] > 0
    assert rising(scores)


@pytest.mark.parametrize("roughness", [0.0, 0.8, 1.2, 1.6])
def test_an_untouched_texture_has_no_seam(roughness):
    scores = [
        finite(seam_score(texture(seed, roughness), mask)) for seed in range(4) for mask in MASKS.values()
    ]
    step = np.mean([finite(seam_score(stepped(texture(0, roughness), m, 32), m)) for m in MASKS.values()])
    assert abs(np.mean(scores)) < 0.03 * step
    assert np.abs(scores).max() < 0.15 * step


def test_seam_score_sees_a_step_in_chroma_alone():
    ground = texture(1, contrast=10)
    tinted = ground + np.array([12, -6, 3], np.float32)  # about the same luma
    mask = MASKS["ellipse"]
    assert finite(seam_score(blended(ground, tinted, mask), mask)) > 10 * abs(
        finite(seam_score(ground, mask))
    )


def test_seam_score_sees_a_step_one_pixel_off_the_edge():
    ground = texture(2, contrast=10)
    mask = MASKS["box"]
    for moved in (mask.grown(1), mask.grown(-1)):
        there = finite(seam_score(stepped(ground, mask, 16), mask))
        assert finite(seam_score(stepped(ground, moved, 16), mask)) > 0.7 * there


@given(st.integers(0, 99), st.sampled_from(sorted(MASKS)), st.sampled_from([0, 1, (0, 1)]))
def test_a_flipped_picture_scores_the_same(seed, name, axis):
    mask = MASKS[name]
    result = stepped(texture(seed % 4), mask, 10)
    turned, its = np.flip(result, axis), Mask(np.ascontiguousarray(np.flip(mask.alpha, axis)))
    assert seam_score(turned, its) == pytest.approx(finite(seam_score(result, mask)), abs=0.3)
    assert sharpness_score(turned, its) == pytest.approx(finite(sharpness_score(result, mask)), rel=1e-3)
    assert repetition_score(turned) == pytest.approx(finite(repetition_score(result)), rel=1e-2, abs=1e-3)


@pytest.mark.parametrize("mask", [Mask.blank(SIZE), Mask.full(SIZE), Mask.of_box(SIZE, Box(9, 9, 11, 11))])
def test_seam_score_and_floor_are_none_without_a_mask_edge(mask):
    assert seam_score(texture(0), mask) is None
    assert seam_floor(texture(0), mask) is None


def test_join_score_equals_the_seam_score_along_its_line():
    ground = texture(3)
    half = Mask.of_box(SIZE, Box(0, 0, 100, SIZE.height))
    result = stepped(ground, half, 12)
    assert join(result, x=100) == seam_score(result, half)
    assert finite(join(result, x=100)) > finite(join(result, x=60)) + 1
    assert finite(join(np.swapaxes(result, 0, 1), y=100)) == pytest.approx(
        finite(join(result, x=100)), abs=0.2
    )


@pytest.mark.parametrize("at", [{}, {"x": 3, "y": 3}, {"x": 0}, {"x": 200}, {"y": 176}, {"y": -1}])
def test_a_join_beyond_the_picture_is_refused(at):
    with pytest.raises(ValueError, match="a join"):
        join(texture(0), **at)


@each_mask
def test_plain_seam_scores_over_twice_the_seam_floor_of_its_photograph(mask):
    ground = texture(4)
    floor = finite(seam_floor(ground, mask))
    assert 0 <= floor == seam_floor(ground, mask)
    assert finite(seam_score(stepped(ground, mask, 16), mask)) > 2 * floor


# Colour drift


@each_mask
def test_drift_of_a_uniform_shift_is_its_lab_distance(mask):
    truth = np.full((SIZE.height, SIZE.width, 3), (90, 120, 160), np.uint8)
    shifted = truth + np.array([6, -4, 3], np.float32)
    delta = float(np.linalg.norm(lab(shifted[:1, :1]) - lab(truth[:1, :1])))
    for measured in (drift_inside, drift_around, drift_rim):
        assert measured(truth, shifted, mask) == pytest.approx(delta, rel=1e-3)
        assert measured(truth, truth, mask) == 0


@each_mask
def test_drift_grows_with_the_shift_and_ignores_noise(mask):
    truth = texture(1)
    shifts = [finite(drift_inside(truth, truth + np.float32(k), mask)) for k in (0, 1, 2, 4, 8, 16)]
    assert rising(shifts)
    assert finite(drift_inside(truth, grainy(truth, 8), mask)) < shifts[2]


@each_mask
def test_drift_inside_and_around_ignore_pixels_across_the_mask_edge(mask):
    truth = texture(2)
    elsewhere = blended(np.zeros_like(truth), truth + 3, Mask.where(mask.solid))
    assert drift_inside(truth, elsewhere, mask) == pytest.approx(
        finite(drift_inside(truth, truth + 3, mask)), rel=1e-3
    )
    assert drift_around(truth, stepped(truth, mask, 50), mask) == 0


def test_drift_measures_only_the_given_pixels():
    truth = texture(3)
    where = MASKS["box"].solid
    half = where.copy()
    half[:, :105] = False
    result = truth + 10 * half[..., None].astype(np.float32)
    one, both = (
        finite(mean_colour_drift(truth, result, half)),
        finite(mean_colour_drift(truth, result, where)),
    )
    assert both == pytest.approx(one / 2, rel=0.1)
    assert mean_colour_drift(truth, result, np.zeros_like(where)) is None


# Sharpness


@each_mask
@pytest.mark.parametrize("roughness", [0.8, 1.2, 1.6])
def test_sharpness_falls_with_blur_and_is_one_untouched(mask, roughness):
    ground = texture(0, roughness)
    scores = [
        finite(sharpness_score(blended(ground, blurred(ground, b), mask), mask))
        for b in (0, 0.6, 1, 1.6, 2.5, 4)
    ]
    assert scores[0] == pytest.approx(1, abs=0.15)
    assert rising(scores[::-1])


@each_mask
def test_sharpness_score_ignores_noise(mask):
    ground = texture(1, roughness=1.6)
    soft = blended(ground, blurred(ground, 2.5), mask)
    noisy = finite(sharpness_score(blended(ground, grainy(blurred(ground, 2.5), 6), mask), mask))
    assert noisy == pytest.approx(finite(sharpness_score(soft, mask)), abs=0.15)


def test_sharpness_is_none_without_detail():
    plain = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    assert sharpness_score(plain, MASKS["box"]) is None
    assert sharpness_score(texture(0), Mask.of_box(SIZE, Box(50, 50, 57, 57))) is None
    assert sharpness_score(texture(0), Mask.full(SIZE)) is None


# Repetition


def with_mirrored_strip(pixels: np.ndarray, share: float) -> np.ndarray:
    strip = round(pixels.shape[1] * share)
    return np.concatenate([pixels[:, :-strip], pixels[:, -2 * strip : -strip][:, ::-1]], axis=1)


def tiled(pixels: np.ndarray, times: int) -> np.ndarray:
    height, width = (side // times for side in pixels.shape[:2])
    return np.tile(pixels[:height, :width], (times, times, 1))


@pytest.mark.parametrize("seed", range(4))
def test_repetition_score_rises_with_the_copied_share(seed):
    ground = texture(seed)
    series = [ground, *(with_mirrored_strip(ground, share) for share in (0.15, 0.3)), tiled(ground, 2)]
    scores = [finite(repetition_score(one)) for one in series]
    assert rising(scores)
    assert scores[0] < 0.1
    assert scores[-1] > 0.8
    assert finite(repetition_score(tiled(ground, 3))) > 0.8


@pytest.mark.parametrize("seed", range(4))
def test_a_part_that_is_a_copy_of_another_is_found(seed):
    ground = texture(seed)
    part = Mask.of_box(SIZE, Box(150, 0, 200, SIZE.height))
    copied = np.concatenate([ground[:, :150], ground[:, 40:90]], axis=1)
    assert finite(repetition_score(ground, part)) < 0.2
    assert finite(repetition_score(copied, part)) > 0.8
    assert finite(repetition_score(with_mirrored_strip(ground, 0.25), part)) > 0.8


def test_a_straight_line_is_no_copy():
    ground = texture(2, contrast=4).astype(np.uint8)
    cv2.line(ground, (0, 30), (199, 150), (220, 220, 220), 3, cv2.LINE_AA)
    ground[100:103] = 20
    assert finite(repetition_score(ground)) < 0.2


def test_repetition_score_of_a_part_without_detail_is_none():
    """A clear sky beside a wood: the grain of the one is no copy of anything."""
    ground = texture(3)
    sky = ground.copy()
    sky[:, :100] = grainy(np.full_like(ground[:, :100], 150), 0.5)
    assert repetition_score(sky, MASKS["half"]) is None
    assert repetition_score(ground, MASKS["half"]) is not None


def test_repetition_score_is_measured_at_the_given_size():
    ground = texture(0)
    small = cv2.resize(ground, (100, 88), interpolation=cv2.INTER_AREA)
    assert repetition_score(ground, of=512) == pytest.approx(finite(repetition_score(small)), rel=0.05)
    assert repetition_score(ground, of=SIZE.height) == repetition_score(ground)


@pytest.mark.parametrize("seed", range(4))
def test_a_plain_colour_to_both_sides_repeats_nothing(seed):
    ground = cv2.resize(texture(seed), (400, 400), interpolation=cv2.INTER_CUBIC)
    extended = cv2.copyMakeBorder(ground, 0, 0, 600, 600, cv2.BORDER_CONSTANT, value=(120, 120, 120))
    assert finite(repetition_score(extended)) < 1.1 * finite(repetition_score(ground)) + 0.005


def test_repetition_is_none_without_detail_or_for_a_small_mask():
    assert repetition_score(np.full((50, 50, 3), 7, np.uint8)) is None
    assert repetition_score(texture(0), Mask.of_box(SIZE, Box(0, 0, 20, 20))) is None


# Confidence and fidelity


def test_confidence_change_compares_scores_of_the_same_box():
    box = Box(10, 10, 50, 50)
    before = [(Box(12, 9, 52, 50), 0.4), (Box(10, 10, 20, 20), 0.9), (Box(100, 100, 140, 140), 0.99)]
    seen = Confidence.of(box, before, [(box, 0.7)])
    assert (seen.before, seen.after, seen.change) == (0.4, 0.7, pytest.approx(0.3))
    assert score_at(box, []) == 0
    assert Confidence(0.5).change is None
    assert Confidence().change is None


def test_psnr_equals_its_textbook_formula():
    one = np.full((4, 6, 3), 100, np.uint8)
    other = one.copy()
    other[:2] = 110
    top = Mask.of_box(Size(6, 4), Box(0, 0, 6, 2))
    assert measure_psnr(one, other, top) == pytest.approx(20 * math.log10(25.5))
    assert (
        measure_psnr(one, other)
        == measure_psnr(other, one)
        == pytest.approx(20 * math.log10(25.5) + 10 * math.log10(2))
    )
    assert measure_psnr(one, one) == 100
    assert measure_psnr(one, other, Mask.blank(Size(6, 4))) is None
    with pytest.raises(ValueError, match="sizes"):
        measure_psnr(one, other[1:])


# All of them


def test_measure_quality_contains_every_single_measure():
    truth, mask = texture(0), MASKS["ellipse"]
    original = blended(truth, np.zeros_like(truth), mask)
    result = stepped(truth, mask, 10)
    found = measure_quality(original, result, mask, truth, Confidence(0.25, 0.5))
    assert found.seam == seam_score(result, mask)
    assert found.seam_before == seam_score(original, mask)
    assert found.drift_around == 0
    assert found.drift_rim == drift_rim(original, result, mask)
    assert found.drift_inside == drift_inside(truth, result, mask)
    assert found.sharpness == sharpness_score(result, mask)
    assert found.repetition == repetition_score(result, mask)
    assert found.as_dict()["confidence_change"] == 0.25
    assert found.as_dict()["seam"] == round(finite(found.seam), 4)
    assert measure_quality(original, result, mask).drift_inside is None


def test_bytes_and_floats_of_the_same_levels_measure_the_same():
    bytes_, mask = noise(SIZE).pixels, MASKS["box"]
    floats = bytes_.astype(np.float32)
    assert measure_quality(bytes_, bytes_, mask, bytes_) == measure_quality(floats, floats, mask, floats)


@given(st.data())
def test_undefined_measures_are_null_and_never_nan(data):
    size = data.draw(sizes(1, 40))
    mask = data.draw(st.one_of(masks(size), st.just(Mask.blank(size)), st.just(Mask.full(size))))
    one, other = noise(size, 1).pixels, noise(size, 2).pixels
    found = measure_quality(one, other, mask, one).as_dict()
    assert set(found) >= {"seam", "drift_around", "sharpness", "repetition", "confidence_change"}
    json.dumps(found, allow_nan=False)


def test_quality_of_a_blank_mask_has_no_measures():
    ground = texture(0)
    assert measure_quality(ground, ground, Mask.blank(SIZE)) == Quality()


def test_pictures_of_other_sizes_are_refused():
    ground = texture(0)
    with pytest.raises(ValueError, match="one size"):
        measure_quality(ground, ground[1:], MASKS["box"])
