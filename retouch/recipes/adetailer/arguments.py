"""The arguments of one ADetailer tab, with the defaults and bounds that ADetailer 25.3 has in its API.

The label of each knob is the key of its field in ADetailer's generation text, without "ADetailer ".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retouch.knobs import Knob, knobs_of, types_of

NONE = "None"
SAME = ("", NONE, "Use same checkpoint", "Use same VAE", "Use same sampler", "Use same scheduler")
"""Values of a menu that stand for the value of the picture."""
FILTERS = ("Area", "Confidence")
MERGES = (NONE, "Merge", "Merge and Invert")
WORLD = "-world"
"""A part of the name of each model that uses `ad_model_classes`."""
_CONTROLNET = "Of one ControlNet unit for each mask."
_WORDS = {
    "true": True,
    "t": True,
    "yes": True,
    "y": True,
    "on": True,
    "1": True,
    "false": False,
    "f": False,
    "no": False,
    "n": False,
    "off": False,
    "0": False,
}
"""The texts of a boolean that ADetailer accepts, in any case."""


@dataclass(frozen=True)
class TabArguments:
    """One tab of ADetailer: a detector, and how what it finds is inpainted."""

    ad_model: str = Knob("model", "A detector by its file name; None disables the tab.").field(NONE)
    ad_model_classes: str = Knob("model classes", "Words with commas, for a model of YOLO-World.").field("")
    ad_tab_enable: bool = Knob("tab enable", "False leaves this tab out.").field(True)
    ad_prompt: str = Knob("prompt", "Blank as the picture's; with [SEP], [SKIP] and [PROMPT].").field("")
    ad_negative_prompt: str = Knob("negative prompt", "Blank as the picture's.").field("")
    ad_confidence: float = Knob("confidence", "Least score of the detector.", 0, 1).field(0.3)
    ad_mask_filter_method: str = Knob(
        "method to decide top k masks", "What makes a mask one of the top k.", choices=FILTERS
    ).field("Area")
    ad_mask_k: int = Knob("mask only top k", "Keep only this many masks, 0 for all.", 0).field(0)
    ad_mask_min_ratio: float = Knob("mask min ratio", "Least area of the box, of the picture.", 0, 1).field(
        0.0
    )
    ad_mask_max_ratio: float = Knob("mask max ratio", "Largest area of the box, of the picture.", 0, 1).field(
        1.0
    )
    ad_dilate_erode: int = Knob("dilate erode", "Side of a square kernel in pixels; below 0 erodes.").field(4)
    ad_x_offset: int = Knob("x offset", "Pixels to the right.").field(0)
    ad_y_offset: int = Knob("y offset", "Pixels up.").field(0)
    ad_mask_merge_invert: str = Knob(
        "mask merge invert", "Paint all masks as one, or all that is not them.", choices=MERGES
    ).field(NONE)
    ad_mask_blur: int = Knob("mask blur", "Standard deviation of a Gaussian blur, in pixels.", 0).field(4)
    ad_denoising_strength: float = Knob("denoising strength", "0 keeps, 1 replaces.", 0, 1).field(0.4)
    ad_inpaint_only_masked: bool = Knob("inpaint only masked", "False shows the model all.").field(True)
    ad_inpaint_only_masked_padding: int = Knob("inpaint padding", "Pixels of context.", 0).field(32)
    ad_use_inpaint_width_height: bool = Knob(
        "use inpaint width height", "Whether the next two are used."
    ).field(False)
    ad_inpaint_width: int = Knob("inpaint width", "Pixels at which a mask is painted.", 1).field(512)
    ad_inpaint_height: int = Knob("inpaint height", "Pixels at which a mask is painted.", 1).field(512)
    ad_use_steps: bool = Knob("use separate steps", "Whether the next one is used.").field(False)
    ad_steps: int = Knob("steps", "Sampling steps.", 1).field(28)
    ad_use_cfg_scale: bool = Knob("use separate CFG scale", "Whether the next one is used.").field(False)
    ad_cfg_scale: float = Knob("CFG scale", "How strictly the prompt is followed.", 0).field(7.0)
    ad_use_checkpoint: bool = Knob("use separate checkpoint", "Whether the next one is used.").field(False)
    ad_checkpoint: str | None = Knob("checkpoint", "By its title.").field(None)
    ad_use_vae: bool = Knob("use separate VAE", "Whether the next one is used.").field(False)
    ad_vae: str | None = Knob("VAE", "By its file name.").field(None)
    ad_use_sampler: bool = Knob("use separate sampler", "Whether the next two are used.").field(False)
    ad_sampler: str = Knob("sampler", "By name; older names end with a schedule type.").field(
        "DPM++ 2M Karras"
    )
    ad_scheduler: str = Knob("scheduler", "By its label.").field("Use same scheduler")
    ad_use_noise_multiplier: bool = Knob(
        "use separate noise multiplier", "Whether the next one is used."
    ).field(False)
    ad_noise_multiplier: float = Knob("noise multiplier", "Initial noise.", 0.5, 1.5).field(1.0)
    ad_use_clip_skip: bool = Knob("use separate CLIP skip", "Whether the next one is used.").field(False)
    ad_clip_skip: int = Knob("CLIP skip", "Last layers left out, counted from 1.", 1, 12).field(1)
    ad_restore_face: bool = Knob("restore face", "Run the host's face restoration.").field(False)
    ad_controlnet_model: str = Knob("ControlNet model", _CONTROLNET).field(NONE)
    ad_controlnet_module: str = Knob("ControlNet module", _CONTROLNET).field(NONE)
    ad_controlnet_weight: float = Knob("ControlNet weight", _CONTROLNET, 0, 1).field(1.0)
    ad_controlnet_guidance_start: float = Knob("ControlNet guidance start", _CONTROLNET, 0, 1).field(0.0)
    ad_controlnet_guidance_end: float = Knob("ControlNet guidance end", _CONTROLNET, 0, 1).field(1.0)
    is_api: Any = Knob("is api", "A mark of ADetailer's own; any value, not used.").field(True)

    @property
    def active(self) -> bool:
        """False for a tab that ADetailer leaves out."""
        return self.ad_tab_enable and self.ad_model != NONE

    @property
    def finds_classes(self) -> bool:
        """True if the model uses `ad_model_classes`."""
        return WORLD in self.ad_model

    @property
    def classes(self) -> tuple[str, ...]:
        """The words of `ad_model_classes`; () for a model that does not use them."""
        words = self.ad_model_classes.split(",") if self.finds_classes else ()
        return tuple(word.strip() for word in words if word.strip())


KNOBS = knobs_of(TabArguments)
TYPES = types_of(TabArguments)


def read_texts(tab: Mapping[str, Any]) -> dict[str, Any]:
    """The tab with a number or boolean in place of each text or 0 and 1 that ADetailer accepts for one.

    Other values stay as they are: the loader refuses them.

    >>> read_texts({"ad_confidence": "0.5", "ad_use_steps": "on", "ad_prompt": "1"})
    {'ad_confidence': 0.5, 'ad_use_steps': True, 'ad_prompt': '1'}
    """
    return {str(name): _read(TYPES.get(str(name)), value) for name, value in tab.items()}


def _read(hint: Any, value: Any) -> Any:
    if hint is bool and isinstance(value, str | int):
        return _WORDS.get(str(value).strip().lower(), value)
    if hint in (int, float) and isinstance(value, str):
        return _number(value)
    return value


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
