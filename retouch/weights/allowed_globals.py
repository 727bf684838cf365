"""What a YOLO checkpoint may ask for, and what it gets: our own functions, never the ones it names.

A pickle is a program. The only calls this one can make are the few below, each written for its purpose;
model classes are made empty, without their constructors, which in ultralytics evaluate strings.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any

import numpy as np

MODULES = ("torch.nn.modules", "ultralytics.nn.modules", "ultralytics.nn.tasks")
"""Subclasses of torch.nn.Module defined under these may be in a checkpoint."""

TRAINING_ONLY = (
    "ultralytics.utils.loss",
    "ultralytics.utils.tal",
    "ultralytics.yolo.utils.loss",
    "ultralytics.yolo.utils.tal",
)
"""Left in checkpoints by training, of no use afterwards: what is asked for becomes an empty namespace."""


@dataclass(frozen=True)
class Global:
    """A name the pickle asked for. `make` is called in its place; `module` is a class to make empty."""

    name: str
    make: Callable[..., Any] | None = None
    module: type | None = None


class Unknown(LookupError):
    """A class that would be allowed if the installed library had it. `name` is dotted."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name, self.library = name, name.partition(".")[0]


@dataclass(frozen=True)
class Storage:
    """Bytes of one tensor storage, writable, and the torch dtype of its elements."""

    data: bytearray
    dtype: Any


def rebuild_tensor(
    storage: Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *rest: Any
) -> Any:
    """A tensor over a storage. ValueError when it would hold more elements than the storage."""
    import torch

    dtype = storage.dtype
    # An empty buffer is nothing frombuffer takes.
    flat = torch.frombuffer(storage.data, dtype=dtype) if storage.data else torch.empty(0, dtype=dtype)
    if math.prod(size) > flat.numel():
        raise ValueError(f"a tensor of size {tuple(size)} over {flat.numel()} elements")
    return flat.as_strided(tuple(size), tuple(stride), int(offset))


def rebuild_parameter(data: Any, *rest: Any) -> Any:
    import torch

    return torch.nn.Parameter(data, requires_grad=False)


def numpy_dtype(kind: Any, *rest: Any) -> np.dtype:
    dtype = np.dtype(str(kind))
    if dtype.kind not in "biuf":
        raise ValueError(f"numpy dtype {kind!r}")
    return dtype


def numpy_scalar(dtype: np.dtype, data: bytes = b"") -> Any:
    if not isinstance(dtype, np.dtype) or dtype.kind not in "biuf" or len(data) != dtype.itemsize:
        raise ValueError("a numpy scalar of another kind than a number")
    return np.frombuffer(data, dtype)[0].item()


def encode(text: str, encoding: str = "latin1") -> bytes:
    """How protocol 2 spells bytes."""
    if encoding not in ("latin1", "latin-1"):
        raise ValueError(f"encoding {encoding!r}")
    return str(text).encode("latin1")


def path(*parts: str) -> str:
    return str(PurePosixPath(*map(str, parts)))


def size(parts: Any = ()) -> Any:
    import torch

    return torch.Size(int(n) for n in parts)


def device(*_: Any) -> Any:
    import torch

    return torch.device("cpu")


def namespace(*_: Any) -> SimpleNamespace:
    return SimpleNamespace()


def reconstruct(cls: Any, base: Any = None, state: Any = None) -> Any:
    """What protocols 0 and 1 call to make an object."""
    return empty(cls)


def empty(cls: Any) -> Any:
    """An instance nobody has called the constructor of. ValueError unless it is an allowed module."""
    if isinstance(cls, Global) and cls.module is not None:
        return object.__new__(cls.module)
    if isinstance(cls, Global) and cls.make is namespace:
        return namespace()
    raise ValueError(f"a new {getattr(cls, 'name', type(cls).__name__)}")


def plain_set(items: Any = ()) -> set[Any]:
    return set(items)


def plain_slice(*parts: Any) -> slice:
    return slice(*parts[:3])


def forward_of(owner: Any, name: Any) -> Any:
    """The `forward` of an allowed module: a -seg or pose file of ultralytics before 8.2 keeps that of Detect.

    It is only stored: no instruction of a pickle can call it. ValueError for any other attribute.
    """
    if isinstance(owner, Global) and owner.module is not None and name == "forward":
        return getattr(owner.module, "forward")  # noqa: B009  # a module's class, of which pyright knows nothing
    raise ValueError(f"getattr of {name!r}")


def ordered_dict(items: Any = ()) -> OrderedDict[Any, Any]:
    return OrderedDict(items)


CALLS: Mapping[str, Callable[..., Any]] = {
    "torch._utils._rebuild_tensor_v2": rebuild_tensor,
    "torch._utils._rebuild_tensor": rebuild_tensor,
    "torch._utils._rebuild_parameter": rebuild_parameter,
    "torch.Size": size,
    "torch.device": device,
    "collections.OrderedDict": ordered_dict,
    "copyreg._reconstructor": reconstruct,
    "copy_reg._reconstructor": reconstruct,
    "builtins.set": plain_set,
    "__builtin__.set": plain_set,
    "builtins.getattr": forward_of,
    "__builtin__.getattr": forward_of,
    "builtins.slice": plain_slice,
    "__builtin__.slice": plain_slice,
    "_codecs.encode": encode,
    "numpy.dtype": numpy_dtype,
    "numpy.core.multiarray.scalar": numpy_scalar,
    "numpy._core.multiarray.scalar": numpy_scalar,
    "pathlib.PosixPath": path,
    "pathlib.WindowsPath": path,
    "pathlib.PurePosixPath": path,
    "pathlib.PureWindowsPath": path,
    "pathlib._local.PosixPath": path,
    "pathlib._local.WindowsPath": path,
    "types.SimpleNamespace": namespace,
    "ultralytics.utils.IterableSimpleNamespace": namespace,
    "ultralytics.yolo.utils.IterableSimpleNamespace": namespace,
}

DTYPES = ("float16", "bfloat16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")
STORAGES = {
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "ShortStorage": "int16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "BoolStorage": "bool",
}


def lookup(module: str, name: str) -> Any:
    """What a checkpoint gets for `module.name`.

    LookupError when it may not have it, Unknown when it might have it of another version of the library.
    """
    full = f"{module}.{name}"
    if full in CALLS:
        return Global(full, make=CALLS[full])
    if module == "torch" and name in STORAGES:
        return Global(full)
    if module == "torch" and name in DTYPES:
        return getattr(importlib.import_module("torch"), name)
    if module in TRAINING_ONLY and name.isidentifier():
        return Global(full, make=namespace)
    if any(module == root or module.startswith(f"{root}.") for root in MODULES):
        owner, _, method = name.partition(".")
        if owner.isidentifier() and method in ("", "forward"):
            made = Global(f"{module}.{owner}", module=_module_class(module, owner))
            return forward_of(made, method) if method else made
    if module.startswith("ultralytics.nn.") and not _is_installed(module):
        raise Unknown(full)
    raise LookupError(full)


def _is_installed(module: str) -> bool:
    """Whether there is such a module below ultralytics.nn, whose packages are imported to find out."""
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def _module_class(module: str, name: str) -> type:
    import torch

    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise Unknown(f"{module}.{name}") from None
    if isinstance(found, type) and issubclass(found, torch.nn.Module):
        return found
    raise LookupError(f"{module}.{name}")
