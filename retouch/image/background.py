"""The background of a kept thing, as a region whose masks end at the natural edge of that thing."""

from __future__ import annotations

import dataclasses

import numpy as np

from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.matting import refine_edge
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.image.thickness import greatest_thickness

EDGE_SHARE, LEAST_EDGE, MOST_EDGE = 0.05, 2, 16
"""The distance outside the kept mask within which its natural edge is searched for: a share of its thickness,
and the least and most in pixels."""
MOSTLY = 0.5
"""Share of the picture and of its border: a mask that covers more of both counts as a background."""


def make_background_region(picture: Picture, kept: Mask, label: str = "background") -> Region | None:
    """The region of all pixels outside `kept`, a mask of the picture's size; None when there are none.

    Hair and soft edges that reach out of `kept` are kept in proportion to their alpha. Pixels of `kept` stay
    kept.
    """
    radius = min(max(LEAST_EDGE, round(greatest_thickness(kept) * EDGE_SHARE)), MOST_EDGE)
    region = Region.of_mask((kept | refine_edge(picture, kept, radius)).inverted(), label)
    return region and dataclasses.replace(region, background=True)


def note_background(region: Region, canvas: Size) -> Region:
    """The region, marked as a background if it covers most of the canvas and most of its border."""
    core = region.mask(canvas).core
    border = np.concatenate([core[0], core[-1], core[:, 0], core[:, -1]])
    return dataclasses.replace(region, background=bool(min(core.mean(), border.mean()) > MOSTLY))
