"""The ComfyUI nodes over a stand-in for its modules: the VAE has cells of 8 px, the model paints a colour."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from retouch.engines.soft_denoising import first_step
from retouch.errors import BadInput
from retouch.image.geometry import Box
from retouch.testing import FakeDetector

CELL = 8
FACES = (Box(40, 40, 90, 90), Box(160, 60, 210, 110))
SAMPLERS = ["euler", "euler_ancestral", "dpmpp_2m"]


class InterruptProcessingError(Exception):
    pass


@dataclass
class Comfy:
    """What the stand-in was asked for, and what it is to do."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    interrupt: bool = False

    def sample(
        self,
        model: Any,
        noise: Any,
        steps: int,
        cfg: float,
        sampler: str,
        scheduler: str,
        *rest: Any,
        **more: Any,
    ) -> Any:
        """Cells whose mask lets some step pass become the model's colour plus a trace of their own noise."""
        positive, _, latent = rest
        mask, sigmas = more["noise_mask"], torch.arange(steps, -1, -1).float()
        open_at = [
            mask if model.gate is None else model.gate(sigma[None], mask, {"sigmas": sigmas})
            for sigma in sigmas[:-1]
        ]
        share = torch.stack(open_at).mean(0)
        self.calls.append({"count": len(noise), "sampler": sampler, "share": share, "prompt": positive})
        if self.interrupt:
            raise InterruptProcessingError
        return latent * (1 - share) + share * (model.colour + 0.01 * noise.clamp(-1, 1))


class Model:
    gate, colour = None, 0.8
    model = types.SimpleNamespace(model_config=type("SD15", (), {})())

    def clone(self) -> Model:
        return Model()

    def set_model_denoise_mask_function(self, gate: Any) -> None:
        self.gate = gate


class Vae:
    @staticmethod
    def encode(pixels: Any) -> Any:
        return torch.nn.functional.avg_pool2d(pixels.permute(0, 3, 1, 2), CELL)

    @staticmethod
    def decode(latents: Any) -> Any:
        return torch.nn.functional.interpolate(latents, scale_factor=CELL).permute(0, 2, 3, 1)


class Clip:
    @staticmethod
    def tokenize(prompt: str) -> str:
        return prompt

    @staticmethod
    def encode_from_tokens_scheduled(tokens: str) -> str:
        return tokens


@pytest.fixture
def comfy(monkeypatch, tmp_path):
    state = Comfy()

    def noise_of(latent: Any, seed: int) -> Any:
        return torch.randn(latent.shape, generator=torch.Generator().manual_seed(seed))

    sampler = types.SimpleNamespace(SAMPLERS=SAMPLERS, SCHEDULERS=["normal", "karras"])
    memory = {
        "InterruptProcessingException": InterruptProcessingError,
        "OOM_EXCEPTION": MemoryError,
        "soft_empty_cache": lambda: None,
        "get_torch_device": lambda: "cpu",
    }
    modules = {
        "comfy": {},
        "comfy.sample": {"sample": state.sample, "prepare_noise": noise_of},
        "comfy.samplers": {"KSampler": sampler},
        "comfy.model_management": memory,
        "latent_preview": {"prepare_callback": lambda model, steps: None},
        "folder_paths": {"models_dir": str(tmp_path)},
    }
    for name, values in modules.items():
        module = types.ModuleType(name)
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, name, module)
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)
    from retouch.comfyui import models

    registry = types.SimpleNamespace(get=lambda name: FakeDetector(FACES), available=list)
    monkeypatch.setattr(models, "detectors", lambda: registry)
    monkeypatch.setattr(models, "segmenters", lambda: registry)
    return state


@pytest.fixture
def nodes(comfy):
    from retouch.comfyui import nodes

    return nodes


INPUTS = {
    "model": Model(),
    "clip": Clip(),
    "vae": Vae(),
    "prompt": "a face",
    "negative_prompt": "blurry",
    "seed": 5,
}
INPUTS |= {"steps": 4, "cfg_scale": 7.0, "sampler": "euler", "scheduler": "normal"}
RECIPE = '{"name": "Own", "passes": [{"target": {"models": ["face"]}, "denoising_strength": 1.0}]}'


def image(count: int = 1) -> torch.Tensor:
    """An IMAGE whose values are between the levels, so that rounding would show."""
    return torch.rand(count, 256, 256, 3, generator=torch.Generator().manual_seed(1)) * 0.2 + 0.3


def test_detect_gives_the_mask_and_a_line_for_each_region(nodes):
    mask, regions = nodes.RetouchDetect().detect(image(2), "face", 0.3)
    assert mask.shape == (2, 256, 256)
    assert all(mask[:, box.top + 20, box.left + 20].eq(1).all() for box in FACES)
    assert mask[:, :30].max() == 0
    assert len(regions.splitlines()) == 4


def test_fix_paints_the_regions_of_a_batch_in_one_call(nodes, comfy):
    given = image(2)
    fixed, mask, report = nodes.RetouchFix().paint(given, recipe="Face polish", recipe_text=RECIPE, **INPUTS)
    assert [call["count"] for call in comfy.calls] == [4]
    assert comfy.calls[0]["prompt"] == "a face"
    assert report.count("kept") == 4
    outside = mask == 0
    assert torch.equal(fixed[outside], given[outside])
    assert (fixed != given).any(3)[mask == 1].float().mean() > 0.9


def test_fix_of_one_picture_equals_the_fix_in_a_batch(nodes):
    given = image(1).repeat(3, 1, 1, 1)
    alone, *_ = nodes.RetouchFix().paint(given[:1], recipe="", recipe_text=RECIPE, **INPUTS)
    batch, *_ = nodes.RetouchFix().paint(given, recipe="", recipe_text=RECIPE, **INPUTS)
    assert all(torch.equal(one, alone[0]) for one in batch)


def test_samplers_with_own_noise_paint_each_region_alone(nodes, comfy):
    inputs = {**INPUTS, "sampler": "euler_ancestral"}
    nodes.RetouchFix().paint(image(), recipe="", recipe_text=RECIPE, **inputs)
    assert [(call["count"], call["sampler"]) for call in comfy.calls] == [(1, "euler_ancestral")] * 2


def test_sampler_of_a_recipe_is_named_as_comfyui_names_it(nodes, comfy):
    text = RECIPE.replace('"denoising_strength": 1.0', '"sampler": "DPM++ 2M", "scheduler": "Karras"')
    nodes.RetouchFix().paint(image(), recipe="", recipe_text=text, **INPUTS)
    assert {call["sampler"] for call in comfy.calls} == {"dpmpp_2m"}


def test_unknown_sampler_is_reported_and_the_picture_stays(nodes):
    given = image()
    text = RECIPE.replace('"denoising_strength": 1.0', '"sampler": "Eular"')
    fixed, _, report = nodes.RetouchFix().paint(given, recipe="", recipe_text=text, **INPUTS)
    assert torch.equal(fixed, given)
    assert "no sampler 'Eular' in ComfyUI" in report


def test_interrupt_ends_the_node_with_the_interrupt_of_comfyui(nodes, comfy):
    comfy.interrupt = True
    with pytest.raises(InterruptProcessingError):
        nodes.RetouchFix().paint(
            image(), recipe="", recipe_text=RECIPE, **{**INPUTS, "sampler": "euler_ancestral"}
        )
    assert len(comfy.calls) == 1


@pytest.mark.parametrize("level", [0, 1, 60, 128, 254, 255])
def test_soft_mask_opens_a_cell_at_its_first_step(nodes, comfy, level):
    """The share of the steps that denoise a cell is that of `first_step`, as in all engines."""
    from retouch.comfyui.engine import _gated

    masks, steps = torch.full((1, 1, 2, 2), level), 10
    masks[0, 0, 0, 0] = 128
    gated = _gated(Model(), masks)
    sigmas = torch.arange(steps, -1, -1).float()
    opened = [
        gated.gate(sigma[None], masks / 255, {"sigmas": sigmas})[0, 0, 1, 1].item() for sigma in sigmas[:-1]
    ]
    assert opened == [float(step >= first_step(level, steps)) for step in range(steps)]


@pytest.mark.parametrize(("side", "shape"), [("right", (256, 320)), ("top", (320, 256))])
def test_outpaint_stage_adds_pixels_and_keeps_the_picture(nodes, side, shape):
    given = (image() * 255).round() / 255
    extended, mask, report = nodes.RetouchOutpaintStage().paint(given, side=side, pixels=64, **INPUTS)
    assert extended.shape[1:3] == mask.shape[1:] == torch.Size(shape)
    kept = extended[:, -256:, :256]
    assert (kept - given).abs().mean() < 0.05
    assert mask.mean() == pytest.approx(64 / 320)
    assert "kept" in report


def test_composite_changes_pixels_under_the_mask_only(nodes):
    before, painted = image(), torch.full((1, 256, 256, 3), 0.8)
    mask = torch.zeros(1, 256, 256)
    mask[:, 100:150, 100:150] = 1
    knobs = {"mask_blur": 8, "colour_correction": 0.0, "grain": 0.0}
    out, report = nodes.RetouchComposite().composite(before, painted, mask, **knobs)
    assert torch.equal(out[:, :80], before[:, :80])
    assert (out[:, 120:130, 120:130] - 0.8).abs().max() < 0.01
    assert "kept" in report


def test_composite_of_a_blank_mask_gives_the_image_before(nodes):
    before, knobs = image(), {"mask_blur": 8, "colour_correction": 1.0, "grain": 0.0}
    out, report = nodes.RetouchComposite().composite(before, before * 0, torch.zeros(1, 256, 256), **knobs)
    assert torch.equal(out, before)
    assert report == ""


def test_composite_refuses_images_of_different_sizes(nodes):
    knobs = {"mask_blur": 8, "colour_correction": 1.0, "grain": 0.0}
    with pytest.raises(BadInput, match="same size"):
        nodes.RetouchComposite().composite(image(), image()[:, :128], torch.zeros(1, 256, 256), **knobs)


def test_inputs_of_each_node_are_the_arguments_of_its_function(nodes):
    for node in nodes.NODE_CLASS_MAPPINGS.values():
        inputs = {name: entry for part in node.INPUT_TYPES().values() for name, entry in part.items()}
        code = getattr(node, node.FUNCTION).__code__
        named = set(code.co_varnames[1 : code.co_argcount])
        assert named <= set(inputs)
        assert named == set(inputs) or code.co_flags & 0x08  # the rest goes into **inputs
        assert len(node.RETURN_TYPES) == len(node.RETURN_NAMES)
        assert node.DESCRIPTION
    assert set(nodes.NODE_CLASS_MAPPINGS) == set(nodes.NODE_DISPLAY_NAME_MAPPINGS)


def test_unchanged_levels_keep_values_between_the_levels(nodes):
    from retouch.comfyui.tensors import keep_exact, pictures_of

    given = image()
    (picture,) = pictures_of(given)
    assert torch.equal(keep_exact(given, [picture], [picture]), given)
    assert np.array_equal(pictures_of(given)[0].pixels, picture.pixels)
