"""The globals that the pickle of a YOLO checkpoint may name, and the functions of this module for them.

A pickle is a program. It can call only the functions below, each of which has one purpose. The function that
the pickle names is never called. Model classes are instantiated without their constructors, because
constructors in ultralytics evaluate strings.
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
"""A checkpoint may contain subclasses of torch.nn.Module from these modules and their submodules."""

TRAINING_ONLY = (
    "ultralytics.utils.loss",
    "ultralytics.utils.tal",
    "ultralytics.yolo.utils.loss",
    "ultralytics.yolo.utils.tal",
)
"""Modules of objects that training leaves in checkpoints. They are not needed to detect, so each becomes an
empty namespace."""


@dataclass(frozen=True)
class Global:
    """A global that the pickle names.

    `make` is the function that is called instead. `module` is a class to instantiate without its
    constructor.
    """

    name: str
    make: Callable[..., Any] | None = None
    module: type | None = None


class Unknown(LookupError):
    """A class that is allowed but missing in the installed library. `name` is its dotted name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name, self.library = name, name.partition(".")[0]


@dataclass(frozen=True)
class Storage:
    """The writable bytes of one tensor storage, and the torch dtype of its elements."""

    data: bytearray
    dtype: Any


def rebuild_tensor(
    storage: Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *rest: Any
) -> Any:
    """A tensor of shape `size` over `storage`. `offset` and `stride` count elements.

    Raises ValueError if the tensor has more elements than the storage.
    """
    import torch

    dtype = storage.dtype
    # torch.frombuffer rejects an empty buffer.
    flat = torch.frombuffer(storage.data, dtype=dtype) if storage.data else torch.empty(0, dtype=dtype)
    if math.prod(size) > flat.numel():
        raise ValueError(f"a tensor of size {tuple(size)} over {flat.numel()} elements")
    return flat.as_strided(tuple(size), tuple(stride), int(offset))


def rebuild_parameter(data: Any, *rest: Any) -> Any:
    """A torch parameter over the tensor `data`, without a gradient."""
    import torch

    return torch.nn.Parameter(data, requires_grad=False)


def numpy_dtype(kind: Any, *rest: Any) -> np.dtype:
    """A numpy dtype of bool, integer or float. Raises ValueError for any other kind."""
    dtype = np.dtype(str(kind))
    if dtype.kind not in "biuf":
        raise ValueError(f"numpy dtype {kind!r}")
    return dtype


def numpy_scalar(dtype: np.dtype, data: bytes = b"") -> Any:
    """The Python number with the bytes `data`. Raises ValueError if `data` is not one number of `dtype`."""
    if not isinstance(dtype, np.dtype) or dtype.kind not in "biuf" or len(data) != dtype.itemsize:
        raise ValueError("a numpy scalar of another kind than a number")
    return np.frombuffer(data, dtype)[0].item()


def encode(text: str, encoding: str = "latin1") -> bytes:
    """The bytes of `text`. Pickle protocol 2 writes bytes as a call of this. ValueError unless latin1."""
    if encoding not in ("latin1", "latin-1"):
        raise ValueError(f"encoding {encoding!r}")
    return str(text).encode("latin1")


def path(*parts: str) -> str:
    """A joined path as a string, in place of a path object."""
    return str(PurePosixPath(*map(str, parts)))


def size(parts: Any = ()) -> Any:
    """A torch.Size of integers."""
    import torch

    return torch.Size(int(n) for n in parts)


def device(*_: Any) -> Any:
    """The CPU, in place of any device."""
    import torch

    return torch.device("cpu")


def namespace(*_: Any) -> SimpleNamespace:
    """An empty namespace. The arguments are ignored."""
    return SimpleNamespace()


def reconstruct(cls: Any, base: Any = None, state: Any = None) -> Any:
    """Pickle protocols 0 and 1 make an object by a call of this. Same as `empty`."""
    return empty(cls)


def empty(cls: Any) -> Any:
    """An instance of an allowed module, made without its constructor, or an empty namespace.

    Raises ValueError for any other `cls`.
    """
    if isinstance(cls, Global) and cls.module is not None:
        return object.__new__(cls.module)
    if isinstance(cls, Global) and cls.make is namespace:
        return namespace()
    raise ValueError(f"a new {getattr(cls, 'name', type(cls).__name__)}")


def plain_set(items: Any = ()) -> set[Any]:
    """A set of `items`."""
    return set(items)


def plain_slice(*parts: Any) -> slice:
    """A slice of at most three `parts`."""
    return slice(*parts[:3])


def forward_of(owner: Any, name: Any) -> Any:
    """The `forward` method of an allowed module.

    A -seg or pose file of ultralytics before 8.2 contains the `forward` of Detect. It is only stored: no
    pickle instruction can call it. Raises ValueError for any other attribute.
    """
    if isinstance(owner, Global) and owner.module is not None and name == "forward":
        return getattr(owner.module, "forward")  # noqa: B009  # pyright does not know the class's attributes
    raise ValueError(f"getattr of {name!r}")


def ordered_dict(items: Any = ()) -> OrderedDict[Any, Any]:
    """An ordered dict of `items`."""
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
    """The value that a checkpoint gets for the global `module.name`.

    Raises LookupError if the global is not allowed. Raises Unknown if the installed library does not have the
    class but another version may have it.
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
    """True if the module exists in the installed ultralytics. The search imports its parent packages."""
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
