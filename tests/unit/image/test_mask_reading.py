"""One rule for every mask file: what is read, what is said of it, what is refused."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from retouch.errors import BadInput
from retouch.image.codec.mask_layers import without_noise
from retouch.image.geometry import Size
from retouch.image.mask_reading import MaskReading, read_mask
from retouch.image.picture import Picture

SIZE = Size(90, 60)
BLOB = np.zeros((60, 90), np.uint8)
cv2.circle(BLOB, (40, 30), 14, (255,), -1)
OTHER = np.zeros((60, 90), np.uint8)
OTHER[5:20, 60:85] = 255
PHOTO = Picture(
    np.random.default_rng(1).integers(0, 256, (15, 23, 3)).repeat(4, 0).repeat(4, 1)[:, :90].astype("u1")
)


def file(image: Image.Image | np.ndarray, kind: str = "PNG", **how) -> bytes:
    out = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(out, kind, **how)
    return out.getvalue()


def read(image: Image.Image | np.ndarray, kind: str = "PNG", channel: str = "auto", **how) -> MaskReading:
    return read_mask(file(image, kind, **how), SIZE, channel=channel, under=PHOTO)


def palette_image(**info) -> Image.Image:
    image = Image.fromarray(BLOB // 255, "P")
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.info.update(info)
    return image


def rgba(colours: np.ndarray | int, alpha: np.ndarray) -> np.ndarray:
    return np.dstack([np.broadcast_to(colours, (60, 90, 3)).astype(np.uint8), alpha])


GREY_ALPHA = Image.merge("LA", (Image.fromarray(BLOB), Image.fromarray(BLOB)))
PLAIN = {
    "grey": (BLOB, "PNG"),
    "rgb": (np.dstack([BLOB] * 3), "PNG"),
    "one bit": (Image.fromarray(BLOB).convert("1"), "PNG"),
    "palette": (palette_image(), "PNG"),
    "gif": (Image.fromarray(BLOB), "GIF"),
    "bmp": (Image.fromarray(BLOB), "BMP"),
    "16 bit": (BLOB.astype(np.uint16) * 257, "PNG"),
    "16 bit tiff": (BLOB.astype(np.uint16) * 257, "TIFF"),
    "float": (BLOB.astype(np.float32) / 255, "TIFF"),
    "float of 255": (BLOB.astype(np.float32), "TIFF"),
    "32 bit": (Image.fromarray(BLOB.astype(np.int32) * 257), "TIFF"),
    "cmyk": (Image.fromarray(np.dstack([BLOB] * 3)).convert("CMYK"), "TIFF"),
    "white with alpha": (rgba(255, BLOB), "PNG"),
    "black with alpha": (rgba(0, BLOB), "PNG"),
    "red with alpha": (rgba(np.array([255, 0, 0]), BLOB), "PNG"),
    "opaque alpha": (rgba(BLOB[..., None], np.full_like(BLOB, 255)), "PNG"),
    "grey and alpha that agree": (GREY_ALPHA, "PNG"),
    "lossless webp": (Image.fromarray(np.dstack([BLOB] * 3)), "WEBP"),
    "sparse alpha": (rgba(255, BLOB), "WEBP"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_every_file_form_of_a_mask_reads_as_the_same_mask(name):
    image, kind = PLAIN[name]
    how: dict[str, Any] = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    reading = read(image, kind, **how)
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert reading.warnings == ()


@given(st.integers(0, 255), st.integers(0, 255))
def test_lossless_file_keeps_its_shades_exactly(low, high):
    shades = np.full((60, 90), min(low, high), np.uint8)
    shades[20:40] = max(low, high)
    top = int(shades.max())
    assert np.array_equal(read(shades).mask.alpha, shades * 255 if top == 1 else shades)


@given(st.integers(1, 12), st.sampled_from([3, 128, 255]))
def test_lossless_file_keeps_its_soft_edge_exactly(radius, strength):
    soft = np.asarray(Image.fromarray(BLOB).filter(ImageFilter.GaussianBlur(radius)))
    soft = np.rint(soft * (strength / 255)).astype(np.uint8)
    if soft.max() > 1:
        assert np.array_equal(read(soft).mask.alpha, soft)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_mask_levels_0_and_1_are_read_as_0_and_255(dtype):
    ones = (BLOB // 255).astype(dtype)
    reading = read(ones, "TIFF")
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert dtype is np.float32 or any("0 and 1" in told for told in reading.warnings)


def test_16_bit_levels_up_to_255_are_read_as_8_bit_with_a_note():
    reading = read(BLOB.astype(np.uint16))
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert any("255" in told for told in reading.warnings)


@pytest.mark.parametrize("top", [2, 5, 15])
def test_faint_mask_is_kept_with_a_warning(top):
    faint = BLOB // 255 * np.uint8(top)
    reading = read(faint)
    assert np.array_equal(reading.mask.alpha, faint)
    assert f"{top} of 255" in reading.warnings[0]


def lossy(mask: np.ndarray, kind: str, quality: int, again: bool) -> bytes:
    data = file(Image.fromarray(mask).convert("RGB"), kind, quality=quality)
    return file(Image.open(io.BytesIO(data)).convert("L")) if again else data


@given(
    st.sampled_from([("JPEG", 95), ("JPEG", 75), ("JPEG", 40), ("JPEG", 15), ("WEBP", 80), ("WEBP", 20)]),
    st.booleans(),
    st.integers(20, 120),
    st.integers(20, 80),
    st.integers(10, 40),
)
def test_compression_noise_of_a_lossy_mask_is_not_masked(form, again, x, y, radius):
    mask = np.zeros((160, 200), np.uint8)
    cv2.circle(mask, (x + 40, y + 40), radius, (255,), -1)
    data = lossy(mask, form[0], form[1], again)
    reading = read_mask(data, Size(200, 160))
    near = cv2.dilate(mask, np.ones((35, 35), np.uint8))
    inside = cv2.erode(mask, np.ones((19, 19), np.uint8))
    assert not (reading.mask.alpha[near == 0] > 2 * again).any()
    assert (reading.mask.alpha[inside == 255] >= (235 if again else 240)).all()
    assert np.count_nonzero(reading.mask.alpha >= 128) == pytest.approx(np.count_nonzero(mask), rel=0.15)


@given(st.lists(st.integers(0, 255), min_size=40, max_size=40), st.booleans())
def test_removing_noise_is_monotonic_and_continuous(values, is_lossy):
    levels = np.array([[*values, 200]], np.uint8)
    cleaned, noise = without_noise(levels, is_lossy)
    order = np.argsort(levels[0], kind="stable")
    steps, moved = np.diff(levels[0][order].astype(int)), np.diff(cleaned[0][order].astype(int))
    assert (moved >= 0).all()
    assert (moved <= 2 * steps + 1).all()
    assert noise or np.array_equal(cleaned, levels)


def test_a_photograph_with_an_erased_part_masks_that_part():
    reading = read(np.dstack([PHOTO.pixels, 255 - BLOB]))
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert "transparent" in reading.read_as
    assert any("erased" in told for told in reading.warnings)


DOUBTFUL = {
    "another photograph with an erased part": np.dstack([255 - PHOTO.pixels, 255 - BLOB]),
    "a cut-out of the photograph": np.dstack([PHOTO.pixels, BLOB]),
    "grey levels and alpha that differ": rgba(BLOB[..., None], 255 - OTHER),
    "grey and alpha apart": rgba(BLOB[..., None], OTHER | BLOB),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_ambiguous_mask_is_refused_with_both_readings_selectable(name):
    image = DOUBTFUL[name]
    with pytest.raises(BadInput, match=r"either.*mask_channel.*luminance, alpha, inverted alpha"):
        read(image)
    assert np.array_equal(read(image, channel="alpha").mask.alpha, image[..., 3])
    assert np.array_equal(read(image, channel="inverted alpha").mask.alpha, 255 - image[..., 3])
    grey = np.asarray(Image.fromarray(image).convert("L"))
    assert np.array_equal(read(image, channel="luminance").mask.alpha, grey)


@pytest.mark.parametrize("colours", [PHOTO.pixels, np.dstack([BLOB, BLOB * 0, BLOB * 0])])
def test_a_mask_with_colours_is_refused(colours):
    with pytest.raises(BadInput, match="colours"):
        read(colours)
    assert read(colours, channel="luminance").mask.size == SIZE


def test_alpha_of_an_opaque_file_cannot_be_requested():
    with pytest.raises(BadInput, match="no transparency"):
        read(BLOB, channel="alpha")


def test_grey_levels_under_full_transparency_are_read_with_a_note():
    reading = read(rgba(BLOB[..., None], np.zeros_like(BLOB)))
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert any("transparent all over" in told for told in reading.warnings)
    assert read(rgba(0, np.zeros_like(BLOB))).mask.empty


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_is_turned_as_its_exif_says(orientation):
    turns = {3: 2, 6: 1, 8: 3}
    stored = np.rot90(BLOB, turns.get(orientation, 0))
    image = Image.fromarray(np.ascontiguousarray(stored))
    exif = image.getexif()
    exif[0x0112] = orientation
    if orientation in (1, *turns):
        assert np.array_equal(read(image, exif=exif).mask.alpha, BLOB)
    elif orientation in (5, 7):
        with pytest.raises(BadInput, match="aspect"):
            read(image, exif=exif)


@pytest.mark.parametrize("size", [(45, 30), (180, 120), (89, 60), (91, 60), (30, 20)])
def test_mask_of_equal_aspect_is_scaled_with_a_note(size):
    scaled = Image.fromarray(BLOB).resize(size, Image.Resampling.NEAREST)
    reading = read(scaled)
    assert "was scaled to 90x60" in reading.warnings[0]
    assert reading.mask.area == pytest.approx(np.count_nonzero(BLOB), rel=0.1)


@pytest.mark.parametrize("size", [(60, 60), (60, 90), (512, 512), (90, 50)])
def test_mask_of_another_aspect_is_refused(size):
    with pytest.raises(BadInput, match="another aspect than 90x60"):
        read(Image.new("L", size, 255))


@given(st.integers(1, 255), st.integers(40, 200), st.integers(40, 200))
def test_scaling_stays_within_the_levels_of_the_mask(level, width, height):
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : height // 2, width // 4 : width // 2] = level
    scaled = read_mask(file(mask), Size(2 * width, 2 * height)).mask.alpha
    assert scaled.max() <= (255 if level == 1 else level)
    assert not scaled[-height // 2 :].any()


def test_further_frames_are_reported():
    frames = [Image.fromarray(BLOB), Image.fromarray(OTHER)]
    reading = read(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert np.array_equal(reading.mask.alpha, BLOB)
    assert "2 frames" in reading.warnings[0]
