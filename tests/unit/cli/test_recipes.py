import io
import json

import pytest

from retouch.api.service import ApiService
from retouch.cli.command import main
from retouch.recipes import library, sharing
from retouch.recipes.library import pretty
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from tests.stand import Stand

MINE = Recipe("Mine", "For me.", (Pass(target=Target(models=("face",)), denoising_strength=0.3),))


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(pretty(MINE), "utf-8")
    return path


@pytest.fixture
def say(own, capsys):
    """What the words print on stdout and stderr, and the exit status."""

    def run(*words):
        status = main(["recipes", *map(str, words)], ApiService(Stand(own_recipes=own)))
        said = capsys.readouterr()
        return said.out, said.err, status

    return run


def test_recipe_file_is_saved_listed_shown_shared_and_removed(say, file, own):
    assert say("save", file) == ("saved: Mine\n", "", 0)
    listed, _, _ = say()
    assert listed == say("list")[0]
    assert "* Mine                     For me.\n" in listed
    assert "  Crowd " in listed
    assert say("show", "mine") == (pretty(MINE), "", 0)
    assert sharing.read_text(say("share", "Mine")[0]).recipe == MINE
    assert say("remove", "Mine") == ("removed: Mine\n", "", 0)
    assert list(own.iterdir()) == []


def test_used_recipe_name_is_refused_without_replace(say, file):
    say("save", file)
    out, err, status = say("save", file)
    assert (out, status) == ("", 2)
    assert "recipe.name" in err
    assert say("save", file, "--replace")[2] == 0


def test_removing_an_own_recipe_restores_the_built_in_one_it_replaced(say, tmp_path):
    path = tmp_path / "crowd.json"
    path.write_text(json.dumps({"name": "Crowd", "passes": [{"target": {"models": ["face"]}}]}))
    assert say("save", path, "--replace")[2] == 0
    assert say("remove", "Crowd")[0] == "removed: Crowd; the built-in one is used again\n"


def test_check_reads_every_file_despite_errors_in_some(say, file, tmp_path):
    broken, odd = tmp_path / "broken.json", tmp_path / "odd.json"
    broken.write_text('{"passes": [{"stps": 3}]}')
    odd.write_text('{"name": "Odd", "schema": 1}')
    out, err, status = say("check", broken, file, odd, tmp_path / "none.json")
    assert status == 1
    assert out == "mine.json: Mine, 1 pass\nodd.json: Odd, 0 passes, written as schema 1\n"
    assert "broken.json: passes[0].stps" in err
    assert "odd.json: Recipe 'Odd' has no enabled pass" in err
    assert "none.json cannot be read" in err
    assert say("check", file) == ("mine.json: Mine, 1 pass\n", "", 0)


def test_share_string_is_read_from_argument_or_standard_input(say, monkeypatch):
    assert say("read", sharing.share(MINE)) == (pretty(MINE), "", 0)
    monkeypatch.setattr("sys.stdin", io.StringIO(sharing.share(MINE)))
    assert say("read", "-")[0] == pretty(MINE)
    out, err, status = say("read", "nothing")
    assert (out, status) == ("", 2)
    assert "no recipe in this text" in err


def test_a_file_is_shown_and_shared_without_being_saved(say, file, own):
    assert say("show", file)[0] == pretty(MINE)
    assert sharing.read_text(say("share", file)[0]).recipe == MINE
    assert not own.exists()


def test_unknown_recipe_name_suggests_the_closest(say):
    out, err, status = say("show", "Face polsh")
    assert (out, status) == ("", 2)
    assert "Did you mean 'Face polish'?" in err
    assert say("show", "face polish")[0] == pretty(library.recipe("Face polish"))
