import base64
import dataclasses
import json

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.errors import BadInput, Missing
from retouch.image.codec import encoder, mask_layers
from retouch.knobs import dump, load
from retouch.pipeline import report_infotext
from retouch.recipes import infotext, library, sharing
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import KINDS, Target
from tests.stand import BOX, Stand, photo

FACE = Target(models=("face",))
MINE = Recipe("Mine", "For me.", (Pass(target=FACE, denoising_strength=0.3),))
IMAGE = encoder.encode_base64(photo())


@pytest.fixture
def service(tmp_path) -> ApiService:
    return ApiService(Stand(own_recipes=tmp_path / "own"))


def listed(service: ApiService) -> dict[str, dict]:
    return {one["name"]: one for one in service.recipes()["recipes"]}


def own(service: ApiService) -> list[str]:
    return service.recipes()["own"]


def fixed(service: ApiService, *passes: Pass, **fields) -> dict:
    recipe = dump(Recipe("Test", passes=passes))
    return service.answer("fix", {"image": IMAGE, "seed": 1, "recipe": recipe, **fields})


def test_saved_recipe_is_listed_as_own_runs_by_name_and_can_be_removed(service):
    said = service.answer("recipes/save", {"recipe": dump(MINE)})
    assert load(Recipe, said["recipe"]) == MINE
    assert sharing.read_text(said["share"]).recipe == MINE
    assert own(service) == ["Mine"]
    assert load(Recipe, listed(service)["Mine"]) == MINE
    assert service.answer("fix", {"image": IMAGE, "recipe": "mine"})["reports"]
    assert service.answer("recipes/remove", {"name": "MINE"}) == {"removed": "MINE", "restored": None}
    assert "Mine" not in listed(service)


def test_the_list_says_which_knobs_a_target_uses(service):
    uses = json.loads(json.dumps(service.recipes()["uses"]))
    assert uses["models"] == ["detectors", "background"]
    assert set(uses) < {field.name for field in dataclasses.fields(Target)}
    assert {what for those in uses.values() for what in those} < set(KINDS)


def test_used_recipe_name_is_refused_without_replace(service):
    service.answer("recipes/save", {"recipe": dump(MINE)})
    other = dump(dataclasses.replace(MINE, description="Other."))
    with pytest.raises(BadInput, match="already") as caught:
        service.answer("recipes/save", {"recipe": other})
    assert caught.value.path == "recipe.name"
    service.answer("recipes/save", {"recipe": other, "replace": True})
    assert listed(service)["Mine"]["description"] == "Other."


def test_removing_an_own_recipe_restores_the_built_in_one_it_replaced(service):
    service.answer("recipes/save", {"recipe": dump(dataclasses.replace(MINE, name="Crowd")), "replace": True})
    assert own(service) == ["Crowd"]
    said = service.answer("recipes/remove", {"name": "Crowd"})
    assert load(Recipe, said["restored"]) == library.recipe("Crowd")
    assert own(service) == []


def test_unreadable_recipe_file_is_warned_of_in_the_list(service, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "bad.json").write_text('{"pases": []}')
    said = service.recipes()
    assert len(said["recipes"]) == len(library.recipes())
    assert "bad.json: pases" in said["warnings"][0]


@pytest.mark.parametrize("form", ["json", "share", "infotext"])
def test_recipe_is_read_from_json_share_string_or_infotext_unsaved(service, form):
    made = infotext.write_infotext("a cat", "", {"Steps": 20, **report_infotext.params(MINE)})
    text = {"json": json.dumps(dump(MINE)), "share": sharing.share(MINE), "infotext": made}[form]
    said = service.answer("recipes/read", {"text": text})
    assert load(Recipe, said["recipe"]).passes == MINE.passes
    assert said["migrated"] is None
    assert said["warnings"] == []
    assert "Mine" not in listed(service)


def test_recipe_of_an_older_schema_is_migrated_with_a_warning(service):
    said = service.answer(
        "recipes/read", {"text": '{"name": "Old", "schema": 1, "passes": [{"target": {"models": ["face"]}}]}'}
    )
    assert said["migrated"] == 1
    assert said["recipe"]["schema"] == SCHEMA
    assert said["warnings"] == [f"It was of schema 1 and is now of {SCHEMA}."]


def test_invalid_recipe_request_is_refused_with_its_path(service):
    with pytest.raises(BadInput, match="Did you mean 'steps'") as caught:
        service.answer("recipes/save", {"recipe": {"name": "x", "passes": [{"stps": 3}]}})
    assert caught.value.path == "recipe.passes[0].stps"
    with pytest.raises(BadInput) as caught:
        service.answer("recipes/read", {"text": '{"passes": [{"stps": 3}]}'})
    assert caught.value.path == "passes[0].stps"
    for verb, field in (("save", "recipe"), ("read", "text"), ("remove", "name")):
        with pytest.raises(BadInput, match="is required") as caught:
            service.answer(f"recipes/{verb}", {})
        assert caught.value.path == field


def test_without_a_recipe_folder_only_saving_is_refused():
    stood = ApiService(Stand())
    with pytest.raises(Missing, match="--recipes"):
        stood.answer("recipes/save", {"recipe": dump(MINE)})
    assert stood.answer("recipes/read", {"text": sharing.share(MINE)})["recipe"] == dump(MINE)
    assert len(stood.recipes()["recipes"]) == len(library.recipes())


CONTRARY = Pass(target=FACE, denoising_strength=0.3, masked_content="latent noise")


@pytest.mark.parametrize("verb", ["fix", "plan", "recipes/save", "recipes/read"])
def test_contradictions_are_warned_of_by_every_verb(service, verb):
    recipe = dump(Recipe("Odd", passes=(CONTRARY,)))
    body = {
        "fix": {"image": IMAGE, "recipe": recipe},
        "plan": {"verb": "fix", "image": IMAGE, "recipe": recipe},
        "recipes/save": {"recipe": recipe},
        "recipes/read": {"text": json.dumps(recipe)},
    }[verb]
    assert any("take 0.5 or more" in text for text in service.answer(verb, body)["warnings"])


def test_missing_detector_refuses_the_recipe_before_painting(service):
    with pytest.raises(Missing, match="'foot'") as caught:
        fixed(service, Pass(target=FACE), Pass(target=Target(models=("foot",))))
    assert caught.value.path == "recipe.passes[1].target.models[0]"
    assert service.backend.engine.calls == []


def test_skippable_pass_with_a_missing_model_is_skipped_with_a_warning(service):
    passes = (Pass(target=Target(models=("foot",)), if_missing="skip"), Pass(target=FACE))
    said = fixed(service, *passes)
    assert [report["pass"] for report in said["reports"]] == [2]
    assert any(text.startswith("Pass 1 is skipped") for text in said["warnings"])
    assert sharing.read_text(said["infotext"]).recipe.passes == passes
    planned = service.answer("plan", {"verb": "fix", "image": IMAGE, "recipe": dump(Recipe(passes=passes))})
    assert [step["pass_index"] for step in planned["steps"]] == [1]
    assert any(text.startswith("Pass 1 is skipped") for text in planned["warnings"])


def test_mask_target_repaints_the_masked_box(service):
    mask = base64.b64encode(mask_layers.encode_gray(np.full((40, 50), 255, np.uint8))).decode()
    how = Pass(target=Target(what="mask"), denoising_strength=0.9)
    (report,) = fixed(service, how, mask=mask, box=[100, 90, 150, 130])["reports"]
    assert report["box"] == [100, 90, 150, 130]
    assert report["label"] == "mask"


def test_user_mask_limits_detected_regions(service):
    away = base64.b64encode(mask_layers.encode_gray(np.full((20, 20), 255, np.uint8))).decode()
    over = base64.b64encode(mask_layers.encode_gray(np.full((BOX.height, BOX.width), 255, np.uint8))).decode()
    assert fixed(service, Pass(target=FACE), mask=away, box=[200, 160, 220, 180])["reports"] == []
    assert len(fixed(service, Pass(target=FACE), mask=over, box=list(BOX))["reports"]) == 1


def test_empty_box_is_refused(service):
    with pytest.raises(BadInput, match="is empty") as caught:
        fixed(service, Pass(target=FACE), mask="x", box=[5, 5, 5, 9])
    assert caught.value.path == "box"
