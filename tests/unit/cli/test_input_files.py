from __future__ import annotations

import os
from pathlib import Path

import pytest

from retouch.cli.input_files import InputFile, photos
from retouch.errors import BadInput, Missing


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for name in ("a.png", "b.JPG", "notes.txt", "deep/a.png", "deep/c.tiff", "out/a.png"):
        path = tmp_path / "album" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "album"


def targets(found: tuple[InputFile, ...], out: Path) -> list[str]:
    return [photo.target.relative_to(out).as_posix() for photo in found]


def test_folder_is_searched_recursively_keeping_relative_paths(album):
    out = album / "out"
    found = photos([str(album)], out)
    assert targets(found, out) == ["a.png", "b.JPG", "deep/a.png", "deep/c.tiff.png"]


def test_overlays_and_masks_of_an_earlier_run_are_not_input(album):
    for name in ("a.png.regions.png", "b.JPG.mask-01.png", "deep/c.tiff.mask-100.png", "tax.regions.png"):
        (album / name).write_bytes(b"x")
    found = photos([str(album)], album, ".regions.png")
    assert [p.source.name for p in found] == ["a.png", "b.JPG", "a.png", "c.tiff", "a.png", "tax.regions.png"]


def test_plan_file_names_keep_the_extension_of_their_source(album, tmp_path):
    found = photos([str(album / "a.png"), str(album / "b.JPG")], tmp_path, ".plan.json")
    assert targets(found, tmp_path) == ["a.png.plan.json", "b.JPG.plan.json"]


def test_globs_files_and_folders_name_a_photograph_once(album, tmp_path):
    found = photos([str(album / "*.png"), str(album / "a.png"), str(album)], tmp_path / "new")
    assert [p.source.name for p in found] == ["a.png", "b.JPG", "a.png", "c.tiff", "a.png"]


@pytest.mark.parametrize("word", ["gone.png", "*.webp", "empty"])
def test_argument_that_names_no_file_is_refused(tmp_path, word):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Missing, match="names no photograph"):
        photos([str(tmp_path / word)], tmp_path / "out")


def test_a_photograph_is_never_written_over(album):
    with pytest.raises(BadInput, match="over the photograph"):
        photos([str(album / "a.png")], album)
    with pytest.raises(BadInput, match="over the photograph"):
        photos([str(album)], album)


def test_two_photographs_are_never_written_to_one_file(album, tmp_path):
    with pytest.raises(BadInput, match="would both be"):
        photos([str(album / "a.png"), str(album / "deep" / "a.png")], tmp_path / "new")


def test_file_is_done_if_its_result_exists_and_is_not_older(tmp_path):
    photo = InputFile(tmp_path / "a.png", tmp_path / "out.png")
    photo.source.write_bytes(b"x")
    assert not photo.done
    photo.target.write_bytes(b"y")
    os.utime(photo.source, ns=(10**18, 10**18))
    os.utime(photo.target, ns=(10**18, 10**18))
    assert photo.done
    os.utime(photo.source, ns=(10**18 + 1, 10**18 + 1))
    assert not photo.done
