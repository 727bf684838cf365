"""Model files: what kind they are, told without reading a tensor, and their tensors, read without running any
of what a pickle may ask for."""

from __future__ import annotations

import json
import pickletools
import struct
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from retouch.detectors import unpickle
from retouch.errors import Missing, WeightsRefused
from retouch.segmenters.architecture import kind_of

ENDINGS = (".pth", ".pt", ".safetensors")
_MOST = unpickle.MAX_PICKLE
"""Bytes of names that are read to tell a file's kind."""


def kind(path: Path) -> str:
    """The kind of a model file, as `architecture.kind_of` tells it; "" for others and damaged ones."""
    state = path.stat()
    return _kind(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _kind(path: Path, changed: int, size: int) -> str:
    try:
        return kind_of(_header(path) if path.suffix == ".safetensors" else _words(path))
    except (OSError, ValueError, KeyError, EOFError, struct.error, zipfile.BadZipFile):
        return ""


def _header(path: Path) -> set[str]:
    """The tensors' names in a safetensors file."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return set(json.loads(file.read(length))) if length <= _MOST else set()


def _words(path: Path) -> set[str]:
    """Every string in the pickle of a torch file: names of tensors and classes. Nothing is made of them."""
    with zipfile.ZipFile(path) as archive:
        pickles = [info for info in archive.infolist() if info.filename.endswith("/data.pkl")]
        if len(pickles) != 1 or pickles[0].file_size > _MOST:
            return set()
        found = (argument for _, argument, _ in pickletools.genops(archive.read(pickles[0])))
        strings = {argument for argument in found if isinstance(argument, str)}
        return strings | {word.split(" ")[-1] for word in strings}  # a class is "module name"


def tensors(path: Path) -> dict[str, Any]:
    """The state dict in a file, on the CPU, also where it lies under "model" or "state_dict".

    Raises Missing without the file, WeightsRefused when it is damaged, asks for code, or holds anything else.
    """
    held = _safetensors(path) if path.suffix == ".safetensors" else unpickle.load(path)
    for key in ("model", "state_dict"):
        if isinstance(held, Mapping) and isinstance(held.get(key), Mapping):
            held = held[key]
    if not isinstance(held, Mapping) or not held or not all(hasattr(v, "shape") for v in held.values()):
        raise WeightsRefused(f"{path.name} holds no tensors by name.", hint="Use the published file.")
    return {str(name): value for name, value in held.items()}


def _safetensors(path: Path) -> dict[str, Any]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise Missing(f"{path.name} needs safetensors.", hint="pip install safetensors.") from error
    try:
        return load_file(str(path))
    except FileNotFoundError:
        raise Missing(f"there is no {path.name}.", hint="Was it moved?") from None
    except (SafetensorError, OSError) as error:
        raise WeightsRefused(f"{path.name} is damaged ({error}).", hint="Download it again.") from error
