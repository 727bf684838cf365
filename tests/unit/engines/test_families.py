from __future__ import annotations

import pytest

from retouch.engines.diffusers_engine import strength_of
from retouch.engines.model_families import of_checkpoint
from retouch.errors import BadInput

UNET = "model.diffusion_model."
FLUX = "double_blocks.0.img_attn.norm.key_norm.scale"


@pytest.mark.parametrize(
    ("shapes", "pipeline"),
    [
        ({f"{UNET}input_blocks.0.0.weight": (320, 4, 3, 3)}, "StableDiffusionInpaintPipeline"),
        (
            {f"{UNET}input_blocks.0.0.weight": (320, 4, 3, 3), "conditioner.embedders.1.model.x": (1,)},
            "StableDiffusionXLInpaintPipeline",
        ),
        ({f"{UNET}joint_blocks.0.context_block.attn.qkv.weight": (1,)}, "StableDiffusion3InpaintPipeline"),
        ({FLUX: (128,), "img_in.weight": (3072, 64)}, "FluxInpaintPipeline"),
        ({UNET + FLUX: (128,), f"{UNET}img_in.weight": (3072, 384)}, "FluxFillPipeline"),
    ],
)
def test_a_checkpoints_family_is_read_from_its_tensors(shapes, pipeline):
    assert of_checkpoint(shapes) == pipeline


def test_other_files_are_refused():
    with pytest.raises(BadInput, match="not a checkpoint"):
        of_checkpoint({"lora_unet_down.lora_up.weight": (4, 4)})


@pytest.mark.parametrize("steps", [1, 3, 7, 20, 49, 150])
def test_strength_gives_at_least_one_step_and_at_most_all(steps):
    assert int(steps * strength_of(0.001, steps)) == 1
    assert int(steps * strength_of(1.0, steps)) == steps
    assert strength_of(0.999, steps) == pytest.approx(0.999) or steps == 1
