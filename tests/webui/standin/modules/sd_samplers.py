"""Samplers by name."""

from modules.sd_samplers_common import Sampler, SamplerData

_NAMES = ("Euler", "Euler a", "DPM++ 2M", "DPM adaptive")
samplers = [SamplerData(name, Sampler, [], {}) for name in _NAMES]
samplers_for_img2img = list(samplers)


def create_sampler(name, model):
    data = next(s for s in samplers if s.name == name)
    return data.constructor(data.name, model)
