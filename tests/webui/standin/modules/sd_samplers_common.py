"""One sampler under several names."""

from __future__ import annotations

from collections import namedtuple

from modules import sd_hijack, shared, trace

SamplerData = namedtuple("SamplerData", ["name", "constructor", "aliases", "options"])


class Sampler:
    """Draws latents towards what the UNet says, step by step. Items of a batch do not mix, but where
    `adaptive`, as of DPM adaptive, whose error norm is the batch's.
    """

    def __init__(self, name, model):
        self.name, self.model = name, model
        self.adaptive = name == "DPM adaptive"

    def sample(self, p, x, conditioning, unconditional_conditioning, steps=None, image_conditioning=None):
        return self._loop(p, x, x, 1.0, steps or p.steps, conditioning)

    def sample_img2img(
        self, p, x, noise, conditioning, unconditional_conditioning, steps=None, image_conditioning=None
    ):
        strength, steps = p.denoising_strength, steps or p.steps
        steps = steps / min(strength, 0.999) if shared.opts.img2img_fix_steps else steps
        count = int(min(strength, 0.999) * steps) + 1
        return self._loop(p, x, x + noise * strength, strength, count, conditioning)

    def _loop(self, p, init, x, strength, count, colours):
        if trace.before_sampling:
            trace.before_sampling(p)
        _note(p, x, strength, count)
        shared.state.sampling_steps = count
        for step in range(count):
            shared.state.sampling_step = step
            if trace.on_step:
                trace.on_step(p, step)
            if shared.state.interrupted or shared.state.skipped:
                return x
            x = x + (self._denoised(p, init, x, strength, colours) - x) / (count - step)
        return trace.spoil(p, x) if trace.spoil else x

    def _denoised(self, p, init, x, strength, colours):
        out = self.model.model(x, shared.state.sampling_step, colours)
        if self.adaptive:
            out = out + 0.5 * (out.mean(0, keepdim=True) - out)
        clean = (1 - strength) * init + strength * out
        mask, nmask = getattr(p, "mask", None), getattr(p, "nmask", None)
        return clean if nmask is None else clean * nmask + init * mask


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
