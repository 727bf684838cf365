"""Sampling: the knobs of the sampler. Overrides: the same, where None is "as the surrounding generation"."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from retouch.knobs import Knob, optional_knobs

_Knob = functools.partial(Knob, group="Sampling", axis=True)


@dataclass(frozen=True)
class Sampling:
    """How to sample, resolved."""

    steps: int = _Knob("Steps", "Sampling steps.", 1, 150, 1).field(20)
    cfg_scale: float = _Knob("CFG scale", "How strictly the prompt is followed.", 1, 30, 0.5).field(7.0)
    sampler: str = _Knob(
        "Sampling method", "As the WebUI or diffusers names it; blank for the engine's own."
    ).field("")
    scheduler: str = _Knob(
        "Schedule type", "Noise schedule of the sampler; blank for the engine's own."
    ).field("")
    checkpoint: str = _Knob(
        "Checkpoint", "Model to paint with; blank for the loaded one. Swapped once per pass."
    ).field("")
    vae: str = _Knob("VAE", "Autoencoder; blank for the loaded one. Swapped once per pass.").field("")
    clip_skip: int = _Knob(
        "Clip skip", "Last layers of the text encoder left out, counted from 1.", 1, 12, 1
    ).field(1)
    noise_multiplier: float = _Knob(
        "Noise multiplier", "Initial noise of img2img; above 1 adds detail, then grain.", 0.5, 1.5, 0.01
    ).field(1.0)


@optional_knobs
class Overrides(Sampling):
    """The knobs of `Sampling`, None where the surrounding generation decides."""

    def over(self, base: Sampling) -> Sampling:
        """The resolved sampling: the values set here, and those of `base` elsewhere."""
        names = [f.name for f in dataclasses.fields(Sampling)]
        return Sampling(**{n: v if (v := getattr(self, n)) is not None else getattr(base, n) for n in names})
