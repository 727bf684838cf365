"""`python -m retouch run`: a folder through a recipe, and the page of before and after."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.cli import command
from retouch.cli.remote import Unreachable
from retouch.image.codec import decoder, encoder
from tests.stand import BOX, Stand, photo

FACES = {"name": "Faces <b>", "passes": [{"target": {"models": ["face"]}}]}
"""A recipe without the gate, which would revert the fake engine's flat colours."""


def run(*words: object, stand: Stand | None = None, door=None) -> int:
    return command.main([str(word) for word in words], door or ApiService(stand or Stand()))


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    path = tmp_path / "faces.json"
    path.write_text(json.dumps(FACES))
    return path


def page_of(out: Path) -> str:
    return (out / "index.html").read_text()


def shown_by(out: Path) -> list[Path]:
    """The files that the summary shows, or leads to."""
    named = re.findall(r'(?:src|href)="([^"]+)"', page_of(out))
    return [out / unquote(html.unescape(name)) for name in named]


def test_run_fixes_a_folder_and_writes_a_page_of_before_and_after(album, faces, tmp_path, capsys):
    (album / "sub").mkdir()
    (album / "b.jpg").rename(album / "sub" / "a b#1%.jpg")
    (album / "d.png").write_bytes(b"not a picture")
    out = tmp_path / "out"
    assert run("run", faces, album, "-o", out, "--seed", 7) == 1
    assert f"Before and after: {out / 'index.html'}" in capsys.readouterr().err
    page = page_of(out)
    assert "Faces &lt;b&gt;" in page
    assert "d.png</b> image: not a readable picture" in page
    assert page.count("Regions: 1 kept. Seed 7.") == 3
    assert len(shown_by(out)) == 9
    assert all(path.is_file() for path in shown_by(out))
    before, after, result = shown_by(out)[-3:]
    assert (before.name, result.name) == ("a b#1%.jpg.before.jpg", "a b#1%.jpg")
    pictures = [decoder.read(path).pixels.astype(int) for path in (before, after)]
    moved = np.abs(pictures[0] - pictures[1]).max(2) > 40
    assert moved[BOX.slices].mean() > 0.5
    assert not moved[150:].any()


def test_run_takes_a_recipe_by_name_and_prints_it_in_full(album, tmp_path):
    stand, out = Stand(), tmp_path / "out"
    assert run("run", "face polish", album / "a.png", "-o", out, stand=stand) == 0
    page = page_of(out)
    assert "<h1>Face polish</h1>" in page
    assert '"passes"' in html.unescape(page)
    assert "reverted" in page, "the gate of a built-in recipe does not let the fake engine pass"
    assert (out / "a.png").read_bytes() == (album / "a.png").read_bytes()


@pytest.mark.parametrize("absent", ["refuse", "skip"])
def test_missing_detector_is_reported_once_for_all_files(album, tmp_path, capsys, absent):
    foot = {"target": {"models": ["foot"]}, "if_missing": absent}
    recipe, stand = tmp_path / "lacking.json", Stand()
    recipe.write_text(json.dumps({"name": "Lacking", "passes": [*FACES["passes"], foot]}))
    status = run("run", recipe, album, "-o", tmp_path / "out", stand=stand)
    said = capsys.readouterr().err
    if absent == "refuse":
        assert (status, stand.jobs, said.count("'foot'")) == (2, [], 1)
    else:
        assert (status, stand.jobs) == (0, ["fix"] * 3)
        assert said.count("Pass 2 is skipped") == 2, "of the first, and of how many in the end"
        assert "of 3 photographs: Pass 2 is skipped" in said


def test_second_run_fixes_failed_files_and_summarizes_both_runs(album, faces, tmp_path):
    out, stand = tmp_path / "out", Stand()
    (album / "b.jpg").write_bytes(b"not a picture")
    assert run("run", faces, album, "-o", out, "--seed", 7, stand=stand) == 1
    encoder.write(photo(seed=5), album / "b.jpg")
    stand.jobs.clear()
    assert run("run", faces, album, "-o", out, "--seed", 8, stand=stand) == 0
    assert stand.jobs == ["fix"]
    assert (page_of(out).count("Seed 7"), page_of(out).count("Seed 8")) == (2, 1)
    assert "not a readable picture" not in page_of(out)
    assert run("run", faces, album, "-o", out, "--seed", 9, "--force", stand=stand) == 0
    assert page_of(out).count("Seed 9") == 3


def test_results_of_another_recipe_or_verb_stay_and_are_reported(album, faces, tmp_path):
    out, stand = tmp_path / "out", Stand()
    assert run("fix", album / "a.png", "--target", "face", "-o", out, stand=stand) == 0
    assert run("run", faces, album / "a.png", "-o", out, stand=stand) == 0
    assert "nothing is known of how" in page_of(out)
    assert all(path.is_file() for path in shown_by(out))
    assert run("run", faces, album / "b.jpg", "-o", out, stand=stand) == 0
    assert run("run", "Crowd", album / "b.jpg", "-o", out, stand=stand) == 0
    assert "by another recipe, &#39;Faces &lt;b&gt;&#39;" in page_of(out)
    faces.write_text(json.dumps({**FACES, "passes": [{**FACES["passes"][0], "steps": 9}]}))
    assert run("run", faces, album / "b.jpg", "-o", out, stand=stand) == 0
    assert "with other passes. --force does it again" in page_of(out)
    assert stand.jobs == ["fix"] * 2


def test_damaged_records_of_an_earlier_run_do_not_fail_the_next(album, faces, tmp_path):
    out = tmp_path / "out"
    assert run("run", faces, album / "a.png", "-o", out) == 0
    known = b'{"entry": {"name": "a.png", "reports": []}, "recipe": 1}'
    for damage in (b"{", b"[]", b'{"entry": {"nme": 1}, "recipe": {}}', known):
        (out / "index.files" / "a.png.json").write_bytes(damage)
        assert run("run", faces, album / "a.png", "-o", out) == 0, damage
        assert "nothing is known of how" in page_of(out), damage


def test_ctrl_c_keeps_finished_files_and_marks_the_page_interrupted(album, faces, tmp_path):
    stand, out = Stand(), tmp_path / "out"

    def press(jobs):
        if len(stand.engine.calls) == 1:
            raise KeyboardInterrupt

    stand.engine.before_call = press
    assert run("run", faces, album, "-o", out, stand=stand) == 130
    page = page_of(out)
    assert "Interrupted. The same command goes on from here." in page
    assert [page.count(f'class="state {state}"') for state in ("done", "waiting")] == [1, 2]
    stand.engine.before_call = None
    assert run("run", faces, album, "-o", out, stand=stand) == 0
    assert "Interrupted" not in page_of(out)


def test_lost_server_leaves_a_summary_of_finished_files(album, faces, tmp_path):
    class Leaving(ApiService):
        def answer(self, verb, body):
            if stand.jobs:
                raise Unreachable("http://there does not answer.", hint="Is it running?")
            return super().answer(verb, body)

    stand, out = Stand(), tmp_path / "out"
    assert run("run", faces, album, "-o", out, door=Leaving(stand)) == 2
    assert "It could not go on: http://there does not answer." in page_of(out)
    assert page_of(out).count('class="state done"') == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Face polisch"], "RECIPE: no recipe is called 'Face polisch'. Did you mean 'Face polish'?"),
        (["gone.json"], "RECIPE: gone.json cannot be read"),
        (["Crowd", "--steps", "0"], "steps: 0 is out of bounds"),
    ],
)
def test_run_with_invalid_recipe_or_setting_writes_nothing(album, tmp_path, capsys, words, said):
    name, *rest = words
    assert run("run", name, album, *rest, "-o", tmp_path / "out") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_of_a_summary_are_not_input_of_a_later_run(album, faces, tmp_path):
    out = tmp_path / "out"
    assert run("run", faces, album, "-o", out) == 0
    assert run("run", faces, out, "-o", tmp_path / "again") == 0
    assert sorted(p.name for p in (tmp_path / "again").iterdir()) == [
        "a.png",
        "b.jpg",
        "c.webp",
        "index.files",
        "index.html",
    ]
