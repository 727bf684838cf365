"""The demo model: Retouch's own small checkpoint in models/demo, and the notice for its pictures."""

from __future__ import annotations

from retouch import ASSETS
from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.loading import Folders, Loader
from retouch.recipes.sampling import Sampling

FOLDER = ASSETS / "models" / "demo"
NAME = "demo model"
REMARK = (
    "Painted by the demo model, which knows seven photographs and nothing else: give --model a real "
    "checkpoint for your own pictures."
)
SAMPLING = Sampling(steps=20, cfg_scale=2.0, sampler="Euler a")
"""Sampling settings for this model. The CFG scale is low because strong guidance overshoots. The sampler is
ancestral because new noise at each step corrects errors."""


def is_here() -> bool:
    """True if models/demo exists. A checkout and an installed wheel contain it."""
    return (FOLDER / "model_index.json").is_file()


def demo_engine(device: str = "", batch_limit: int = 8, folders: Folders | None = None) -> DiffusersEngine:
    """An engine with the demo model. A blank `device` selects the best available device."""
    loader = Loader(device, offline=True).resolved()
    return DiffusersEngine(loader.pipeline(str(FOLDER)), NAME, batch_limit, folders, loader, REMARK)
