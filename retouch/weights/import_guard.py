"""Restores the process after imports that change it.

`import ultralytics` has these side effects. It sets OMP_NUM_THREADS and four other variables. It disables
OpenCV's threads. It replaces PIL.Image.open, torch.save and cv2.imread. It changes the print options of numpy
and torch, and the warning filters. It writes a settings file, tests the network connection, and may run pip.
This module undoes or prevents all of them.
"""

from __future__ import annotations

import contextlib
import copy
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import cv2
import numpy as np

_LOCK = threading.RLock()
_PATCHED = {
    "PIL.Image": ("open",),
    "torch": ("load", "save"),
    "cv2": ("imread", "imwrite", "imshow"),
}
OFFLINE = {
    "YOLO_AUTOINSTALL": "false",
    "YOLO_OFFLINE": "true",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SKIP_REQUIREMENTS_CHECKS": "true",
}
"""Environment variables for the import of ultralytics: they disable pip, network, telemetry and messages."""


@contextlib.contextmanager
def guard_imports(env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Context manager: sets the variables of `env`, and restores the state of the process afterwards.

    It restores environment variables, replaced functions, print options, warning filters and OpenCV's
    thread count.
    """
    with _LOCK, warnings.catch_warnings():
        variables, attributes = dict(os.environ), _attributes()
        printing, threads = np.get_printoptions(), cv2.getNumThreads()
        torch_printing = _torch_printing()
        os.environ.update(env or {})
        try:
            yield
        finally:
            _restore_environment(variables)
            for (module, name), value in attributes.items():
                setattr(sys.modules[module], name, value)
            np.set_printoptions(**printing)
            cv2.setNumThreads(threads)
            _restore_torch_printing(torch_printing)


def _attributes() -> dict[tuple[str, str], Any]:
    """The current functions of `_PATCHED`, by (module, name), for the modules that are loaded."""
    found = {}
    for module, names in _PATCHED.items():
        for name in names:
            if hasattr(sys.modules.get(module), name):
                found[module, name] = getattr(sys.modules[module], name)
    return found


def _restore_environment(before: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if os.environ.get(name) != value})


def _torch_printing() -> Any:
    state = getattr(sys.modules.get("torch._tensor_str"), "PRINT_OPTS", None)
    return copy.copy(state)


def _restore_torch_printing(before: Any) -> None:
    now = getattr(sys.modules.get("torch._tensor_str"), "PRINT_OPTS", None)
    if before is not None and now is not None:
        vars(now).update(vars(before))


def import_ultralytics() -> Any:
    """The package ultralytics, imported inside `guard_imports`. Raises ImportError if that fails."""
    import torch  # noqa: F401  # first, so that `guard_imports` stores its original functions

    if "ultralytics.nn.tasks" in sys.modules:
        return sys.modules["ultralytics"]
    settings = tempfile.TemporaryDirectory(prefix="retouch-")
    with settings as folder, guard_imports({**OFFLINE, "YOLO_CONFIG_DIR": folder}):
        import ultralytics
        import ultralytics.nn.tasks
    return ultralytics
