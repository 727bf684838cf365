"""What a picture file holds survives the page: its numbers, its alpha, and what it carries besides."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import expect

from retouch.image import picture as image_picture
from retouch.image.codec import decoder
from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS, Editor

SIZE = (120, 90)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
WIDE = PROFILE[:16] + b"RGB " + PROFILE[20:]
"""A profile of no known space: whoever manages colours by it, or drops it, is found out."""
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>für</a></x:xmpmeta>'


def colours(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], channels)).astype(np.uint8)


def camera(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera", orientation
    return exif


def texts() -> PngInfo:
    info = PngInfo()
    info.add_text("parameters", "a disc\nSteps: 20, Sampler: Euler, Seed: 7")
    info.add_itxt("Title", "Grüße 日本")
    info.add_text("workflow", "{" + "1" * 5000 + "}", zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP)
    return info


def file(kind: str, pixels: np.ndarray | Image.Image, **how: Any) -> bytes:
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(out, kind, **how)
    return out.getvalue()


def deep() -> bytes:
    """16 bits a sample, RGB, which PIL does not write."""
    import struct
    import zlib

    samples = np.random.default_rng(1).integers(0, 65536, (SIZE[1], SIZE[0], 3)).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    made = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", *SIZE, 16, 2, 0, 0, 0)
    for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        made += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return made


def palette() -> Image.Image:
    image = Image.fromarray(colours()).quantize(32)
    image.info["transparency"] = bytes(range(0, 256, 8))
    return image


def animated() -> bytes:
    frames = [Image.fromarray(colours()), Image.fromarray(255 - colours())]
    return file("PNG", frames[0], save_all=True, append_images=frames[1:])


GREY = Image.fromarray(colours(1)[..., 0])
FILES: dict[str, Callable[[], bytes]] = {
    "plain.png": lambda: file("PNG", colours(), icc_profile=WIDE, dpi=(300, 300)),
    "told.png": lambda: file("PNG", colours(), icc_profile=WIDE, exif=camera(), pnginfo=texts()),
    "turned.png": lambda: file("PNG", colours(), icc_profile=WIDE, exif=camera(6)),
    "clear.png": lambda: file("PNG", colours(4), icc_profile=WIDE),
    "clear-turned.png": lambda: file("PNG", colours(4), exif=camera(8)),
    "palette.png": lambda: file("PNG", palette()),
    "grey.png": lambda: file("PNG", GREY, pnginfo=texts()),
    "bits.png": lambda: file("PNG", GREY.convert("1")),
    "grey-alpha.png": lambda: file("PNG", Image.merge("LA", [GREY, ImageOps.invert(GREY)])),
    "deep.png": deep,
    "deep-grey.png": lambda: file("PNG", Image.fromarray(np.arange(10800, dtype=np.uint16).reshape(90, 120))),
    "moving.png": animated,
    "photo.jpg": lambda: file("JPEG", colours(), icc_profile=WIDE, exif=camera(), quality=80),
    "turned.jpg": lambda: file("JPEG", colours(), icc_profile=WIDE, exif=camera(5), quality=80),
    "clear.webp": lambda: file(
        "WEBP", colours(4), lossless=True, exact=True, icc_profile=WIDE, exif=camera()
    ),
    "lossy.webp": lambda: file("WEBP", colours(), quality=60, icc_profile=WIDE),
    "grey.jpg": lambda: file("JPEG", GREY, icc_profile=PROFILE[:16] + b"GRAY" + PROFILE[20:]),
    "grey-alpha-profile.png": lambda: file(
        "PNG",
        Image.merge("LA", [GREY, ImageOps.invert(GREY)]),
        icc_profile=PROFILE[:16] + b"GRAY" + PROFILE[20:],
    ),
    "scan.tif": lambda: file("TIFF", colours(), icc_profile=WIDE),
}


def opened(editor: Editor, folder: Path, name: str, content: bytes) -> image_picture.Picture:
    """The file on the page, and as the server reads it."""
    (folder / name).write_bytes(content)
    editor.open(folder / name)
    return decoder.decode(content)


def saved(editor: Editor) -> tuple[image_picture.Picture, dict[str, Any]]:
    """The file that Save gives, and what PIL says of it."""
    with editor.page.expect_download() as download:
        editor["save"].click()
    content = Path(download.value.path()).read_bytes()
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return decoder.decode(content), dict(image.info)


def losses(now: image_picture.Picture, was: image_picture.Picture) -> list[str]:
    """What differs: pixels also where they are transparent, and all that the server would keep."""
    alphas = [
        one.alpha if one.alpha is not None else np.full(one.pixels.shape[:2], 255) for one in (now, was)
    ]
    checks = {
        "pixels": np.array_equal(now.pixels, was.pixels),
        "alpha": np.array_equal(*alphas),
        **{
            name: getattr(now.baggage, name) == getattr(was.baggage, name) for name in ("icc", "exif", "text")
        },
    }
    return [name for name, same in checks.items() if not same]


def test_a_file_opened_and_saved_loses_nothing(session, tmp_path):
    editor = session()
    lost = {}
    for name, content in FILES.items():
        was = opened(editor, tmp_path, name, content())
        lost[name] = losses(saved(editor)[0], was)
    assert lost == {name: [] for name in FILES}


@pytest.mark.parametrize("name", ["told.png", "clear.webp"])
def test_metadata_survives_painting_a_reload_and_a_history_file(session, tmp_path, name):
    editor = session()
    was = opened(editor, tmp_path, name, FILES[name]())
    editor["tool-brush"].click()
    editor.drag((40, 40), (60, 45))
    editor.press("fill")
    editor.offered(2)
    editor["keep"].click()
    editor.page.wait_for_timeout(1500)
    editor.page.reload()
    expect(editor["step"]).to_have_count(1, timeout=WAIT_MS)
    editor["save-as"].click()
    with editor.page.expect_download() as download:
        editor["save-history"].click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    editor.open(path)
    now, _ = saved(editor)
    assert (now.baggage.icc, now.baggage.exif) == (was.baggage.icc, was.baggage.exif)
    texts_now, texts_then = dict(now.baggage.text), dict(was.baggage.text)
    said = texts_now.pop("parameters")
    before = texts_then.pop("parameters", "")
    assert texts_now == texts_then
    assert before.split("\n")[0] in said
    assert "Retouch" in said
    changed = (now.pixels != was.pixels).any(2)
    assert changed.any()
    assert not changed[:, 100:].any()


def test_infotext_and_profile_are_sent_to_the_server(session, server, tmp_path):
    editor = session()
    was = opened(editor, tmp_path, "told.png", FILES["told.png"]())
    for _ in range(2):  # the second is upon a step
        editor["tool-brush"].click()
        editor.drag((40, 40), (60, 45))
        editor.press("fill")
        editor.offered(2)
        editor["keep"].click()
    first, second = (call.picture.baggage for call in server.backend.painted)
    assert first == was.baggage
    assert (second.icc, second.exif) == (was.baggage.icc, was.baggage.exif)
    assert dict(second.text)["parameters"].startswith("a disc\n")
    assert "Retouch" in dict(second.text)["parameters"]


def test_chunks_of_a_plain_png_are_kept_to_the_byte(session, tmp_path):
    editor = session()
    opened(editor, tmp_path, "plain.png", FILES["plain.png"]())
    assert round(saved(editor)[1]["dpi"][0]) == 300


def test_bit_depth_and_frames_lost_at_opening_are_reported(session, tmp_path):
    editor = session()
    for name, words in {"deep.png": "16 bits", "deep-grey.png": "16 bits", "moving.png": "frames"}.items():
        opened(editor, tmp_path, name, FILES[name]())
        told = editor["notices"].get_by_text(f"{name}: ")
        expect(told).to_contain_text(words, timeout=WAIT_MS)


def test_picture_opened_without_a_server_reports_the_lost_profile(session, tmp_path):
    editor = session()
    editor.page.route("**/retouch/v1/picture*", lambda route: route.abort())
    was = opened(editor, tmp_path, "turned.png", FILES["turned.png"]())
    expect(editor["notices"]).to_contain_text("without colour profile")
    assert np.array_equal(saved(editor)[0].pixels, was.pixels)


def test_picture_is_uploaded_once_as_its_original_file(editor, picture):
    editor.point(*DISC)
    assert len(editor.bodies("picture")) == 1
    assert decoder.decode_base64(editor.bodies("picture")[0]["image"]) == decoder.read(picture)
