"""What all samplers share."""

from __future__ import annotations

from collections import namedtuple

from modules import sd_hijack, shared, trace
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
        _note(p, x, strength, len(levels) - 1)
        self.model_wrap_cfg = self.denoiser()
        self.model_wrap_cfg.begin(p, init, strength, colours)
        shared.state.sampling_steps = len(levels) - 1
        for step in range(len(levels) - 1):
            shared.state.sampling_step = step
            if trace.on_step:
                trace.on_step(p, step)
            if shared.state.interrupted or shared.state.skipped:
                return x
            x = self._step(x, *levels[step : step + 2])
        return trace.spoil(p, x) if trace.spoil else x

    def _step(self, x, level, after):
        answer = self.model_wrap_cfg(x, level * x.new_ones(len(x)))
        wrap = self.model_wrap_cfg
        trace.add("step", level=float(level), foreseen=self.foreseen(x, answer, level), init=wrap.init_latent)
        return self.stepped(x, answer, level, after)


def _note(p, x, strength, count):
    model = shared.sd_model
    trace.add(
        "sampling",
        inner=type(p).__name__ == "CropsImg2Img",
        batch=x.shape[0],
        size=(p.width, p.height),
        steps=count,
        strength=strength,
        prompts=list(p.prompts),
        negatives=list(p.negative_prompts),
        seeds=list(p.seeds),
        sampler=p.sampler_name,
        scheduler=p.scheduler,
        cfg_scale=p.cfg_scale,
        checkpoint=model.sd_checkpoint_info.name,
        vae=model.vae,
        networks=model.networks,
        token_merging=model.token_merging,
        tiling=sd_hijack.model_hijack.circular_enabled,
        clip_skip=shared.opts.CLIP_stop_at_last_layers,
        noise_multiplier=getattr(p, "initial_noise_multiplier", None),
        masked=getattr(p, "nmask", None) is not None,
    )
