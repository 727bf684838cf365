"""Tiny random pipelines of every family, made in code, and jobs for them."""

from __future__ import annotations

import contextlib
import dataclasses
import functools

import diffusers
import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import T5Config, T5EncoderModel, T5TokenizerFast

from retouch.engines.base import Job
from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.random_model import tiny_pipeline, tiny_text_encoder, tiny_tokenizer, tiny_vae
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.progress import Silent
from retouch.recipes.recipe import Settings
from retouch.recipes.sampling import Sampling

WIDTH = 32
torch.set_num_threads(1)  # a tensor this small is done before a second thread wakes


def sd(inpainting=False):
    return tiny_pipeline(64, inpainting)


def sdxl(inpainting=False):
    unet = diffusers.UNet2DConditionModel(
        sample_size=8,
        in_channels=9 if inpainting else 4,
        block_out_channels=(WIDTH, WIDTH),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=(2, 2),
        cross_attention_dim=2 * WIDTH,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + WIDTH,
    )
    return diffusers.StableDiffusionXLInpaintPipeline(
        vae=tiny_vae(),
        text_encoder=tiny_text_encoder(),
        text_encoder_2=tiny_text_encoder(projection=True),
        tokenizer=tiny_tokenizer(),
        tokenizer_2=tiny_tokenizer(),
        unet=unet,
        scheduler=diffusers.EulerDiscreteScheduler(beta_schedule="scaled_linear", steps_offset=1),
    )


def sd3(inpainting=False):
    transformer = diffusers.SD3Transformer2DModel(
        sample_size=8,
        patch_size=2,
        in_channels=33 if inpainting else 16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=2 * WIDTH,
        caption_projection_dim=WIDTH,
        pooled_projection_dim=2 * WIDTH,
        out_channels=16,
    )
    return diffusers.StableDiffusion3InpaintPipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=tiny_vae(16, shift_factor=0.06, scaling_factor=1.5),
        text_encoder=tiny_text_encoder(projection=True),
        tokenizer=tiny_tokenizer(),
        text_encoder_2=tiny_text_encoder(projection=True),
        tokenizer_2=tiny_tokenizer(),
        text_encoder_3=t5(2 * WIDTH),
        tokenizer_3=t5_tokenizer(),
    )


def flux(fill=False):
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=64 + (64 + 256 if fill else 0),
        out_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=WIDTH,
        guidance_embeds=True,
        axes_dims_rope=(4, 4, 8),
    )
    cls = diffusers.FluxFillPipeline if fill else diffusers.FluxInpaintPipeline
    return cls(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=tiny_vae(16, shift_factor=0.12, scaling_factor=0.36),
        text_encoder=tiny_text_encoder(),
        tokenizer=tiny_tokenizer(),
        text_encoder_2=t5(WIDTH),
        tokenizer_2=t5_tokenizer(),
        transformer=transformer,
    )


def t5(width):
    config = T5Config(
        vocab_size=300, d_model=width, d_kv=8, d_ff=WIDTH, num_layers=1, num_heads=4, initializer_factor=1.0
    )
    return T5EncoderModel(config).eval()


def t5_tokenizer():
    """Characters as tokens."""
    letters = {symbol: i for i, symbol in enumerate(["<pad>", "</s>", "<unk>", *map(chr, range(32, 256))])}
    tokenizer = Tokenizer(models.WordLevel(letters, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return T5TokenizerFast(tokenizer_object=tokenizer, model_max_length=64, extra_ids=0)


BUILDERS = {
    "SD": sd,
    "SD inpainting": lambda: sd(inpainting=True),
    "SDXL": sdxl,
    "SDXL inpainting": lambda: sdxl(inpainting=True),
    "SD3": sd3,
    "SD3 inpainting": lambda: sd3(inpainting=True),
    "FLUX": flux,
    "FLUX Fill": lambda: flux(fill=True),
}


def build(family):
    """A pipeline of `BUILDERS`, of the same weights every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return BUILDERS[family]()


@functools.cache
def engine(family):
    """One engine per family for all tests; what a job asks for is undone by the next."""
    return DiffusersEngine(build(family))


SIZE = Size(96, 64)


def job(number=0, *, settings=None, **changes):
    """Job `number` of a batch: each has its own picture, mask, prompt and seed."""
    noise = np.random.default_rng(number).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    picture = Picture(noise.repeat(8, 0).repeat(8, 1))
    mask = Mask.of_box(SIZE, Box(16 + 8 * number, 8, 56 + 8 * number, 48))
    plain = Job(picture, mask, f"face {number}", "", number, settings or tuned())
    return dataclasses.replace(plain, **changes)


def tuned(strength=0.5, content="original", **sampling):
    return Settings(Sampling(**{"steps": 4, **sampling}), strength, content)


def paint(engine, *jobs):
    painted = engine.paint(jobs, Silent())
    return painted[0] if len(jobs) == 1 else painted


def gap(a, b):
    """The largest difference between two pictures, in levels."""
    return int(np.abs(a.pixels.astype(int) - b.pixels).max())


@contextlib.contextmanager
def watched(module):
    """The first positional argument, or `hidden_states`, of each forward call of `module`."""
    seen = []

    def note(module, args, kwargs):
        seen.append(args[0] if args else kwargs["hidden_states"])

    handle = module.register_forward_pre_hook(note, with_kwargs=True)
    try:
        yield seen
    finally:
        handle.remove()
