"""`<lora:name:weight>` tags: read them, find their files, and give them to a pipeline."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from retouch.errors import BadInput, RetouchError, WeightsRefused, convert_errors

Adapters = tuple[tuple[str, float], ...]
"""(name, weight) pairs, sorted by name."""
_TAG = re.compile(r"<(\w+):([^<>:]+)(?::([^<>]*))?>")
_HINT = "Write <lora:name> or <lora:name:weight>."


def adapters(tags: tuple[str, ...]) -> Adapters:
    """What `prompts.networks` found, read. A name given twice has its weights added.

    BadInput for another kind of network, or a weight that is not a number.
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
    """Leave `pipe` with exactly the chosen adapters. `files` has a path for each name.

    All are loaded anew: memory then never holds more than one batch asks for.
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
