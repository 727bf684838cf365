"""A real job with all measures on: the gate, the colours of the surroundings, the joins of an extension."""

from __future__ import annotations

import json

import numpy as np
import pytest
from modules import infotext_utils

from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Size
from retouch.recipes.infotext import REGIONS
from tests.webui.driver import FACES, photo


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


def test_measured_fix_is_equal_alone_and_in_a_batch(webui):
    both = webui.txt2img(FACES, batch_size=2, width=256, height=256)
    alone = webui.txt2img(FACES, seed=101, subseed=8, width=256, height=256)
    assert both.pictures[1] == alone.pictures[0]


def test_measured_extension_keeps_the_picture(webui):
    asked = {"left": 64, "attempts": 1, "cleanup": 0, "masked_content": "fill"}
    request = {"enabled": True, "recipe": {"name": "None", "passes": []}, "outpaint": asked}
    run = webui.img2img({**request, "skip_img2img": True}, image=photo(256, 256))
    assert run.pictures[0].size == Size(320, 256)
    kept = run.pictures[0].pixels[:, 64 + 32 :]
    assert np.array_equal(kept, from_pil(photo(256, 256)).pixels[:, 32:])
