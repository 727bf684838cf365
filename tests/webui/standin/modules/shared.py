"""Globals."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from modules import trace
from modules.options import OptionInfo, Options
from modules.paths_internal import data_path
from modules.shared_state import State

if TYPE_CHECKING:
    from modules import sd_models_types

sd_model: sd_models_types.WebuiSdModel = None
"""The real one loads itself when asked for; here one is always loaded."""

_FLAGS = {
    "api_auth": None,
    "freeze_settings": False,
    "lowvram": False,
    "medvram": False,
    "medvram_sdxl": False,
    "no_prompt_history": False,
    "use_cpu": [],
}
_OPTIONS = {
    "CLIP_stop_at_last_layers": 1,
    "eta_noise_seed_delta": 0,
    "face_restoration": False,
    "hires_fix_refiner_pass": "second pass",
    "img2img_background_color": "#ffffff",
    "img2img_color_correction": False,
    "img2img_fix_steps": False,
    "initial_noise_multiplier": 1.0,
    "live_previews_enable": True,
    "multiple_tqdm": True,
    "outdir_img2img_samples": str(Path(data_path, "img2img")),
    "outdir_txt2img_samples": str(Path(data_path, "txt2img")),
    "overlay_inpaint": True,
    "return_grid": False,
    "samples_format": "png",
    "samples_save": True,
    "save_incomplete_images": False,
    "save_init_img": False,
    "sd_model_checkpoint": "one.safetensors",
    "sd_vae": "Automatic",
    "tiling": False,
    "token_merging_ratio": 0.0,
    "token_merging_ratio_img2img": 0.0,
    "upscaler_for_img2img": None,
}


class TotalTQDM:
    def clear(self):
        trace.add("tqdm clear")


cmd_opts = Namespace(**_FLAGS)
state = State()
total_tqdm = TotalTQDM()
opts = Options({}, lambda: cmd_opts.freeze_settings)


def reset():
    """As after a start: default flags and settings, nothing going on."""
    vars(cmd_opts).update(_FLAGS)
    opts.data_labels = {
        key: OptionInfo(default, section=("stand", "In")) for key, default in _OPTIONS.items()
    }
    opts.data = dict(_OPTIONS)
    vars(state).clear()


reset()
