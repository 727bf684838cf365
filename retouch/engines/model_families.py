"""What differs between model families once latents, masks and noise are at hand.

The inpainting pipelines of diffusers do the sampling. They all begin by preparing latents, and each
does it its own way: from pure noise at full strength, with one noise for start and background, and
with no way to say more. So that step is ours (`Family.start`), and theirs is all that follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from retouch.errors import BadInput
from retouch.recipes.recipe import Settings

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class LatentBatch:
    """The float32 tensors of one sampling call, B jobs of one size on the model's device.

    pixels      (B, 3, H, W) -1..1
    alpha       (B, 1, h, w) whole numbers 0..255, the denoise mask on the latent grid
    hole        (B, 1, H, W) 0 or 1, whole latent cells: the mask the pipeline is given
    latents     (B, C, h, w) what is encoded, opaque cells with the content that `masked_content` says
    known       (B, C, h, w) the picture with its hole grey, encoded; zeros where the model has no use
    noise       (B, C, h, w) unit Gaussian, a seed per job
    generators  one per job, on the CPU, for the samplers that draw noise at each step
    """

    pixels: torch.Tensor
    alpha: torch.Tensor
    hole: torch.Tensor
    latents: torch.Tensor
    known: torch.Tensor
    noise: torch.Tensor
    generators: list[torch.Generator]


Start: TypeAlias = "tuple[torch.Tensor, torch.Tensor, torch.Tensor]"
"""Noised latents to begin with, the noise, and the clean latents: (B, C, h, w), in the model's dtype."""


class Family:
    """Stable Diffusion 1.x and 2.x. Others override what they do differently."""

    flow = False
    """Rectified flow: noise and picture are mixed by `scale_noise`, not `add_noise`."""
    clip_skip_own = 1
    """The clip skip, counted as the WebUI does, at which diffusers runs the model unasked."""
    fragile_vae = False
    """The autoencoder overflows float16 unless its config says it does not."""

    def native(self, pipe: Any) -> int:
        """The side of the square the model was trained on, in pixels."""
        return int(self.denoiser(pipe).config.sample_size * pipe.vae_scale_factor)

    def denoiser(self, pipe: Any) -> Any:
        return pipe.unet

    def sees_picture(self, pipe: Any) -> bool:
        """Whether this is an inpainting checkpoint, which is shown the picture around the hole."""
        return self.denoiser(pipe).config.in_channels != pipe.vae.config.latent_channels

    def blends(self, pipe: Any) -> bool:
        """Whether the pipeline puts the original back outside the mask after every step."""
        return not self.sees_picture(pipe)

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        """The arguments that not all pipelines take, or not in the same form."""
        skip = settings.sampling.clip_skip - self.clip_skip_own
        return {
            "image": batch.latents,
            "masked_image_latents": batch.known,
            "negative_prompt": negative,
            "clip_skip": skip if skip > 0 else None,
        }

    def add_noise(self, pipe: Any, latents: torch.Tensor, noise: torch.Tensor, timestep: Any) -> torch.Tensor:
        if self.flow:
            return pipe.scheduler.scale_noise(latents, timestep, noise)
        return pipe.scheduler.add_noise(latents, noise, timestep)

    def start(self, pipe: Any, made: Start, wanted: Mapping[str, Any]) -> tuple[Any, ...]:
        """What the pipeline's `prepare_latents`, called with `wanted`, has to return."""
        return made if wanted.get("return_image_latents") else made[:2]

    def pack_latents(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        """(B, C, h, w) of any type as the pipeline lays its latents out."""
        return latents

    def unpack_latents(self, pipe: Any, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        """The pipeline's latents as (B, C, h, w)."""
        return latents


class SDXL(Family):
    clip_skip_own = 2
    fragile_vae = True


class SD3(Family):
    flow = True
    clip_skip_own = 2

    def denoiser(self, pipe: Any) -> Any:
        return pipe.transformer

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        config = pipe.vae.config
        # This pipeline shifts and scales the masked latents it is given, so they go in unscaled.
        known = batch.known / config.scaling_factor + config.shift_factor
        return {**super().inputs(pipe, batch, negative, settings), "masked_image_latents": known}


class Flux(Family):
    """FLUX.1: guidance is distilled, so negative prompts and clip skip have nothing to act on."""

    flow = True

    def native(self, pipe: Any) -> int:
        return int(pipe.default_sample_size * pipe.vae_scale_factor)

    def denoiser(self, pipe: Any) -> Any:
        return pipe.transformer

    def sees_picture(self, pipe: Any) -> bool:
        return False

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        return {"image": batch.latents, "masked_image_latents": batch.known}

    def start(self, pipe: Any, made: Start, wanted: Mapping[str, Any]) -> tuple[Any, ...]:
        return (*(self.pack_latents(pipe, latents) for latents in made), _positions(pipe, made[0]))

    def pack_latents(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        return pipe._pack_latents(latents, *latents.shape)

    def unpack_latents(self, pipe: Any, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        return pipe._unpack_latents(latents, height, width, pipe.vae_scale_factor)


class FluxFill(Flux):
    """FLUX.1 Fill masks and encodes the picture itself."""

    def blends(self, pipe: Any) -> bool:
        return False

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        return {"image": batch.pixels / 2 + 0.5}

    def start(self, pipe: Any, made: Start, wanted: Mapping[str, Any]) -> tuple[Any, ...]:
        return self.pack_latents(pipe, made[0]), _positions(pipe, made[0])


def _positions(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    count, _, height, width = latents.shape
    return pipe._prepare_latent_image_ids(count, height // 2, width // 2, latents.device, latents.dtype)


FAMILIES: dict[str, Family] = {
    "StableDiffusionInpaintPipeline": Family(),
    "StableDiffusionXLInpaintPipeline": SDXL(),
    "StableDiffusion3InpaintPipeline": SD3(),
    "FluxInpaintPipeline": Flux(),
    "FluxFillPipeline": FluxFill(),
}
"""By the diffusers pipeline that samples it."""


def of_checkpoint(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The pipeline for a single-file checkpoint, from the names and shapes of its tensors.

    The names are those of the families' original code. BadInput when none is found.
    """
    names = {name.removeprefix("model.diffusion_model."): shape for name, shape in shapes.items()}
    if "double_blocks.0.img_attn.norm.key_norm.scale" in names:
        # 64 packed latent channels; Fill adds 64 of the masked picture and 256 of the mask.
        return "FluxFillPipeline" if names["img_in.weight"][1] == 384 else "FluxInpaintPipeline"
    if "joint_blocks.0.context_block.attn.qkv.weight" in names:
        return "StableDiffusion3InpaintPipeline"
    if any(name.startswith("conditioner.embedders.1.") for name in names):
        return "StableDiffusionXLInpaintPipeline"
    if "input_blocks.0.0.weight" in names:
        return "StableDiffusionInpaintPipeline"
    raise BadInput(
        "This file is not a checkpoint of SD 1.x, SD 2.x, SDXL, SD3 or FLUX.",
        path="model",
        hint="A LoRA or a VAE goes into its own folder.",
    )
