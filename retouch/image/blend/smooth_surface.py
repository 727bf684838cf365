"""A smooth surface through scattered evidence, which also spans places without evidence.

The surface is a tensor product of uniform cubic B-splines with a penalty on bending and a little on slope.
One small linear system gives its knots (P. Eilers and B. Marx, Flexible smoothing with B-splines and
penalties, 1996, doi:10.1214/ss/1038425655; the bending energy is that of J. Duchon's thin plates, 1977).
Unlike an average of the surroundings it continues gradients.

Two more terms are fitted with it. The tint is a plane that exists only where pixels were repainted. The tone
depends linearly on the painted colours, and not on the place.
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
"""Penalties. Unit: the evidence of one cell whose noise has variance 1; for the tone, of a cell 64 levels
from the mean. The penalties of tint and tone keep both at 0 unless many cells contradict."""
_OTHERS = 6
"""Coefficients besides the knots: three of the tint, three of the tone."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of each cell.

    Attributes
    ----------
    weight : (rows, columns)
        0..1, how much the cell counts.
    value : (rows, columns, 3)
        Levels by channel, the values to fit.
    repainted : (rows, columns)
        0..1, the share of the cell that was repainted.
    colour : (rows, columns, 3)
        The mean painted colour, in levels from a common centre.
    """

    weight: np.ndarray
    value: np.ndarray
    repainted: np.ndarray
    colour: np.ndarray

    def weighing(self, weight: np.ndarray) -> Evidence:
        """The same with this weight, (rows, columns) 0..1."""
        return dataclasses.replace(self, weight=weight)

    def about(self, centre: np.ndarray) -> Evidence:
        """The same with colours relative to `centre`, (3,) levels."""
        return dataclasses.replace(self, colour=self.colour - centre)

    def without(self, tone: np.ndarray) -> Evidence:
        """The residual after this tone, (3, 3) levels by painted channel and channel, with colours of 0."""
        residual = self.value - self.colour @ tone
        return dataclasses.replace(self, value=residual, colour=np.zeros_like(self.colour))

    def error(self, expected: np.ndarray | float = 0.0) -> np.ndarray:
        """(rows, columns) levels: the distance of each value from its expectation, (rows, columns, 3) or
        0."""
        return np.linalg.norm(self.value - expected, axis=-1)


@dataclass(frozen=True, eq=False)
class SurfaceFit:
    """The coefficients of a fit, in levels.

    Attributes
    ----------
    knots : (rows, columns, 3)
        Coefficients of the B-splines, by channel.
    tint : (3, 3)
        A constant, a slope down and a slope along, by channel.
    tone : (3, 3)
        Levels per painted level, by painted channel and channel.
    firmness : (3, 3)
        The inverse of the tone's covariance in each channel when the noise has variance 1.
    """

    knots: np.ndarray
    tint: np.ndarray
    tone: np.ndarray
    firmness: np.ndarray

    @property
    def where_repainted(self) -> np.ndarray:
        """(rows, columns, 3): the knots of surface and tint together. A spline whose coefficients lie on a
        plane is that plane."""
        places = ((np.arange(n) - 1) / (n - 3) - 0.5 for n in self.knots.shape[:2])
        return self.knots + np.einsum("akl,ac->klc", _planes(*places), self.tint)


@dataclass(frozen=True)
class Surface:
    """Penalised least squares over a grid of cells.

    `down`, (rows, knots), and `along`, (columns, knots), are the B-splines at the middles of the cells.
    """

    down: np.ndarray
    along: np.ndarray

    @classmethod
    def over(cls, rows: int, columns: int) -> Surface:
        """The surface over a grid of this many cells, at least 1 each way, that fill the unit square.

        >>> weight, slope = np.ones((8, 8)), np.zeros((8, 8, 3)) + np.arange(8)[None, :, None]
        >>> weight[3:5, 3:5] = slope[3:5, 3:5] = 0
        >>> cells = Evidence(weight, slope, np.zeros((8, 8)), np.zeros((8, 8, 3)))
        >>> surface = Surface.over(8, 8)
        >>> np.rint(surface.evaluate(surface.fit([cells], 1e-4), cells)[3, :, 0])
        array([0., 1., 2., 3., 4., 5., 6., 7.])
        """
        piece = max(rows, columns) / PIECES
        return cls(_cell_basis(rows, piece), _cell_basis(columns, piece))

    def fit(self, evidence: Sequence[Evidence], noise: float = 1.0) -> SurfaceFit:
        """The surface, the tint and the tone nearest to all values, by penalised least squares.

        `noise` is the variance of the values in levels squared, above 0. The penalties are prior knowledge of
        shifts and count in proportion to it: exact values are followed closely, noisy ones smoothly.
        """
        normal, right_side = noise * self._penalty, np.zeros((1, 3))
        for cells in evidence:
            planes = _other_planes(cells)
            weighted = cells.value * cells.weight[..., None]
            knots = np.einsum("ik,ijc,jl->klc", self.down, weighted, self.along, optimize=True)
            others = np.einsum("aij,ijc->ac", planes, weighted)
            normal = normal + self._gram(cells.weight, planes)
            right_side = right_side + np.concatenate([knots.reshape(-1, 3), others])
        solved = np.linalg.solve(normal, np.hstack([right_side, np.eye(len(normal))[:, -3:]]))
        tone, covariance = np.hsplit(solved[-3:], 2)
        knots = solved[:-_OTHERS, :3].reshape(*self._shape, 3)
        return SurfaceFit(knots, solved[-_OTHERS:-3, :3], tone, np.linalg.inv(covariance))

    def evaluate(self, fit: SurfaceFit, cells: Evidence) -> np.ndarray:
        """(rows, columns, 3) levels: the value that a fit expects of each cell."""
        smooth = np.einsum("ik,klc,jl->ijc", self.down, fit.knots, self.along, optimize=True)
        others = np.concatenate([fit.tint, fit.tone])
        return smooth + np.einsum("aij,ac->ijc", _other_planes(cells), others)

    @property
    def _shape(self) -> tuple[int, int]:
        return self.down.shape[1], self.along.shape[1]

    def _gram(self, weight: np.ndarray, planes: np.ndarray) -> np.ndarray:
        """(n, n): weighted products of all basis functions with each other, those of tint and tone last."""
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
        twist = 2 * _differences(rows, 1, columns, 1)
        bending = _differences(rows, 2, columns, 0) + _differences(rows, 0, columns, 2) + twist
        slope = _differences(rows, 1, columns, 0) + _differences(rows, 0, columns, 1)
        others = [TINT_RIDGE] * 3 + [TONE_RIDGE] * 3
        whole = np.diag(np.concatenate([np.full(rows * columns, RIDGE), others]))
        whole[:-_OTHERS, :-_OTHERS] += BENDING * bending + TENSION * slope
        return whole


def basis(places: np.ndarray, knots: int) -> np.ndarray:
    """(places, knots) values 0..1 of uniform cubic B-splines at `places`, (places,) 0..1.

    The unit interval has `knots` - 3 pieces; `knots` is at least 4. The splines of a place sum to 1.

    >>> np.round(6 * basis(np.array([0.0, 1.0]), 4))
    array([[1., 4., 1., 0.],
           [0., 1., 4., 1.]])
    """
    away = np.abs(places[:, None] * (knots - 3) - (np.arange(knots) - 1))
    near = 2 / 3 - away**2 + away**3 / 2
    return np.where(away < 1, near, np.clip(2 - away, 0, None) ** 3 / 6)


def _cell_basis(cells: int, piece: float) -> np.ndarray:
    return basis(_middles(cells) + 0.5, max(round(cells / piece), 1) + 3)


def _middles(cells: int) -> np.ndarray:
    """Middles of cells that share -0.5..0.5."""
    return (np.arange(cells) + 0.5) / cells - 0.5


def _other_planes(cells: Evidence) -> np.ndarray:
    """(6, rows, columns): the basis functions of tint and tone. The tint's are 0 where nothing was
    repainted."""
    tint = _planes(*(_middles(n) for n in cells.weight.shape)) * cells.repainted
    return np.concatenate([tint, np.moveaxis(cells.colour, -1, 0)])


def _planes(down: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(3, rows, columns): a constant, a slope down, and a slope along."""
    slopes = np.meshgrid(down, along, indexing="ij")
    return np.stack([np.ones_like(slopes[0]), *slopes])


def _pairs(values: np.ndarray) -> np.ndarray:
    """(places, knots * knots) products of every two."""
    return (values[:, :, None] * values[:, None, :]).reshape(len(values), -1)


def _differences(rows: int, order_down: int, columns: int, order_along: int) -> np.ndarray:
    """(rows * columns,) * 2: the matrix of the sum of squared differences of these orders over all knots."""
    down = np.diff(np.eye(rows), order_down, axis=0)
    along = np.diff(np.eye(columns), order_along, axis=0)
    return np.kron(down.T @ down, along.T @ along)
