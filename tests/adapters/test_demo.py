from __future__ import annotations

import re

import numpy as np
import pytest

from retouch import demo, raster
from retouch.demo import changed_outside, pixelated
from retouch.geometry import Box
from retouch.mask import Mask
from tests.stand import photo


def test_the_demo_repaints_two_faces_and_writes_a_report_that_stands_alone(tmp_path, capsys):
    words = ["--out", str(tmp_path / "out"), "--models-dir", str(tmp_path), "--device", "cpu"]
    assert demo.main([*words, "--offline"]) == 0
    said = capsys.readouterr().out
    assert "random weights" in said
    assert said.count("faces repainted 1, sampling calls 1") == 2
    for name in demo.photographs():
        before, after = (raster.read(tmp_path / "out" / f"{name}-{w}.png") for w in ("before", "after"))
        mask = raster.read(tmp_path / "out" / f"{name}-mask.png").pixels[..., 0]
        assert np.array_equal(before.pixels[mask == 0], after.pixels[mask == 0])
        assert not np.array_equal(before.pixels[mask == 255], after.pixels[mask == 255])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "random weights" in page
    sources = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert len(sources) == 2 * 4
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_a_damaged_face_is_blocks_and_the_rest_is_the_photograph():
    box = Box(40, 30, 140, 150)
    before, after = photo(), pixelated(photo(), [box])
    outside = np.ones((200, 240), bool)
    outside[box.slices] = False
    assert np.array_equal(before.pixels[outside], after.pixels[outside])
    colours = np.unique(after.pixels[box.slices].reshape(-1, 3), axis=0)
    assert len(colours) <= demo.BLOCKS * 24


def test_a_single_moved_pixel_outside_the_mask_is_counted():
    before = photo()
    mask = Mask.of_box(before.size, Box(0, 0, 10, 10))
    pixels = before.pixels.copy()
    pixels[5, 5] ^= 1
    assert changed_outside(before, before.with_pixels(pixels), mask) == 0
    pixels[50, 50, 2] ^= 1
    assert changed_outside(before, before.with_pixels(pixels), mask) == 1


def test_a_demo_that_finds_nothing_has_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "photographs", lambda: {"noise": photo})
    words = ["--out", str(tmp_path / "out"), "--models-dir", str(tmp_path), "--device", "cpu"]
    assert demo.main([*words, "--offline"]) == 1


def test_no_model_no_demo(tmp_path, capsys):
    painter = demo.Painter((), "")
    words = ["--out", str(tmp_path / "out"), "--models-dir", str(tmp_path), "--device", "cpu"]
    assert demo.main([*words, "--offline"], painter) == 2
    assert "no model to paint with" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["astronaut", "admiral"])
def test_the_photographs_are_here_without_a_network(name):
    assert min(demo.photographs()[name]().size) >= 500
