"""Map the sampler and schedule names of the WebUI to schedulers of diffusers."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any

from retouch.engines.loading import library
from retouch.errors import BadInput, did_you_mean


@dataclass(frozen=True)
class Sampler:
    """A scheduler class of diffusers, its options, and the schedule for "Automatic" in the WebUI."""

    scheduler: str
    options: dict[str, Any] = field(default_factory=dict)
    automatic: str = "Uniform"


SAMPLERS = {
    "DPM++ 2M": Sampler("DPMSolverMultistepScheduler", automatic="Karras"),
    "DPM++ 2M SDE": Sampler(
        "DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}, automatic="Exponential"
    ),
    "DPM++ SDE": Sampler(
        "DPMSolverSinglestepScheduler", {"algorithm_type": "sde-dpmsolver++"}, automatic="Karras"
    ),
    "Euler a": Sampler("EulerAncestralDiscreteScheduler"),
    "Euler": Sampler("EulerDiscreteScheduler"),
    "LMS": Sampler("LMSDiscreteScheduler"),
    "Heun": Sampler("HeunDiscreteScheduler"),
    "DPM2": Sampler("KDPM2DiscreteScheduler", automatic="Karras"),
    "DPM2 a": Sampler("KDPM2AncestralDiscreteScheduler", automatic="Karras"),
    "DDIM": Sampler("DDIMScheduler"),
    "PLMS": Sampler("PNDMScheduler"),
    "UniPC": Sampler("UniPCMultistepScheduler"),
    "LCM": Sampler("LCMScheduler"),
}
FLOW_SAMPLERS = {"Euler": Sampler("FlowMatchEulerDiscreteScheduler")}
"""The samplers for rectified-flow models (SD3, FLUX)."""

_FLAGS = {"Karras": "use_karras_sigmas", "Exponential": "use_exponential_sigmas", "Beta": "use_beta_sigmas"}
_SPACINGS = {"Uniform": {}, "SGM Uniform": {"timestep_spacing": "trailing"}}
SCHEDULES = ("Automatic", *_SPACINGS, *_FLAGS)


def resolve(sampler: str, schedule: str, flow: bool = False) -> tuple[Sampler | None, dict[str, Any]]:
    """(sampler, options of its schedule). The sampler is None for the model's own.

    Older WebUIs write both in one name, such as "DPM++ 2M Karras". Such a name is split. `flow` selects the
    samplers for rectified-flow models. Raises BadInput for an unknown name.
    """
    known = FLOW_SAMPLERS if flow else SAMPLERS
    sampler, schedule = _split(sampler, schedule, known)
    if sampler and sampler not in known:
        raise BadInput(
            f"{sampler!r} is not a sampler of this model.", path="sampler", hint=did_you_mean(sampler, known)
        )
    chosen = known.get(sampler)
    if schedule == "Automatic":
        schedule = chosen.automatic if chosen and not flow else ""
    return chosen, _schedule_options(schedule)


def _split(sampler: str, schedule: str, known: dict[str, Sampler]) -> tuple[str, str]:
    if sampler in ("Automatic", "") or sampler in known:
        return sampler.removeprefix("Automatic"), schedule
    for ending in SCHEDULES:
        if sampler.endswith(f" {ending}"):
            return sampler.removesuffix(f" {ending}"), schedule or ending
    return sampler, schedule


def _schedule_options(schedule: str) -> dict[str, Any]:
    if not schedule:
        return {}
    if schedule not in SCHEDULES:
        raise BadInput(
            f"{schedule!r} is not a known schedule.", path="scheduler", hint=did_you_mean(schedule, SCHEDULES)
        )
    return {**{flag: name == schedule for name, flag in _FLAGS.items()}, **_SPACINGS.get(schedule, {})}


def build(sampler: str, schedule: str, own: Any) -> Any:
    """A new scheduler with the config of `own`, the model's scheduler.

    Each call makes a new one because schedulers have state. Raises BadInput if the sampler is unknown, does
    not fit this kind of model, or does not have the schedule.
    """
    chosen, options = resolve(sampler, schedule, flow=hasattr(own, "scale_noise"))
    cls = getattr(library(), chosen.scheduler) if chosen else type(own)
    accepted = inspect.signature(cls.__init__).parameters
    missing = [name for name, value in options.items() if value and name not in accepted]
    if missing:
        raise BadInput(
            f"{sampler or cls.__name__} has no {schedule or 'such'} schedule.",
            path="scheduler",
            hint="Leave the schedule type blank.",
        )
    chosen_options = chosen.options if chosen else {}
    kept = {name: value for name, value in options.items() if name in accepted}
    return cls.from_config(own.config, **chosen_options, **kept)
