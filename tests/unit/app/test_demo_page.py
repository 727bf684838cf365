from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from retouch.app.demo_page import Shown, render_report
from tests.pages import HOSTILE_TEXTS, REPORT, assert_text_stays_text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures of the scene "face"."""
    out = tmp_path_factory.mktemp("demo")
    for what in ("before", "after", "truth", "mask", "plan"):
        (out / f"face-{what}.png").write_bytes(what.encode())
    return out


def report_with(text: str, folder: Path) -> str:
    """A report that has this text in every field but the name of the scene, which is a file's name."""
    scene = Shown("face", text, {text: 1234.5}, ({**REPORT, "label": text, "why": text},), (text,))
    return render_report([scene], folder, text)


@given(text=HOSTILE_TEXTS)
def test_text_in_any_field_stays_text(folder, text):
    assert_text_stays_text(lambda shown: report_with(shown, folder), text)


def test_report_has_five_pictures_of_a_scene_in_itself(folder):
    page = report_with("plain", folder)
    assert page.count('src="data:image/png;base64,') == 5
    assert "<h2>Face</h2>" in page
    assert "<b>1,234.5</b><span>plain</span>" in page
