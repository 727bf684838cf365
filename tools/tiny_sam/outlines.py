"""Outlines of generated objects: closed curves in units of their radius, drawn with soft edges."""

from __future__ import annotations

import cv2
import numpy as np

POINTS = 96
SHIFT = 4
"""Fractional bits of OpenCV's fixed-point coordinates."""


def _angles() -> np.ndarray:
    return np.linspace(0, 2 * np.pi, POINTS, endpoint=False)


def _polar(radius: np.ndarray) -> np.ndarray:
    angles = _angles()
    return radius[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)


def ellipse(rng: np.random.Generator) -> np.ndarray:
    """An ellipse of random aspect ratio: (n, 2) float points."""
    return _polar(np.ones(POINTS)) * (1, rng.uniform(0.5, 1))


def rounded_box(rng: np.random.Generator) -> np.ndarray:
    """A superellipse, from nearly round to nearly sharp corners."""
    angles, power = _angles(), rng.uniform(3, 12)
    radius = (np.abs(np.cos(angles)) ** power + np.abs(np.sin(angles)) ** power) ** (-1 / power)
    return _polar(radius) * (0.85, 0.85 * rng.uniform(0.45, 1))


def blob(rng: np.random.Generator) -> np.ndarray:
    """A circle with a few low-frequency waves."""
    angles, radius = _angles(), np.ones(POINTS)
    for wave in (2, 3, 4, 5):
        radius += rng.uniform(0, 0.42 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    return _polar(radius / radius.max())


def polygon(rng: np.random.Generator) -> np.ndarray:
    """A polygon with three to seven corners on a circle, at a minimum distance from each other."""
    corners = int(rng.integers(3, 8))
    turns = (np.arange(corners) + rng.uniform(-0.25, 0.25, corners)) * 2 * np.pi / corners
    return np.stack([np.cos(turns), np.sin(turns)], 1)


def star(rng: np.random.Generator) -> np.ndarray:
    """A star with four to seven rays."""
    rays, depth = int(rng.integers(4, 8)), rng.uniform(0.45, 0.7)
    turns = np.arange(2 * rays) * np.pi / rays
    radius = np.where(np.arange(2 * rays) % 2, depth, 1)
    return radius[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)


OUTLINES = (ellipse, rounded_box, blob, polygon, star)
RING = 0.06
"""Share of objects that have a hole, 0..1."""


def drawn(rng: np.random.Generator, radius: float, centre: np.ndarray, side: int) -> np.ndarray:
    """A random object around `centre` (x, y in pixels): coverage (side, side) uint8 0..255."""
    outline = OUTLINES[rng.integers(len(OUTLINES))](rng)
    turn = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    placed = outline @ rotation * radius
    canvas = np.zeros((side, side), np.uint8)
    _fill(canvas, placed + centre, 255)
    if rng.random() < RING and radius > 30:
        _fill(canvas, placed * rng.uniform(0.35, 0.55) + centre, 0)
    return canvas


def _fill(canvas: np.ndarray, points: np.ndarray, value: int) -> None:
    fixed = np.round(points * 2**SHIFT).astype(np.int32)
    cv2.fillPoly(canvas, [fixed], value, cv2.LINE_AA, SHIFT)
