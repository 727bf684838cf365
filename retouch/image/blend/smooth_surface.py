"""A smooth surface through scattered evidence, which also spans where there is none.

A tensor product of uniform cubic B-splines with a penalty on bending and a little on slope, solved as one
small linear system (Eilers and Marx, Flexible smoothing with B-splines and penalties, 1996; the bending
energy is that of Duchon's thin plates, 1977). Unlike an average carried inward it continues gradients.
Beside it a plane is fitted that exists only where something was repainted: the tint; and what depends on
the painted colours rather than on the place, linearly and the same everywhere: the tone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

PIECES = 10
"""Polynomial pieces along the long side."""
BENDING, TENSION, RIDGE, TINT_RIDGE, TONE_RIDGE = 0.3, 1e-2, 1e-6, 2.0, 2.0 * 64**2
"""Penalties, in cells' worth of evidence where the noise has variance 1; of the tone, of cells 64 levels
from the mean. The tint's and the tone's keep them at 0 unless many cells ask for them."""
_OTHERS = 6
"""What is fitted beside the knots: three of the tint, three of the tone."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Per cell, (rows, columns): its say 0..1, its value (.., 3), how far it was repainted 0..1.

    `colour` (.., 3) is what was painted there, in levels from some centre.
    """

    weight: np.ndarray
    value: np.ndarray
    repainted: np.ndarray
    colour: np.ndarray

    def weighing(self, weight: np.ndarray) -> Evidence:
        return dataclasses.replace(self, weight=weight)

    def about(self, centre: np.ndarray) -> Evidence:
        """The same with colours counted from `centre`, (3,) levels."""
        return dataclasses.replace(self, colour=self.colour - centre)

    def without(self, tone: np.ndarray) -> Evidence:
        """What is left to explain when the tone, (3, 3), is known."""
        left = self.value - self.colour @ tone
        return dataclasses.replace(self, value=left, colour=np.zeros_like(self.colour))

    def error(self, said: np.ndarray | float = 0.0) -> np.ndarray:
        """(rows, columns): the distance of each value from what was said of it."""
        return np.linalg.norm(self.value - said, axis=-1)


@dataclass(frozen=True, eq=False)
class SurfaceFit:
    """(rows, columns, 3) knots; the (3, 3) tint: constant, slope down, slope along; by channel.

    The tone is (3, 3), too: by painted channel and channel. `firmness` (3, 3) is the inverse of the tone's
    covariance in each channel where the noise has variance 1.
    """

    knots: np.ndarray
    tint: np.ndarray
    tone: np.ndarray
    firmness: np.ndarray

    @property
    def where_repainted(self) -> np.ndarray:
        """The knots of surface and tint together: a spline is the plane that its coefficients lie on."""
        places = ((np.arange(n) - 1) / (n - 3) - 0.5 for n in self.knots.shape[:2])
        return self.knots + np.einsum("akl,ac->klc", _planes(*places), self.tint)


@dataclass(frozen=True)
class Surface:
    """Penalised least squares over cells: B-splines `down` and `along`, each (cells, knots)."""

    down: np.ndarray
    along: np.ndarray

    @classmethod
    def over(cls, rows: int, columns: int) -> Surface:
        """For so many cells, which share the unit square."""
        piece = max(rows, columns) / PIECES
        return cls(_cell_basis(rows, piece), _cell_basis(columns, piece))

    def fit(self, every: Sequence[Evidence], noise: float = 1.0) -> SurfaceFit:
        """The surface, the tint and the tone nearest to all values, whose noise has this variance.

        The penalties are what is known of shifts beforehand, so they weigh the more the less the values
        tell: an exact one is followed closely, a noisy one smoothly.
        """
        normal, wanted = noise * self._penalty, np.zeros((1, 3))
        for seen in every:
            planes = _other_planes(seen)
            asked = seen.value * seen.weight[..., None]
            knots = np.einsum("ik,ijc,jl->klc", self.down, asked, self.along, optimize=True)
            others = np.einsum("aij,ijc->ac", planes, asked)
            normal = normal + self._gram(seen.weight, planes)
            wanted = wanted + np.concatenate([knots.reshape(-1, 3), others])
        solved = np.linalg.solve(normal, np.hstack([wanted, np.eye(len(normal))[:, -3:]]))
        tone, covariance = np.hsplit(solved[-3:], 2)
        knots = solved[:-_OTHERS, :3].reshape(*self._shape, 3)
        return SurfaceFit(knots, solved[-_OTHERS:-3, :3], tone, np.linalg.inv(covariance))

    def evaluate(self, fit: SurfaceFit, seen: Evidence) -> np.ndarray:
        """(rows, columns, 3): the value a fit expects of each cell."""
        smooth = np.einsum("ik,klc,jl->ijc", self.down, fit.knots, self.along, optimize=True)
        others = np.concatenate([fit.tint, fit.tone])
        return smooth + np.einsum("aij,ac->ijc", _other_planes(seen), others)

    @property
    def _shape(self) -> tuple[int, int]:
        return self.down.shape[1], self.along.shape[1]

    def _gram(self, weight: np.ndarray, planes: np.ndarray) -> np.ndarray:
        """Weighted products of all basis functions with one another, those of tint and tone last."""
        (rows, columns), count = self._shape, self._shape[0] * self._shape[1]
        splines = _pairs(self.down).T @ weight @ _pairs(self.along)
        whole = np.empty((count + _OTHERS, count + _OTHERS))
        whole[:-_OTHERS, :-_OTHERS] = (
            splines.reshape(rows, rows, columns, columns).transpose(0, 2, 1, 3).reshape(count, count)
        )
        whole[-_OTHERS:, :-_OTHERS] = [
            (self.down.T @ (weight * plane) @ self.along).ravel() for plane in planes
        ]
        whole[:-_OTHERS, -_OTHERS:] = whole[-_OTHERS:, :-_OTHERS].T
        whole[-_OTHERS:, -_OTHERS:] = np.einsum("aij,bij,ij->ab", planes, planes, weight)
        return whole

    @cached_property
    def _penalty(self) -> np.ndarray:
        rows, columns = self._shape
        twisted = 2 * _differences(rows, 1, columns, 1)
        bent = _differences(rows, 2, columns, 0) + _differences(rows, 0, columns, 2) + twisted
        sloped = _differences(rows, 1, columns, 0) + _differences(rows, 0, columns, 1)
        others = [TINT_RIDGE] * 3 + [TONE_RIDGE] * 3
        whole = np.diag(np.concatenate([np.full(rows * columns, RIDGE), others]))
        whole[:-_OTHERS, :-_OTHERS] += BENDING * bent + TENSION * sloped
        return whole


def basis(places: np.ndarray, knots: int) -> np.ndarray:
    """(places, knots) values of the uniform cubic B-splines over 0..1, which has knots - 3 pieces."""
    away = np.abs(places[:, None] * (knots - 3) - (np.arange(knots) - 1))
    near = 2 / 3 - away**2 + away**3 / 2
    return np.where(away < 1, near, np.clip(2 - away, 0, None) ** 3 / 6)


def _cell_basis(cells: int, piece: float) -> np.ndarray:
    return basis(_middles(cells) + 0.5, max(round(cells / piece), 1) + 3)


def _middles(cells: int) -> np.ndarray:
    """Middles of cells that share -0.5..0.5."""
    return (np.arange(cells) + 0.5) / cells - 0.5


def _other_planes(seen: Evidence) -> np.ndarray:
    """What tint and tone are made of, (6, rows, columns): no tint where nothing was repainted."""
    tint = _planes(*(_middles(n) for n in seen.weight.shape)) * seen.repainted
    return np.concatenate([tint, np.moveaxis(seen.colour, -1, 0)])


def _planes(down: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(3, rows, columns): a constant, a slope down, and a slope along."""
    slopes = np.meshgrid(down, along, indexing="ij")
    return np.stack([np.ones_like(slopes[0]), *slopes])


def _pairs(values: np.ndarray) -> np.ndarray:
    """(places, knots * knots) products of every two."""
    return (values[:, :, None] * values[:, None, :]).reshape(len(values), -1)


def _differences(rows: int, order_down: int, columns: int, order_along: int) -> np.ndarray:
    """Over all knots, the matrix of the sum of squared differences of these orders."""
    down = np.diff(np.eye(rows), order_down, axis=0)
    along = np.diff(np.eye(columns), order_along, axis=0)
    return np.kron(down.T @ down, along.T @ along)
