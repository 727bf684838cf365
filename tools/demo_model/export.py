"""Writes the trained parts as a diffusers folder in half precision."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch

from retouch.engines.loading import library
from tools.demo_model.painter import Painter, scheduler
from tools.demo_model.words import tokenizer

MOST_BYTES = 40_000_000


def export(vae: Any, factor: float, painter: Painter, folder: Path) -> int:
    """Write the files for `DiffusionPipeline.from_pretrained`. Returns the size of the weights in bytes.

    Other files of the folder (the model card, the losses) stay. Raises ValueError if the weights are too
    large.
    """
    vae.register_to_config(scaling_factor=factor)
    with tempfile.TemporaryDirectory() as scratch:
        pipe = library().StableDiffusionPipeline(
            vae=vae,
            text_encoder=painter.text,
            tokenizer=tokenizer(Path(scratch, "words")),
            unet=painter.unet,
            scheduler=scheduler(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipe.to(torch.float16).save_pretrained(Path(scratch, "model"))
        shutil.copytree(Path(scratch, "model"), folder, dirs_exist_ok=True)
    weights = [*folder.rglob("*.safetensors")]
    for file in weights:
        file.chmod(0o644)  # safetensors writes files that only the owner can read
    size = sum(file.stat().st_size for file in weights)
    if size > MOST_BYTES:
        raise ValueError(f"the weights have {size} bytes, more than {MOST_BYTES}: make the model narrower")
    return size
