"""The X/Y/Z script as far as other extensions touch it. Cells are shallow copies of `p`."""

from copy import copy

from modules import processing, scripts


class AxisOption:
    def __init__(
        self, label, type, apply, format_value=None, confirm=None, cost=0.0, choices=None, prepare=None
    ):
        self.label, self.type, self.apply, self.cost, self.choices = label, type, apply, cost, choices
        self.format_value, self.confirm, self.prepare = format_value, confirm, prepare


def _seed(p, value, values):
    p.seed = value


axis_options = [AxisOption("Seed", int, _seed)]


def draw(p, axis, values):
    """One row of the grid: the cells' results in order."""
    results = []
    for value in values:
        cell = copy(p)
        axis.apply(cell, axis.type(value), values)
        results.append(processing.process_images(cell))
    return results


class XYZ(scripts.Script):
    def title(self):
        return "X/Y/Z plot"

    def ui(self, is_img2img):
        return []
