"""The demo model paints what it was taught: the facts of `bench demo-model`, on a sample and with room."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from retouch.app.sample_photos import SAMPLES, sample
from retouch.engines import demo_model
from retouch.engines.base import Job
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.progress import Silent
from retouch.recipes.recipe import Settings
from tools.bench.demo_model import NATIVE, Hole, holes, on_grid, through

MOST_BYTES = 40_000_000


@pytest.fixture(scope="module")
def engine():
    return demo_model.demo_engine("cpu")


def painted(engine, hole: Hole, prompt: str, **changes) -> np.ndarray:
    sampling = dataclasses.replace(demo_model.SAMPLING, **changes)
    job = hole.job(prompt)
    job = dataclasses.replace(job, settings=dataclasses.replace(job.settings, sampling=sampling))
    (made,) = engine.paint([job], Silent())
    return made.pixels


def test_demo_model_files_are_within_the_size_limit():
    assert sum(file.stat().st_size for file in demo_model.FOLDER.rglob("*.safetensors")) <= MOST_BYTES


def test_demo_model_engine_has_name_remark_and_native_size(engine):
    assert "demo model" in engine.name
    assert "seven photographs" in engine.remark
    assert engine.native("") == NATIVE


def test_demo_model_card_names_the_licence_of_every_photograph():
    card = (demo_model.FOLDER / "README.md").read_text("utf-8")
    for one in SAMPLES:
        assert one.licence in card


@pytest.mark.parametrize("name", ["astronaut", "chelsea"])
def test_a_photograph_survives_the_autoencoder(engine, name):
    assert through(engine, on_grid(sample(name).scaled(NATIVE.width))) > 26


def test_right_prompt_paints_closer_to_truth_than_wrong_prompt_or_telea(engine):
    cut = holes()[:4]
    right = [hole.error(painted(engine, hole, hole.sample.prompt)) for hole in cut]
    wrong = [hole.error(painted(engine, hole, "a rocket")) for hole in cut]
    telea = [hole.error(hole.telea) for hole in cut]
    assert sum(right) < 0.8 * sum(telea)
    assert sum(right) < 0.9 * sum(wrong)


def test_prompt_of_unknown_words_paints_like_an_empty_prompt(engine):
    hole = holes()[2]
    empty = painted(engine, hole, "", steps=3)
    assert np.array_equal(painted(engine, hole, "zeppelin, xyzzy", steps=3), empty)
    assert not np.array_equal(painted(engine, hole, "a motorcycle", steps=3), empty)


def test_guidance_moves_the_picture_towards_the_prompt(engine):
    """Without guidance (scale 1) the right prompt's pull is weaker than with some."""
    hole = holes()[1]
    low, high = (painted(engine, hole, "a rocket", steps=6, cfg_scale=scale) for scale in (1.0, 4.0))
    assert not np.array_equal(low, high)


@pytest.mark.parametrize("sampler", ["DDIM", "Euler", "Euler a", "DPM++ 2M", "UniPC", "Heun"])
def test_schedulers_of_diffusers_work(engine, sampler):
    hole = holes()[2]
    assert hole.error(
        painted(engine, hole, hole.sample.prompt, sampler=sampler, steps=12)
    ) < 1.2 * hole.error(hole.telea)


def test_diffusers_pipeline_loads_the_demo_model_and_paints_a_prompt():
    from diffusers import StableDiffusionPipeline

    pipe = StableDiffusionPipeline.from_pretrained(demo_model.FOLDER, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    seeded = torch.Generator().manual_seed(3)
    made = pipe("a cat", height=256, width=256, num_inference_steps=12, guidance_scale=3, generator=seeded)
    pixels = np.asarray(made.images[0], np.float32)
    errors = {one.name: _nearest(pixels, one) for one in SAMPLES}
    assert min(errors, key=lambda name: errors[name]) == "chelsea"


def _nearest(pixels: np.ndarray, one) -> float:
    """Mean squared error to the likest square of a photograph, coarsely: which photograph is this?"""
    whole = one.scaled(NATIVE.width)
    small = pixels.reshape(16, 16, 16, 16, 3).mean((1, 3))
    found = []
    for left in range(0, whole.size.width - NATIVE.width + 1, 16):
        square = whole.crop(Box(left, 0, left + NATIVE.width, NATIVE.height)).pixels
        coarse = square.astype(np.float32).reshape(16, 16, 16, 16, 3).mean((1, 3))
        found.append(float(np.square(coarse - small).mean()))
    return min(found)


def test_at_denoising_strength_0_nothing_changes(engine):
    picture = sample("coffee").scaled(256).crop(Box(0, 0, 256, 256))
    job = Job(picture, Mask.full(NATIVE), "a cup", "", 1, Settings(demo_model.SAMPLING, 0.0))
    assert engine.paint([job], Silent()) == [picture]
