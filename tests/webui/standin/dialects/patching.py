"""How a dialect changes the modules of the stand-in."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from typing import Any


def replace(module, *functions):
    """Put functions in the place of those of the same names."""
    for function in functions:
        setattr(module, function.__name__, function)


def with_fields(cls, **defaults):
    """A subclass of a job with more fields. It has the name of its parent."""
    fields = {name: field(default=value) for name, value in defaults.items()}
    named = {"__annotations__": dict.fromkeys(defaults, Any), "__module__": cls.__module__, **fields}
    return dataclass(repr=False)(type(cls.__name__, (cls,), named))


def package(name, **names):
    """An importable module of this name. Its parents are there already."""
    module = importlib.util.module_from_spec(ModuleSpec(name, None, is_package=True))
    vars(module).update(names)
    sys.modules[name] = module
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, module)
    return module


def remove(name):
    """A module of `modules` that the fork lacks."""
    package, _, own = name.rpartition(".")
    sys.modules[name] = None
    delattr(sys.modules[package], own)
