"""16 bits a channel: read, painted on, written, by every door."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.api.memory import PictureCache
from retouch.errors import BadPicture
from retouch.image.blend.composite import blend_patch, composite_deep
from retouch.image.codec import decoder, encoder
from retouch.image.codec.decoder import decode
from retouch.image.codec.encoder import encode, losses
from retouch.image.codec.exif import turn_upright
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.outpaint.progress import Extension
from retouch.outpaint.transparent_border import opaque_part
from retouch.pipeline.candidate import Candidate, put_on
from tests.files import chunk, deep_png, tiff

SHAPE = (24, 40)


def samples(channels: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 65536, (*SHAPE, channels), np.uint16)


def rgb(found: np.ndarray) -> np.ndarray:
    """Grey and grey with alpha as RGB and RGB with alpha."""
    if found.shape[2] > 2:
        return found
    return np.dstack([found[..., :1]] * 3 + [found[..., 1:]])


def is_same(picture: Picture, found: np.ndarray) -> bool:
    return picture.deep is not None and np.array_equal(picture.deep, rgb(found))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_16_bit_png_is_read_and_written_at_full_depth(channels):
    found = samples(channels)
    picture = decode(deep_png(found))
    assert is_same(picture, found)
    assert np.array_equal(picture.pixels, rgb(found)[..., :3] >> 8)
    assert is_same(decode(encode(picture)), found)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_kind_of_a_16_bit_png_stays(channels):
    written = cv2.imdecode(np.frombuffer(encode(decode(deep_png(samples(channels)))), np.uint8), -1)
    assert written.dtype == np.uint16
    assert written.ndim == (2 if channels == 1 else 3)


@pytest.mark.parametrize("kind", ["RGB", "grey"])
def test_transparent_colour_of_a_16_bit_png_matches_exactly(kind):
    found = samples(1 if kind == "grey" else 3)
    found[0, 0], found[0, 1] = 0x1234, 0x1235
    key = found[0, 0].astype(">u2").tobytes()
    picture = decode(deep_png(found, chunk(b"tRNS", key)))
    assert picture.deep is not None
    assert picture.deep[0, :2, 3].tolist() == [0, 65535]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_16_bit_tiff_is_turned_upright_once(orientation):
    found = samples(3)
    picture = decode(tiff(found, t274=orientation))
    assert is_same(picture, turn_upright(found, orientation))
    assert is_same(decode(encode(picture)), turn_upright(found, orientation))


def test_a_16_bit_tiff_of_grey_with_white_as_zero_is_inverted():
    found = samples(1)
    assert is_same(decode(tiff(found, t262=0)), 65535 - found)


def test_16_bit_tiff_keeps_its_alpha():
    found = samples(4)
    assert is_same(decode(tiff(found, t338=(2,))), found)


def test_premultiplied_alpha_is_undone():
    found = samples(4)
    found[..., 3] |= 0x8000
    multiplied = found.copy()
    share = found[..., 3:].astype(float) / 65535
    multiplied[..., :3] = np.rint(found[..., :3] * share)
    picture = decode(tiff(multiplied, t338=(1,)))
    assert picture.deep is not None
    assert np.abs(picture.deep.astype(int) - found).max() <= 2


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floats_from_0_to_1_become_16_bits_with_a_note(kind):
    found = np.random.default_rng(3).random((*SHAPE, 3)).astype(kind)
    found[0, 0], found[0, 1] = 0, 1
    picture = decode(tiff(found))
    assert is_same(picture, np.rint(found.astype(float) * 65535).astype(np.uint16))
    assert any("floating-point samples become 16 bits" in said for said in losses(picture))


@pytest.mark.parametrize(("value", "why"), [(1.5, "go from"), (-0.25, "go from"), (np.nan, "not a number")])
def test_floats_beyond_black_and_white_are_refused(value, why):
    found = np.full((*SHAPE, 3), 0.5, np.float32)
    found[3, 3, 1] = value
    with pytest.raises(BadPicture, match=why) as caught:
        decode(tiff(found))
    assert "0..1" in caught.value.hint


def test_grey_float_tiff_keeps_its_mean_level():
    found = np.linspace(0, 1, 24 * 40, dtype=np.float32).reshape(*SHAPE, 1)
    assert decode(tiff(found)).pixels.mean() == pytest.approx(127, abs=1)


def test_a_16_bit_file_that_is_cut_off_is_refused():
    data = deep_png(samples(3))
    with pytest.raises(BadPicture):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_writing_16_bits_to_an_8_bit_format_is_reported_as_a_loss(kind):
    picture = decode(deep_png(samples(3)))
    assert any("16 become 8" in said for said in losses(picture, kind))
    assert losses(picture, "PNG") == ()
    assert decode(encode(picture, kind)).deep is None


masks = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).choice(np.array([0, 0, 1, 60, 128, 254, 255], np.uint8), SHAPE)
)


@settings(max_examples=30, deadline=None)
@given(masks, st.integers(0, 100))
def test_16_bits_are_blended_and_stay_outside_of_the_mask(mask, seed):
    found, over = samples(3, seed), samples(3, seed + 1) >> 8
    over = over.astype(np.uint8)
    under = (found >> 8).astype(np.uint8)
    made = composite_deep(found, under, over, Mask(mask))
    assert np.array_equal(made[mask == 0], found[mask == 0])
    assert np.array_equal(made[mask == 255] >> 8, over[mask == 255])
    exact = found + (over.astype(float) - under) * 256 * mask[..., None] / 255
    assert np.abs(made - exact).max() <= 0.5 + 1e-6
    assert np.abs((made >> 8).astype(int) - blend_patch(under, over, Mask(mask))).max() <= 1


@settings(max_examples=30, deadline=None)
@given(masks, st.sampled_from([3, 4]))
def test_candidate_on_a_16_bit_picture_keeps_unmasked_samples(mask, channels):
    picture = decode(deep_png(samples(channels)))
    over = Picture((samples(3, 9) >> 8).astype(np.uint8))
    made = put_on(picture, [Candidate(1, over, picture.size.box, Mask(mask))])
    assert made.deep is not None
    assert picture.deep is not None
    assert np.array_equal(made.deep[mask == 0], picture.deep[mask == 0])
    assert np.array_equal(made.deep[..., :3] >> 8, made.pixels)
    assert np.array_equal(made.deep[..., 3:][mask == 0], picture.deep[..., 3:][mask == 0])


@given(st.integers(0, 50))
def test_replacing_pixels_keeps_16_bit_samples_of_unchanged_pixels(seed):
    picture = decode(deep_png(samples(4)))
    pixels = picture.pixels.copy()
    spots = np.random.default_rng(seed).random(SHAPE) < 0.3
    pixels[spots] = 77
    made = picture.with_pixels(pixels)
    assert made.deep is not None
    assert picture.deep is not None
    kept = picture.pixels == pixels
    assert np.array_equal(made.deep[..., :3][kept], picture.deep[..., :3][kept])
    assert np.array_equal(made.deep[..., :3] >> 8, pixels)
    assert np.array_equal(decode(encode(made)).deep, made.deep)


def test_16_bit_samples_of_another_size_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Picture(np.zeros((4, 4, 3), np.uint8), deep=np.zeros((4, 5, 3), np.uint16))


def test_a_larger_canvas_keeps_16_bits():
    picture = decode(deep_png(samples(3)))
    way = Extension(picture, Margins(8, 0, 8, 0), (), ())
    canvas = way.canvas()
    assert canvas.deep is not None
    assert canvas.size == Size(56, 24)
    assert np.array_equal(canvas.deep[way.origin.slices], picture.deep)
    assert is_same(way.finished(), samples(3))


def test_opaque_part_of_a_16_bit_picture_keeps_its_depth():
    found = samples(4)
    found[..., 3] = 0
    found[4:20, 8:32, 3] = 65535
    part, margins, _ = opaque_part(decode(deep_png(found)))
    assert margins == Margins(8, 4, 8, 4)
    assert is_same(part, found[4:20, 8:32, :3])


def test_pictures_that_differ_in_low_bytes_have_different_names():
    found = samples(3)
    found[..., 0] &= 0xFF00
    other = found + np.array([1, 0, 0], np.uint16)
    kept = PictureCache()
    names = {kept.put(decode(deep_png(one))) for one in (found, other)}
    assert len(names) == 2


def test_cached_picture_counts_the_bytes_of_its_16_bits():
    kept = PictureCache()
    kept.put(decode(deep_png(samples(3))))
    assert kept.bytes == 24 * 40 * (3 + 6)


def test_base64_carries_16_bits():
    picture = decode(deep_png(samples(3)))
    sent = decoder.decode_base64(encoder.encode_base64(picture))
    assert is_same(sent, samples(3))
    assert base64.b64decode(encoder.encode_base64(picture))[24] == 16


def test_part_keeps_alpha_and_depth():
    picture = decode(deep_png(samples(4)))
    part = picture.part(Box(2, 3, 10, 20))
    assert is_same(part, samples(4)[3:20, 2:10])
    assert part.alpha is not None
