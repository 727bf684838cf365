import dataclasses

import pytest

from retouch.errors import BadInput
from retouch.recipe import MAX_PASSES, Generation, Overrides, Pass, Recipe, Sampling, Settings, Target

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


def test_settings_are_fully_resolved():
    made = Pass(steps=9, denoising_strength=0.7, masked_content="fill", restore_faces=True)
    settings = made.settings(Generation(sampling=SURROUNDING))
    assert settings == Settings(dataclasses.replace(SURROUNDING, steps=9), 0.7, "fill", True)
    assert None not in dataclasses.asdict(settings)["sampling"].values()


def test_only_enabled_passes_that_look_for_something_are_active():
    look = Target(models=("face",))
    passes = (Pass(), Pass(target=look), Pass(target=look, enabled=False), Pass(target=look, steps=3))
    assert Recipe(passes=passes).active == ((1, passes[1]), (3, passes[3]))


def test_passes_are_bounded():
    assert len(Recipe(passes=(Pass(),) * MAX_PASSES).passes) == MAX_PASSES
    with pytest.raises(BadInput, match="too many") as caught:
        Recipe(passes=(Pass(),) * (MAX_PASSES + 1))
    assert caught.value.path == "passes"
