"""Run a job inside a job and leave the host as it was found.

What an inner `process_images` changes is listed in the host contract, 4.2; each line of `aside` undoes
one entry of that list.
"""

from __future__ import annotations

import contextlib
import random
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from modules import sd_hijack, sd_models, sd_samplers

from retouch.webui.engine.guest_scripts import callbacks_kept
from retouch.webui.engine.model_patches import functions_kept
from retouch.webui.host import PARAMS_TXT, devices, gpus, processing, shared

_STATE = ("job", "textinfo", "sampling_step", "sampling_steps")
_PROMPT_REMARKS = ("comments", "extra_generation_params")
"""What the host's prompt parser says of the job around, for the generation text of later batches."""
_OWN = ((processing, "process_images_inner"), (sd_samplers, "create_sampler"))
"""Functions of the host that extensions replace for the job around: ControlNet's batches, tiled diffusion."""


@contextlib.contextmanager
def host_state_restored() -> Iterator[None]:
    """Around one inner job."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_file_kept(PARAMS_TXT))
        stack.enter_context(_state_kept())
        stack.enter_context(_attributes_kept(sd_hijack.model_hijack, _PROMPT_REMARKS))
        stack.enter_context(_precision_kept())
        stack.enter_context(callbacks_kept())
        stack.enter_context(functions_kept())
        stack.enter_context(_host_functions())
        yield


@contextlib.contextmanager
def _file_kept(path: Any) -> Iterator[None]:
    before = path.read_bytes() if path.exists() else None
    try:
        yield
    finally:
        if before is not None:
            path.write_bytes(before)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _state_kept() -> Iterator[None]:
    """One more job on the bar. "Interrupt after current" waits: the current picture includes its fixes."""
    state = shared.state
    if state.job_count > 0:
        state.job_count += 1
    ending, state.stopping_generation = state.stopping_generation, False
    try:
        with _attributes_kept(state, _STATE):
            yield
    finally:
        state.stopping_generation = state.stopping_generation or ending


@contextlib.contextmanager
def _attributes_kept(thing: Any, names: tuple[str, ...]) -> Iterator[None]:
    """The host binds these anew and does not change what they held."""
    before = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(thing, name, value)


@contextlib.contextmanager
def _precision_kept() -> Iterator[None]:
    """After a NaN the host goes on with a VAE of more bits, for good: the pictures around keep theirs."""
    before = devices.dtype_vae
    with _attributes_kept(devices, ("dtype_vae",)):
        try:
            yield
        finally:
            if devices.dtype_vae != before:
                shared.sd_model.first_stage_model.to(before)


@contextlib.contextmanager
def _host_functions() -> Iterator[None]:
    """The host's own where an extension put another in their place."""
    functions = [(module, name, getattr(module, name)) for module, name in _OWN]
    for module, name, now in functions:
        setattr(module, name, _original(module, name, now))
    try:
        yield
    finally:
        for module, name, now in functions:
            setattr(module, name, now)


def _original(module: types.ModuleType, name: str, now: Any) -> Any:
    """The function of that name that `module` itself defines: extensions keep it there, or it was there when
    Retouch was loaded. `now` where neither is so."""
    functions = (now, _WHEN_LOADED[module.__name__, name], *vars(module).values())
    return next((f for f in functions if _defined_by(module, name, f)), now)


def _defined_by(module: types.ModuleType, name: str, function: Any) -> bool:
    of_name = isinstance(function, types.FunctionType) and function.__name__ == name
    return of_name and function.__code__.co_filename == module.__file__


_WHEN_LOADED = {(module.__name__, name): getattr(module, name) for module, name in _OWN}


@contextlib.contextmanager
def randomness_kept() -> Iterator[None]:
    """The generators that all share, which every sampling seeds, go on as if nothing had been drawn."""
    python, numbers = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=gpus()):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numbers)


def model_patches_of(outer: Any) -> None:
    """Later batches of the outer job expect its tiling and token merging, which an inner job resets.

    To be called when the outer job's own checkpoint is back: loading one resets them too.
    """
    sd_hijack.model_hijack.apply_circular(bool(outer.tiling))
    sd_models.apply_token_merging(shared.sd_model, outer.get_token_merging_ratio())
