import json

import pytest

from retouch.errors import BadInput, Missing
from retouch.knobs import dump, load
from retouch.recipes import library
from retouch.recipes.recipe import Recipe

BUILT_IN = library.recipes()


PROMISED = (
    "Face polish",
    "Eyes and mouth",
    "Hand rescue",
    "Person detail",
    "Faces and hands",
    "Crowd",
    "Full refine",
    "Remove object",
    "Replace background",
    "Change clothing",
    "Detail upscale",
    "Seam cleanup",
)


@pytest.mark.parametrize("name", PROMISED)
def test_expected_recipe_is_built_in(name):
    assert name in BUILT_IN


@pytest.mark.parametrize("recipe", BUILT_IN.values(), ids=lambda r: r.name)
def test_built_in_recipe_is_active_described_and_survives_a_file(recipe):
    assert recipe.active
    assert recipe.description
    assert load(Recipe, json.loads(json.dumps(dump(recipe)))) == recipe


@pytest.mark.parametrize("recipe", BUILT_IN.values(), ids=lambda r: r.name)
def test_gentle_detector_passes_of_every_preset_have_their_gate_on(recipe):
    for _, one in recipe.active:
        gentle = one.target.what == "detectors" and one.denoising_strength < 0.6
        assert one.gate.mode == "on" or not gentle


def test_every_built_in_file_has_its_own_name():
    assert len(BUILT_IN) == len(list(library.BUILT_IN.glob("*.json")))


def test_a_recipe_is_found_by_name_in_any_case():
    assert library.recipe(" face POLISH ") == BUILT_IN["Face polish"]


def test_recipe_given_as_an_object_is_returned_itself():
    own = Recipe(name="Own")
    assert library.recipe(own) is own


def test_unknown_recipe_name_suggests_close_names():
    with pytest.raises(Missing, match="Did you mean 'Face polish'") as caught:
        library.recipe("Face polsh")
    assert caught.value.path == "recipe"


def test_own_recipes_are_added_and_replace_built_in_ones(tmp_path):
    (tmp_path / "a.json").write_text('{"name": "Mine"}', "utf-8")
    (tmp_path / "b.json").write_text('{"name": "Crowd", "description": "My own."}', "utf-8")
    known = library.recipes(tmp_path)
    assert library.recipe("mine", tmp_path) == Recipe(name="Mine")
    assert known["Crowd"].description == "My own."
    assert len(known) == len(BUILT_IN) + 1


def test_broken_own_recipe_is_reported_and_others_load(tmp_path, caplog):
    (tmp_path / "a.json").write_text("{", "utf-8")
    (tmp_path / "b.json").write_text('{"name": "Mine"}', "utf-8")
    assert set(library.recipes(tmp_path)) == {*BUILT_IN, "Mine"}
    assert "a.json" in caplog.text


def test_missing_recipe_folder_gives_only_built_in_recipes(tmp_path):
    assert library.recipes(tmp_path / "none") == BUILT_IN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "broken.json"),
        ("[]", "broken.json"),
        ('{"passes": [{"stps": 3}]}', "broken.json: passes[0].stps"),
        (b"\xff\xfe{", "broken.json"),
    ],
)
def test_a_broken_file_is_named_with_the_path_of_its_fault(tmp_path, text, said):
    path = tmp_path / "broken.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput) as caught:
        library.read(path)
    assert said in str(caught.value)
