"""The demo model: Retouch's own small checkpoint in models/demo, and the notice shown with its pictures."""

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
"""The settings for this model. Strong guidance overshoots, and fresh noise at each step corrects errors."""


def is_here() -> bool:
    """True in a checkout and in an installed wheel, which have models/demo."""
    return (FOLDER / "model_index.json").is_file()


def demo_engine(device: str = "", batch_limit: int = 8, folders: Folders | None = None) -> DiffusersEngine:
    """An engine with the demo model."""
    loader = Loader(device, offline=True).resolved()
    return DiffusersEngine(loader.pipeline(str(FOLDER)), NAME, batch_limit, folders, loader, REMARK)
