import base64
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from retouch.errors import BadPicture, TooLarge
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.codec.decoder import decode, decode_base64, from_pil
from retouch.image.codec.encoder import encode
from retouch.image.geometry import Box, Size
from retouch.image.picture import MAX_PIXELS, Metadata, Picture
from tests.helpers import noise, sizes

SIZE = Size(7, 5)
PIXELS = noise(SIZE).pixels
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = {
    1: PIXELS,
    2: PIXELS[:, ::-1],
    3: PIXELS[::-1, ::-1],
    4: PIXELS[::-1],
    5: PIXELS.transpose(1, 0, 2),
    6: np.rot90(PIXELS, -1),
    7: PIXELS[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(PIXELS, 1),
}


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif_of(orientation: int | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    if orientation:
        exif[0x0112] = orientation
    return exif


def maker(exif: bytes | None) -> str | None:
    tags = Image.Exif()
    tags.load(exif)
    assert 0x0112 not in tags or tags[0x0112] == 1
    return tags.get(0x010F)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises a picture that is not there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@given(sizes(), st.sampled_from(["PNG", "WEBP"]))
def test_a_lossless_file_gives_the_same_pixels_back(size, kind):
    picture = noise(size)
    assert decode(encode(picture, kind)) == picture


def test_jpeg_keeps_full_colour_resolution():
    red = np.zeros((16, 16, 3), np.uint8)
    red[:, ::2] = (200, 30, 30)
    assert np.abs(decode(encode(Picture(red), "JPEG")).pixels.astype(int) - red).max() <= 8


def test_jpeg_round_trip_is_within_3_levels():
    picture = Picture(np.full((16, 16, 3), (200, 30, 90), np.uint8))
    assert np.abs(decode(encode(picture, "JPEG")).pixels.astype(int) - picture.pixels).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once_and_then_reset(orientation, kind):
    data = file_of(Image.fromarray(PIXELS), kind, exif=exif_of(orientation), **lossless(kind))
    picture = decode(data)
    assert np.array_equal(picture.pixels, TURNED[orientation])
    assert decode(encode(picture)) == picture
    if kind != "TIFF":
        assert maker(picture.baggage.exif) == "Maker"


def lossless(kind: str) -> dict[str, bool]:
    return {"lossless": True} if kind == "WEBP" else {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_from_a_phone_is_turned_upright(orientation):
    image = Image.new("RGB", (32, 16), "black")
    image.paste("white", (0, 0, 8, 8))
    corner = {1: (0, 0), 2: (0, 1), 3: (1, 1), 4: (1, 0), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}
    picture = decode(file_of(image, "JPEG", exif=exif_of(orientation)))
    assert picture.size == (Size(32, 16) if orientation < 5 else Size(16, 32))
    down, right = corner[orientation]
    assert picture.pixels[-1 if down else 0, -1 if right else 0].min() > 200
    assert picture.pixels[0 if down else -1, 0 if right else -1].max() < 50


def test_converting_a_pil_image_does_not_modify_it():
    image = Image.open(io.BytesIO(file_of(Image.fromarray(PIXELS), exif=exif_of(6))))
    from_pil(image)
    assert image.getexif()[0x0112] == 6
    assert image.size == SIZE


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_picture_with_damaged_exif_is_read():
    data = file_of(Image.fromarray(PIXELS), exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert np.array_equal(decode(data).pixels, PIXELS)


def rgba(alpha_low: int = 0) -> np.ndarray:
    random = np.random.default_rng(5)
    alpha = random.integers(alpha_low, 256, (SIZE.height, SIZE.width, 1), np.uint8)
    alpha[0, :4] = alpha_low
    return np.dstack([PIXELS, alpha])


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_alpha_and_the_colours_under_it_survive(kind):
    picture = decode(file_of(Image.fromarray(rgba())))
    again = decode(encode(picture, kind))
    for one in (picture, again):
        assert np.array_equal(one.pixels, PIXELS)
        assert np.array_equal(one.alpha, rgba()[..., 3])


def test_fully_opaque_alpha_is_dropped():
    assert decode(file_of(Image.fromarray(rgba(255)))).alpha is None


def test_grey_with_alpha_is_read_as_rgb_and_alpha():
    grey = np.dstack([PIXELS[..., 0], PIXELS[..., 1]])
    picture = decode(file_of(Image.fromarray(grey, "LA")))
    assert np.array_equal(picture.pixels, np.repeat(PIXELS[..., :1], 3, 2))
    assert np.array_equal(picture.alpha, PIXELS[..., 1])


def test_palette_with_a_transparent_entry_is_read_with_alpha():
    image = Image.new("P", (4, 1))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.putdata([0, 1, 2, 1])
    picture = decode(file_of(image, transparency=1))
    assert picture.pixels[0].tolist() == [[10, 20, 30], [40, 50, 60], [70, 80, 90], [40, 50, 60]]
    assert picture.alpha.tolist() == [[255, 0, 255, 0]]


def test_palette_without_transparency_is_read_without_alpha():
    image = Image.fromarray(PIXELS).quantize(8)
    picture = decode(file_of(image))
    assert np.array_equal(picture.pixels, np.asarray(image.convert("RGB")))
    assert picture.alpha is None


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_keep_their_high_byte(channels):
    random = np.random.default_rng(1)
    samples = random.integers(0, 65536, (SIZE.height, SIZE.width, channels), np.uint16)
    ok, data = cv2.imencode(".png", samples[..., ::-1] if channels == 3 else samples)
    assert ok
    order = {1: [0, 0, 0], 3: [0, 1, 2], 4: [2, 1, 0]}[channels]
    picture = decode(data.tobytes())
    assert np.array_equal(picture.pixels, (samples[..., order] >> 8).astype(np.uint8))
    if channels == 4:
        assert np.array_equal(picture.alpha, (samples[..., 3] >> 8).astype(np.uint8))


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "YCbCr"])
def test_other_colour_models_become_rgb(mode):
    image = Image.fromarray(PIXELS).resize((32, 32)).convert(mode)
    kind = "PNG" if mode in "1L" else "JPEG"
    picture = decode(file_of(image, kind, **({"quality": 100, "subsampling": 0} if kind == "JPEG" else {})))
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(picture.pixels - expected).mean() < 4
    assert picture.alpha is None


def test_picture_of_one_pixel_survives_a_round_trip():
    picture = decode(file_of(Image.new("RGB", (1, 1), (1, 2, 3))))
    assert picture.pixels.tolist() == [[[1, 2, 3]]]
    assert decode(encode(picture)) == picture


def test_first_of_many_frames_is_used_with_a_note():
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue", "lime")]
    picture = decode(file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (picture.pixels == (255, 0, 0)).all()
    assert picture.baggage.notes == ("It has 3 frames: only the first is used.",)
    assert decode(file_of(frames[0], "GIF")).baggage.notes == ()


def bad(data: bytes, hint: str = "Send PNG, JPEG or WebP.") -> str:
    with pytest.raises(BadPicture) as caught:
        decode(data, "pictures[2]")
    assert caught.value.path == "pictures[2]"
    assert caught.value.hint == hint
    return caught.value.what


def test_file_that_is_no_picture_is_refused_with_the_reason():
    assert "no bytes" in bad(b"")
    assert "cannot identify" in bad(b"hello, this is text and no picture at all")
    render = "Render it to a PNG at the size you need."
    assert "it is SVG" in bad(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', render)
    assert "it is SVG" in bad(b"  <SVG width='4'></SVG>", render)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_file_is_refused(kind):
    data = file_of(Image.fromarray(noise(Size(80, 80)).pixels), kind)
    assert "not a readable picture" in bad(data[: len(data) // 2])


def test_a_format_that_runs_another_program_is_refused():
    render = "Render it to a PNG at the size you need."
    assert "PostScript" in bad(file_of(Image.fromarray(PIXELS), "EPS"), render)


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (12_000, 10_001), (2**31 - 1, 2**31 - 1)])
def test_decoder_refuses_header_with_too_many_pixels_before_decoding(width, height):
    with pytest.raises(TooLarge) as caught:
        decode(png_claiming(width, height))
    assert caught.value.path == "image"
    assert str(MAX_PIXELS) in caught.value.hint


def test_file_over_the_byte_limit_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(decoder, "MAX_BYTES", 10)
    with pytest.raises(TooLarge, match="11 bytes"):
        decode(b"x" * 11)
    with pytest.raises(TooLarge, match="too many"):
        decode_base64("A" * 100)


def loaded() -> Picture:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20")
    info.add_itxt("Title", "Mäuse 鼠")
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>")
    return decode(file_of(Image.fromarray(PIXELS), pnginfo=info, icc_profile=SRGB, exif=exif_of()))


def test_text_profile_and_exif_survive_decoding_and_encoding():
    picture = loaded()
    again = decode(encode(picture))
    for one in (picture, again):
        assert dict(one.baggage.text) == {
            "parameters": "a cat\nSteps: 20",
            "Title": "Mäuse 鼠",
        }
        assert one.baggage.xmp == b"<x:xmpmeta/>"
        assert one.baggage.icc == SRGB
        assert maker(one.baggage.exif) == "Maker"
    assert again.baggage == picture.baggage


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_profile_and_exif_survive_other_formats(kind):
    bag = decode(encode(loaded(), kind)).baggage
    assert bag.icc == SRGB
    assert maker(bag.exif) == "Maker"


def test_xmp_is_written_to_an_itxt_chunk():
    assert b"iTXtXML:com.adobe.xmp" in encode(loaded())


def test_encoder_adds_and_replaces_text_chunks():
    text = dict(decode(encode(loaded(), text={"parameters": "new", "Other": "x"})).baggage.text)
    assert (text["parameters"], text["Other"], text["Title"]) == ("new", "x", "Mäuse 鼠")


def test_text_that_png_cannot_name_is_left_out():
    text = {"": "a", "k" * 80: "b", "名": "c", "näme": "d", "fine": "e"}
    assert dict(decode(encode(noise(SIZE), text=text)).baggage.text) == {"näme": "d", "fine": "e"}
    assert sum("cannot hold the text" in said for said in encoder.losses(noise(SIZE), "PNG", text)) == 3


def test_picture_with_exif_too_long_for_jpeg_is_written():
    exif = exif_of()
    exif[0x9286] = b"x" * 70_000
    picture = Picture(PIXELS, baggage=Metadata(exif=exif.tobytes()))
    assert decode(encode(picture, "JPEG")).size == SIZE
    assert maker(decode(encode(picture, "PNG")).baggage.exif) == "Maker"


def test_profile_that_is_not_rgb_is_dropped_with_a_note():
    cmyk = SRGB[:16] + b"CMYK" + SRGB[20:]
    bag = decode(file_of(Image.new("CMYK", (8, 8)), "JPEG", icc_profile=cmyk)).baggage
    assert bag.icc is None
    assert any("profile" in note for note in bag.notes)


@pytest.mark.parametrize(("kind", "width"), [("WEBP", 16_384), ("JPEG", 65_536)])
def test_a_picture_too_long_for_the_format_is_refused_with_another(kind, width):
    long = Picture(np.zeros((1, width, 3), np.uint8))
    with pytest.raises(BadPicture, match=r"too long.*Use PNG"):
        encode(long, kind)
    assert decode(encode(long)).size == long.size


def test_base64_and_data_uris_are_read():
    data = encode(noise(SIZE))
    plain = base64.b64encode(data).decode()
    wrapped = base64.encodebytes(data).decode()
    for text in (plain, wrapped, "data:image/png;base64," + plain):
        assert decode_base64(text) == noise(SIZE)
    assert decode_base64(encoder.encode_base64(noise(SIZE))) == noise(SIZE)


@pytest.mark.parametrize("text", ["/etc/passwd", "http://example.org/a.png", "C:\\x.png", "nö", "abc"])
def test_paths_and_urls_are_refused(text):
    with pytest.raises(BadPicture) as caught:
        decode_base64(text, "image")
    assert caught.value.path == "image"


@pytest.mark.parametrize("suffix", ["png", "webp", "PNG"])
def test_a_written_file_is_read_back(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    encoder.write(noise(SIZE), path, {"parameters": "x"})
    assert decoder.read(path) == noise(SIZE)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_unknown_file_ending_is_refused_without_writing_a_file(tmp_path):
    with pytest.raises(BadPicture, match=r"Use \.png"):
        encoder.write(noise(SIZE), tmp_path / "a.bmp")
    assert list(tmp_path.iterdir()) == []


def test_missing_file_is_named_in_the_error(tmp_path):
    with pytest.raises(BadPicture, match=r"none\.png"):
        decoder.read(tmp_path / "none.png")


def test_mask_is_encoded_with_one_channel():
    image = Image.open(io.BytesIO(mask_layers.encode_gray(PIXELS[..., 0])))
    assert image.mode == "L"
    assert np.array_equal(np.asarray(image), PIXELS[..., 0])


def test_picture_copies_its_pixels_and_is_read_only():
    source = PIXELS.copy()
    picture = Picture(source)
    source[:] = 0
    assert np.array_equal(picture.pixels, PIXELS)
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0] = 1
    assert not picture.crop(Box(1, 1, 3, 3)).pixels.flags.writeable


def test_pictures_are_equal_by_their_colours():
    assert Picture(PIXELS) == Picture(PIXELS.copy())
    assert hash(Picture(PIXELS)) == hash(Picture(PIXELS.copy()))
    assert Picture(PIXELS) != Picture(PIXELS[::-1].copy())
    assert Picture(PIXELS).digest != Picture(PIXELS.reshape(SIZE.width, SIZE.height, 3)).digest


def test_crop_beyond_the_picture_is_refused():
    with pytest.raises(ValueError, match="does not lie within"):
        noise(SIZE).crop(Box(0, 0, 8, 5))


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((3, 3), np.uint8), None),
        (np.zeros((3, 3, 4), np.uint8), None),
        (np.zeros((3, 3, 3), np.float32), None),
        (np.zeros((0, 3, 3), np.uint8), None),
        (np.zeros((3, 3, 3), np.uint8), np.zeros((3, 4), np.uint8)),
        (np.zeros((3, 3, 3), np.uint8), np.zeros((3, 3, 1), np.uint8)),
    ],
)
def test_array_that_is_no_picture_is_refused(pixels, alpha):
    with pytest.raises(ValueError, match=r"needs non-empty|does not fit"):
        Picture(pixels, alpha)


def test_replacing_pixels_keeps_alpha_and_metadata_at_equal_size():
    picture = Picture(PIXELS, rgba()[..., 3], Metadata(icc=SRGB))
    same = picture.with_pixels(PIXELS[::-1].copy())
    assert np.array_equal(same.alpha, picture.alpha)
    assert same.baggage == picture.baggage
    assert picture.with_pixels(noise(Size(9, 9)).pixels).alpha is None
    assert picture.pil().mode == "RGBA"
    assert Picture(PIXELS).pil().mode == "RGB"


def test_decoder_ignores_a_replaced_pil_open(monkeypatch):
    """As ultralytics replaces it for the whole process."""
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("PIL's own was not used"))
    assert decode(file_of(Image.fromarray(PIXELS), "PNG")).size == Size(7, 5)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_for_a_custom_reader(orientation, kind):
    data = file_of(Image.fromarray(PIXELS), kind, exif=exif_of(orientation), **lossless(kind))
    found = decoder.convert(data, lambda image: np.asarray(decoder.upright(image)))
    assert np.array_equal(found, TURNED[orientation])
