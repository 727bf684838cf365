"""The engine that needs no model: what a mask covers goes, the rest stays, for any words."""

import dataclasses

import numpy as np

from retouch.app.backend import backend_of
from retouch.cli.parser import build_parser
from retouch.engines.base import Job
from retouch.engines.content_aware import REMARK, PatchEngine
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.progress import Silent
from retouch.recipes.recipe import Pass, Settings
from retouch.testing import FakeDetector, FakeProgress
from tests.helpers import GENERATION

SIZE, SPOT = Size(96, 96), Box(40, 40, 60, 60)


def lawn() -> Picture:
    """Even green with a red thing on it."""
    pixels = np.random.default_rng(2).normal((60, 140, 50), 4, (96, 96, 3)).clip(0, 255).astype(np.uint8)
    pixels[SPOT.slices] = (220, 20, 20)
    return Picture(pixels)


def job(strength: float = 0.9) -> Job:
    return Job(lawn(), Mask.of_box(SIZE, SPOT), "a red thing", "", 1, Settings(denoising_strength=strength))


def test_pipeline_with_the_patch_engine_removes_a_region():
    studio = Pipeline(PatchEngine(), lambda name: FakeDetector())
    how = Pass(masked_content="fill", denoising_strength=0.9)
    done = studio.paint(PictureInput(lawn(), GENERATION), [Region.of_box(SPOT, "thing", 1.0)], how)
    assert done.reports[0].kept
    inside = done.picture.pixels[SPOT.slices].reshape(-1, 3)
    assert np.abs(inside.mean(0) - (60, 140, 50)).max() < 10
    untouched = done.reports[0].mask(done.picture).alpha == 0
    assert np.array_equal(done.picture.pixels[untouched], lawn().pixels[untouched])


def test_patch_engine_ignores_prompt_and_seed():
    one, other = PatchEngine().paint([job(), dataclasses.replace(job(), prompt="a cat", seed=9)], Silent())
    assert one == other


def test_strength_0_and_interrupt_leave_the_picture_unchanged():
    still = job(0.0)
    assert PatchEngine().paint([still], Silent()) == [still.picture]
    assert PatchEngine().paint([job()], FakeProgress(stop_after=0)) == [None]


def test_command_line_model_content_selects_the_patch_engine():
    backend = backend_of(build_parser().parse_args(["inpaint", "x.png", "--model", "content"]))
    with backend.busy("inpaint"):
        assert isinstance(backend.pipeline.engine, PatchEngine)
    assert backend.health()["remark"] == REMARK


def test_original_content_around_an_opaque_mask_is_kept_as_source():
    """Pixels that only the soft edge of the denoise mask covers keep their colours, and are continued."""
    mask = Mask.of_box(SIZE, SPOT).feathered(8)
    given = job()
    for content, is_opaque in (("original", True), ("fill", False)):
        settings = Settings(denoising_strength=0.9, masked_content=content)
        soft = dataclasses.replace(given, mask=mask, settings=settings)
        (made,) = PatchEngine().paint([soft], Silent())
        assert made is not None
        band = mask.solid & (mask.alpha < 250)
        assert np.array_equal(made.pixels[band], lawn().pixels[band]) == is_opaque
        assert np.abs(made.pixels[SPOT.slices].mean((0, 1)) - (60, 140, 50)).max() < 15
