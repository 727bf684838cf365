"""Segmenters: what is pointed at, outlined, by models of the SAM family or by colours and edges.

Importing this loads no model and none of torch, ultralytics and segment_anything.
"""

from retouch.ports import Click, Prompt, Seen
from retouch.segmenters.registry import Known, Segmenters

__all__ = ["Click", "Known", "Prompt", "Seen", "Segmenters"]
