"""Forge's loaded model: objects that are copied for each sampling, with the patches on them."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from modules.sd_models_types import Wrapper

CHUNK = 75


def lengths(prompt):
    count = len(prompt.replace(",", " , ").split())
    return count, CHUNK * max(1, -(-count // CHUNK))


class AbstractPrediction(torch.nn.Module):
    def __init__(self, prediction_type="epsilon"):
        super().__init__()
        self.prediction_type = prediction_type

    def noise_scaling(self, sigma, noise, latent_image, max_denoise=False):
        return noise * sigma + latent_image


class UnetPatcher:
    """The weights are shared by its copies. The patches are of a copy."""

    def __init__(self):
        self.model = Wrapper()
        self.model.predictor = AbstractPrediction()
        self.networks, self.token_merging = (), 0.0

    def patched(self, **patches):
        out = copy.copy(self)
        vars(out).update(patches)
        return out


class ForgeObjects:
    def __init__(self, unet, vae):
        self.unet, self.vae = unet, vae

    def shallow_copy(self):
        return ForgeObjects(self.unet, self.vae)


class ForgeDiffusionEngine:
    """It has no UNet of its own: see `forge_objects.unet`. It is built anew whenever a file changes."""

    def __init__(self, estimated_config, huggingface_components):
        """`estimated_config`: the checkpoint's info. `huggingface_components`: names of VAE files."""
        self.is_inpaint = False
        self.forge_objects = ForgeObjects(UnetPatcher(), (*huggingface_components, "Automatic")[0])
        self.forge_objects_original = self.forge_objects.shallow_copy()
        self.forge_objects_after_applying_lora = self.forge_objects.shallow_copy()
        self.current_lora_hash = str([])
        self.tiling_enabled = False
        self.cond_stage_model = None
        self.is_sd2 = False
        self.is_sdxl = "xl" in estimated_config.name
        self.is_sd1 = not self.is_sdxl
        self.alphas_cumprod = torch.linspace(0.999, 0.01, 1000)
        self.comments, self.extra_generation_params = [], {}
        self.sd_checkpoint_info = estimated_config

    def get_prompt_lengths_on_ui(self, prompt):
        return lengths(prompt)


class FakeInitialModel:
    """Before a model is loaded."""

    cond_stage_model = None

    def get_prompt_lengths_on_ui(self, prompt):
        return lengths(prompt)


def base(path):
    return Path(path).name
