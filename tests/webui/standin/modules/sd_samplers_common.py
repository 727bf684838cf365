"""What all samplers share."""

from __future__ import annotations

from collections import namedtuple

from modules import loaded, shared, trace
from modules.latents import encoded

SamplerData = namedtuple("SamplerData", ["name", "constructor", "aliases", "options"])


def setup_img2img_steps(p, steps=None):
    """(steps of the whole schedule, how many of its last ones are run after the first)."""
    strength = min(p.denoising_strength, 0.999)
    if shared.opts.img2img_fix_steps or steps is not None:
        asked = steps or p.steps
        return (int(asked / strength) if strength > 0 else 0), asked - 1
    return p.steps, int(strength * p.steps)


def images_tensor_to_samples(image, approximation=None, model=None):
    return encoded(image)


class Sampler:
    """Draws latents towards what the denoiser says, level by level. Items of a batch do not mix, but where
    `adaptive`, as of DPM adaptive, whose error norm is the batch's.
    """

    def __init__(self, name, model):
        self.name, self.model = name, model
        self.adaptive = name == "DPM adaptive"
        self.model_wrap_cfg = None

    def denoiser(self):
        raise NotImplementedError

    def stepped(self, x, answer, level, after):
        """x of one level and what the denoiser answered, at the level after it."""
        raise NotImplementedError

    def foreseen(self, x, answer, level):
        """The clean latents of that answer."""
        raise NotImplementedError

    def run(self, p, init, x, levels, strength, colours):
        """`levels`: one a step, falling, and the one it ends at."""
        if trace.before_sampling:
            trace.before_sampling(p)
        _note(p, x, strength, len(levels) - 1, self.name)
        self.model_wrap_cfg = self.denoiser()
        self.model_wrap_cfg.begin(p, init, strength, colours)
        shared.state.sampling_steps = len(levels) - 1
        for step in range(len(levels) - 1):
            shared.state.sampling_step = step
            if trace.on_step:
                trace.on_step(p, step)
            if shared.state.interrupted or shared.state.skipped:
                return x
            self._refine(p, float(levels[step]))
            x = self._step(x, *levels[step : step + 2])
        return trace.spoil(p, x) if trace.spoil else x

    def completed(self, level):
        """The share of all noise that is gone at a level."""
        raise NotImplementedError

    def _refine(self, p, level):
        """From the level on at which the job has it so, its refiner's checkpoint."""
        info, at = p.refiner_checkpoint_info, p.refiner_switch_at
        if info is None or (at is not None and self.completed(level) < at):
            return
        wanted, second = shared.opts.hires_fix_refiner_pass, getattr(p, "is_hr_pass", False)
        if getattr(p, "enable_hr", False) and wanted == ("first pass" if second else "second pass"):
            return
        if shared.sd_model.sd_checkpoint_info is not info:
            loaded.load_refiner(info)
            trace.add("refined", name=info.name, inner=_inner(p), completed=self.completed(level))
            self.model = shared.sd_model
            self.model_wrap_cfg.colours = p.current_colours()

    def _step(self, x, level, after):
        answer = self.model_wrap_cfg(x, level * x.new_ones(len(x)))
        wrap = self.model_wrap_cfg
        trace.add("step", level=float(level), foreseen=self.foreseen(x, answer, level), init=wrap.init_latent)
        return self.stepped(x, answer, level, after)


def _inner(p):
    return type(p).__name__ == "BatchImg2Img"


def _note(p, x, strength, count, sampler):
    (prompts, negatives), second = p.current_prompts(), getattr(p, "is_hr_pass", False)
    trace.add(
        "sampling",
        inner=_inner(p),
        batch=x.shape[0],
        size=(p.width, p.height),
        steps=count,
        strength=strength,
        prompts=list(prompts),
        negatives=list(negatives),
        seeds=list(p.seeds),
        sampler=sampler,
        scheduler=p.hr_scheduler if second else p.scheduler,
        eta=p.eta,
        ensd=shared.opts.eta_noise_seed_delta,
        cfg_scale=getattr(p, "hr_cfg", p.cfg_scale) if second else p.cfg_scale,
        checkpoint=shared.sd_model.sd_checkpoint_info.name,
        vae=loaded.vae(),
        references=[latent.clone() for latent in loaded.references()],
        networks=loaded.networks(),
        token_merging=loaded.token_merging(),
        tiling=loaded.tiling(),
        clip_skip=shared.opts.CLIP_stop_at_last_layers,
        noise_multiplier=getattr(p, "initial_noise_multiplier", None),
        masked=getattr(p, "nmask", None) is not None,
    )
