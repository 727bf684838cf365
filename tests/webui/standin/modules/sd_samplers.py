"""Samplers by name."""

from modules.sd_samplers_common import SamplerData
from modules.sd_samplers_kdiffusion import KDiffusionSampler
from modules.sd_samplers_timesteps import CompVisSampler

_SIGMAS = ("Euler", "Euler a", "DPM++ 2M", "DPM adaptive")
samplers = [SamplerData(name, KDiffusionSampler, [], {}) for name in _SIGMAS]
samplers.append(SamplerData("DDIM", CompVisSampler, [], {}))
samplers_for_img2img = list(samplers)


def create_sampler(name, model):
    data = next(s for s in samplers if s.name == name)
    return data.constructor(data.name, model)
