"""The choice of the dialect by the names that the running WebUI has."""

from __future__ import annotations

import functools
import importlib.util
import inspect
from typing import Any

from retouch.webui.host.dialect import Dialect
from retouch.webui.host.modules import sd_models


@functools.cache
def dialect() -> Dialect:
    """The dialect of the running WebUI. It is chosen by names that exist, not by a version.

    Forge loads by parameters of its own. Neo has no `modules.sd_hijack`. reForge measures a prompt with a
    text encoder as second argument.
    """
    if hasattr(sd_models, "forge_model_reload"):
        if importlib.util.find_spec("modules.sd_hijack") is None:
            from retouch.webui.host.neo import Neo

            return Neo()
        from retouch.webui.host.forge import Forge

        return Forge()
    if _measures_with_text_encoder():
        from retouch.webui.host.reforge import ReForge

        return ReForge()
    from retouch.webui.host.a1111 import A1111

    return A1111()


def _measures_with_text_encoder() -> bool:
    try:
        from modules import sd_hijack

        measure: Any = sd_hijack.StableDiffusionModelHijack.get_prompt_lengths
    except (ImportError, AttributeError):
        return False
    return len(inspect.signature(measure).parameters) > 2
