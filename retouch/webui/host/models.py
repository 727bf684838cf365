"""The checkpoints and VAEs of the WebUI: their names, which is loaded, and loading one for a fix."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from retouch.errors import Missing, PaintFailed, did_you_mean
from retouch.image.geometry import Size
from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import sd_models, sd_vae, shared


def native() -> Size:
    """The size in pixels at which the loaded checkpoint was trained. If none is loaded, this loads one."""
    return dialect().native(dialect().loaded() or dialect().load())


def native_if_loaded() -> Size | None:
    """The size in pixels at which the loaded checkpoint was trained, None if none is loaded."""
    model = dialect().loaded()
    return None if model is None else dialect().native(model)


def checkpoint_names() -> list[str]:
    """Titles of the installed checkpoints, sorted without regard to case."""
    return sorted(sd_models.checkpoints_list, key=str.casefold)


def vae_names() -> list[str]:
    """Names of the installed VAEs, after "Automatic" and "None"."""
    return ["Automatic", "None", *sd_vae.vae_dict]


def loaded_checkpoint() -> str:
    """Title of the loaded checkpoint, "" if there is none. It loads nothing, unlike `shared.sd_model`."""
    return getattr(getattr(dialect().loaded(), "sd_checkpoint_info", None), "title", "")


def settings_checkpoint() -> Any:
    """The host's info on the checkpoint of its options, with the overrides of the running job."""
    return sd_models.checkpoint_aliases.get(shared.opts.data.get("sd_model_checkpoint"))


def loaded_models() -> tuple[str, str]:
    """(checkpoint, VAE) of the settings. An unset name is ""."""
    return shared.opts.data.get("sd_model_checkpoint") or "", dialect().vae()


@contextlib.contextmanager
def models_as_found() -> Iterator[None]:
    """Context manager: restores the options and models that `use_models` changes."""
    with dialect().models_kept():
        yield


def use_models(checkpoint: str, vae: str, own: tuple[str, str] = ("", "")) -> None:
    """Load the named checkpoint and VAE; "" stands for those of the options. Use inside `models_as_found`.

    `own` are (checkpoint, VAE) of the surrounding job. Frozen settings permit only these. After hires fix or
    a refiner, the host still has its checkpoint loaded: then the checkpoint of the options is loaded, as at
    the start of every job of the host. Raises Missing if there is no such file, and PaintFailed if the
    settings are frozen.
    """
    if checkpoint and checkpoint != shared.opts.data.get("sd_model_checkpoint"):
        if sd_models.checkpoint_aliases.get(checkpoint) is None:
            hint = did_you_mean(checkpoint, checkpoint_names())
            raise Missing(f"no checkpoint is called {checkpoint!r}.", path="checkpoint", hint=hint)
        _allow(checkpoint, own[0])
        shared.opts.data["sd_model_checkpoint"] = checkpoint
    dialect().load()
    if vae and vae != dialect().vae():
        if vae not in vae_names():
            raise Missing(f"no VAE is called {vae!r}.", path="vae", hint=did_you_mean(vae, vae_names()))
        _allow(vae, own[1])
        dialect().load_vae(vae)


def _allow(value: str, own: str) -> None:
    """Raises PaintFailed if the settings are frozen and `value` is not `own`."""
    if shared.cmd_opts.freeze_settings and value != own:
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave checkpoint and VAE blank."
        )


def allow_clip_skip(clip_skip: int) -> None:
    """Raises PaintFailed if the settings are frozen at another clip skip."""
    if shared.cmd_opts.freeze_settings and clip_skip != int(shared.opts.CLIP_stop_at_last_layers):
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave the clip skip blank."
        )
