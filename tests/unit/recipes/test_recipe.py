import dataclasses

import pytest

from retouch.errors import BadInput
from retouch.knobs import load
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Generation, Pass, Recipe, Settings
from retouch.recipes.sampling import Overrides, Sampling
from retouch.recipes.target import MAX_PASSES, Target

SURROUNDING = Sampling(
    steps=31, cfg_scale=4.5, sampler="Euler a", scheduler="Karras", checkpoint="c", vae="v", clip_skip=2
)


def test_blank_overrides_leave_the_surrounding_sampling():
    assert Overrides().over(SURROUNDING) == SURROUNDING


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Sampling)])
def test_each_override_replaces_its_own_knob_alone(name):
    value = {"steps": 5, "cfg_scale": 2.0, "clip_skip": 3, "noise_multiplier": 1.1}.get(name, "other")
    assert Overrides(**{name: value}).over(SURROUNDING) == dataclasses.replace(SURROUNDING, **{name: value})


def test_overrides_and_sampling_name_the_same_knobs():
    assert [f.name for f in dataclasses.fields(Overrides)] == [f.name for f in dataclasses.fields(Sampling)]


def test_settings_of_a_pass_have_no_blank_sampling_value():
    made = Pass(steps=9, denoising_strength=0.7, masked_content="fill", restore_faces=True)
    settings = made.settings(Generation(sampling=SURROUNDING))
    assert settings == Settings(dataclasses.replace(SURROUNDING, steps=9), 0.7, "fill", True)
    assert None not in dataclasses.asdict(settings)["sampling"].values()


def test_only_enabled_passes_that_look_for_something_are_active():
    look = Target(models=("face",))
    passes = (Pass(), Pass(target=look), Pass(target=look, enabled=False), Pass(target=look, steps=3))
    assert Recipe(passes=passes).active == ((1, passes[1]), (3, passes[3]))


def test_recipe_over_the_maximum_of_passes_is_refused():
    assert len(Recipe(passes=(Pass(),) * MAX_PASSES).passes) == MAX_PASSES
    with pytest.raises(BadInput, match="too many") as caught:
        Recipe(passes=(Pass(),) * (MAX_PASSES + 1))
    assert caught.value.path == "passes"


@pytest.mark.parametrize(
    ("target", "looks"),
    [
        (Target(), False),
        (Target(models=("face",)), True),
        (Target(what="text"), False),
        (Target(what="text", classes=("cup",)), True),
        (Target(what="tiles"), True),
        (Target(what="mask"), True),
    ],
)
def test_target_is_active_once_its_kind_is_complete(target, looks):
    assert target.looks == looks
    assert bool(Recipe(passes=(Pass(target=target),)).active) == looks


def test_pass_can_search_only_within_earlier_passes():
    eyes = Pass(target=Target(models=("eyes",), of_pass=2))
    assert Recipe(passes=(Pass(), Pass(), eyes)).passes[2] is eyes
    for passes in ((Pass(), eyes), (eyes, Pass(), Pass())):
        with pytest.raises(BadInput, match="2 does not come before") as caught:
            Recipe(passes=passes)
        assert caught.value.path == f"passes[{passes.index(eyes)}].target.of_pass"


def test_recipe_of_schema_1_loads_as_the_current_schema():
    old = {
        "name": "Mine",
        "schema": 1,
        "passes": [{"target": {"models": ["face"]}, "denoising_strength": 0.3}],
    }
    made = load(Recipe, old)
    assert made == Recipe("Mine", passes=(Pass(target=Target(models=("face",)), denoising_strength=0.3),))
    assert made.schema == SCHEMA
    with pytest.raises(BadInput, match="schema"):
        load(Recipe, {**old, "schema": SCHEMA + 1})
