"""YOLO files: the network in a checkpoint, and the errors when the installed ultralytics cannot run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retouch.errors import Missing, RetouchError, WeightsRefused, describe
from retouch.weights import file_contents, import_guard, safe_unpickle, versions


def read_module(path: Path) -> Any:
    """The model of a checkpoint: on the CPU, in float32, for inference.

    Raises Missing without a working ultralytics, and WeightsRefused for a file without a detector.
    """
    try:
        import_guard.import_ultralytics()
        import torch
        from ultralytics.nn.tasks import BaseModel
    except Exception as error:  # a broken install, or one for another torch, raises exceptions of any type
        raise _needs_ultralytics(path.name, error) from error
    checkpoint = safe_unpickle.load(path)
    module = (checkpoint.get("ema") or checkpoint.get("model")) if isinstance(checkpoint, dict) else None
    if not isinstance(module, BaseModel) or not getattr(module, "names", None):
        raise WeightsRefused(f"{path.name} holds no YOLO model.", hint="A trained .pt of ultralytics does.")
    layers: Any = module.model
    head = type(layers[-1]).__name__
    if any(word in head for word in ("Classify", "OBB", "RTDETR")):
        raise unknown_head(path.name, head)
    for part in module.modules():
        if isinstance(part, torch.nn.Upsample):
            part.recompute_scale_factor = None  # files of torch 1.10 and older lack it
    return module.float().eval().requires_grad_(False)


def _needs_ultralytics(file: str, error: Exception) -> RetouchError:
    if not versions.installed_version("ultralytics"):
        return Missing(f"{file} needs ultralytics ({describe(error)}).", hint="pip install ultralytics.")
    hint = f"Reinstall it, or another version: {versions.OLDEST} to {versions.NEWEST} are tested."
    fault = f"{file} needs {versions.name('ultralytics')}, which does not start ({describe(error)})."
    return Missing(fault, hint=hint)


def input_side(module: Any) -> int:
    """The input side in pixels of the model's training, a multiple of 32 in 64..1536; 640 if unknown."""
    args = getattr(module, "args", None) or {}
    trained: Any = args.get("imgsz") if isinstance(args, dict) else getattr(args, "imgsz", None)
    longest = max(trained) if isinstance(trained, (list, tuple)) and trained else trained
    side = longest if isinstance(longest, (int, float)) and longest > 0 else 640
    return min(max(round(side / 32) * 32, 64), 1536)


def prepare_head(head: Any) -> None:
    """Make the head return plain tensors: predictions, and mask prototypes if it has them."""
    head.export = True
    if not hasattr(head, "format"):  # before 8.3 only ultralytics' own export sets it, and the head reads it
        head.format = "torchscript"
    if not hasattr(head, "detect"):  # before 8.2 -seg and pose heads call it, and newer files have it no more
        from ultralytics.nn.modules import Detect

        head.detect = Detect.forward


def unknown_head(file: str, kind: str) -> WeightsRefused:
    hint = "Detection and -seg models find regions."
    return WeightsRefused(f"{file} is a {kind} model.", hint=hint)


def unfit(path: Path, cause: str) -> RetouchError:
    """The error for a file that was read but that the installed ultralytics cannot run."""
    saved = file_contents.saved_by(path)
    fault = (
        f"{path.name} does not run with the installed {versions.name('ultralytics')} ({cause})."
        f"{versions.saved_with(saved)} Retouch is tested with {versions.OLDEST} to {versions.NEWEST}."
    )
    return WeightsRefused(fault, hint=versions.next_step("ultralytics", saved))
