"""Small and odd pictures through every verb with nothing but defaults: a default is never refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.api.requests.fix import FixRequest
from retouch.api.serialize import mask_base64
from retouch.api.service import ApiService
from retouch.errors import BadInput
from retouch.image.codec import encoder
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.outpaint.stage_steps import reach_of
from retouch.outpaint.stages import StageOptions, plan_stages
from retouch.recipes import library
from retouch.recipes.intents import INTENTS
from retouch.recipes.target import KINDS
from retouch.testing import FakeDetector, FakeEngine
from tests.stand import Stand, photo

SIZES = [(16, 16), (17, 31), (101, 67), (300, 16)]
NATIVES = [64, 512]
WORDLESS = [r for r in library.built_in() if all(one.target.what != "text" for one in r.passes)]
"""Those that need no segmenter which knows words."""
EXTENSIONS = [
    {"left": 8}, {"top": 1}, {"right": 100}, {"factor": 1.5}, {"factor": 1.05}, {"aspect": "16:9"},
    {"aspect": "9:16"}, {"factor": 1.2, "refine": 0.3}, {"bottom": 64, "alternate_sides": True},
    {"aspect": "2.39:1", "horizontal": "subject"},
]  # fmt: skip


def service(size: tuple[int, int], native: int) -> ApiService:
    here = Stand(engine=FakeEngine(side=native))
    inner = Box(2, 2, 12, 13)
    here._detector = lambda name: FakeDetector((inner, Box(0, 0, *size)))
    return ApiService(here)


def mask_of(size: tuple[int, int], box: Box = Box(3, 3, 9, 12)) -> str:
    alpha = np.zeros(size[::-1], np.uint8)
    alpha[box.slices] = 255
    return mask_base64(Mask(alpha))


def sound(said: dict) -> dict:
    """The answer, in which no pass was left out and no region skipped."""
    told = [text for text in said["warnings"] if "left out" in text or "too much" in text]
    assert not told
    assert [r["why"] for r in said.get("reports", ()) if r["outcome"] == "skipped"] == []
    return said


@pytest.mark.parametrize("native", NATIVES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("intent", INTENTS)
def test_inpaint_takes_any_size(intent, size, native):
    here, image = service(size, native), encoder.encode_base64(photo(*size))
    for box in (Box(3, 3, 9, 12), Box(5, 5, 6, 6), Box(0, 0, *size)):
        asked = {"image": image, "mask": mask_of(size, box), "prompt": "x", "intent": intent}
        assert sound(here.answer("inpaint", asked))["reports"]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("what", sorted(set(KINDS) - {"text", "points", "regions of a pass"}))
def test_every_target_takes_any_size(what, size):
    recipe = {"name": "x", "passes": [{"target": {"what": what, "models": ["face"]}}]}
    asked = {"image": encoder.encode_base64(photo(*size)), "mask": mask_of(size), "recipe": recipe}
    here = service(size, 256)
    said = sound(here.answer("fix", {**asked, "return_history": True}))
    if said["reports"]:
        again = {"history": said["history"], "repaint": [1], "later": "repaint"}
        assert not here.answer("history", again)["stopped"]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("recipe", WORDLESS, ids=lambda recipe: recipe.name)
def test_every_recipe_takes_any_size(recipe, size):
    here = service(size, 256)
    asked = {"image": encoder.encode_base64(photo(*size)), "mask": mask_of(size), "recipe": recipe.name}
    sound(here.answer("fix", asked))
    sound(here.answer("plan", {"verb": "fix", **asked}))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_detect_segment_and_mask_accept_any_size(size):
    here, image = service(size, 256), {"image": encoder.encode_base64(photo(*size))}
    assert here.answer("detect", image)["regions"]
    tilted = {"targets": [{"models": ["face"], "tilted": True}]}
    here.answer("detect", {**image, **tilted})
    point = {"points": [{"x": 1, "y": 1}], "refine_edges": True}
    assert here.answer("segment", {**image, **point})["masks"]
    assert here.answer("mask", {**image, "mask": mask_of(size)})["area"]


@pytest.mark.parametrize("native", NATIVES)
@pytest.mark.parametrize("size", [(64, 64), (65, 101), (101, 67), (64, 200)], ids=str)
@pytest.mark.parametrize("how", EXTENSIONS, ids=str)
def test_outpaint_takes_any_size(how, size, native):
    asked = {"image": encoder.encode_base64(photo(*size)), "seed": 1, **how}
    assert service(size, native).answer("plan", {"verb": "outpaint", **asked})["steps"]


@pytest.mark.parametrize("how", EXTENSIONS, ids=str)
def test_outpaint_paints_an_odd_size(how):
    asked = {"image": encoder.encode_base64(photo(65, 101)), "attempts": 1, "cleanup": 0, "seed": 1, **how}
    said = sound(service((65, 101), 64).answer("outpaint", {**asked, "join": "feather"}))
    assert said["stages"]
    assert all(stage["done"] for stage in said["stages"])


@given(
    st.tuples(st.integers(64, 700), st.integers(64, 700)),
    st.sampled_from([64, 72, 128, 256, 512, 768, 1024]),
    st.integers(1, 300),
)
@settings(deadline=None)
def test_default_overlap_and_feather_of_an_extension_always_fit(size, native, margin):
    pace, canvas, seen = StageOptions(), Size(*size), Size(native, native)
    overlap, feather = reach_of(pace, seen, canvas)
    assert 0 < feather <= overlap < min(*canvas, *seen)
    assert plan_stages(canvas, Margins(right=margin), seen, pace)


@pytest.mark.parametrize(
    ("asked", "path"), [({"overlap": 72}, "overlap"), ({"stage_size": 512}, "stage_size")]
)
def test_given_overlap_or_stage_size_too_large_is_refused(asked, path):
    image = {"image": encoder.encode_base64(photo(101, 67)), "factor": 1.5}
    with pytest.raises(BadInput, match="is too large") as refused:
        service((101, 67), 256).answer("outpaint", {**image, **asked})
    assert refused.value.path == path


def test_default_feather_shrinks_to_a_small_overlap():
    assert reach_of(StageOptions(overlap=8), Size(512, 512)) == (8, 8)
    with pytest.raises(BadInput, match="feather: a feather of 40 is too large"):
        plan_stages(Size(512, 512), Margins(right=64), Size(512, 512), StageOptions(overlap=8, feather=40))


def test_default_recipe_of_a_fix_is_built_in():
    assert FixRequest().recipe in {recipe.name for recipe in library.built_in()}
