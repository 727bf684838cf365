"""Every kind of file is read rightly, or refused by name with what to do."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from retouch.errors import BadInput, BadPicture, TooLarge
from retouch.image.codec import decoder, encoder, file_kinds, png
from retouch.image.codec.decoder import decode
from retouch.image.picture import MAX_PIXELS
from tests.files import chunk, deep_png, saved, tiff

PIXELS = np.random.default_rng(4).integers(0, 256, (40, 50, 3), np.uint8)


def box(brand: bytes, *others: bytes) -> bytes:
    """The first box of a file of the ISO base media format."""
    body = b"ftyp" + brand + bytes(4) + b"".join(others)
    return (len(body) + 4).to_bytes(4, "big") + body + bytes(40)


NAMED = {
    b"8BPS\0\1" + bytes(40): "Photoshop",
    b"v/1\1" + bytes(40): "OpenEXR",
    b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n": "Radiance",
    b"%PDF-1.7\n": "PDF",
    b"%!PS-Adobe-3.0": "PostScript",
    b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made --><svg width='4'/>": "SVG",
    b"<!DOCTYPE html><html></html>": "web page",
    b"PK\3\4" + bytes(30): "ZIP",
    b"gimp xcf v011": "GIMP",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"FUJIFILMCCD-RAW 0201": "raw camera",
    b"IIU\0\x08\0\0\0": "raw camera",
    b"II*\0\x10\0\0\0CR\2\0": "raw camera",
    box(b"crx ", b"isom"): "raw camera",
    box(b"isom", b"mp41"): "video",
    b"\x1a\x45\xdf\xa3webm": "video",
    b"P6 4 4 255\n" + bytes(48): "Netpbm",
}


@pytest.mark.parametrize("data", list(NAMED), ids=list(NAMED.values()))
def test_unsupported_file_kind_is_refused_by_name(data):
    with pytest.raises(BadPicture, match=NAMED[data]) as caught:
        decode(data, "image")
    assert caught.value.path == "image"
    assert caught.value.hint.endswith(".")


@pytest.mark.parametrize(
    ("data", "name", "package"),
    [
        (box(b"avif", b"mif1"), "AVIF", "pillow-avif-plugin"),
        (box(b"mif1", b"avif"), "AVIF", "pillow-avif-plugin"),
        (box(b"heic", b"mif1"), "HEIC", "pillow-heif"),
        (box(b"mif1", b"heic"), "HEIC", "pillow-heif"),
        (b"\xff\x0a" + bytes(9), "JPEG XL", "pillow-jxl-plugin"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", "pillow-jxl-plugin"),
    ],
)
def test_unread_kind_names_the_pil_extension_that_reads_it(monkeypatch, data, name, package):
    monkeypatch.setattr(file_kinds, "_REGISTER", {})
    monkeypatch.setattr(
        Image, "OPEN", {k: v for k, v in Image.OPEN.items() if k not in ("AVIF", "HEIF", "JXL")}
    )
    monkeypatch.setattr(Image, "init", lambda: False)
    with pytest.raises(BadPicture, match=name) as caught:
        decode(data)
    assert package in caught.value.hint


class _Painted(ImageFile.ImageFile):
    """A reader of one red pixel, as an extension would register it."""

    format = "HEIF"

    def _open(self) -> None:
        self._size, self._mode = (1, 1), "RGB"
        self.info["bit_depth"] = 10
        self.tile = []

    def load(self) -> object:
        self.im = Image.new("RGB", (1, 1), (255, 0, 0)).im
        return Image.Image.load(self)

    @property
    def mode(self) -> str:
        return "RGB"

    @mode.setter
    def mode(self, value: str) -> None:
        """Of an older PIL."""


def test_installed_pil_extension_is_used(monkeypatch):
    monkeypatch.setattr(
        Image, "OPEN", {**Image.OPEN, "HEIF": (_Painted, lambda head: head[4:12] == b"ftypheic")}
    )
    monkeypatch.setattr(Image, "ID", [*Image.ID, "HEIF"])
    picture = decode(box(b"heic"))
    assert picture.pixels.tolist() == [[[255, 0, 0]]]
    assert any("10 bits" in note for note in picture.baggage.notes)


@pytest.mark.parametrize(
    ("tags", "kind", "why"),
    [
        ({}, np.int16, "signed"),
        ({}, np.uint32, "32 bits"),
        ({}, np.complex64, "complex"),
        ({"t262": 5}, np.uint16, "another colour model"),
        ({"t262": 9}, np.uint8, "ICC Lab"),
        ({"t262": 34892}, np.uint16, "raw camera"),
        ({"t262": 32803}, np.uint16, "raw camera"),
        ({"t50706": b"\1\4\0\0"}, np.uint8, "raw camera"),
        ({"t254": 1, "t330": 8}, np.uint8, "preview"),
        ({"t258": (12, 12, 12)}, np.uint16, "12 bits"),
        ({"t258": (5, 6, 5)}, np.uint8, "5, 6, 5 bits"),
        ({"t277": 5, "t258": (8,) * 5}, np.uint8, "5 channels"),
        ({"t259": 6}, np.uint8, "few programs"),
    ],
)
def test_unsupported_tiff_is_refused_with_its_property(tags, kind, why):
    with pytest.raises(BadPicture, match=why) as caught:
        decode(tiff(np.ones((6, 5, 3), kind), **tags))
    assert caught.value.hint


def test_tiff_header_with_too_many_pixels_is_refused_before_decoding():
    data = tiff(np.zeros((6, 5, 3), np.uint16), t256=30_000, t257=30_000)
    with pytest.raises(TooLarge, match="pixels"):
        decode(data)


def test_16_bits_of_too_many_pixels_are_refused_before_they_are_read():
    data = tiff(np.zeros((6, 5, 3), np.uint16), t256=10_000, t257=10_000)
    with pytest.raises(TooLarge, match="6 bytes a pixel"):
        decode(data)


def test_byte_limit_admits_the_largest_file_that_can_be_written():
    assert decoder.MAX_SAMPLES * 1.01 + png.MAX_BAGGAGE < decoder.MAX_BYTES
    assert decoder.MAX_SAMPLES >= 4 * MAX_PIXELS


@pytest.mark.parametrize("bits", [12, 16])
def test_a_jpeg_of_another_depth_is_refused_by_name(bits):
    data = bytearray(saved(Image.fromarray(PIXELS), "JPEG"))
    data[data.index(b"\xff\xc0") + 4] = bits
    with pytest.raises(BadPicture, match=f"{bits} bits a channel"):
        decode(bytes(data))


def test_a_lossless_jpeg_is_refused_by_name():
    data = saved(Image.fromarray(PIXELS), "JPEG").replace(b"\xff\xc0", b"\xff\xc3")
    with pytest.raises(BadPicture, match="lossless JPEG"):
        decode(data)


@pytest.mark.parametrize(
    ("kind", "what"), [("GIF", "frames"), ("WEBP", "frames"), ("PNG", "frames"), ("TIFF", "pages")]
)
def test_only_the_first_frame_is_used_with_a_note(kind, what):
    frames = [Image.new("RGB", (20, 20), (colour, 0, 90)) for colour in (10, 120, 250)]
    picture = decode(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert f"It has 3 {what}: only the first is used." in picture.baggage.notes
    assert abs(int(picture.pixels[0, 0, 0]) - 10) < 4


def test_an_interlaced_png_is_read():
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG", interlace=1)
    assert np.array_equal(decode(out.getvalue()).pixels, PIXELS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_file_that_is_cut_off_is_refused(kind):
    data = saved(Image.fromarray(PIXELS), kind)
    with pytest.raises(BadPicture):
        decode(data[: len(data) * 2 // 3])


WHOLE = {
    kind: saved(Image.fromarray(PIXELS), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
} | {
    "deep PNG": deep_png(PIXELS.astype(np.uint16) * 257, chunk(b"tEXt", b"a\0b")),
    "deep TIFF": tiff(PIXELS.astype(np.uint16) * 257, t274=6),
    "float TIFF": tiff(PIXELS.astype(np.float32) / 255),
}


@given(
    st.sampled_from(list(WHOLE)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
    st.floats(0.02, 1),
)
def test_damaged_file_is_decoded_or_refused_as_bad_input(kind, changes, share):
    """Whatever is wrong with it, no foreign error comes through, and what is read can be written."""
    data = bytearray(WHOLE[kind])
    for place, value in changes:
        data[int(place * min(len(data) - 1, 400))] = value
    with contextlib.suppress(BadInput):
        picture = decode(bytes(data[: int(len(data) * share)]))
        assert decoder.decode(encoder.encode(picture)) == picture
