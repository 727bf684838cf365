"""Run a job of the host inside another job, and restore the host's state afterwards.

The host contract, 4.2, lists the changes of an inner `process_images`. Each line of `host_state_restored`
undoes one entry of that list.
"""

from __future__ import annotations

import contextlib
import random
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from retouch.webui.engine.guest_scripts import callbacks_kept
from retouch.webui.engine.model_patches import functions_kept
from retouch.webui.host.a1111 import attributes_kept
from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import PARAMS_TXT, gpus, processing, sd_samplers, shared

_STATE = ("job", "textinfo", "sampling_step", "sampling_steps")
_OWN = ((processing, "process_images_inner"), (sd_samplers, "create_sampler"))
"""Functions of the host that extensions replace during a job, such as ControlNet's batches and tiled
diffusion."""


@contextlib.contextmanager
def host_state_restored() -> Iterator[None]:
    """Context manager for one inner job: restores the host's state afterwards."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_file_kept(PARAMS_TXT))
        stack.enter_context(_state_kept())
        stack.enter_context(dialect().model_kept())
        stack.enter_context(dialect().nan_checks())
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
    """Context manager: adds a job to the progress bar, and delays "Interrupt after current".

    That interrupt applies after the fixes, because they are part of the current picture.
    """
    state = shared.state
    if state.job_count > 0:
        state.job_count += 1
    ending, state.stopping_generation = state.stopping_generation, False
    try:
        with attributes_kept(state, _STATE):
            yield
    finally:
        state.stopping_generation = state.stopping_generation or ending


@contextlib.contextmanager
def _host_functions() -> Iterator[None]:
    """Context manager: uses the host's original functions in place of an extension's replacements."""
    functions = [(module, name, getattr(module, name)) for module, name in _OWN]
    for module, name, now in functions:
        setattr(module, name, _original(module, name, now))
    try:
        yield
    finally:
        for module, name, now in functions:
            setattr(module, name, now)


def _original(module: types.ModuleType, name: str, now: Any) -> Any:
    """The function `name` that `module` itself defines, or `now` if it is not found.

    Extensions store the original in the module under another name, or it was there when Retouch was loaded.
    """
    functions = (now, _WHEN_LOADED[module.__name__, name], *vars(module).values())
    return next((f for f in functions if _defined_by(module, name, f)), now)


def _defined_by(module: types.ModuleType, name: str, function: Any) -> bool:
    of_name = isinstance(function, types.FunctionType) and function.__name__ == name
    return of_name and function.__code__.co_filename == module.__file__


_WHEN_LOADED = {(module.__name__, name): getattr(module, name) for module, name in _OWN}


@contextlib.contextmanager
def randomness_kept() -> Iterator[None]:
    """Context manager: restores the global random generators of Python, numpy and torch.

    Every sampling seeds these generators.
    """
    python, numbers = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=gpus()):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numbers)


def model_patches_of(outer: Any) -> None:
    """Apply the outer job's tiling and token merging again. An inner job resets them.

    Call it after the outer job's checkpoint is restored, because loading a checkpoint resets them too.
    """
    dialect().apply_tiling(bool(outer.tiling))
    dialect().apply_token_merging(outer.get_token_merging_ratio())
