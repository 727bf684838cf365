"""Model files: their kind, found without reading a tensor, and their tensors, read without executing a
pickle."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retouch.errors import Missing, WeightsRefused, convert_errors
from retouch.segmenters.sam.architecture import kind_of
from retouch.weights import file_contents, safe_unpickle

ENDINGS = (".pth", ".pt", ".safetensors")


def kind(path: Path) -> str:
    """The kind of a model file by `architecture.kind_of`; "" for other and damaged files."""
    return kind_of(_header(path) if path.suffix == ".safetensors" else file_contents.words(path))


def _header(path: Path) -> set[str]:
    """The names of the tensors in a safetensors file."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length)) if length <= file_contents.MAX_PICKLE else None
        return set(header) if isinstance(header, dict) else set()
    except (OSError, ValueError, RecursionError, MemoryError, struct.error):
        return set()


def tensors(path: Path) -> dict[str, Any]:
    """The state dict in a file, on the CPU; it may lie under "model" or "state_dict".

    Raises Missing without the file, and WeightsRefused when it is damaged, needs code, or holds anything
    else.
    """
    state = _safetensors(path) if path.suffix == ".safetensors" else safe_unpickle.load(path)
    for key in ("model", "state_dict"):
        if isinstance(state, Mapping) and isinstance(state.get(key), Mapping):
            state = state[key]
    if not isinstance(state, Mapping) or not state or not all(hasattr(v, "shape") for v in state.values()):
        raise WeightsRefused(f"{path.name} holds no tensors by name.", hint="Use the published file.")
    return {str(name): value for name, value in state.items()}


def _safetensors(path: Path) -> dict[str, Any]:
    try:
        from safetensors.torch import load_file
    except ImportError as error:
        raise Missing(f"{path.name} needs safetensors.", hint="pip install safetensors.") from error
    with convert_errors(lambda cause: _damage_error(path, cause)):
        safe_unpickle.check_file(path)
        return load_file(str(path))


def _damage_error(path: Path, cause: str) -> WeightsRefused:
    return WeightsRefused(f"{path.name} is damaged ({cause}).", hint="Download it again.")
