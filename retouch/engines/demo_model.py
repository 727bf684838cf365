"""The demo model: the small checkpoint of our own that lies in models/demo, and what is honest about it."""

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
"""What suits it: strong guidance overshoots, and fresh noise at each step lets it correct itself."""


def is_here() -> bool:
    """True in a checkout and in an installed wheel."""
    return (FOLDER / "model_index.json").is_file()


def demo_engine(device: str = "", batch_limit: int = 8, folders: Folders | None = None) -> DiffusersEngine:
    """An engine over the demo model, loaded as any diffusers folder is."""
    loader = Loader(device, offline=True).resolved()
    return DiffusersEngine(loader.pipeline(str(FOLDER)), NAME, batch_limit, folders, loader, REMARK)
