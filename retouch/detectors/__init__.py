"""Detectors: YOLO files, mediapipe, and OpenCV's cascades behind one Registry.

Importing this loads no model and none of torch, ultralytics and mediapipe.
"""

from retouch.detectors.registry import ALIASES, ROLES, ModelInfo, Registry

__all__ = ["ALIASES", "ROLES", "ModelInfo", "Registry"]
