"""What differs between AUTOMATIC1111's WebUI and its forks, as one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch

from retouch.image.geometry import Size
from retouch.image.picture import Picture


class Dialect(Protocol):
    """The differing part of a WebUI. `model` is the WebUI's object of a loaded checkpoint."""

    name: str

    def padded_tokens(self, prompt: str) -> int:
        """The number of tokens of a prompt after it is padded for the text encoder. 0 if unknown."""
        ...

    def native(self, model: Any) -> Size:
        """The size in pixels at which a loaded checkpoint was trained. 1024x1024 for an unknown kind."""
        ...

    def loaded(self) -> Any:
        """The model in memory, None if there is none. It loads nothing."""
        ...

    def load(self) -> Any:
        """The model that the options name. It loads the model if another one or none is loaded."""
        ...

    def parts(self, model: Any) -> list[torch.nn.Module]:
        """The torch modules of a loaded model. The UNet is among their submodules."""
        ...

    def unet(self, model: Any) -> Any:
        """The torch module of a loaded model that denoises, None if none is found."""
        ...

    def load_vae(self, name: str) -> None:
        """Load a VAE by its name in `vae_names`. "Automatic" and "None" mean that of the checkpoint."""
        ...

    def vae(self) -> str:
        """The name of the VAE in the options, "" if none is set."""
        ...

    def models_kept(self) -> AbstractContextManager[None]:
        """Context manager: restores the options that name models, and the models that were loaded."""
        ...

    def use_modules_of(self, p: Any, second: bool) -> None:
        """Name in the options the VAE and text encoders of a job's sampling. Use inside `models_kept`.

        `second` is True for the second sampling of a hires fix.
        """
        ...

    def use_hires_checkpoint(self, txt2img: Any) -> None:
        """Load the checkpoint of the second sampling of a hires fix: its own, or else that of the options."""
        ...

    def noise_levels(self, p: Any) -> Any:
        """See `sampling.noise_levels`."""
        ...

    def default_values(self) -> dict[str, Any]:
        """Values of a `Sampling` that the WebUI's page gives to an img2img, for the chosen kind of model."""
        ...

    def sampling_arguments(self, p: Any, second: bool) -> dict[str, Any]:
        """Arguments of the fork's own img2img that a job sets, such as the distilled CFG scale.

        `second` is True for the second sampling of a hires fix.
        """
        ...

    def hold_kept_area(self, p: Any, noise: Any) -> None:
        """Make the kept area of a masked job depend on the job's own noise only, not on its batch.

        `noise` are the latents (b, c, h, w) of noise from which the job `p` starts.
        """
        ...

    def nan_checks(self) -> AbstractContextManager[None]:
        """Context manager: NaN of the decoder reaches the hooks, or raises the WebUI's NansException."""
        ...

    def model_kept(self) -> AbstractContextManager[None]:
        """Context manager: restores what an inner job changes on the loaded model."""
        ...

    def paints_from_references(self) -> bool:
        """True if the loaded model is an edit model: it sees the picture of an img2img as a reference.

        The host has one list of references for all items of a batch.
        """
        ...

    def references_kept(self) -> AbstractContextManager[None]:
        """Context manager: restores the references that an edit model sees."""
        ...

    def references(self, pictures: Sequence[Picture]) -> AbstractContextManager[None]:
        """Context manager: the loaded edit model sees further pictures beside the one of an img2img.

        They replace the references of the surrounding job. Use it around inner jobs, after the checkpoint of
        the pass is loaded. Raises PaintFailed if there are pictures and the model sees no references.
        """
        ...

    def apply_tiling(self, on: bool) -> None:
        """Switch seamless tiling of the loaded model on or off."""
        ...

    def apply_token_merging(self, ratio: float) -> None:
        """Set the token merging ratio of the loaded model."""
        ...
