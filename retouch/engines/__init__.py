"""Engines that run without a WebUI. Importing this loads neither torch nor diffusers."""

from __future__ import annotations

from retouch.engines.diffusion import DiffusersEngine
from retouch.engines.loading import Folders
from retouch.engines.noise import tiny_random

__all__ = ["DiffusersEngine", "Folders", "tiny_random"]
