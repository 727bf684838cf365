import pytest

from retouch.errors import BadInput
from retouch.knobs import load
from retouch.recipe import Sampling, Target
from retouch.request import AutofixRequest, DetectRequest, FixRequest


def test_a_request_says_what_it_means_and_takes_the_rest_from_the_host():
    request = load(FixRequest, {"prompt": "p", "negative_prompt": "n", "steps": 9, "seed": 5})
    made = request.generation(Sampling(steps=20, sampler="Euler"), seed=77)
    assert (made.prompt, made.negative_prompt, made.seed) == ("p", "n", 5)
    assert made.sampling == Sampling(steps=9, sampler="Euler")


def test_a_blank_seed_is_picked_by_the_caller():
    assert FixRequest().generation(Sampling(), seed=77).seed == 77
    assert FixRequest(seed=0).generation(Sampling(), seed=77).seed == 0


def test_variation_seeds_go_through():
    made = FixRequest(subseed=8, subseed_strength=0.25).generation(Sampling(), seed=1)
    assert (made.subseed, made.subseed_strength) == (8, 0.25)


def test_targets_load_as_they_are_written():
    request = load(DetectRequest, {"targets": [{"models": ["hand"], "confidence": 0.5}]})
    assert request.targets == (Target(models=("hand",), confidence=0.5),)
    assert DetectRequest().targets == (Target(models=("face",)),)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"seed": -2}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"subseed_strength": 1.5}, "subseed_strength"),
        ({"image": 3}, "image"),
        ({"recipe": {"passes": [{"target": {"confidance": 1}}]}}, "recipe.passes[0].target.confidance"),
    ],
)
def test_faults_are_named(data, path):
    with pytest.raises(BadInput) as caught:
        load(FixRequest, data)
    assert caught.value.path == path


def test_autofix_is_a_fix_that_is_on_unless_turned_off():
    request = load(AutofixRequest, {"recipe": "Crowd"})
    assert (request.enabled, request.skip_img2img, request.recipe) == (True, False, "Crowd")
    assert not load(AutofixRequest, {"enabled": False}).enabled
