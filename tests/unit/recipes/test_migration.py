import json
from pathlib import Path

import pytest

from retouch.api.requests.fix import FixRequest
from retouch.errors import BadInput
from retouch.knobs import dump, load
from retouch.recipes import migration
from retouch.recipes.migration import SCHEMA, STEPS, upgrade
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

GOLDEN = Path(__file__).parents[2] / "golden" / "recipes"
OLD = json.loads((GOLDEN / "schema-1.json").read_text("utf-8"))


def test_every_older_version_has_one_step_and_one_golden_file():
    assert set(STEPS) == set(range(1, SCHEMA))
    assert {path.name for path in GOLDEN.iterdir()} == {f"schema-{version}.json" for version in STEPS}


def test_recipe_of_schema_1_keeps_its_meaning():
    assert load(Recipe, OLD) == Recipe(
        "Portrait",
        "From the first version.",
        (
            Pass(
                target=Target(models=("face",), confidence=0.5, order="left to right"),
                shape=Shape(grow=4, padding=32),
                prompt="smile [SEP] frown",
                denoising_strength=0.35,
                steps=30,
            ),
            Pass(enabled=False, target=Target(models=("hand",))),
        ),
    )


def test_schema_2_recipe_loads_under_the_names_of_schema_3():
    recipe = load(Recipe, json.loads((GOLDEN / "schema-2.json").read_text("utf-8")))
    unsharp, points, seam = recipe.passes
    assert unsharp == Pass(
        if_missing="skip", target=Target(what="unsharp", unsharp_below=0.4, confidence=0.0)
    )
    assert points.target == Target(what="points", points=(0.5, 0.25))
    assert seam.target == Target(what="seam", seam_above=0.25, of_pass=1)


@pytest.mark.parametrize("passes", [None, 3, "x", [None], [{"target": 3}], [{"target": {"what": []}}]])
def test_malformed_schema_2_recipe_is_refused_by_the_loader(passes):
    with pytest.raises(BadInput) as caught:
        load(Recipe, {"passes": passes, "schema": 2})
    assert caught.value.path.startswith("passes")


def test_written_recipe_has_its_schema_version():
    assert dump(Recipe("Mine"))["schema"] == SCHEMA


def test_recipe_without_a_schema_version_is_read_as_schema_1(monkeypatch):
    monkeypatch.setattr(migration, "STEPS", {1: lambda data: {"name": data["title"]}, 2: dict})
    assert load(Recipe, {"title": "Old"}) == load(Recipe, {"title": "Old", "schema": 1}) == Recipe("Old")


def test_migration_steps_run_in_order_from_the_given_schema(monkeypatch):
    steps = {n: lambda data, n=n: {**data, "name": f"{data['name']}{n}"} for n in (1, 2, 3)}
    monkeypatch.setattr(migration, "STEPS", steps)
    monkeypatch.setattr(migration, "SCHEMA", 4)
    assert [upgrade({"name": "x", "schema": n})["name"] for n in (1, 2, 3, 4)] == ["x123", "x23", "x3", "x"]


def test_migration_step_does_not_modify_its_input(monkeypatch):
    monkeypatch.setattr(migration, "STEPS", {1: lambda data: (data.pop("name"), data)[1], 2: dict})
    given = {"name": "x"}
    upgrade(given)
    assert given == {"name": "x"}


def test_recipe_of_a_newer_schema_is_refused():
    with pytest.raises(BadInput, match=f"{SCHEMA + 1} is newer than {SCHEMA}.*Update") as caught:
        load(FixRequest, {"recipe": {"schema": SCHEMA + 1, "pases": []}})
    assert caught.value.path == "recipe.schema"


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "2", None])
def test_invalid_schema_version_is_refused(version):
    with pytest.raises(BadInput, match="Known: 1 to") as caught:
        load(Recipe, {"schema": version})
    assert caught.value.path == "schema"
