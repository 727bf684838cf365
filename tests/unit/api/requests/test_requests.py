import pytest

from retouch.api.requests.detect import DetectRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.requests.inpaint import InpaintRequest, pass_from_body
from retouch.api.requests.script import AutofixRequest
from retouch.api.requests.segment import MaskRequest, SegmentRequest
from retouch.errors import BadInput
from retouch.knobs import knobs_of, load
from retouch.recipes.recipe import Pass
from retouch.recipes.sampling import Sampling
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target


def test_sampling_fields_absent_from_a_request_come_from_the_host():
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


def test_detect_request_loads_its_targets_and_defaults_to_face():
    request = load(DetectRequest, {"targets": [{"models": ["hand"], "confidence": 0.5}]})
    assert request.targets == (Target(models=("hand",), confidence=0.5),)
    assert DetectRequest().targets == (Target(models=("face",)),)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"seed": -2}, "seed"),
        ({"seed": 2**64 + 1}, "seed"),
        ({"subseed_strength": 1.5}, "subseed_strength"),
        ({"image": 3}, "image"),
        ({"recipe": {"passes": [{"target": {"confidance": 1}}]}}, "recipe.passes[0].target.confidance"),
    ],
)
def test_invalid_fix_request_is_refused_with_its_path(data, path):
    with pytest.raises(BadInput) as caught:
        load(FixRequest, data)
    assert caught.value.path == path


def test_autofix_is_a_fix_that_is_on_unless_turned_off():
    request = load(AutofixRequest, {"recipe": "Crowd"})
    assert (request.enabled, request.skip_img2img, request.recipe) == (True, False, "Crowd")
    assert not load(AutofixRequest, {"enabled": False}).enabled


@pytest.mark.parametrize(
    ("cls", "data", "path"),
    [
        (SegmentRequest, {"points": [{"x": 1}]}, "points[0].y"),
        (SegmentRequest, {"points": [{"x": 1, "y": 2.5}]}, "points[0].y"),
        (SegmentRequest, {"points": [{"x": 1, "y": 2}] * 257}, "points"),
        (SegmentRequest, {"box": [1, 2, 3]}, "box"),
        (SegmentRequest, {"box": [5, 5, 5, 9]}, "box"),
        (SegmentRequest, {"everything": True, "text": "a dog"}, "everything"),
        (MaskRequest, {"box": [9, 9, 1, 1]}, "box"),
        (InpaintRequest, {"box": [1, 2]}, "box"),
        (InpaintRequest, {"intent": "erase"}, "intent"),
        (InpaintRequest, {"variations": 99}, "variations"),
        (InpaintRequest, {"shape": {"grow": 10**6}}, "shape.grow"),
        (InpaintRequest, {"task": "x" * 81}, "task"),
        (InpaintRequest, {"task": "<b>"}, "task"),
        (AutofixRequest, {"task": "mine"}, "task"),
    ],
)
def test_invalid_studio_request_is_refused_with_its_path_and_a_hint(cls, data, path):
    with pytest.raises(BadInput) as caught:
        load(cls, data)
    assert caught.value.path == path
    assert caught.value.hint


def test_inpaint_request_has_every_pass_knob_except_target_knobs():
    of_others = {"enabled", "if_missing", "hires", "seed_step"}
    assert set(knobs_of(Pass)) - set(knobs_of(InpaintRequest)) == of_others


def test_only_fields_present_in_a_body_change_the_pass():
    base = Pass(denoising_strength=0.9, masked_content="fill", shape=Shape(grow=7, blur=3))
    made = pass_from_body({"denoising_strength": 0.2, "shape": {"blur": 9}, "steps": 4, "prompt": "p"}, base)
    assert (made.denoising_strength, made.masked_content, made.steps) == (0.2, "fill", 4)
    assert made.shape == Shape(grow=7, blur=9)
    assert made.prompt == "", "the words are the generation's"


def test_null_means_blank_or_absent_where_the_knob_has_no_blank():
    base = Pass(denoising_strength=0.9, shape=Shape(grow=7))
    made = pass_from_body({"denoising_strength": None, "shape": {"grow": None}}, base)
    assert made == Pass(denoising_strength=0.9)
