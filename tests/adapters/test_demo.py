from __future__ import annotations

import re

import numpy as np
import pytest

from retouch.app import demo
from retouch.app.demo import changed_outside, pixelate
from retouch.app.sample_photos import SAMPLES
from retouch.engines import demo_model
from retouch.image.codec import decoder
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from tests.stand import photo

WORDS = ["--device", "cpu", "--offline"]


def run_demo(tmp_path, *more: str) -> int:
    return demo.main(["--out", str(tmp_path / "out"), "--models-dir", str(tmp_path), *WORDS, *more])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What one run of the demo wrote and said."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
        status = run_demo(folder)
    return status, "\n".join(said), folder / "out"


def test_demo_runs_every_scene_and_names_its_model(told):
    status, said, _ = told
    assert status == 0
    for scene in demo.SCENES:
        assert f"{scene().name}: " in said
    assert "seven photographs" in said


def test_demo_raises_the_psnr_of_every_scene(told):
    _, said, _ = told
    decibels = re.findall(r"dB PSNR before ([\d.]+), dB PSNR after ([\d.]+)", said)
    assert len(decibels) == len(demo.SCENES)
    assert all(float(after) > float(before) + 1 for before, after in decibels)


def test_demo_changes_no_pixel_outside_the_masks(told):
    _, _, out = told
    for scene in demo.SCENES:
        name = scene().name
        before, after = (decoder.read(out / f"{name}-{what}.png").pixels for what in ("before", "after"))
        mask = decoder.read(out / f"{name}-mask.png").pixels[..., 0]
        assert np.array_equal(before[mask == 0], after[mask == 0])
        assert not np.array_equal(before[mask == 255], after[mask == 255])


def test_demo_report_embeds_all_of_its_pictures(told):
    _, _, out = told
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "seven photographs" in page
    sources = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert len(sources) == 5 * len(demo.SCENES)
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_demo_with_noise_reports_random_weights(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(demo, "SCENES", (demo.removed_thing,))
    assert run_demo(tmp_path, "--demo-noise") == 0
    assert "random weights" in capsys.readouterr().out


def test_pixelate_changes_only_the_given_box():
    box = Box(40, 30, 140, 150)
    before, after = photo(), pixelate(photo(), [box], 20)
    outside = np.ones((200, 240), bool)
    outside[box.slices] = False
    assert np.array_equal(before.pixels[outside], after.pixels[outside])
    colours = np.unique(after.pixels[box.slices].reshape(-1, 3), axis=0)
    assert len(colours) <= 20 * 24


def test_changed_outside_counts_a_single_pixel_outside_the_mask():
    before = photo()
    mask = Mask.of_box(before.size, Box(0, 0, 10, 10))
    pixels = before.pixels.copy()
    pixels[5, 5] ^= 1
    assert changed_outside(before, before.with_pixels(pixels), mask) == 0
    pixels[50, 50, 2] ^= 1
    assert changed_outside(before, before.with_pixels(pixels), mask) == 1


def test_demo_without_detections_fails(tmp_path, monkeypatch):
    def empty():
        scene = demo.mended_face()
        return demo.Scene("nobody", "", photo(), photo(), "", scene.passes)

    monkeypatch.setattr(demo, "SCENES", (empty,))
    assert run_demo(tmp_path, "--demo-noise") == 1


def test_demo_without_a_model_fails_with_a_message(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(demo_model, "FOLDER", tmp_path)
    assert run_demo(tmp_path) == 2
    assert "no model to paint with" in capsys.readouterr().err


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_sample_photographs_are_bundled(one):
    assert min(one.picture.size) >= 300
    assert min(one.scaled(256).size) == 256
