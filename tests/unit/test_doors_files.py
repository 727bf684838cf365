"""Files through the doors: the command line, REST, histories, batches. Depth stays, losses are told."""

from __future__ import annotations

import base64
import io
import json
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.cli.command import main
from retouch.image.codec import decoder, encoder
from retouch.image.codec.decoder import decode, decode_base64
from retouch.pipeline import history_file
from tests.files import SRGB, chunk, deep_png, exif, saved, tiff
from tests.stand import BOX, Stand, photo

FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}
"""Without the gate of the built-in recipes, which would revert the fake engine's flat colours."""
FINE = np.random.default_rng(2).integers(0, 256, (*photo().pixels.shape[:2], 3), np.uint16)
DEEP = photo().pixels.astype(np.uint16) * 256 + FINE


def service() -> ApiService:
    return ApiService(Stand())


def sent(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def run(*words: object) -> int:
    return main([str(word) for word in words], service())


def is_kept_outside(deep: np.ndarray | None, answer: dict) -> bool:
    """All 16 bits wherever no reported mask is, and something else somewhere."""
    assert deep is not None
    touched = np.zeros(deep.shape[:2], bool)
    for report in answer["reports"]:
        touched |= decode_base64(report["mask"]).pixels[..., 0] > 0
    changed = (deep[..., :3] != DEEP).any(-1)
    return bool(changed.any()) and not (changed & ~touched).any()


@pytest.mark.parametrize("data", [deep_png(DEEP), tiff(DEEP)], ids=["PNG", "TIFF"])
def test_rest_keeps_16_bits_outside_of_the_masks(data):
    answer = service().answer("fix", {"image": sent(data), "recipe": FACES, "return_masks": True})
    assert is_kept_outside(decode_base64(answer["image"]).deep, answer)
    assert not any("bits" in said for said in answer["warnings"])


def test_inpaint_keeps_16_bits_in_every_variation():
    mask = sent(encoder.encode_gray(np.pad(np.full((40, 40), 255, np.uint8), ((30, 130), (40, 160)))))
    body = {"image": sent(deep_png(DEEP)), "mask": mask, "variations": 2, "return_masks": True}
    answer = service().answer("inpaint", body)
    assert len(answer["images"]) == 2
    for image in answer["images"]:
        assert is_kept_outside(decode_base64(image).deep, answer)


def test_outpaint_keeps_16_bits_of_the_original():
    answer = service().answer(
        "outpaint", {"image": sent(deep_png(DEEP)), "right": 64, "stage_size": 64, "overlap": 16}
    )
    deep = decode_base64(answer["image"]).deep
    height, width = DEEP.shape[:2]
    assert deep is not None
    assert deep.shape == (height, width + 64, 3)
    assert np.array_equal(deep[:, : width - 64], DEEP[:, : width - 64])


def test_a_history_keeps_16_bits():
    where = service()
    fixed = where.answer("fix", {"image": sent(deep_png(DEEP)), "recipe": FACES, "return_history": True})
    answer = where.answer("history", {"history": fixed["history"], "revert": [1], "return_file": True})
    assert np.array_equal(decode_base64(answer["image"]).deep, DEEP)
    history, _ = history_file.read(base64.b64decode(answer["file"]))
    assert np.array_equal(history.picture.deep, DEEP)
    shown = service().answer("history", {"file": answer["file"], "restore": [1]})
    assert np.array_equal(decode_base64(shown["image"]).deep, decode_base64(fixed["image"]).deep)


def test_cached_picture_keeps_16_bits():
    where = service()
    name = where.answer("fix", {"image": sent(deep_png(DEEP)), "recipe": FACES})["image_id"]
    assert decode(where.file(name)).deep is not None


def test_a_batch_keeps_16_bits():
    where = service()
    body = {"recipe": FACES, "images": [{"name": "a.tif", "image": sent(tiff(DEEP))}]}
    job = where.batches.get(where.answer("batch", body)["job"])
    for _ in range(400):
        if not job.busy:
            break
        time.sleep(0.05)
    deep = decode(job.files.get("1.png")).deep
    assert deep is not None
    assert np.array_equal(deep[150:], DEEP[150:])
    assert not np.array_equal(deep[BOX.slices], DEEP[BOX.slices])


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_the_command_line_keeps_16_bits(tmp_path, name):
    (tmp_path / name).write_bytes(deep_png(DEEP) if name == "a.png" else tiff(DEEP))
    assert run("fix", tmp_path / name, "--target", "face", "-o", tmp_path / "out") == 0
    (made,) = (tmp_path / "out").iterdir()
    deep = decoder.read(made).deep
    assert deep is not None
    assert np.array_equal(deep[150:], DEEP[150:])
    assert cv2.imread(str(made), cv2.IMREAD_UNCHANGED).dtype == np.uint16


def stderr_of(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_command_line_history_warns_of_16_bits_lost_in_jpeg(tmp_path, capsys):
    (tmp_path / "a.png").write_bytes(deep_png(DEEP))
    assert run("fix", tmp_path / "a.png", "--target", "face", "-o", tmp_path / "out", "--history") == 0
    capsys.readouterr()
    out = tmp_path / "b.jpg"
    assert run("history", tmp_path / "out/a.png.retouch", "--revert", "1", "-o", out) == 0
    assert "16 become 8" in stderr_of(capsys)


def test_command_line_warns_of_metadata_that_jpeg_cannot_hold(tmp_path, capsys):
    image = Image.fromarray(photo().pixels)
    image.save(tmp_path / "a.jpg", exif=exif(1, b"\xff\xd8 preview \xff\xd9"))
    assert run("fix", tmp_path / "a.jpg", "--target", "face", "-o", tmp_path / "out", "--json") == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert any("no place for text (parameters)" in said for said in warnings)
    assert any("preview" in said for said in warnings)


def test_copied_file_warns_of_no_losses(tmp_path, capsys):
    Image.fromarray(photo().pixels).quantize(16).save(tmp_path / "a.png")
    words = ["fix", str(tmp_path / "a.png"), "-o", str(tmp_path / "out")]
    assert main(words, ApiService(Stand(boxes=()))) == 0
    assert "palette" not in stderr_of(capsys)
    assert (tmp_path / "out/a.png").read_bytes() == (tmp_path / "a.png").read_bytes()


def test_command_line_warns_of_ignored_frames(tmp_path, capsys):
    frames = [Image.fromarray(np.roll(photo().pixels, n, 0)) for n in range(3)]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    assert run("fix", tmp_path / "a.png", "--target", "face", "-o", tmp_path / "out") == 0
    assert "It has 3 frames: only the first is used." in stderr_of(capsys)


@pytest.mark.parametrize(
    "options",
    [
        {"icc_profile": SRGB + bytes(2_000_000)},
        {"comment": "x" * 65_000},
        {"exif": exif(6), "dpi": (300, 300)},
    ],
    ids=["profile", "comment", "exif"],
)
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_metadata_of_a_photograph_survives_a_fix(tmp_path, options, ending):
    options = {k: v for k, v in options.items() if ending == "jpg" or k != "comment"}
    source = tmp_path / f"a.{ending}"
    source.write_bytes(_carrying(ending, options))
    assert run("fix", source, "--target", "face", "-o", tmp_path / "out") == 0
    before, after = decoder.read(source).baggage, decoder.read(tmp_path / "out" / source.name).baggage
    assert (after.icc, after.exif) == (before.icc, before.exif)
    assert after.dpi == before.dpi
    assert set(before.text) <= set(after.text)


def _carrying(ending: str, options: dict) -> bytes:
    image = Image.fromarray(photo().pixels)
    return saved(image, "JPEG" if ending == "jpg" else "PNG", **options)


def test_text_chunk_over_a_megabyte_survives_fix_and_history():
    text = "x" * 1_500_000
    image = deep_png(DEEP, chunk(b"tEXt", b"workflow\0" + text.encode()))
    where = service()
    answer = where.answer("fix", {"image": sent(image), "recipe": FACES, "return_history": True})
    again = where.answer("fix", {"image": answer["image"], "recipe": FACES})
    assert dict(decode_base64(again["image"]).baggage.text)["workflow"] == text
    file = where.answer("history", {"history": answer["history"], "return_file": True})["file"]
    assert dict(history_file.read(base64.b64decode(file))[0].picture.baggage.text)["workflow"] == text


def test_preview_of_a_grey_profile_has_no_profile(tmp_path):
    from retouch.api.batches.entry import preview

    grey = SRGB[:16] + b"GRAY" + SRGB[20:]
    picture = decode(saved(Image.fromarray(photo().pixels[..., 0]), icc_profile=grey))
    with Image.open(io.BytesIO(preview(picture))) as image:
        assert image.info.get("icc_profile") is None


def test_unreadable_file_of_a_folder_is_named_and_others_are_fixed(tmp_path, capsys):
    album = tmp_path / "album"
    album.mkdir()
    Path(album / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(30))
    encoder.write(photo(), album / "b.png")
    assert run("fix", album, "--target", "face", "-o", tmp_path / "out") == 1
    assert "a.heic" in stderr_of(capsys)
    assert (tmp_path / "out/b.png").exists()
