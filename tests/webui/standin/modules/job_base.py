"""What every job has."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import torch

from modules import loaded, rng, shared, trace
from modules.latents import FACTOR


@dataclass(repr=False)
class StableDiffusionProcessing:
    outpath_samples: str = None
    prompt: Any = ""
    negative_prompt: Any = ""
    styles: list = None
    seed: Any = -1
    subseed: Any = -1
    subseed_strength: float = 0
    sampler_name: str = "Euler"
    scheduler: str = None
    batch_size: int = 1
    n_iter: int = 1
    steps: int = 4
    cfg_scale: float = 7.0
    width: int = 512
    height: int = 512
    restore_faces: bool = None
    tiling: bool = None
    eta: float = None
    s_min_uncond: float = None
    s_churn: float = None
    s_tmax: float = None
    s_tmin: float = None
    s_noise: float = None
    refiner_checkpoint: str = None
    refiner_switch_at: float = None
    do_not_save_samples: bool = False
    do_not_save_grid: bool = False
    extra_generation_params: dict = None
    overlay_images: list = None
    denoising_strength: float = None
    override_settings: dict = None
    override_settings_restore_afterwards: bool = True
    disable_extra_networks: bool = False

    sampler: Any = field(default=None, init=False)
    color_corrections: list = field(default=None, init=False)
    paste_to: tuple = field(default=None, init=False)
    all_prompts: list = field(default=None, init=False)
    all_negative_prompts: list = field(default=None, init=False)
    all_seeds: list = field(default=None, init=False)
    all_subseeds: list = field(default=None, init=False)
    prompts: list = field(default=None, init=False)
    negative_prompts: list = field(default=None, init=False)
    seeds: list = field(default=None, init=False)
    subseeds: list = field(default=None, init=False)
    iteration: int = field(default=0, init=False)
    batch_index: int = field(default=0, init=False)
    refiner_checkpoint_info: Any = field(default=None, init=False)
    is_api: bool = field(default=False, init=False)
    scripts_value: Any = field(default=None, init=False)
    script_args_value: Any = field(default=None, init=False)
    token_merging_ratio = 0
    cached_c = [None, None]  # noqa: RUF012  (shared by all jobs, as in the WebUI)
    cached_uc = [None, None]  # noqa: RUF012

    def __post_init__(self):
        self.comments = {}
        self.styles = self.styles or []
        self.extra_generation_params = self.extra_generation_params or {}
        self.override_settings = self.override_settings or {}
        self.scripts_setup_complete = False

    sd_model = property(lambda self: shared.sd_model)

    @property
    def scripts(self):
        return self.scripts_value

    @scripts.setter
    def scripts(self, value):
        self.scripts_value = value
        self._set_up()

    @property
    def script_args(self):
        return self.script_args_value

    @script_args.setter
    def script_args(self, value):
        self.script_args_value = value
        self._set_up()

    def _set_up(self):
        if self.scripts and self.script_args and not self.scripts_setup_complete:
            self.scripts_setup_complete = True
            self.scripts.setup_scrips(self, is_ui=not self.is_api)

    def comment(self, text):
        self.comments[text] = 1

    def close(self):
        trace.add("closed", p=type(self).__name__)

    def init(self, all_prompts, all_seeds, all_subseeds):
        pass

    def get_token_merging_ratio(self, for_hr=False):
        return self.token_merging_ratio or shared.opts.token_merging_ratio

    def save_samples(self):
        stopped = shared.state.interrupted or shared.state.skipped
        whole = shared.opts.save_incomplete_images or not stopped
        return shared.opts.samples_save and not self.do_not_save_samples and whole

    def setup_prompts(self):
        count = self.batch_size * self.n_iter
        given = self.prompt if isinstance(self.prompt, list) else [self.prompt] * count
        negative = self.negative_prompt
        self.all_prompts = [", ".join([text, *self.styles]) for text in given]
        self.all_negative_prompts = negative if isinstance(negative, list) else [negative] * len(given)

    def colours(self, prompts):
        """[B, 4]: of each prompt and of everything else that shapes a picture, remembered as conds are."""
        return self.colours_of(prompts, self.negative_prompts, self.cached_c, self.cached_for())

    def cached_for(self):
        """What else the cache of prompts depends on. A dialect replaces it."""

    def current_prompts(self):
        """(prompts, negative prompts) of the sampling at hand."""
        return self.prompts, self.negative_prompts

    def current_colours(self):
        """After a change of checkpoint in the middle of a sampling."""
        return self.colours(self.prompts)

    @staticmethod
    def colours_of(prompts, negatives, cache, made_for=None):
        model = shared.sd_model
        lengths = {loaded.lengths(text)[1] for text in negatives}
        if len(lengths) > 1:
            raise RuntimeError("Sizes of tensors must match: negative prompts of unequal length")
        made_by = (loaded.networks(), model.sd_checkpoint_info.name, loaded.vae(), loaded.token_merging())
        now = (made_by, shared.opts.CLIP_stop_at_last_layers, loaded.tiling())
        key = (tuple(prompts), tuple(negatives), now, made_for)
        if cache[0] != key:
            for _ in dict.fromkeys(prompts):
                loaded.hand_over_references()
            pairs = zip(prompts, negatives, strict=True)
            cache[:] = [key, torch.stack([_colour(repr((pair, now))) for pair in pairs])]
        return cache[1]

    def new_rng(self, width, height):
        shape = (4, height // FACTOR, width // FACTOR)
        return rng.ImageRNG(shape, self.seeds, self.subseeds, self.subseed_strength)


def _colour(said):
    red, green, blue, _ = zlib.crc32(said.encode()).to_bytes(4, "big")
    return torch.tensor([red, green, blue, 127.5]) / 127.5 - 1
