"""The modules, folders and options of the WebUI that are the same in AUTOMATIC1111 and its forks.

Only this package imports `modules`. What differs between forks is in the dialects.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any


class AbsentModule:
    """Stands for a module that this WebUI lacks. Each use raises AttributeError with the module's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AttributeError(f"this WebUI has no modules.{self._name} (for {attribute})")


def _module(name: str) -> Any:
    """The WebUI's module, or an `AbsentModule`, so that the rest of Retouch works without it."""
    try:
        return importlib.import_module(f"modules.{name}")
    except ModuleNotFoundError:
        return AbsentModule(name)


call_queue = _module("call_queue")
devices = _module("devices")
errors = _module("errors")
images = _module("images")
infotext_utils = _module("infotext_utils")
paths_internal = _module("paths_internal")
processing = _module("processing")
progress = _module("progress")
prompt_parser = _module("prompt_parser")
script_callbacks = _module("script_callbacks")
scripts = _module("scripts")
sd_models = _module("sd_models")
sd_samplers = _module("sd_samplers")
sd_samplers_common = _module("sd_samplers_common")
sd_vae = _module("sd_vae")
shared = _module("shared")
ui_components = _module("ui_components")

MODELS = Path(paths_internal.models_path)
DATA = Path(paths_internal.data_path)
PARAMS_TXT = DATA / "params.txt"


def option(key: str, default: Any) -> Any:
    """The value of one of Retouch's settings. It also works before the settings page exists."""
    return shared.opts.data.get(key, default)


def device() -> str:
    """The device of detectors: the WebUI's device, or the CPU.

    It is the CPU with --lowvram, --medvram or --medvram-sdxl, and with --use-cpu all or --use-cpu retouch.
    """
    cpu_modules = getattr(shared.cmd_opts, "use_cpu", None) or []
    tight = any(getattr(shared.cmd_opts, flag, False) for flag in ("lowvram", "medvram", "medvram_sdxl"))
    if tight or "all" in cpu_modules or "retouch" in cpu_modules:
        return "cpu"
    return str(devices.device)


def gpus() -> list[Any]:
    """The CUDA device of the WebUI, in a list. [] if the WebUI runs on the CPU or another kind of device.

    All jobs share the random generator of this device.
    """
    import torch

    device = torch.device(devices.device)
    return [device] if device.type == "cuda" and torch.cuda.is_available() else []
