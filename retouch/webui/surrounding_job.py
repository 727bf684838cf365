"""The job around a fix: how it made the picture at hand.

"As the surrounding picture" is what this job did, not what the settings say. A job with hires fix samples
twice: the small picture, which the passes before hires fix see, is the work of the first sampling, and the
finished one that of the second, by its own checkpoint, sampler, schedule type, CFG scale, steps and prompts
where the job names them. What `override_settings` changes (VAE, clip skip, ENSD ...) the host keeps in its
options for as long as the job runs. Written against `processing.py` and `sd_samplers_common.py` of v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retouch.knobs import knobs_of
from retouch.recipes.recipe import Generation
from retouch.recipes.sampling import Sampling
from retouch.webui import host
from retouch.webui.host import processing, shared

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
"""What a job may set for its samplers, besides what a recipe has knobs for."""


@dataclass(frozen=True)
class Around:
    """The job `p`, at its finished picture, or with `small` at the one that hires fix has yet to enlarge."""

    p: Any
    small: bool = False

    @property
    def second(self) -> bool:
        """True where the second sampling of a hires fix made the picture at hand."""
        return bool(getattr(self.p, "enable_hr", False)) and not self.small

    def generation(self, index: int) -> Generation:
        """How image `index` of the batch that `p` is at was made. LoRA tags and styles are in the prompts."""
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
        """The second sampling's own where the job gives it one. Else those of the first: scripts that write
        prompts anew know only those."""
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
        """Title of the second sampling's own checkpoint, "" where it is the job's."""
        info = getattr(self.p, "hr_checkpoint_info", None) if self.second else None
        return "" if info is None or info is host.settings_checkpoint() else info.title

    def img2img(self, checkpoint: str) -> dict[str, Any]:
        """Arguments of the host's img2img with which it samples with `checkpoint` as the job around did."""
        known = processing.StableDiffusionProcessingImg2Img.__dataclass_fields__
        override = {name: getattr(self.p, name) for name in _PASSED_ON if hasattr(self.p, name)}
        if checkpoint in ("", self.checkpoint) and self._has_refiner:
            override |= {
                "refiner_checkpoint": self.p.refiner_checkpoint,
                "refiner_switch_at": self.p.refiner_switch_at,
            }
        return {name: value for name, value in override.items() if name in known and value is not None}

    @property
    def _has_refiner(self) -> bool:
        """True where a refiner took part. Of a hires fix it does in one of the samplings, or in both."""
        if (getattr(self.p, "refiner_checkpoint", None) or "") in _SAME:
            return False
        if not getattr(self.p, "enable_hr", False):
            return True
        in_which = host.option("hires_fix_refiner_pass", "second pass")
        return in_which != ("first pass" if self.second else "second pass")


def _at(batch: Any, index: int, everything: Any, position: int) -> Any:
    """Other extensions may have changed the batch: its own list first, then the job's."""
    if batch and index < len(batch):
        return batch[index]
    return everything[min(position, len(everything) - 1)]


def _differs(own: Any, first: Any) -> bool:
    """Where none is given, `own` is blank, or `first` once the host has prepared the prompts."""
    return bool(own) and own != first


def _hires_sampling(txt2img: Any) -> dict[str, Any]:
    """What the second sampling has of its own. `hr_cfg` is a fork's (Forge, reForge, Neo)."""
    own = {
        "steps": _hires_steps(txt2img),
        "cfg_scale": float(getattr(txt2img, "hr_cfg", 0) or 0),
        "sampler": getattr(txt2img, "hr_sampler_name", None),
        "scheduler": getattr(txt2img, "hr_scheduler", None),
    }
    return {name: value for name, value in own.items() if value}


def _hires_steps(txt2img: Any) -> int:
    """Steps of an img2img whose noise levels lie as close as the second sampling's; 0 where it names none.

    Hires steps are all run, from the denoising strength down, while an img2img runs that share of its own.
    """
    steps = getattr(txt2img, "hr_second_pass_steps", 0) or 0
    return min(
        round(steps / min(txt2img.denoising_strength or 1.0, 0.999)),
        int(knobs_of(Sampling)["steps"].high or steps),
    )
