"""The differences between model families: pipeline arguments, noise, latent layout.

The inpainting pipelines of diffusers do the sampling. Each pipeline first prepares the latents in its own
manner. At full strength they are pure noise. One noise serves for the start and the background. No argument
changes this. So this package replaces that step (`Family.start`). The pipeline does all later steps.
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
    alpha       (B, 1, h, w) int64 0..255: the denoise mask on the latent grid
    hole        (B, 1, H, W) 0 or 1, constant in each latent cell: the mask for the pipeline
    latents     (B, C, h, w) the encoded picture; opaque cells have the content of `masked_content`
    known       (B, C, h, w) the encoded picture with a grey hole; zeros if the model does not use it
    noise       (B, C, h, w) standard normal, from the seed of each job
    generators  one per job, on the CPU, for samplers that draw noise at each step

    H and W are pixels; h and w are latent cells. `alpha` is the only tensor that is not float32.
    """

    pixels: torch.Tensor
    alpha: torch.Tensor
    hole: torch.Tensor
    latents: torch.Tensor
    known: torch.Tensor
    noise: torch.Tensor
    generators: list[torch.Generator]


Start: TypeAlias = "tuple[torch.Tensor, torch.Tensor, torch.Tensor]"
"""(noised latents of the first step, noise, clean latents), each (B, C, h, w) in the model's dtype."""


class Family:
    """Stable Diffusion 1.x and 2.x. Other families override the differences."""

    flow = False
    """True for rectified flow: the scheduler mixes noise and picture by `scale_noise`, not `add_noise`."""
    clip_skip_own = 1
    """The clip skip that diffusers uses by default, counted as in the WebUI (1 is the last layer)."""
    fragile_vae = False
    """True if the autoencoder overflows float16, unless its config says that it does not."""

    def native(self, pipe: Any) -> int:
        """The side in pixels of the squares that the model was trained on."""
        return int(self.denoiser(pipe).config.sample_size * pipe.vae_scale_factor)

    def denoiser(self, pipe: Any) -> Any:
        """The UNet or transformer of the pipeline."""
        return pipe.unet

    def sees_picture(self, pipe: Any) -> bool:
        """True for an inpainting checkpoint. Its denoiser has the picture around the hole as extra input."""
        return self.denoiser(pipe).config.in_channels != pipe.vae.config.latent_channels

    def blends(self, pipe: Any) -> bool:
        """True if the pipeline restores the original outside the mask after every step."""
        return not self.sees_picture(pipe)

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        """The pipeline arguments that differ between families in presence or form."""
        skip = settings.sampling.clip_skip - self.clip_skip_own
        return {
            "image": batch.latents,
            "masked_image_latents": batch.known,
            "negative_prompt": negative,
            "clip_skip": skip if skip > 0 else None,
        }

    def add_noise(self, pipe: Any, latents: torch.Tensor, noise: torch.Tensor, timestep: Any) -> torch.Tensor:
        """The latents noised to `timestep`, in the shape of `latents` and `noise`."""
        if self.flow:
            return pipe.scheduler.scale_noise(latents, timestep, noise)
        return pipe.scheduler.add_noise(latents, noise, timestep)

    def start(self, pipe: Any, made: Start, wanted: Mapping[str, Any]) -> tuple[Any, ...]:
        """The return value of the pipeline's `prepare_latents` for a call with the arguments `wanted`."""
        return made if wanted.get("return_image_latents") else made[:2]

    def pack_latents(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        """Convert (B, C, h, w), of any dtype, to the pipeline's own layout."""
        return latents

    def unpack_latents(self, pipe: Any, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        """Convert the pipeline's latents to (B, C, h, w). `height` and `width` are in pixels."""
        return latents


class SDXL(Family):
    """Stable Diffusion XL."""

    clip_skip_own = 2
    fragile_vae = True


class SD3(Family):
    """Stable Diffusion 3."""

    flow = True
    clip_skip_own = 2

    def denoiser(self, pipe: Any) -> Any:
        return pipe.transformer

    def inputs(
        self, pipe: Any, batch: LatentBatch, negative: list[str], settings: Settings
    ) -> dict[str, Any]:
        config = pipe.vae.config
        # This pipeline itself shifts and scales the masked latents, so its input is unscaled.
        known = batch.known / config.scaling_factor + config.shift_factor
        return {**super().inputs(pipe, batch, negative, settings), "masked_image_latents": known}


class Flux(Family):
    """FLUX.1. Its guidance is distilled, so negative prompts and clip skip have no effect."""

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
    """FLUX.1 Fill. Its pipeline masks and encodes the picture itself."""

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
"""The families by the class name of their inpainting pipeline in diffusers."""


def of_checkpoint(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Name of the pipeline class for a single-file checkpoint, from the names and shapes of its tensors.

    The tensor names are from the original code of each family. Raises BadInput if no family fits.
    """
    names = {name.removeprefix("model.diffusion_model."): shape for name, shape in shapes.items()}
    if "double_blocks.0.img_attn.norm.key_norm.scale" in names:
        # FLUX has 64 packed latent channels. Fill adds 64 channels of the masked picture and 256 of the mask.
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
