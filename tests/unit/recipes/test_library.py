import dataclasses
import json
import threading
from pathlib import Path

import pytest

from retouch.errors import BadInput, Missing, RetouchError, TooLarge
from retouch.recipes import library
from retouch.recipes.library import RecipeLibrary, stem_of
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target

MINE = Recipe("Mein Rezept", "Für später.", (Pass(target=Target(models=("face",)), denoising_strength=0.3),))
OTHER = dataclasses.replace(MINE, description="Another one.")


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "deep" / "recipes"


def test_a_saved_recipe_is_found_by_name_and_is_a_plain_file(folder):
    assert RecipeLibrary(folder).save(MINE) == MINE
    assert library.recipe("mein rezept", folder) == MINE
    (path,) = folder.iterdir()
    assert path.name == "mein-rezept.json"
    said = json.loads(path.read_text("utf-8"))
    assert said["schema"] == SCHEMA
    assert said["description"] == "Für später."
    assert "\\u" not in path.read_text("utf-8")


def test_used_name_is_refused_and_the_recipe_stays(folder):
    one = RecipeLibrary(folder)
    one.save(MINE)
    with pytest.raises(BadInput, match=r"already.*`replace`") as caught:
        one.save(dataclasses.replace(OTHER, name="MEIN rezept"))
    assert caught.value.path == "recipe.name"
    assert library.recipe(MINE.name, folder) == MINE


def test_replace_writes_over_the_file_that_holds_the_name(folder):
    folder.mkdir(parents=True)
    (folder / "by-hand.json").write_text(library.pretty(MINE), "utf-8")
    RecipeLibrary(folder).save(OTHER, replace=True)
    assert [path.name for path in folder.iterdir()] == ["by-hand.json"]
    assert library.recipe(MINE.name, folder) == OTHER


def test_own_recipe_overrides_a_built_in_one_until_removed(folder):
    one, mine = RecipeLibrary(folder), dataclasses.replace(MINE, name="face polish")
    before = {path: path.read_bytes() for path in library.BUILT_IN.glob("*.json")}
    with pytest.raises(BadInput, match="'Face polish' is built in") as caught:
        one.save(mine)
    assert caught.value.path == "recipe.name"
    one.save(mine, replace=True)
    assert library.recipe("Face Polish", folder) == mine
    assert len(library.recipes(folder)) == len(library.recipes())
    assert one.remove("FACE polish") == library.recipe("Face polish")
    assert library.recipe("Face polish", folder).description != MINE.description
    assert {path: path.read_bytes() for path in library.BUILT_IN.glob("*.json")} == before


def test_built_in_and_unknown_recipes_cannot_be_removed(folder):
    one = RecipeLibrary(folder)
    one.save(MINE)
    with pytest.raises(BadInput, match="built in"):
        one.remove("Crowd")
    with pytest.raises(Missing, match="Did you mean 'Mein Rezept'"):
        one.remove("Mein Rezpt")
    assert one.remove(MINE.name) is None
    assert list(folder.iterdir()) == []


def test_recipes_with_colliding_file_names_get_numbered_files(folder):
    one = RecipeLibrary(folder)
    for name in ("A+B", "a b", "A/B"):
        one.save(dataclasses.replace(MINE, name=name))
    assert sorted(path.name for path in folder.iterdir()) == ["a-b-2.json", "a-b-3.json", "a-b.json"]
    assert {"A+B", "a b", "A/B"} <= set(library.recipes(folder))


def test_unreadable_recipe_file_is_never_overwritten(folder):
    folder.mkdir(parents=True)
    (folder / "mein-rezept.json").write_text("{ half", "utf-8")
    RecipeLibrary(folder).save(MINE, replace=True)
    assert (folder / "mein-rezept.json").read_text("utf-8") == "{ half"
    assert library.recipe(MINE.name, folder) == MINE
    assert "mein-rezept.json" in RecipeLibrary(folder).faults()[0]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Face polish", "face-polish"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "c-windows-x"),
        ("..", "recipe"),
        ("☃", "recipe"),
        ("NUL", "recipe-nul"),
        ("com1", "recipe-com1"),
        ("a\0b", "a-b"),
        ("Größe", "grösse"),
        ("x.json", "x-json"),
        ("é" * 80, "é" * 48),
    ],
)
def test_recipe_file_name_is_safe_on_every_platform(name, stem):
    assert stem_of(name) == stem
    assert len(f"{stem}-500.json".encode()) < 200


@pytest.mark.parametrize("name", ["", "  \n ", "a\0b", "a\u202eb", "Custom", " custom "])
def test_invalid_recipe_name_is_refused(folder, name):
    with pytest.raises(BadInput) as caught:
        RecipeLibrary(folder).save(dataclasses.replace(MINE, name=name))
    assert caught.value.path == "recipe.name"
    assert not folder.exists()


def test_name_is_stored_on_one_line(folder):
    assert RecipeLibrary(folder).save(dataclasses.replace(MINE, name=" two\n lines ")).name == "two lines"


def test_save_without_a_folder_is_refused():
    with pytest.raises(Missing, match="--recipes"):
        RecipeLibrary(None).save(MINE)
    assert RecipeLibrary(None).own() == {}


def test_failed_write_keeps_the_old_file_and_no_temporary_one(folder, monkeypatch):
    one = RecipeLibrary(folder)
    one.save(MINE)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RetouchError, match="No space left") as caught:
        one.save(OTHER, replace=True)
    assert str(folder) not in str(caught.value)
    assert [path.name for path in folder.iterdir()] == ["mein-rezept.json"]
    assert library.recipe(MINE.name, folder) == MINE


def test_own_recipe_over_the_limit_is_refused(folder, monkeypatch):
    monkeypatch.setattr(library, "MAX_OWN", 1)
    one = RecipeLibrary(folder)
    one.save(MINE)
    one.save(OTHER, replace=True)
    with pytest.raises(TooLarge, match="1 recipes"):
        one.save(dataclasses.replace(MINE, name="Second"))


def test_concurrent_saves_of_one_name_have_one_winner(folder):
    done, one = [], RecipeLibrary(folder)

    def save() -> None:
        try:
            done.append(one.save(MINE))
        except BadInput:
            done.append(None)

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(MINE) == 1
    assert len(list(folder.iterdir())) == 1
