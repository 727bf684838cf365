"""Fixtures of all tests: fixed random seeds, property tests that repeat, and golden pictures."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from retouch.image.codec import decoder, encoder
from retouch.image.picture import Picture

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile(
    "fast",
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("thorough", settings.get_profile("fast"), max_examples=1000)
settings.load_profile("fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


@pytest.fixture(autouse=True)
def repeatable_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fix every random seed, so that a test draws the same seeds in each run."""
    random.seed(0)  # the seeds of the WebUI
    monkeypatch.setattr("retouch.recipes.seeds.secrets.randbelow", random.Random(0).randrange)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Picture, str], None]:
    """Compares a picture with tests/golden/NAME.png. A difference of 1 level (rounding) is allowed."""

    def compare(picture: Picture, name: str) -> None:
        path = GOLDEN / f"{name}.png"
        if request.config.getoption("--update-golden"):
            encoder.write(picture, path)
        expected = decoder.read(path).pixels
        assert picture.pixels.shape == expected.shape
        difference = np.abs(picture.pixels.astype(int) - expected)
        assert difference.max() <= 1, f"{(difference > 1).any(2).sum()} pixels differ from {path.name}"

    return compare


@pytest.fixture
def golden_text(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file tests/golden/outside/NAME, byte for byte."""

    def compare(text: str, name: str) -> None:
        path = GOLDEN / "outside" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode(), f"{path.name} is another"

    return compare
