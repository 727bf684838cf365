"""A tiny Stable Diffusion model with random weights, built in code. Its output is noise.

It runs every stage of a real model in about a second and without a download. So the demo and the tests run on
any machine. It cannot paint a picture.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.loading import library

NAME = "random weights: paints noise"
REMARK = "Painted by a tiny model of random weights: it is noise."
NATIVE_SIDE = 256
_WIDTH = 32


def tiny_random(device: str = "cpu", seed: int = 0) -> DiffusersEngine:
    """An engine with `tiny_pipeline`. Its name and remark say that it paints noise."""
    return DiffusersEngine(tiny_pipeline(NATIVE_SIDE, seed=seed).to(device), NAME, remark=REMARK)


def tiny_pipeline(side: int = 64, inpainting: bool = False, seed: int = 0) -> Any:
    """A StableDiffusionInpaintPipeline with less than a million random weights.

    The weights depend on `seed` only. `side` is the native side in pixels, a multiple of 8. `inpainting`
    makes an inpainting checkpoint.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return library().StableDiffusionInpaintPipeline(
            unet=_tiny_unet(side // 8, 9 if inpainting else 4),
            vae=tiny_vae(),
            text_encoder=tiny_text_encoder(),
            tokenizer=tiny_tokenizer(),
            scheduler=_scheduler(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def _tiny_unet(sample_size: int, in_channels: int) -> Any:
    return library().UNet2DConditionModel(
        sample_size=sample_size,
        in_channels=in_channels,
        block_out_channels=(_WIDTH, _WIDTH),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=2,
        cross_attention_dim=_WIDTH,
    )


def _scheduler() -> Any:
    """A scheduler with the noise schedule of the training of Stable Diffusion 1.x."""
    return library().DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def tiny_vae(latent_channels: int = 4, **settings: Any) -> Any:
    """An autoencoder that halves the sides three times. Its output is scaled by 2 for visible contrast."""
    import torch

    vae = library().AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=latent_channels,
        norm_num_groups=4,
        **settings,
    )
    with torch.no_grad():
        vae.decoder.conv_out.weight *= 2
    return vae.eval()


def tiny_text_encoder(projection: bool = False) -> Any:
    """A CLIP text encoder for `tiny_tokenizer`. With `projection`, it is like SDXL's second encoder."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=len(_vocabulary()),
        hidden_size=_WIDTH,
        projection_dim=_WIDTH,
        intermediate_size=_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
        initializer_range=0.5,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def tiny_tokenizer() -> Any:
    """A CLIP tokenizer with a token for every byte and no tokens for words."""
    from transformers import CLIPTokenizer

    with tempfile.TemporaryDirectory() as folder:
        vocabulary, merges = Path(folder, "vocab.json"), Path(folder, "merges.txt")
        vocabulary.write_text(json.dumps(_vocabulary()), encoding="utf-8")
        merges.write_text("#version: 0.2\n", encoding="utf-8")
        return CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77)


def _vocabulary() -> dict[str, int]:
    """The vocabulary of byte-level BPE without merges: symbol -> token number.

    Each byte has two symbols, one inside a word and one at the end of a word.
    """
    from transformers.models.clip.tokenization_clip import bytes_to_unicode

    letters = list(bytes_to_unicode().values())
    endings = [f"{letter}</w>" for letter in letters]
    return {symbol: i for i, symbol in enumerate([*letters, *endings, "<|startoftext|>", "<|endoftext|>"])}
