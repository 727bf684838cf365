"""reForge: prompts are measured with a text encoder. No NaN is looked for. Hires fix has a CFG scale."""

from dialects.patching import replace, with_fields
from modules import devices, loaded, processing, sd_hijack, shared


def install():
    sd_hijack.StableDiffusionModelHijack.get_prompt_lengths = get_prompt_lengths
    replace(loaded, lengths)
    replace(devices, test_for_nans)
    processing.StableDiffusionProcessingTxt2Img = with_fields(
        processing.StableDiffusionProcessingTxt2Img, hr_cfg=7.0
    )


_measured = sd_hijack.StableDiffusionModelHijack.get_prompt_lengths


def get_prompt_lengths(self, text, cond_stage_model):
    return _measured(self, text)


def lengths(text):
    return sd_hijack.model_hijack.get_prompt_lengths(text, shared.sd_model.cond_stage_model)


def test_for_nans(x, where):
    pass
