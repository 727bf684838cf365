"""Patches of other extensions on the loaded model: removed for an inner job and restored after it.

An extension replaces a method of a module of the model (`module.forward = ...`). It stores the original in
another attribute. The attribute's name depends on the extension and its version. So this file searches no
names: every function in a module's own `__dict__` is a patch. Other values stay as the inner job leaves
them, because the host's LoRA code stores the state of the weights there.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch

from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import processing, sd_models, shared

_PAUSED = frozenset({"forward", "_forward"})
"""The methods in which a block of a UNet computes. They are the only ones to remove: with little memory, the
host itself replaces other methods, such as the VAE's `encode` and `decode`."""
_NO_OWNER = (torch.Tensor, type, types.FunctionType, types.MethodType, types.ModuleType)

Functions = dict[torch.nn.Module, dict[str, Callable[..., Any]]]


@contextlib.contextmanager
def functions_kept() -> Iterator[None]:
    """Context manager: restores the functions in the `__dict__` of all modules of the loaded models."""
    before = {module: _functions(module) for module in _modules()}
    try:
        yield
    finally:
        for module, previous in before.items():
            _put_back(module, previous)


def pause_replacements() -> None:
    """Remove the patches from the UNet. Control hints and tiling of the surrounding picture do not fit crops.

    Use it inside `functions_kept`, after the checkpoint of the pass is loaded.
    """
    for module in _unet_modules():
        for name in _PAUSED:
            if name in module.__dict__ and hasattr(type(module), name):
                del module.__dict__[name]


def find_replaced() -> list[torch.nn.Module]:
    """The modules of the UNet with a patched method."""
    return [module for module in _unet_modules() if not _PAUSED.isdisjoint(_functions(module))]


def any_gone(modules: list[torch.nn.Module]) -> bool:
    """True if one of `modules` is no longer in the UNet. Then the host has built a new UNet."""
    return not {id(module) for module in modules} <= {id(module) for module in _unet_modules()}


def owners() -> list[Any]:
    """The objects of other extensions whose functions replace methods of the UNet.

    A replacement references its object as `self` or in its closure. The object of ControlNet is a module
    itself.
    """
    replaced = [f for module in find_replaced() for name, f in _functions(module).items() if name in _PAUSED]
    candidates = {
        id(owner): owner for function in replaced for owner in _known_to(function) if _may_own(owner)
    }
    of_models = {id(module) for module in _modules()}
    return [owner for key, owner in candidates.items() if key not in of_models]


def _modules() -> Iterator[torch.nn.Module]:
    loaded = getattr(sd_models.model_data, "loaded_sd_models", ())
    for model in {id(model): model for model in (shared.sd_model, *loaded)}.values():
        for part in dialect().parts(model):
            yield from part.modules()


def _unet_modules() -> list[torch.nn.Module]:
    unet = dialect().unet(shared.sd_model)
    return list(unet.modules()) if isinstance(unet, torch.nn.Module) else []


def _functions(module: torch.nn.Module) -> dict[str, Callable[..., Any]]:
    own = module.__dict__.items()
    return {name: value for name, value in own if callable(value) and not isinstance(value, type)}


def _put_back(module: torch.nn.Module, previous: dict[str, Callable[..., Any]]) -> None:
    for name in _functions(module).keys() - previous.keys():
        del module.__dict__[name]
    module.__dict__.update(previous)


def _known_to(function: Any) -> Iterator[Any]:
    plain = getattr(function, "__func__", function)
    yield from (function, getattr(function, "__self__", None))
    for cell in getattr(plain, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # an empty cell
            yield cell.cell_contents


def _may_own(thing: Any) -> bool:
    """True for an object that can have the state of an extension. A job of the host has no such state."""
    plain = isinstance(thing, (*_NO_OWNER, processing.StableDiffusionProcessing))
    return hasattr(thing, "__dict__") and not plain
