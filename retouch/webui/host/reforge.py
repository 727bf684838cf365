"""stable-diffusion-webui-reForge: AUTOMATIC1111 with the memory management of Forge."""

from __future__ import annotations

from retouch.webui.host.a1111 import A1111
from retouch.webui.host.ability import optional
from retouch.webui.host.modules import shared


class ReForge(A1111):
    """See `dialect.Dialect`. This host never checks for NaN, so NaN reaches the hooks."""

    name = "reForge"

    @optional("prompt lengths", 0)
    def padded_tokens(self, prompt: str) -> int:
        from modules import sd_hijack

        return sd_hijack.model_hijack.get_prompt_lengths(prompt, shared.sd_model.cond_stage_model)[1]
