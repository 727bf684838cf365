"""sd-webui-forge-classic, branch Neo: Forge without the modules of AUTOMATIC1111's own samplers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from retouch.webui.host.forge import Forge
from retouch.webui.host.modules import devices


class Neo(Forge):
    """See `dialect.Dialect`."""

    name = "Forge Neo"

    @contextlib.contextmanager
    def nan_checks(self) -> Iterator[None]:
        """The host replaces NaN of the decoder by black. Here NaN raises its NansException."""
        checked = devices.test_for_nans
        devices.test_for_nans = self._refuse_nan
        try:
            yield
        finally:
            devices.test_for_nans = checked

    @staticmethod
    def _refuse_nan(x: torch.Tensor, *_args: Any, **_kwargs: Any) -> None:
        if torch.isnan(x).any():
            raise getattr(devices, "NansException", ValueError)("A tensor with NaNs was produced in VAE.")
