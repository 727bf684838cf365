"""The interface to the running WebUI. The other modules of this folder read the WebUI's state through it.

It is written for AUTOMATIC1111 v1.10.1. It handles the differences of forks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules import (
    call_queue,
    devices,
    errors,
    images,
    infotext_utils,
    paths_internal,
    processing,
    progress,
    prompt_parser,
    script_callbacks,
    scripts,
    sd_models,
    sd_samplers,
    sd_vae,
    shared,
    ui_components,
)

from retouch.errors import Missing, PaintFailed, did_you_mean
from retouch.image.geometry import Size
from retouch.recipes.sampling import Sampling

__all__ = [
    "call_queue",
    "devices",
    "errors",
    "images",
    "infotext_utils",
    "processing",
    "progress",
    "script_callbacks",
    "scripts",
    "sd_models",
    "shared",
    "ui_components",
]

MODELS = Path(paths_internal.models_path)
DATA = Path(paths_internal.data_path)
PARAMS_TXT = DATA / "params.txt"
CHUNK = 75
"""Prompt tokens of one chunk of the text encoder."""


def option(key: str, default: Any) -> Any:
    """The value of one of Retouch's settings. It also works before the settings page exists."""
    return shared.opts.data.get(key, default)


def device() -> str:
    """The device of detectors: the WebUI's device, or the CPU.

    It is the CPU with --lowvram, --medvram or --medvram-sdxl, and with --use-cpu all or --use-cpu retouch.
    """
    cpu_modules = getattr(shared.cmd_opts, "use_cpu", None) or []
    tight = any(getattr(shared.cmd_opts, flag, False) for flag in ("lowvram", "medvram", "medvram_sdxl"))
    if tight or "all" in cpu_modules or "retouch" in cpu_modules:
        return "cpu"
    return str(devices.device)


def gpus() -> list[Any]:
    """The CUDA device of the WebUI, in a list. [] if the WebUI runs on the CPU or another kind of device.

    All jobs share the random generator of this device.
    """
    import torch

    device = torch.device(devices.device)
    return [device] if device.type == "cuda" and torch.cuda.is_available() else []


def native() -> Size:
    """The size in pixels at which the loaded checkpoint was trained. If none is loaded, this loads one."""
    return _native(shared.sd_model)


def native_if_loaded() -> Size | None:
    """The size in pixels at which the loaded checkpoint was trained, None if none is loaded."""
    model = getattr(sd_models.model_data, "sd_model", None)
    return None if model is None else _native(model)


def _native(model: Any) -> Size:
    if getattr(model, "is_sdxl", False) or getattr(model, "is_sd3", False):
        return Size(1024, 1024)
    if getattr(model, "is_sd2", False) and getattr(model, "parameterization", "") == "v":
        return Size(768, 768)
    return Size(512, 512)


def sampling() -> Sampling:
    """The default sampling of a request without a surrounding job."""
    return Sampling(
        sampler=sd_samplers.samplers_for_img2img[0].name,
        scheduler="Automatic",
        clip_skip=int(shared.opts.CLIP_stop_at_last_layers),
        noise_multiplier=float(shared.opts.initial_noise_multiplier),
    )


def chunks(prompt: str, steps: int) -> tuple[tuple[int, int], ...]:
    """(end step, number of 75-token chunks) of each schedule of a prompt. A batch needs equal schedules."""
    from modules import sd_hijack

    schedule = prompt_parser.get_learned_conditioning_prompt_schedules([prompt], steps)[0]
    return tuple((end, _length(sd_hijack.model_hijack.get_prompt_lengths(text)[1])) for end, text in schedule)


def _length(tokens: Any) -> int:
    return int(tokens) // CHUNK if isinstance(tokens, int) else 0


def sampler_name(name: str) -> str:
    """The sampler name in the host's spelling. "" gives the default sampler.

    Raises Missing, with a similar name, for an unknown sampler.
    """
    known = {s.name.lower(): s.name for s in sd_samplers.samplers_for_img2img}
    if name and name.lower() not in known:
        raise Missing(
            f"no sampler is called {name!r}.", path="sampler", hint=did_you_mean(name, known.values())
        )
    return known.get(name.lower(), sd_samplers.samplers_for_img2img[0].name)


def noise_levels(p: Any) -> Any:
    """(steps,) float tensor: the noise level of each step of a prepared img2img, in descending order.

    The unit is timesteps or sigmas: the one with which the sampler calls the denoiser. A sampler that uses
    timesteps has no step at its lowest timestep, which is the end. The computation is that of the host's
    `sample_img2img`.
    """
    from modules import sd_samplers_common

    steps, last = sd_samplers_common.setup_img2img_steps(p)
    if hasattr(p.sampler, "get_timesteps"):
        return p.sampler.get_timesteps(p, steps)[1:last].flip(0).float()
    sigmas = p.sampler.get_sigmas(p, steps)[steps - last - 1 :]
    return sigmas[sigmas > 0]


def latents_of(floats: Any) -> Any:
    """Encode pictures (b, 3, h, w) float 0..1 to latents (b, c, h / 8, w / 8).

    Hires fix uses the same function for the result of an upscaler that works on pixels.
    """
    from modules import sd_samplers_common

    return sd_samplers_common.images_tensor_to_samples(floats)


def use_hires_checkpoint(txt2img: Any) -> None:
    """Load the checkpoint of the job's second sampling: its own, or else that of the options."""
    with sd_models.SkipWritingToConfig():
        sd_models.reload_model_weights(info=txt2img.hr_checkpoint_info)


def checkpoint_names() -> list[str]:
    """Titles of the installed checkpoints, sorted without regard to case."""
    return sorted(sd_models.checkpoints_list, key=str.casefold)


def vae_names() -> list[str]:
    """Names of the installed VAEs, after "Automatic" and "None"."""
    return ["Automatic", "None", *sd_vae.vae_dict]


def sampler_names() -> list[str]:
    """Names of the samplers for img2img."""
    return [s.name for s in sd_samplers.samplers_for_img2img]


def scheduler_names() -> list[str]:
    """Labels of the schedule types."""
    from modules import sd_schedulers

    return [s.label for s in sd_schedulers.schedulers]


def loaded_checkpoint() -> str:
    """Title of the loaded checkpoint, "" if there is none. It loads nothing, unlike `shared.sd_model`."""
    return getattr(_load(), "title", "")


def _load() -> Any:
    model = getattr(sd_models.model_data, "sd_model", None)
    return getattr(model, "sd_checkpoint_info", None)


def settings_checkpoint() -> Any:
    """The host's info on the checkpoint of its options, with the overrides of the running job."""
    return sd_models.checkpoint_aliases.get(shared.opts.data.get("sd_model_checkpoint"))


def loaded_models() -> tuple[str, str]:
    """(checkpoint, VAE) of the settings. An unset name is ""."""
    checkpoint, vae = (shared.opts.data.get(key) or "" for key in ("sd_model_checkpoint", "sd_vae"))
    return checkpoint, vae


@contextlib.contextmanager
def models_as_found() -> Iterator[None]:
    """Context manager: restores the options and models that `use_models` changes.

    If the loaded checkpoint is the same as before, it stays loaded, also if it is that of a hires fix.
    Otherwise the checkpoint of the options is loaded. The host does the same at the start of each batch.
    """
    checkpoint, vae = (shared.opts.data.get(key) for key in ("sd_model_checkpoint", "sd_vae"))
    loaded = _load()
    try:
        yield
    finally:
        shared.opts.data["sd_model_checkpoint"] = checkpoint
        if _load() is not loaded:
            sd_models.reload_model_weights()
        if shared.opts.data.get("sd_vae") != vae:
            shared.opts.data["sd_vae"] = vae
            sd_vae.reload_vae_weights()


def use_models(checkpoint: str, vae: str, own: tuple[str, str] = ("", "")) -> None:
    """Load the named checkpoint and VAE; "" stands for those of the options. Use inside `models_as_found`.

    `own` are (checkpoint, VAE) of the surrounding job. Frozen settings permit only these. After hires fix or
    a refiner, the host still has its checkpoint loaded: then the checkpoint of the options is loaded, as at
    the start of every job of the host. Raises Missing if there is no such file, and PaintFailed if the
    settings are frozen.
    """
    if checkpoint and checkpoint != shared.opts.data.get("sd_model_checkpoint"):
        if sd_models.checkpoint_aliases.get(checkpoint) is None:
            hint = did_you_mean(checkpoint, checkpoint_names())
            raise Missing(f"no checkpoint is called {checkpoint!r}.", path="checkpoint", hint=hint)
        _name("sd_model_checkpoint", checkpoint, own[0])
    sd_models.reload_model_weights()  # returns at once if it is already loaded
    if vae and vae != shared.opts.data.get("sd_vae"):
        if vae not in vae_names():
            raise Missing(f"no VAE is called {vae!r}.", path="vae", hint=did_you_mean(vae, vae_names()))
        _name("sd_vae", vae, own[1])
        sd_vae.reload_vae_weights()


def allow_clip_skip(clip_skip: int) -> None:
    """Raises PaintFailed if the settings are frozen at another clip skip."""
    if shared.cmd_opts.freeze_settings and clip_skip != int(shared.opts.CLIP_stop_at_last_layers):
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave the clip skip blank."
        )


def _name(key: str, value: str, own: str) -> None:
    """Set the name in the options. The host's loaders and its jobs read it there.

    Raises PaintFailed if the settings are frozen and `value` is not `own`.
    """
    if shared.cmd_opts.freeze_settings and value != own:
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave checkpoint and VAE blank."
        )
    shared.opts.data[key] = value
