"""sd-webui-forge-classic, branch Neo: Forge without the modules of AUTOMATIC1111's own samplers.

It has edit models, which paint from reference pictures. The host keeps the references encoded, in two places:
on the loaded model, and in `dynamic_args` for the network of any model. Encoding the picture of an img2img
makes it the first reference of the model. Encoding a prompt hands the model's references to the network. A
prompt that is taken from the cache hands over nothing.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from retouch.errors import PaintFailed
from retouch.image.frame import STRIDE, resize
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.webui.host.a1111 import attributes_kept
from retouch.webui.host.ability import optional
from retouch.webui.host.forge import Forge
from retouch.webui.host.modules import devices, gpus, sd_samplers_common, shared

_EDITS = ("kontext", "edit", "klein", "krea2")
"""Attributes of `dynamic_args` that are True if such an edit model is loaded."""
_LISTS = ("ref_latents", "ref_images")
"""Lists of the loaded model with an entry for each reference. The host changes them in place."""
_HINT = (
    "Leave the references out, or load FLUX.1 Kontext, FLUX.2 Klein (with its references not disabled in the "
    "settings), Qwen-Image-Edit or Krea 2."
)


class Neo(Forge):
    """See `dialect.Dialect`."""

    name = "Forge Neo"

    @contextlib.contextmanager
    def models_kept(self) -> Iterator[None]:
        """As in Forge, and the references are restored, also on a model that is loaded anew."""
        with self.references_kept(), super().models_kept():
            yield

    def paints_from_references(self) -> bool:
        """Anima has a setting of its own, and takes the picture of an img2img only."""
        anima = type(self.loaded()).__name__ == "Anima" and shared.opts.data.get("anima_do_reference")
        return bool(anima) or _edits()

    @contextlib.contextmanager
    def references_kept(self) -> Iterator[None]:
        """The host changes its lists in place, so they are copied."""
        handed_over, model = _dynamic_args(), self.loaded()
        if handed_over is None:
            yield
            return
        seen, own = list(handed_over.ref_latents), _references_of(model)
        try:
            yield
        finally:
            handed_over.ref_latents = seen
            for each in (model, self.loaded()):
                if _checkpoint(each) is _checkpoint(model):
                    _give(each, own)

    @contextlib.contextmanager
    def references(self, pictures: Sequence[Picture]) -> Iterator[None]:
        """The VAE samples them with a seed of its own, so that equal pictures give equal results."""
        if not pictures:
            yield
            return
        model = self.loaded() or self.load()
        if not _edits():
            title = getattr(_checkpoint(model), "title", "") or "the loaded one"
            raise PaintFailed(f"the checkpoint {title!r} is no edit model that sees references.", hint=_HINT)
        with self.references_kept():
            _give(model, _encoded(model, [_fitting(picture, self.native(model)) for picture in pictures]))
            yield

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


@optional("references of edit models")
def _dynamic_args() -> Any:
    """The host's values that change with the loaded model. None if they are not found."""
    found: Any = importlib.import_module("backend.args").dynamic_args
    return found if hasattr(found, "ref_latents") else None


def _edits() -> bool:
    """True if the loaded model sees references. A setting disables those of Klein."""
    flags = _dynamic_args()
    disabled = ("klein",) if shared.opts.data.get("klein_no_reference") else ()
    return any(getattr(flags, name, False) for name in _EDITS if name not in disabled)


def _checkpoint(model: Any) -> Any:
    return getattr(model, "sd_checkpoint_info", None)


def _references_of(model: Any) -> dict[str, Any]:
    """The references on a model, by attribute."""
    lists = {name: list(getattr(model, name)) for name in _LISTS if hasattr(model, name)}
    return {"ini_latent": getattr(model, "ini_latent", None), **lists}


def _give(model: Any, references: dict[str, Any]) -> None:
    for name, value in references.items():
        if hasattr(model, name):
            setattr(model, name, list(value) if name in _LISTS else value)


def _encoded(model: Any, pictures: Sequence[Picture]) -> dict[str, Any]:
    """The pictures as references of the model, by attribute.

    They are collected one by one, because Krea 2 forgets a reference when it encodes the next.
    """
    collected: dict[str, list[Any]] = {name: [] for name in _LISTS if hasattr(model, name)}
    handed_over: Any = _dynamic_args()
    with attributes_kept(handed_over, ("is_referencing",)), torch.random.fork_rng(devices=gpus()):
        torch.manual_seed(0)
        handed_over.is_referencing = True
        for picture in pictures:
            _give(model, {name: [] for name in collected})
            sd_samplers_common.images_tensor_to_samples(_floats(picture), 0, model)
            for name, entries in collected.items():
                entries.extend(getattr(model, name))
    return collected


def _fitting(picture: Picture, native: Size) -> Picture:
    """The picture at sides of multiples of 64 pixels, and at most about the native area."""
    scale = min(1.0, (native.area / picture.size.area) ** 0.5)
    sides = (max(round(side * scale / STRIDE), 1) * STRIDE for side in picture.size)
    return Picture(resize(picture.pixels, Size(*sides)))


def _floats(picture: Picture) -> torch.Tensor:
    """(1, 3, height, width) float 0..1."""
    return torch.from_numpy(picture.pixels.copy()).permute(2, 0, 1)[None].float() / 255
