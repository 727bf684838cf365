"""The code that CONTRIBUTING.md shows runs as it stands."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.image.codec import encoder
from retouch.image.picture import Picture
from tests.stand import Stand

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
MODULES = dict(re.findall(r"`(retouch/[a-z/_]+\.py)`:\n\n```python\n(.*?)```", TEXT, re.DOTALL))


@pytest.fixture
def load_module(monkeypatch):
    def load(path: str) -> types.ModuleType:
        name = path.removesuffix(".py").replace("/", ".")
        module = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(MODULES[path], path, "exec"), module.__dict__)
        return module

    return load


def test_detector_of_the_tutorial_finds_its_region(load_module):
    ((name, detector),) = load_module("retouch/detectors/lower_third.py").detectors().items()
    (region,) = detector.find(Picture(np.zeros((90, 60, 3), np.uint8)), 0.5)
    assert (name, region.label, tuple(region.box)) == ("lower third", "lower third", (0, 60, 60, 90))


def test_verb_of_the_tutorial_answers_a_seam_score(load_module):
    load_module("retouch/api/requests/measure.py")
    verb = load_module("retouch/api/verbs/measure.py")
    pixels = np.full((64, 64, 3), 90, np.uint8)
    pixels[16:48, 16:48] = 160
    mask = np.zeros((64, 64, 3), np.uint8)
    mask[16:48, 16:48] = 255
    image, sent = (encoder.encode_base64(Picture(data)) for data in (pixels, mask))
    assert verb.answer_measure(ApiService(Stand()), {"image": image, "mask": sent})["seam"] > 1
