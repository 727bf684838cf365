"""The surrounding job of a fix: the sampling that made its current picture.

"As the surrounding picture" means the values of this job, not those of the settings. A job with hires fix
samples twice. The first sampling makes the small picture, on which the passes before hires fix run. The
second makes the finished picture. The job may give the second sampling its own checkpoint, sampler, schedule
type, CFG scale, steps and prompts. The host keeps the changes of `override_settings` (VAE, clip skip, ENSD
...) in its options while the job runs. Written for `processing.py` and `sd_samplers_common.py` of v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retouch.knobs import knobs_of
from retouch.recipes.recipe import Generation
from retouch.recipes.sampling import Sampling
from retouch.webui.host.dialects import dialect
from retouch.webui.host.models import settings_checkpoint
from retouch.webui.host.modules import option, processing, shared

_SAME = ("", "None", "none")
_PASSED_ON = (
    "disable_extra_networks",
    "eta",
    "image_cfg_scale",
    "s_churn",
    "s_min_uncond",
    "s_noise",
    "s_tmax",
    "s_tmin",
)
"""Sampler arguments that a job may set and that a recipe has no knobs for."""


@dataclass(frozen=True)
class Around:
    """The job `p` at its finished picture. With `small`, at the picture before hires fix enlarges it."""

    p: Any
    small: bool = False

    @property
    def second(self) -> bool:
        """True if the second sampling of a hires fix made the current picture."""
        return bool(getattr(self.p, "enable_hr", False)) and not self.small

    def generation(self, index: int) -> Generation:
        """The generation of picture `index` (from 0) of the current batch of `p`.

        Its prompts include the styles and the LoRA tags.
        """
        p = self.p
        position = p.iteration * p.batch_size + index
        prompt, negative_prompt = self._prompts(index, position)
        return Generation(
            prompt=prompt,
            negative_prompt=negative_prompt,
            seed=int(_at(p.seeds, index, p.all_seeds, position)),
            subseed=int(_at(p.subseeds, index, p.all_subseeds, position)),
            subseed_strength=float(p.subseed_strength or 0),
            sampling=self._sampling(),
        )

    def _prompts(self, index: int, position: int) -> tuple[str, str]:
        """(prompt, negative prompt)."""
        p = self.p
        prompt = _at(p.prompts, index, p.all_prompts, position)
        negative_prompt = _at(p.negative_prompts, index, p.all_negative_prompts, position)
        if not self.second:
            return prompt, negative_prompt
        return self._hires_prompts(p, position, prompt, negative_prompt)

    @staticmethod
    def _hires_prompts(txt2img: Any, position: int, prompt: str, negative_prompt: str) -> tuple[str, str]:
        """(prompt, negative prompt) of the second sampling, if the job sets them, else those of the first.

        The fallback is the first sampling's, because scripts that change prompts change only those.
        """
        if _differs(getattr(txt2img, "hr_prompt", ""), txt2img.prompt):
            prompt = _at(None, 0, txt2img.all_hr_prompts, position)
        if _differs(getattr(txt2img, "hr_negative_prompt", ""), txt2img.negative_prompt):
            negative_prompt = _at(None, 0, txt2img.all_hr_negative_prompts, position)
        return prompt, negative_prompt

    def _sampling(self) -> Sampling:
        p, noise = self.p, getattr(self.p, "initial_noise_multiplier", None)
        params = {
            "steps": int(p.steps),
            "cfg_scale": float(p.cfg_scale),
            "sampler": p.sampler_name or "",
            "scheduler": getattr(p, "scheduler", None) or "",
            **(_hires_sampling(p) if self.second else {}),
        }
        return Sampling(
            **params,
            checkpoint=self.checkpoint,
            clip_skip=int(shared.opts.CLIP_stop_at_last_layers),
            noise_multiplier=float(shared.opts.initial_noise_multiplier if noise is None else noise),
        )

    @property
    def checkpoint(self) -> str:
        """Title of the second sampling's own checkpoint, "" if it is the job's checkpoint."""
        info = getattr(self.p, "hr_checkpoint_info", None) if self.second else None
        return "" if info is None or info is settings_checkpoint() else info.title

    def img2img(self, checkpoint: str) -> dict[str, Any]:
        """Arguments of the host's img2img to sample with `checkpoint` in the same manner as this job."""
        known = processing.StableDiffusionProcessingImg2Img.__dataclass_fields__
        override = {name: getattr(self.p, name) for name in _PASSED_ON if hasattr(self.p, name)}
        override |= dialect().sampling_arguments(self.p, self.second)
        if checkpoint in ("", self.checkpoint) and self._has_refiner:
            override |= {
                "refiner_checkpoint": self.p.refiner_checkpoint,
                "refiner_switch_at": self.p.refiner_switch_at,
            }
        return {name: value for name, value in override.items() if name in known and value is not None}

    @property
    def _has_refiner(self) -> bool:
        """True if a refiner was used. With hires fix it is used in one of the samplings or in both."""
        if (getattr(self.p, "refiner_checkpoint", None) or "") in _SAME:
            return False
        if not getattr(self.p, "enable_hr", False):
            return True
        in_which = option("hires_fix_refiner_pass", "second pass")
        return in_which != ("first pass" if self.second else "second pass")


def _at(batch: Any, index: int, everything: Any, position: int) -> Any:
    """The entry of the batch's own list, else that of the job's list.

    Other extensions may have changed the batch, so its list may be missing or shorter.
    """
    if batch and index < len(batch):
        return batch[index]
    return everything[min(position, len(everything) - 1)]


def _differs(own: Any, first: Any) -> bool:
    """True if the second sampling has its own prompt.

    Without one, `own` is blank. After the host has prepared the prompts, it is equal to `first`.
    """
    return bool(own) and own != first


def _hires_sampling(txt2img: Any) -> dict[str, Any]:
    """The values that the job sets for the second sampling. `hr_cfg` is of forks (Forge, reForge, Neo)."""
    own = {
        "steps": _hires_steps(txt2img),
        "cfg_scale": float(getattr(txt2img, "hr_cfg", 0) or 0),
        "sampler": getattr(txt2img, "hr_sampler_name", None),
        "scheduler": getattr(txt2img, "hr_scheduler", None),
    }
    return {name: value for name, value in own.items() if value}


def _hires_steps(txt2img: Any) -> int:
    """Steps of an img2img with noise levels as close as the second sampling's. 0 if the job sets none.

    Hires fix runs all its steps, from the noise level of the denoising strength. An img2img runs only a part
    of its steps: their number times the denoising strength.
    """
    steps = getattr(txt2img, "hr_second_pass_steps", 0) or 0
    return min(
        round(steps / min(txt2img.denoising_strength or 1.0, 0.999)),
        int(knobs_of(Sampling)["steps"].high or steps),
    )
