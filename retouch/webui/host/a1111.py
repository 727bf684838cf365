"""AUTOMATIC1111's WebUI, v1.10.1. The dialects of its forks are subclasses."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from retouch.errors import PaintFailed
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.webui.host.ability import optional
from retouch.webui.host.modules import devices, sd_models, sd_vae, shared

_REMARKS = ("comments", "extra_generation_params")
"""Remarks of the host's prompt parser on the surrounding job. Its later batches have them in the infotext."""


class A1111:
    """See `dialect.Dialect`."""

    name = "A1111"

    @optional("prompt lengths", 0)
    def padded_tokens(self, prompt: str) -> int:
        from modules import sd_hijack

        return sd_hijack.model_hijack.get_prompt_lengths(prompt)[1]

    def native(self, model: Any) -> Size:
        if getattr(model, "is_sd2", False):
            return Size(768, 768) if getattr(model, "parameterization", "") == "v" else Size(512, 512)
        return Size(512, 512) if getattr(model, "is_sd1", False) else Size(1024, 1024)

    def loaded(self) -> Any:
        return getattr(sd_models.model_data, "sd_model", None)

    def load(self) -> Any:
        sd_models.reload_model_weights()  # returns at once if it is already loaded
        return shared.sd_model

    def parts(self, model: Any) -> list[torch.nn.Module]:
        return [model] if isinstance(model, torch.nn.Module) else []

    def unet(self, model: Any) -> Any:
        return getattr(getattr(model, "model", None), "diffusion_model", None)

    def load_vae(self, name: str) -> None:
        shared.opts.data["sd_vae"] = name
        sd_vae.reload_vae_weights()

    def vae(self) -> str:
        return shared.opts.data.get("sd_vae") or ""

    @contextlib.contextmanager
    def models_kept(self) -> Iterator[None]:
        """If the same checkpoint is loaded as before, it stays loaded, also if it is that of a hires fix.

        Otherwise the checkpoint of the options is loaded, as the host does at the start of each batch.
        """
        checkpoint, vae = (shared.opts.data.get(key) for key in ("sd_model_checkpoint", "sd_vae"))
        loaded = _info(self.loaded())
        try:
            yield
        finally:
            shared.opts.data["sd_model_checkpoint"] = checkpoint
            if _info(self.loaded()) is not loaded:
                sd_models.reload_model_weights()
            if shared.opts.data.get("sd_vae") != vae:
                shared.opts.data["sd_vae"] = vae
                sd_vae.reload_vae_weights()

    def use_modules_of(self, p: Any, second: bool) -> None:
        """This host has one VAE, which the options name."""

    def use_hires_checkpoint(self, txt2img: Any) -> None:
        with sd_models.SkipWritingToConfig():
            sd_models.reload_model_weights(info=txt2img.hr_checkpoint_info)

    def noise_levels(self, p: Any) -> Any:
        """The computation is that of the host's `sample_img2img`."""
        from modules import sd_samplers_common

        steps, last = sd_samplers_common.setup_img2img_steps(p)
        if hasattr(p.sampler, "get_timesteps"):
            return p.sampler.get_timesteps(p, steps)[1:last].flip(0).float()
        sigmas = p.sampler.get_sigmas(p, steps)[steps - last - 1 :]
        return sigmas[sigmas > 0]

    def default_values(self) -> dict[str, Any]:
        return {}

    def sampling_arguments(self, p: Any, second: bool) -> dict[str, Any]:
        return {}

    def hold_kept_area(self, p: Any, noise: Any) -> None:
        """This host restores the kept area after the denoiser. Its noise is that of the job's start."""

    def nan_checks(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def model_kept(self) -> Iterator[None]:
        """It restores the remarks of the prompt parser and the VAE's dtype.

        After NaN, the host permanently changes the dtype to more bits.
        """
        from modules import sd_hijack

        before = devices.dtype_vae
        with attributes_kept(sd_hijack.model_hijack, _REMARKS), attributes_kept(devices, ("dtype_vae",)):
            try:
                yield
            finally:
                if devices.dtype_vae != before:
                    shared.sd_model.first_stage_model.to(before)

    def paints_from_references(self) -> bool:
        return False

    def references_kept(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def references(self, pictures: Sequence[Picture]) -> contextlib.AbstractContextManager[None]:
        if pictures:
            raise PaintFailed(
                f"{self.name} has no edit models, so no model sees the {len(pictures)} references.",
                hint="Leave the references out, or use Forge Neo with an edit model.",
            )
        return contextlib.nullcontext()

    @optional("tiling of the batches after a fix")
    def apply_tiling(self, on: bool) -> None:
        from modules import sd_hijack

        sd_hijack.model_hijack.apply_circular(on)

    @optional("token merging of the batches after a fix")
    def apply_token_merging(self, ratio: float) -> None:
        sd_models.apply_token_merging(shared.sd_model, ratio)


def _info(model: Any) -> Any:
    return getattr(model, "sd_checkpoint_info", None)


@contextlib.contextmanager
def entries_kept(mapping: dict[str, Any], keys: tuple[str, ...]) -> Iterator[None]:
    """Context manager: restores entries of a dict. A key that was absent is removed."""
    before = {key: mapping[key] for key in keys if key in mapping}
    try:
        yield
    finally:
        for key in keys:
            mapping.pop(key, None)
        mapping.update(before)


@contextlib.contextmanager
def attributes_kept(thing: Any, names: tuple[str, ...]) -> Iterator[None]:
    """Context manager: restores attributes by reference. The host assigns them and does not mutate them."""
    before = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(thing, name, value)
