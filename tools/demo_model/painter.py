"""The training of the demo model's denoiser and text encoder: v-prediction on encoded crops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from retouch.engines.loading import library
from retouch.image.geometry import Size
from tools.demo_model.autoencoder import to_tensor
from tools.demo_model.crops import Album
from tools.demo_model.words import LENGTH, prompt_ids, vocabulary

NATIVE = Size(256, 256)
WIDE, TALL = Size(320, 192), Size(192, 320)
"""Other shapes of the native area, with sides in multiples of 64 px, as crops are sized."""
NEAR = (0.84, 1, 1.03)
"""Magnifications near 1. The first leaves room for shapes that are not square: a whole photograph at
native area."""
CELL = 8
BROAD_STEPS = 2700
"""Steps in which all crops have equal weight. Later the crops of the demo and of the bench dominate."""
BATCH = 8
UNPROMPTED = 0.12
"""Share of crops that are trained without a prompt, as classifier-free guidance needs."""
TEXT_WIDTH = 128


class Painter(nn.Module):
    """Denoiser and text encoder, trained together."""

    def __init__(self) -> None:
        super().__init__()
        self.unet, self.text = _unet(), _text_encoder()

    def forward(self, noisy: torch.Tensor, timesteps: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        return self.unet(noisy, timesteps, self.text(ids).last_hidden_state).sample


def _unet() -> Any:
    """A UNet with attention only at a half and a quarter of the latents' resolution, where it is cheap."""
    return library().UNet2DConditionModel(
        sample_size=NATIVE.width // 8,
        block_out_channels=(96, 144, 208),
        norm_num_groups=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        attention_head_dim=4,
        cross_attention_dim=TEXT_WIDTH,
    )


def _text_encoder() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    words = len(vocabulary())
    config = CLIPTextConfig(
        vocab_size=words + 2,
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        bos_token_id=words,
        eos_token_id=words + 1,
        pad_token_id=words + 1,
    )
    return CLIPTextModel(config)


def scheduler() -> Any:
    """Stable Diffusion's noise schedule with v-prediction, which has a useful target at full noise, too."""
    return library().DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


@dataclass(frozen=True)
class Diet:
    """The content of one pool: `count` crops of one size, and the share of steps that use it.

    There are four shares: before `BROAD_STEPS`, after them, in the further course, and in the last course.
    With `grid` 8 crops start at latent cells.
    """

    album: Album
    size: Size
    count: int
    shares: tuple[float, float, float, float]
    grid: int = 1


def diets(seed: int) -> list[Diet]:
    """The diets: broad ones, then whole photographs, and a face at the crop of a fix.

    The further course adds the same face rotated, and continuations beyond the borders.
    """
    everything, wholes, faces = Album.open(whole=0.5, near=NEAR), Album.wholes(), Album.mended_faces()
    rng = np.random.default_rng(seed)
    return [
        Diet(everything, NATIVE, 5600, (0.7, 0.06, 0.08, 0.06)),
        Diet(everything, WIDE, 1200, (0.15, 0.04, 0.05, 0.03)),
        Diet(everything, TALL, 1200, (0.15, 0.04, 0.05, 0.03)),
        Diet(wholes, NATIVE, 700, (0.0, 0.1, 0.08, 0.1)),
        Diet(wholes, NATIVE, 700, (0.0, 0.36, 0.24, 0.46), CELL),
        Diet(faces, NATIVE, 400, (0.0, 0.4, 0.14, 0.08)),
        Diet(Album.leaning_faces(rng), NATIVE, 800, (0.0, 0.0, 0.16, 0.1)),
        Diet(Album.beyond(rng), NATIVE, 2400, (0.0, 0.0, 0.2, 0.14)),
    ]


@dataclass(frozen=True)
class Pool:
    """The crops of a diet, encoded once: latents (N, 4, h, w) in unit variance, and the words of each."""

    latents: torch.Tensor
    words: tuple[tuple[str, ...], ...]
    diet: Diet


def pools(vae: Any, device: str, seed: int, factor: float | None = None) -> tuple[list[Pool], float]:
    """(one pool for each diet, the factor that scales the autoencoder's latents to unit variance).

    The factor is computed from the broad diets, unless `factor` is that of a trained painter.
    """
    rng = np.random.default_rng(seed)
    raw = [_encoded(vae, diet, rng, device) for diet in diets(seed)]
    broad = [pool.latents.flatten() for pool in raw if pool.diet.shares[0]]
    factor = factor or 1 / float(torch.cat(broad).std())
    return [Pool(pool.latents * factor, pool.words, pool.diet) for pool in raw], factor


def _encoded(vae: Any, diet: Diet, rng: np.random.Generator, device: str) -> Pool:
    latents, words = [], []
    with torch.no_grad(), torch.autocast(device.split(":")[0], torch.bfloat16):
        for start in range(0, diet.count, BATCH):
            crops = diet.album.draw(min(BATCH, diet.count - start), diet.size, rng, diet.grid)
            latents.append(vae.encoder(to_tensor([c.pixels for c in crops], device)).float())
            words += [crop.words for crop in crops]
    return Pool(torch.cat(latents), tuple(words), diet)


class Lesson:
    """Squared error of the predicted velocity, with equal weight at all timesteps.

    Part 2 is the further course, part 3 the last one. Salimans & Ho, "Progressive Distillation for Fast
    Sampling of Diffusion Models", 2022, for v-prediction.
    """

    def __init__(self, pools: list[Pool], tokenizer: Any, device: str, part: int = 0) -> None:
        self.pools, self.tokenizer, self.device, self.part = pools, tokenizer, device, part
        self.scheduler = scheduler()

    def __call__(self, painter: Painter, step: int, rng: np.random.Generator) -> torch.Tensor:
        pool = self.pools[rng.choice(len(self.pools), p=self._shares(step))]
        chosen = rng.integers(len(pool.words), size=BATCH)
        clean = pool.latents[torch.from_numpy(chosen)].to(self.device, memory_format=torch.channels_last)
        noise = torch.randn_like(clean)
        times = torch.from_numpy(_spread(rng)).to(self.device)
        noisy = self.scheduler.add_noise(clean, noise, times)
        wanted = self.scheduler.get_velocity(clean, noise, times)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            made = painter(noisy, times, self._ids([pool.words[i] for i in chosen], rng))
        return (made.float() - wanted).square().mean()

    def _shares(self, step: int) -> list[float]:
        part = self.part or int(step >= BROAD_STEPS)
        return [pool.diet.shares[part] for pool in self.pools]

    def _ids(self, words: list[tuple[str, ...]], rng: np.random.Generator) -> torch.Tensor:
        empty: tuple[str, ...] = ()
        kept = [empty if rng.random() < UNPROMPTED else w for w in words]
        return torch.tensor([prompt_ids(w, self.tokenizer, rng) for w in kept], device=self.device)


def _spread(rng: np.random.Generator) -> np.ndarray:
    """A random timestep from each eighth of the schedule. The loss of a batch then varies less."""
    return ((np.arange(BATCH) + rng.random(BATCH)) / BATCH * 1000).astype(np.int64)
