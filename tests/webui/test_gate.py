"""The gate in a real job: what became worse is as it was, and the text says why."""

from __future__ import annotations

import json

import pytest
from modules import infotext_utils

from retouch.image.codec.decoder import from_pil
from retouch.recipes.infotext import REGIONS
from tests.webui.driver import photo


@pytest.fixture
def gated() -> bool:
    return True


def test_gate_reverts_a_flat_colour_painting_with_a_warning(webui):
    """The stand-in paints one: hence all other tests here run without gates."""
    passes = [{"target": {"models": ["face"]}, "gate": {"mode": "on", "sharpness": 1.0, "drift": 1.0}}]
    request = {"enabled": True, "recipe": {"name": "Mine", "passes": passes}, "skip_img2img": True}
    run = webui.img2img(request)
    assert run.pictures[0] == from_pil(photo())
    said = infotext_utils.parse_generation_parameters(run.infotexts[0])
    left = [region["left"] for region in json.loads(said[REGIONS])]
    assert len(left) == 2
    assert all("allowed" in why for why in left)
    assert run.warnings.count("was left as it is: ") == 2
