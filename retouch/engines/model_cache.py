"""Loaded models with their autoencoder and LoRAs, and the cache of loaded models."""

from __future__ import annotations

from typing import Any

from retouch.engines.loading import Folders, Loader, find, inpainting, quiet
from retouch.engines.loras import Adapters, apply_loras
from retouch.engines.model_families import FAMILIES


class Model:
    """A pipeline. It stores its own scheduler and autoencoder, so that both can be restored."""

    def __init__(self, name: str, pipe: Any) -> None:
        self.name = name
        self.pipe = inpainting(pipe)
        self.pipe.set_progress_bar_config(disable=True)
        self.family = FAMILIES[type(self.pipe).__name__]
        self.scheduler = self.pipe.scheduler
        self.own_vae = self._prepare_vae(self.pipe.vae)
        self._vae_name = ""
        self._adapters: Adapters = ()

    def dress(self, vae: str, adapters: Adapters, folders: Folders, loader: Loader) -> None:
        """Set the named autoencoder ("" for the model's own) and load exactly these LoRAs.

        Raises Missing for an unknown name, and WeightsRefused for a file that does not fit the model.
        """
        files = {name: find(name, folders.loras, "LoRA") for name, _ in adapters}
        if vae != self._vae_name:
            other = loader.vae(find(vae, folders.vaes, "VAE"), self.own_vae) if vae else self.own_vae
            self.pipe.vae, self._vae_name = self._prepare_vae(other), vae
        if adapters != self._adapters:
            self._adapters = ()  # if loading fails, no LoRA is loaded
            with quiet():
                apply_loras(self.pipe, adapters, files)
            self._adapters = adapters

    def _prepare_vae(self, vae: Any) -> Any:
        """Let the autoencoder decode one picture at a time, in float32 if it overflows float16.

        Decoding one at a time limits memory and is as fast.
        """
        import torch

        vae.enable_slicing()
        fragile = self.family.fragile_vae and vae.config.force_upcast and vae.dtype == torch.float16
        return vae.float() if fragile else vae

    def move(self, device: str) -> None:
        """Move the pipeline and its own autoencoder to `device`."""
        with quiet():
            self.pipe.to(device, silence_dtype_warnings=True)
            self.own_vae.to(device)


class ModelCache:
    """The engine's own model and the last other model. Only the model in use is on the device."""

    def __init__(self, own: Model, loader: Loader, folders: Folders) -> None:
        self.own, self.loader, self.folders = own, loader, folders
        self._other: Model | None = None
        self._placed: Model | None = own

    def take(self, checkpoint: str) -> Model:
        """The named model on the device; "" is the engine's own. Raises Missing for an unknown name."""
        model = self.own if checkpoint in ("", self.own.name) else self._model_named(checkpoint)
        if model is not self._placed:
            self._make_room()
            model.move(self.loader.device)
            self._placed = model
        return model

    def _model_named(self, checkpoint: str) -> Model:
        if self._other is None or self._other.name != checkpoint:
            path = find(checkpoint, self.folders.checkpoints, "checkpoint")
            self._make_room()  # two models rarely fit on one device
            self._other = None
            self._other = self._placed = Model(checkpoint, self.loader.pipeline(str(path)))
        return self._other

    def _make_room(self) -> None:
        if self._placed is not None:
            self._placed.move("cpu")
            self._placed = None
