"""Parse `<lora:name:weight>` tags, and load the LoRAs into a pipeline."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from retouch.errors import BadInput, RetouchError, WeightsRefused, convert_errors

Adapters = tuple[tuple[str, float], ...]
"""Pairs (name, weight), sorted by name. A weight is a finite factor; 1.0 is the LoRA at full strength."""
_TAG = re.compile(r"<(\w+):([^<>:]+)(?::([^<>]*))?>")
_HINT = "Write <lora:name> or <lora:name:weight>."


def adapters(tags: tuple[str, ...]) -> Adapters:
    """Parse the tags that `prompts.networks` returned. The weights of a repeated name are added.

    Raises BadInput for another kind of network, and for a weight that is not a finite number.
    """
    weights: dict[str, float] = {}
    for tag in tags:
        name, weight = _read(tag)
        weights[name] = weights.get(name, 0.0) + weight
    return tuple(sorted(weights.items()))


def _read(tag: str) -> tuple[str, float]:
    match = _TAG.fullmatch(tag)
    if match is None or match[1].lower() != "lora":
        raise BadInput(f"{tag} is not a network this engine knows.", path="prompt", hint=_HINT)
    try:
        weight = float(match[3] or 1)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        raise BadInput(f"{tag} has no number for a weight.", path="prompt", hint=_HINT)
    return match[2].strip(), weight


def apply_loras(pipe: Any, chosen: Adapters, files: dict[str, Path]) -> None:
    """Load exactly the chosen LoRAs into `pipe`. `files` has a path for each name.

    Loaded LoRAs are unloaded first, so memory holds the LoRAs of one batch at most. Raises WeightsRefused if
    a file does not fit the model or is damaged. In that case no LoRA is loaded.
    """
    pipe.unload_lora_weights()
    for number, (name, _) in enumerate(chosen):
        try:
            with convert_errors(lambda cause, file=files[name]: _refusal(file, cause)):
                pipe.load_lora_weights(str(files[name]), adapter_name=f"lora{number}")
        except RetouchError:
            pipe.unload_lora_weights()
            raise
    if chosen:
        pipe.set_adapters([f"lora{n}" for n in range(len(chosen))], [weight for _, weight in chosen])


def _refusal(file: Path, cause: str) -> RetouchError:
    return WeightsRefused(
        f"{file.name} does not fit this model or is damaged ({cause}).",
        path="prompt",
        hint="Use a LoRA made for the loaded model's family.",
    )
