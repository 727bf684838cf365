"""What other extensions have put on the loaded model, taken off for an inner job and put back after it.

They replace a method on one module of the model (`module.forward = ...`) and keep the original beside it,
under a name that differs from extension to extension and from version to version. So no name is looked for:
a function in a module's own `__dict__` is one that somebody put there. Values that are no functions stay as
an inner job leaves them: the host's LoRA code keeps there what it did to the weights.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch

from retouch.webui.host import processing, sd_models, shared

_PAUSED = frozenset({"forward", "_forward"})
"""The methods that a block of a UNet computes with. Others, such as the VAE's `encode` and `decode`, the host
itself replaces where memory is short."""
_NO_OWNER = (torch.Tensor, type, types.FunctionType, types.MethodType, types.ModuleType)

Functions = dict[torch.nn.Module, dict[str, Callable[..., Any]]]


@contextlib.contextmanager
def functions_kept() -> Iterator[None]:
    """Every function that modules of the loaded models have of their own is the same afterwards."""
    before = {module: _functions(module) for module in _modules()}
    try:
        yield
    finally:
        for module, previous in before.items():
            _put_back(module, previous)


def pause_replacements() -> None:
    """The UNet computes as it was loaded: what hints or tiles the picture around does not fit our crops.

    Use inside `functions_kept`, when the checkpoint that is to paint is loaded.
    """
    for module in _unet_modules():
        for name in _PAUSED:
            if name in module.__dict__ and hasattr(type(module), name):
                del module.__dict__[name]


def find_replaced() -> list[torch.nn.Module]:
    """The modules of the UNet that do not compute as they were loaded."""
    return [module for module in _unet_modules() if not _PAUSED.isdisjoint(_functions(module))]


def any_gone(modules: list[torch.nn.Module]) -> bool:
    """True where one of `modules` is no longer in the UNet: the host built another."""
    return not {id(module) for module in modules} <= {id(module) for module in _unet_modules()}


def owners() -> list[Any]:
    """The objects of other extensions that hold on to the UNet: they compute in place of its modules.

    A replacement knows its object as `self`, or from the function around it. ControlNet's is a module, too.
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
        yield from model.modules() if isinstance(model, torch.nn.Module) else ()


def _unet_modules() -> list[torch.nn.Module]:
    unet = getattr(getattr(shared.sd_model, "model", None), "diffusion_model", None)
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
    """True for an object of somebody's class, which may have a state; a job has none of theirs."""
    plain = isinstance(thing, (*_NO_OWNER, processing.StableDiffusionProcessing))
    return hasattr(thing, "__dict__") and not plain
