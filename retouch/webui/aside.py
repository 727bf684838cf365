"""Run a job inside a job and leave the host as it was found.

What an inner `process_images` changes is listed in the host contract, 4.2; each line of `aside` undoes
one entry of that list.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from modules import sd_hijack, sd_models

from retouch.webui.host import PARAMS_TXT, shared

_STATE = ("job", "textinfo", "sampling_step", "sampling_steps")
_HOOKED = ("_original_forward", "_original_inner_forward")
"""Where ControlNet (Mikubill) keeps what it replaced on the UNet and on its blocks."""


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """Around one inner job."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_file_kept(PARAMS_TXT))
        stack.enter_context(_state_kept())
        stack.enter_context(_without_hooks(_unet()))
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
    kept = {name: getattr(state, name) for name in _STATE}
    if state.job_count > 0:
        state.job_count += 1
    ending, state.stopping_generation = state.stopping_generation, False
    try:
        yield
    finally:
        state.stopping_generation = state.stopping_generation or ending
        for name, value in kept.items():
            setattr(state, name, value)


def model_patches_of(outer: Any) -> None:
    """Later batches of the outer job expect its tiling and token merging, which an inner job resets.

    To be called when the outer job's own checkpoint is back: loading one resets them too.
    """
    sd_hijack.model_hijack.apply_circular(bool(outer.tiling))
    sd_models.apply_token_merging(shared.sd_model, outer.get_token_merging_ratio())


def _unet() -> Any:
    return getattr(getattr(shared.sd_model, "model", None), "diffusion_model", None)


@contextlib.contextmanager
def _without_hooks(unet: Any) -> Iterator[None]:
    """The outer job's ControlNet hints do not fit our crops: its hooks pause, and stay its own."""
    paused: list[tuple[Any, Any]] = []
    for module in unet.modules() if hasattr(unet, "modules") else ():
        original = next((module.__dict__[name] for name in _HOOKED if module.__dict__.get(name)), None)
        if original is not None and "forward" in module.__dict__:
            paused.append((module, module.__dict__["forward"]))
            module.forward = original
    try:
        yield
    finally:
        for module, hooked in paused:
            module.forward = hooked
