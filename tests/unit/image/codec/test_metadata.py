"""What a file carries besides its samples: accepted, it goes through every writer and reader, or is told."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from retouch.errors import TooLarge
from retouch.image.codec import encoder, png
from retouch.image.codec import exif as exif_module
from retouch.image.codec.decoder import decode
from retouch.image.codec.encoder import encode, losses
from retouch.image.picture import Metadata, Picture
from tests.files import SRGB, XMP, chunk, deep_png, exif, saved, tiff

PIXELS = np.random.default_rng(7).integers(0, 256, (6, 9, 3), np.uint8)
GREY = np.repeat(PIXELS[..., :1], 3, 2)
ALPHA = np.random.default_rng(8).integers(0, 256, (6, 9), np.uint8)
GREY_PROFILE = SRGB[:16] + b"GRAY" + SRGB[20:]
HUGE = 1_500_000


def profile(size: int, model: bytes = b"RGB ") -> bytes:
    """An sRGB profile with padding that does not compress away."""
    padding = np.random.default_rng(size).bytes(max(size - len(SRGB), 0))
    return SRGB[:16] + model + SRGB[20:] + padding


def _upright(tags: bytes | None) -> bytes | None:
    """EXIF as a picture has it once it is read: upright, without the preview."""
    return exif_module.without_preview(exif_module.upright(tags))[0] if tags else None


profiles = st.sampled_from([0, 1, 3_000, 70_000, 2_000_000]).map(lambda n: profile(n) if n else None)
exifs = st.one_of(
    st.none(),
    st.builds(exif, st.integers(0, 8), st.sampled_from([b"", b"\xff\xd8 preview \xff\xd9"])),
    st.sampled_from([65_000, 65_400, 70_000]).map(lambda size: exif(0, b"", t37500=b"x" * size)),
).map(_upright)
keys = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=90)
values = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["x" * HUGE, "鼠" * (HUGE // 3), "a\0b", "line\r\nline\n", "é" * 70_000]),
)
texts = st.lists(st.tuples(keys, values), max_size=4).map(tuple)
xmps = st.sampled_from([None, XMP % 1, b"<x/>" + b" " * 100_000])
dpis = st.sampled_from([None, (72.0, 72.0), (300.0, 150.0), (0.01, 90_000.0)])
chunks = st.sampled_from([(), ((b"gAMA", b"\0\0\xb1\x8f"),), ((b"sRGB", b"\0"), (b"vpAg", b"\0" * 9))])
bags = st.builds(
    Metadata, icc=profiles, exif=exifs, text=texts, xmp=xmps, dpi=dpis, chunks=chunks, grey=st.booleans()
)
pictures = st.builds(
    Picture,
    st.sampled_from([PIXELS, GREY]),
    st.sampled_from([None, ALPHA]),
    bags,
    st.sampled_from([None, PIXELS.astype(np.uint16) * 257]),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(pictures, st.sampled_from(list(encoder.FORMATS)))
@example(Picture(PIXELS, baggage=Metadata(icc=profile(2_000_000))), "PNG")
@example(Picture(PIXELS, baggage=Metadata(text=(("workflow", "x" * HUGE),))), "PNG")
@example(Picture(PIXELS, baggage=Metadata(icc=profile(255 * 65_519 + 1))), "JPEG")
@example(Picture(PIXELS, baggage=Metadata(text=(("Comment", "x" * 65_534),))), "JPEG")
def test_metadata_survives_a_round_trip_and_losses_are_reported(picture, kind):
    """All of it is there again, or the losses name it."""
    again, told = decode(encode(picture, kind)), " ".join(losses(picture, kind))
    bag, back = picture.baggage, again.baggage
    if kind != "JPEG":
        assert again == picture
        assert np.array_equal(again.alpha, picture.alpha)
    assert again.alpha is not None or picture.alpha is None or "transparency" in told
    assert again.deep is not None or picture.deep is None or "16 become 8" in told
    assert back.icc == bag.icc or "colour profile" in told
    assert back.exif == bag.exif or "EXIF" in told
    assert back.xmp == bag.xmp or "XMP" in told
    for key, value in bag.text:
        assert (key, value) in back.text or f"text {key!r}" in told or f"{key}" in told
    assert back.dpi is not None or bag.dpi is None or "pixels per inch" in told
    assert back.chunks == bag.chunks or all(name.decode() in told for name, _ in bag.chunks)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(pictures)
def test_second_round_trip_loses_no_further_metadata(picture):
    once = decode(encode(picture))
    twice = decode(encode(once))
    assert once.baggage == twice.baggage
    assert once == twice


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_exif_of_every_format_is_turned_upright_and_stays(orientation, kind):
    data = saved(Image.fromarray(PIXELS), kind, exif=exif(orientation))
    picture = decode(data)
    assert picture.size == ((9, 6) if orientation < 5 else (6, 9))
    for out in encoder.FORMATS:
        again = decode(encode(picture, out))
        assert again.size == picture.size
        tags = Image.Exif()
        tags.load(again.baggage.exif)
        assert tags[0x010F] == "Maker"
        assert tags.get(0x0112, 1) == 1
        assert tags.get_ifd(0x8825)[1] == "N"
        assert tags.get_ifd(0x8769)[0x9286].endswith(b"a comment")


def test_exif_changes_in_the_orientation_byte_only():
    """Notes of camera makers hold offsets into it."""
    before = exif(6)
    after = decode(saved(Image.fromarray(PIXELS), "JPEG", exif=before)).baggage.exif
    assert after is not None
    assert len(after) == len(before)
    assert sum(a != b for a, b in zip(after, before, strict=True)) == 1


def test_stale_exif_preview_is_blanked_with_a_note():
    preview = b"\xff\xd8 the removed face \xff\xd9"
    picture = decode(saved(Image.fromarray(PIXELS), "JPEG", exif=exif(1, preview)))
    assert any("preview" in said for said in losses(picture, "JPEG"))
    for kind in encoder.FORMATS:
        assert b"removed face" not in encode(picture, kind)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_xmp_survives_and_its_orientation_is_reset(kind):
    data = saved(Image.fromarray(PIXELS), "WEBP", lossless=True, xmp=XMP % 6)
    picture = decode(data)
    assert picture.size == (6, 9)
    assert decode(encode(picture, kind)).baggage.xmp == XMP % 1


def test_orientation_of_exif_comes_before_that_of_xmp():
    data = saved(Image.fromarray(PIXELS), "WEBP", lossless=True, xmp=XMP % 6, exif=exif(1))
    assert decode(data).size == (9, 6)


def test_pixels_per_inch_turn_with_the_picture():
    info = saved(Image.fromarray(PIXELS), "JPEG", dpi=(300, 150), exif=exif(6))
    picture = decode(info)
    assert picture.baggage.dpi == (150, 300)
    with Image.open(io.BytesIO(encode(picture, "PNG"))) as image:
        assert [round(one) for one in image.info["dpi"]] == [150, 300]


def test_jpeg_comment_survives_a_round_trip():
    picture = decode(saved(Image.fromarray(PIXELS), "JPEG", comment="Grüße"))
    assert ("Comment", "Grüße") in picture.baggage.text
    assert decode(encode(picture, "JPEG")).baggage.text == picture.baggage.text
    assert not any("text" in said for said in losses(picture, "JPEG"))


def test_several_texts_of_one_keyword_survive():
    info = PngImagePlugin.PngInfo()
    info.add_text("Note", "one")
    info.add_text("Note", "two")
    picture = decode(saved(Image.fromarray(PIXELS), pnginfo=info))
    assert decode(encode(picture, text={"parameters": "x"})).baggage.text == (
        ("Note", "one"),
        ("Note", "two"),
        ("parameters", "x"),
    )


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("value", ["x" * HUGE, "鼠" * HUGE])
def test_text_of_more_than_a_megabyte_is_read(zipped, value):
    info = PngImagePlugin.PngInfo()
    (info.add_text if value.isascii() else info.add_itxt)("workflow", value, zip=zipped)
    picture = decode(saved(Image.fromarray(PIXELS), pnginfo=info))
    assert dict(decode(encode(picture)).baggage.text) == {"workflow": value}


def test_decompression_bomb_in_a_text_chunk_is_refused():
    packed = zlib.compress(b"x" * (png.MAX_BAGGAGE + 1))
    data = deep_png(np.zeros((4, 4, 3), np.uint16), chunk(b"zTXt", b"a\0\0" + packed))
    with pytest.raises(TooLarge, match="carries"):
        decode(data)


@pytest.mark.parametrize("letters", ["é", "x"])
def test_longest_accepted_text_chunk_can_be_written_and_read(letters):
    """Latin-1 text of a PNG takes twice as many bytes where it is written in UTF-8."""
    size = (png.MAX_BAGGAGE - 1) // len(letters.encode())
    data = deep_png(np.zeros((4, 4, 3), np.uint16), chunk(b"tEXt", b"a\0" + letters.encode("latin-1") * size))
    picture = decode(data)
    assert decode(encode(picture)).baggage.text == picture.baggage.text
    with pytest.raises(TooLarge):
        decode(_longer(letters, size))


def _longer(letters: str, size: int) -> bytes:
    body = b"a\0" + letters.encode("latin-1") * (size + 1)
    return deep_png(np.zeros((4, 4, 3), np.uint16), chunk(b"tEXt", body))


def test_infotext_that_does_not_fit_is_reported_as_lost():
    full = Metadata(text=(("a", "x" * (png.MAX_BAGGAGE - 10)),))
    picture, text = Picture(PIXELS, baggage=full), {"parameters": "Steps: 20, Seed: 7"}
    assert any("'parameters'" in said for said in losses(picture, "PNG", text))
    assert decode(encode(picture, "PNG", text)).baggage.text == full.text


def test_text_chunks_over_the_limit_in_total_are_refused():
    many = chunk(b"tEXt", b"a\0" + b"x" * (png.MAX_BAGGAGE // 4))
    with pytest.raises(TooLarge):
        decode(deep_png(np.zeros((4, 4, 3), np.uint16), *[many] * 5))


def test_global_limits_of_pil_stay_unchanged():
    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY, Image.MAX_IMAGE_PIXELS
    decode(encode(Picture(PIXELS, baggage=Metadata(icc=profile(2_000_000)))))
    assert before == (PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY, Image.MAX_IMAGE_PIXELS)


def test_a_grey_file_stays_grey_with_its_profile():
    picture = decode(saved(Image.fromarray(PIXELS[..., 0]), "PNG", icc_profile=GREY_PROFILE))
    for kind, mode in (("PNG", "L"), ("JPEG", "L")):
        with Image.open(io.BytesIO(encode(picture, kind))) as image:
            assert image.mode == mode
            assert image.info["icc_profile"] == GREY_PROFILE


def test_grey_file_with_colours_is_written_as_rgb_with_a_note():
    grey = decode(saved(Image.fromarray(PIXELS[..., 0]), "PNG", icc_profile=GREY_PROFILE))
    painted = grey.with_pixels(PIXELS)
    assert any("written as RGB" in said for said in losses(painted))
    assert decode(encode(painted)).baggage.icc is None


@pytest.mark.parametrize(("mode", "said"), [("1", "1 bit"), ("P", "palette"), ("CMYK", "CMYK")])
def test_changed_pixel_format_is_reported(mode, said):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = decode(saved(Image.fromarray(PIXELS).convert(mode), kind))
    assert any(said in loss for loss in losses(picture))


def test_unsafe_chunks_are_dropped_and_reported():
    """As signatures of the pixels are: content credentials."""
    data = deep_png(np.zeros((4, 4, 3), np.uint16), chunk(b"caBX", b"signed"), chunk(b"vpAg", b"\0" * 9))
    picture = decode(data)
    assert any("caBX" in said for said in losses(picture))
    assert b"caBX" not in encode(picture)
    assert b"vpAg" in encode(picture)


def test_metadata_of_a_16_bit_tiff_is_read():
    found = np.zeros((6, 9, 3), np.uint16)
    picture = decode(tiff(found, t34675=SRGB, t700=XMP % 1, t270=b"A description\0"))
    assert picture.baggage.icc == SRGB
    assert picture.baggage.xmp == XMP % 1


def test_cmyk_file_is_read_by_its_profile_or_with_a_note():
    image = Image.fromarray(PIXELS).convert("CMYK")
    plain = decode(saved(image, "JPEG"))
    assert any("plain rule" in note for note in plain.baggage.notes)
    damaged = decode(saved(image, "JPEG", icc_profile=profile(0, b"CMYK")))
    assert any("plain rule" in note for note in damaged.baggage.notes)


def test_cielab_becomes_srgb():
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    colours = Image.fromarray(np.full((6, 9, 3), (200, 60, 90), np.uint8))
    image = ImageCms.applyTransform(colours, ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    assert np.abs(decode(saved(image, "TIFF")).pixels.astype(int) - (200, 60, 90)).max() <= 3


@pytest.mark.parametrize(
    ("marker", "start", "name"),
    [
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40), "extended XMP"),
        (0xEB, b"JP" + bytes(20), "content credentials"),
        (0xED, b"Photoshop 3.0\0" + bytes(20), "Photoshop and IPTC"),
    ],
)
def test_dropped_jpeg_blocks_are_reported(marker, start, name):
    segment = bytes([0xFF, marker]) + (len(start) + 2).to_bytes(2, "big") + start
    data = saved(Image.fromarray(PIXELS), "JPEG")
    picture = decode(data[:2] + segment + data[2:])
    assert any(name in said for said in losses(picture, "JPEG"))
    assert losses(decode(data), "JPEG") == ()
