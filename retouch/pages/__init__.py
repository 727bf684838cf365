"""Reports as HTML: the demo's, and a batch's summary of before and after."""

from retouch.pages.demo import Shown, draw_plan, page
from retouch.pages.summary import Batch, Places, summary

__all__ = ["Batch", "Places", "Shown", "draw_plan", "page", "summary"]
