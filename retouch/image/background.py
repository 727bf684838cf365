"""All but what is kept, as a region whose masks end at the natural edge of what is kept."""

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
"""Of the thickness of what is kept, and pixels: how far outside its mask its natural edge is looked for."""
MOSTLY = 0.5
"""Of the picture and of its border: a marked area that covers more of both is taken for a background."""


def make_background_region(picture: Picture, kept: Mask, label: str = "background") -> Region | None:
    """All that `kept`, of the picture's size, leaves out; None where it leaves out nothing.

    Hair and soft edges that reach out of `kept` are kept too, as much as they show. What is marked as kept
    stays so.
    """
    radius = min(max(LEAST_EDGE, round(greatest_thickness(kept) * EDGE_SHARE)), MOST_EDGE)
    region = Region.of_mask((kept | refine_edge(picture, kept, radius)).inverted(), label)
    return region and dataclasses.replace(region, background=True)


def note_background(region: Region, canvas: Size) -> Region:
    """The same, known as a background where it covers most of the canvas and most of its border."""
    core = region.mask(canvas).core
    border = np.concatenate([core[0], core[-1], core[:, 0], core[:, -1]])
    return dataclasses.replace(region, background=bool(min(core.mean(), border.mean()) > MOSTLY))
