"""A fence around imports that change the process: what they change is put back.

`import ultralytics` sets OMP_NUM_THREADS and four other variables, turns OpenCV's threads off, replaces
PIL.Image.open, torch.save and cv2.imread, changes how numpy and torch print and which warnings show,
writes a settings file, asks the network whether it is there, and may run pip. None of it is ours to keep.
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
"""What ultralytics reads while it is imported: no pip, no network, no telemetry, no chatter."""


@contextlib.contextmanager
def guard_imports(env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Within, the environment has `env` as well; afterwards everything listed above is as it was."""
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
    """The functions that get replaced, as they are now, of the modules that are loaded."""
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
    """The package, imported behind the fence. Raises ImportError as an import would."""
    import torch  # noqa: F401  # first, so that its functions are known before they get replaced

    if "ultralytics.nn.tasks" in sys.modules:
        return sys.modules["ultralytics"]
    settings = tempfile.TemporaryDirectory(prefix="retouch-")
    with settings as folder, guard_imports({**OFFLINE, "YOLO_CONFIG_DIR": folder}):
        import ultralytics
        import ultralytics.nn.tasks
    return ultralytics
