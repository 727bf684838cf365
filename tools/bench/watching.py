"""Measures a run from outside: time of the models' forward passes, and the inputs of the UNet."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from retouch import testing

MOST_OUTSIDE = 0.15
"""Of the whole, as promised."""
CELL = 8
"""Pixels a side that one latent cell stands for."""


@dataclass
class Stopwatch:
    """Seconds spent in whatever it was put on, by name; a call inside a watched call counts once."""

    seconds: dict[str, float] = field(default_factory=dict)
    _depth: int = 0
    _begun: float = 0.0

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    def told(self, whole: float, faces: int) -> str:
        """A sentence: where `whole` seconds went, the remainder for each face, and the conclusion."""
        parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.seconds.items())
        rest = (whole - self.total) / faces * 1000
        return (
            f"  {parts} of {whole:.2f} s\n"
            f"  outside: {rest:.1f} ms per face, whatever the model: {MOST_OUTSIDE:.0%} of the whole where "
            f"the models take {rest / MOST_OUTSIDE - rest:.0f} ms per face, less where they take longer"
        )

    @contextlib.contextmanager
    def modules(self, parts: dict[str, Any]) -> Iterator[None]:
        """Time the forward passes of torch modules."""
        with contextlib.ExitStack() as hooks:
            for name, module in parts.items():
                hooks.callback(module.register_forward_pre_hook(lambda *_: self._enter()).remove)
                hooks.callback(module.register_forward_hook(lambda *_, name=name: self._leave(name)).remove)
            yield

    @contextlib.contextmanager
    def method(self, owner: type, method: str, name: str) -> Iterator[None]:
        """Time one method of a class."""
        original = getattr(owner, method)

        @functools.wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._enter()
            try:
                return original(*args, **kwargs)
            finally:
                self._leave(name)

        setattr(owner, method, watched)
        try:
            yield
        finally:
            setattr(owner, method, original)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth == 1:
            self._begun = _now()

    def _leave(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self.seconds[name] = self.seconds.get(name, 0.0) + _now() - self._begun


def _now() -> float:
    """The time in seconds after the GPU has finished its work. It runs on while Python continues."""
    import torch

    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter()


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work` takes."""
    begun = _now()
    work()
    return _now() - begun


def parts_of(pipe: Any) -> dict[str, Any]:
    """The modules of a diffusers Stable Diffusion pipeline whose forward passes are timed."""
    vae = pipe.vae
    inner = {"VAE encoder": vae.encoder, "VAE decoder": vae.decoder}
    outer = {"VAE quant": vae.quant_conv, "VAE post-quant": vae.post_quant_conv}
    return {"text encoder": pipe.text_encoder, "UNet": pipe.unet, **inner, **outer}


@dataclass
class Counted(testing.Counted):
    """Counts through the engine's UNet the pixels denoised at each step, too."""

    pixel_steps: int = 0

    def count_steps_of(self, unet: Any) -> None:
        """Count the pixels.

        Each pass denoises every job of the call once; guidance only doubles the batch.
        """

        def count(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            height, width = (args[0] if args else kwargs["sample"]).shape[-2:]
            self.pixel_steps += len(self.calls[-1]) * height * width * CELL**2

        unet.register_forward_pre_hook(count, with_kwargs=True)

    @property
    def faces(self) -> int:
        return sum(len(call) for call in self.calls)

    @property
    def buckets(self) -> int:
        """Number of different crop sizes among all jobs."""
        return len({job.picture.size for call in self.calls for job in call})
