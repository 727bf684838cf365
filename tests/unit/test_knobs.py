import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.api.knob_schema import schema
from retouch.api.requests.detect import DetectRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.requests.script import AutofixRequest
from retouch.errors import BadInput
from retouch.knobs import Knob, dump, get_path, knob_paths, knobs_of, load, replace, unflatten
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from tests.helpers import values_of

WIRE = (Sampling, Generation, Target, Shape, Pass, Recipe, FixRequest, AutofixRequest, DetectRequest)


@pytest.mark.parametrize("cls", WIRE, ids=lambda c: c.__name__)
@given(data=st.data())
def test_dump_and_load_round_trip(cls, data):
    value = data.draw(values_of(cls))
    assert load(cls, dump(value)) == value
    assert load(cls, json.loads(json.dumps(dump(value)))) == value


def test_fields_at_their_default_are_left_out():
    assert dump(Recipe()) == {"schema": SCHEMA}
    assert dump(Pass(steps=9)) == {"steps": 9}


def fault(cls, data):
    with pytest.raises(BadInput) as caught:
        load(cls, data)
    return caught.value


def test_unknown_field_is_refused_with_the_closest_name():
    error = fault(Recipe, {"passes": [{"denoising_strenght": 0.4}]})
    assert error.path == "passes[0].denoising_strenght"
    assert error.hint == "Did you mean 'denoising_strength'?"


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({"passes": 3}, "passes", "3 is not a list."),
        ({"passes": "face"}, "passes", "'face' is not a list."),
        ({"passes": [3]}, "passes[0]", "3 is not an object."),
        ({"passes": [{}, {"steps": "many"}]}, "passes[1].steps", "'many' is not a finite number."),
        ({"passes": [{"steps": 2.5}]}, "passes[0].steps", "2.5 is not a whole number."),
        ({"passes": [{"steps": True}]}, "passes[0].steps", "True is not a finite number."),
        ({"passes": [{"steps": 0}]}, "passes[0].steps", "0 is out of bounds."),
        ({"passes": [{"steps": 151}]}, "passes[0].steps", "151 is out of bounds."),
        ({"passes": [{"steps": 10**400}]}, "passes[0].steps", "is not a finite number."),
        ({"passes": [{"cfg_scale": math.nan}]}, "passes[0].cfg_scale", "nan is not a finite number."),
        ({"passes": [{"cfg_scale": math.inf}]}, "passes[0].cfg_scale", "inf is not a finite number."),
        ({"passes": [{"enabled": 1}]}, "passes[0].enabled", "1 is not true or false."),
        ({"passes": [{"prompt": 1}]}, "passes[0].prompt", "1 is not text."),
        ({"passes": [{"prompt": None}]}, "passes[0].prompt", "None is not text."),
        ({"passes": [{"prompt": "\ud800"}]}, "passes[0].prompt", "is not Unicode text."),
        ({"passes": [{"prompt": "x" * 20_001}]}, "passes[0].prompt", "20001 characters are too many."),
        ({"passes": [{"shape": {"area": "half"}}]}, "passes[0].shape.area", "'half' is not allowed."),
        ({"passes": [{"target": {"index": [1, 0]}}]}, "passes[0].target.index[1]", "0 is out of bounds."),
        ({"passes": [{"target": {"min_area": 0.5, "max_area": 0.1}}]}, "passes[0].target.min_area", "above"),
        ({"passes": [{}] * 17}, "passes", "17 are too many."),
        ({"name": "n" * 81}, "name", "81 characters are too many."),
        ([], "", "[] is not an object."),
    ],
)
def test_invalid_value_is_refused_with_its_json_path(data, path, said):
    error = fault(Recipe, data)
    assert error.path == path
    assert said in error.what


def test_bounds_are_inclusive_and_named_in_the_error():
    assert fault(Pass, {"steps": 0}).hint == "Allowed: 1 to 150."
    assert load(Pass, {"steps": 1}).steps == 1
    assert load(Pass, {"steps": 150}).steps == 150


def test_whole_floats_and_ints_are_converted_to_the_knob_type():
    loaded = load(Pass, {"steps": 20.0, "cfg_scale": 7})
    assert (loaded.steps, loaded.cfg_scale) == (20, 7.0)
    assert isinstance(loaded.steps, int)
    assert isinstance(loaded.cfg_scale, float)


def test_null_is_accepted_only_for_knobs_with_a_blank():
    assert load(Pass, {"steps": None}).steps is None
    assert fault(Pass, {"denoising_strength": None}).path == "denoising_strength"


def test_long_invalid_value_is_truncated_in_the_error():
    assert len(fault(Pass, {"steps": "x" * 10_000}).what) < 120


def test_recipe_field_accepts_a_name_or_an_object():
    assert load(FixRequest, {"recipe": "Crowd"}).recipe == "Crowd"
    assert load(FixRequest, {"recipe": {"name": "Mine"}}).recipe == Recipe(name="Mine")
    assert fault(FixRequest, {"recipe": {"nam": "x"}}).path == "recipe.nam"


@dataclasses.dataclass(frozen=True)
class Needy:
    """One field that must be given."""

    count: int = Knob("Count", "How many.", 1, 3).field()


def test_missing_required_field_is_refused_with_its_path():
    error = fault(Needy, {})
    assert (error.path, error.what, error.hint) == ("count", "is required.", "How many.")
    assert schema(Needy)["required"] == ["count"]


def test_a_replaced_value_is_checked():
    assert replace(Pass(), {"steps": 5}).steps == 5
    assert replace(Pass(), {"target.models": ["hand"]}).target.models == ("hand",)
    with pytest.raises(BadInput, match="out of bounds"):
        replace(Pass(), {"steps": 1000})


def test_every_knob_of_a_request_has_label_and_help():
    for cls in (Sampling, Target, Shape, Recipe, FixRequest):
        for name, knob in knobs_of(cls).items():
            assert knob.label, f"{cls.__name__}.{name}"
            assert knob.help, f"{cls.__name__}.{name}"


@pytest.mark.parametrize("cls", WIRE, ids=lambda c: c.__name__)
def test_schema_is_plain_json_without_additional_properties(cls):
    made = schema(cls)
    assert json.loads(json.dumps(made)) == made
    assert made["additionalProperties"] is False
    assert set(made["properties"]) == {f.name for f in dataclasses.fields(cls)}


def test_the_schema_carries_bounds_choices_and_defaults():
    said = schema(Pass)["properties"]
    assert said["denoising_strength"]["minimum"] == 0
    assert said["denoising_strength"]["maximum"] == 1
    assert said["denoising_strength"]["default"] == 0.4
    assert said["seed_step"]["enum"] == ["next", "same"]
    assert {"type": "null"} in said["steps"]["anyOf"]
    assert said["target"]["properties"]["models"] == {
        "type": "array",
        "items": {"type": "string", "maxLength": 20_000},
        "title": "Detectors",
        "description": "One or more; what several find alike is painted once.",
        "default": [],
        "group": "Detection",
        "order": 2,
    }


def test_knob_paths_include_nested_dataclasses():
    by_path = {leaf.path: leaf for leaf in knob_paths(Pass)}
    assert by_path["target.confidence"].default == 0.3
    assert by_path["shape.grow"].optional
    assert by_path["shape.grow"].plain_type is int
    assert by_path["target.models"].plain_type is tuple
    assert not by_path["prompt"].optional
    assert get_path(Pass(), "target.confidence") == 0.3


def test_dotted_paths_unflatten_to_a_loadable_value():
    flat = {"steps": 3, "target.top_k": 2, "target.models": ["face"], "shape.grow": 4}
    loaded = load(Pass, unflatten(flat))
    assert {path: get_path(loaded, path) for path in flat} == {**flat, "target.models": ("face",)}
