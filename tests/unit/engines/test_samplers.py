from __future__ import annotations

import pytest

from retouch.engines.samplers import FLOW_SAMPLERS, SAMPLERS, resolve
from retouch.errors import BadInput


def flags(options):
    return [name for name, value in options.items() if value is True]


def test_blank_sampler_is_the_models_own():
    assert resolve("", "") == (None, {})


def test_sampler_and_schedule_automatic_are_the_models_own():
    assert resolve("Automatic", "Automatic") == (None, {})


def test_old_sampler_name_includes_its_schedule():
    old, new = resolve("DPM++ 2M Karras", ""), resolve("DPM++ 2M", "Karras")
    assert old == new == (SAMPLERS["DPM++ 2M"], new[1])
    assert flags(new[1]) == ["use_karras_sigmas"]


def test_a_named_schedule_wins_over_the_one_in_the_old_name():
    assert flags(resolve("DPM++ 2M Karras", "Beta")[1]) == ["use_beta_sigmas"]


def test_schedule_uniform_turns_all_other_schedule_flags_off():
    assert resolve("Euler", "Uniform")[1] == dict.fromkeys(
        ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"), False
    )


@pytest.mark.parametrize(("sampler", "schedule"), [("Euler", []), ("DPM++ 2M", ["use_karras_sigmas"])])
def test_schedule_automatic_is_the_samplers_customary_one(sampler, schedule):
    assert flags(resolve(sampler, "Automatic")[1]) == schedule


def test_sgm_uniform_uses_trailing_timestep_spacing():
    assert resolve("Euler", "SGM Uniform")[1]["timestep_spacing"] == "trailing"


@pytest.mark.parametrize(
    ("sampler", "schedule", "path", "hint"),
    [("Euler b", "", "sampler", "Euler"), ("Euler", "Karas", "scheduler", "Karras")],
)
def test_unknown_names_get_a_suggestion(sampler, schedule, path, hint):
    with pytest.raises(BadInput, match=f"Did you mean '{hint}") as caught:
        resolve(sampler, schedule)
    assert caught.value.path == path


def test_flow_models_accept_only_flow_samplers():
    assert resolve("Euler", "", flow=True)[0] is FLOW_SAMPLERS["Euler"]
    assert resolve("Euler", "Automatic", flow=True)[1] == {}
    with pytest.raises(BadInput, match="Known: Euler"):
        resolve("DPM++ 2M", "", flow=True)
