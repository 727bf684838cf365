"""Stable Diffusion 1.x with all its layers and random weights, at full width or narrower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retouch.engines.random_model import tiny_tokenizer


@dataclass(frozen=True)
class Stand:
    """A pipeline to time, and what a reader must know of it."""

    pipe: Any
    described: str


def sd1() -> Stand:
    """A model with random weights: on a GPU with SD 1.5's widths in half precision.

    On a CPU it is an eighth as wide, in float32. Depth, attention, resolutions and the number of forward
    passes equal the real model's; only the channels differ.
    """
    import torch

    gpu = torch.cuda.is_available()
    thinner = 1 if gpu else 8
    pipe = _pipeline(thinner)
    if gpu:
        pipe = pipe.to("cuda", torch.float16)
    millions = sum(p.numel() for p in pipe.unet.parameters()) / 1e6
    width = "of full width" if gpu else f"1/{thinner} as wide (about 1/{thinner**2} of the work)"
    described = f"SD 1.5's layers, {width}, random weights, {millions:.0f} M in the UNet, {pipe.device}"
    return Stand(pipe, described)


def _pipeline(thinner: int) -> Any:
    import torch
    from diffusers import DDIMScheduler, StableDiffusionInpaintPipeline

    torch.manual_seed(0)
    return StableDiffusionInpaintPipeline(
        vae=_vae(thinner),
        text_encoder=_text_encoder(thinner),
        tokenizer=tiny_tokenizer(),
        unet=_unet(thinner),
        scheduler=DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            clip_sample=False,
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )


def _unet(thinner: int) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=64,
        block_out_channels=tuple(channels // thinner for channels in (320, 640, 1280, 1280)),
        norm_num_groups=32 // thinner,
        cross_attention_dim=768 // thinner,
        attention_head_dim=8,
    ).eval()


def _vae(thinner: int) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        sample_size=512,
        block_out_channels=tuple(channels // thinner for channels in (128, 256, 512, 512)),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        norm_num_groups=32 // thinner,
        latent_channels=4,
    ).eval()


def _text_encoder(thinner: int) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    width = 768 // thinner
    config = CLIPTextConfig(
        vocab_size=514,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=12,
        num_attention_heads=12,
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
    )
    return CLIPTextModel(config).eval()
