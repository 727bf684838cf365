"""The samplers of the WebUI: their names, their noise levels, and the lengths of prompts."""

from __future__ import annotations

from typing import Any

from retouch.errors import Missing, did_you_mean
from retouch.recipes.sampling import Sampling
from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import prompt_parser, sd_samplers, sd_samplers_common, shared


def default_sampling() -> Sampling:
    """The default sampling of a request without a surrounding job."""
    return Sampling(
        **{"sampler": sd_samplers.samplers_for_img2img[0].name, "scheduler": "Automatic"}
        | dialect().default_values(),
        clip_skip=int(shared.opts.CLIP_stop_at_last_layers),
        noise_multiplier=float(shared.opts.initial_noise_multiplier),
    )


def padded_lengths(prompt: str, steps: int) -> tuple[tuple[int, int], ...]:
    """(end step, padded tokens) of each schedule of a prompt. A batch needs equal ones."""
    schedule = prompt_parser.get_learned_conditioning_prompt_schedules([prompt], steps)[0]
    return tuple((end, dialect().padded_tokens(text)) for end, text in schedule)


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

    The unit is timesteps or sigmas: the one with which the host calls the denoiser. A sampler that uses
    timesteps has no step at its lowest timestep, which is the end.
    """
    return dialect().noise_levels(p)


def latents_of(floats: Any) -> Any:
    """Encode pictures (b, 3, h, w) float 0..1 to latents (b, c, h / 8, w / 8).

    Hires fix uses the same function for the result of an upscaler that works on pixels. An edit model does
    not get them as references.
    """
    with dialect().references_kept():
        return sd_samplers_common.images_tensor_to_samples(floats)


def sampler_names() -> list[str]:
    """Names of the samplers for img2img."""
    return [s.name for s in sd_samplers.samplers_for_img2img]


def scheduler_names() -> list[str]:
    """Labels of the schedule types. [] for a host without a choice of schedule."""
    try:
        from modules import sd_schedulers
    except ImportError:
        return []
    return [s.label for s in sd_schedulers.schedulers]
