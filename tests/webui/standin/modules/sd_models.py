"""Checkpoints: three files, none of them on disk."""

from __future__ import annotations

from pathlib import Path

from modules import sd_hijack, shared, trace
from modules.sd_models_types import WebuiSdModel


class CheckpointInfo:
    def __init__(self, filename):
        self.filename = filename
        self.name = self.title = filename
        self.name_for_extra = Path(filename).stem


checkpoints_list = {name: CheckpointInfo(name) for name in ("one.safetensors", "two.safetensors", "xl.ckpt")}
checkpoint_aliases = {
    alias: info for info in checkpoints_list.values() for alias in (info.name, info.name_for_extra)
}


def get_closet_checkpoint_match(search_string):
    return checkpoint_aliases.get(search_string)


class SdModelData:
    """What is in memory, without loading it."""

    loaded_sd_models = ()

    @property
    def sd_model(self):
        return shared.sd_model


model_data = SdModelData()


class SkipWritingToConfig:
    """What is loaded inside does not become the settings' own."""

    def __enter__(self):
        return None

    def __exit__(self, *_):
        return None


def reload_model_weights(sd_model=None, info=None, forced_reload=False):
    """Loads what the settings name, if it is not what is loaded: into the model that there is, where that is
    of the same kind, with all that was put on it."""
    info = info or checkpoint_aliases[shared.opts.sd_model_checkpoint]
    loaded = shared.sd_model
    if loaded is not None and loaded.sd_checkpoint_info is info and not forced_reload:
        return loaded
    if loaded is not None:
        trace.add("checkpoint loaded", name=info.name)
    sd_hijack.model_hijack.apply_circular(False)  # what was patched into a model goes with it
    if loaded is not None and loaded.is_sdxl is ("xl" in info.name):
        loaded.sd_checkpoint_info = info
    else:
        shared.sd_model = WebuiSdModel(info)
    shared.sd_model.vae = shared.opts.sd_vae
    return shared.sd_model


def apply_token_merging(sd_model, token_merging_ratio):
    if sd_model.token_merging != token_merging_ratio:
        trace.add("token merging", ratio=token_merging_ratio)
    sd_model.token_merging = token_merging_ratio


reload_model_weights()
