"""How much of an index is choice: thousands of plausible indices from the same data.

Each run takes another normalisation, another mean, weights moved by up to a quarter, another
treatment of outliers, and may leave a part out. All runs of one normalisation and treatment share
their normalised data, so that a run is a few products of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ml.indicators.composite import Recipe, build_index
from ml.indicators.panel import DataRefused, Floats, Panel
from ml.indicators.ranking import Band
from ml.indicators.structure import Structure

Integers = NDArray[np.int64]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """What an index could have been made of instead.

    Parameters
    ----------
    normalise, aggregate : tuple of str
        Scales and means; scales must begin above zero where a mean is geometric or harmonic.
    weights : float
        The share by which each weight may move up or down.
    most_points : tuple of int
        Points that may be drawn in as outliers; 0 for no treatment.
    drop_one : bool
        Whether a run may leave out one of the parts of the top.
    """

    normalise: tuple[str, ...] = ("minmax:1:100", "zscore:50:10", "percentile-rank")
    aggregate: tuple[str, ...] = ("amean", "gmean")
    weights: float = 0.25
    most_points: tuple[int, ...] = (0, 3, 5)
    drop_one: bool = True


@dataclass(frozen=True)
class Uncertainty:
    """Scores and ranks of all units in all runs, and what follows from them."""

    units: tuple[str, ...]
    ranks: Floats
    nominal: Floats
    scores: Floats = field(repr=False)

    def bands(self, low: float = 5.0, high: float = 95.0) -> list[Band]:
        """Where each unit's rank lies in nine of ten runs."""
        ends = _percentiles(self.ranks, low, high)
        return [Band(u, float(a), float(b)) for u, a, b in zip(self.units, *ends, strict=True)]

    def score_intervals(self, low: float = 5.0, high: float = 95.0) -> list[tuple[float, float]]:
        """Where each unit's share of the best score lies in nine of ten runs, from 0 to 1."""
        ends = _percentiles(self.scores, low, high)
        return [(float(a), float(b)) for a, b in zip(*ends, strict=True)]


def _percentiles(runs: Floats, low: float, high: float) -> Floats:
    known = ~np.isnan(runs).all(axis=0)
    ends = np.full((2, runs.shape[1]), np.nan)
    if known.any():
        ends[:, known] = np.nanpercentile(runs[:, known], [low, high], axis=0)
    return ends


class Ensemble:
    """The indices that could have been made of one panel, addressed by numbers from 0 to 1.

    The five factors are: normalisation, mean, treatment, weights, the part left out. Weights are
    drawn once; a factor's number picks one of the draws.
    """

    FACTORS = ("normalisation", "mean", "treatment", "weights", "part left out")

    def __init__(
        self, panel: Panel, structure: Structure, recipe: Recipe, choices: Choices, seed: int = 1
    ) -> None:
        if len(structure.top) != 1:
            raise DataRefused("Uncertainty is of an index with one node at the top.")
        if len(panel.units) < 3:
            raise DataRefused("Uncertainty of ranks needs three units or more.")
        self.structure, self.recipe, self.choices = structure, recipe, choices
        self.units, self.top = panel.units, structure.top[0]
        self.nominal = build_index(panel, structure, recipe).rank(self.top)
        self.data = {
            (scale, most): self._normalised(panel, scale, most)
            for scale in choices.normalise
            for most in choices.most_points
        }
        observed = build_index(panel, structure, replace(recipe, treat=False)).normalised
        self.known = {code: float((~np.isnan(v)).mean()) for code, v in observed.items()}
        rng = np.random.default_rng(seed)
        size = (1_000, len(structure.nodes))
        self.moves = 1 + choices.weights * rng.uniform(-1, 1, size)
        self.parts = [part.code for part in structure.children(self.top)]

    def _normalised(self, panel: Panel, scale: str, most: int) -> dict[str, Floats]:
        recipe = replace(
            self.recipe, normalise=scale, aggregate="amean", treat=most > 0, most_points=most
        )
        found = dict(build_index(panel, self.structure, recipe).normalised)
        low = min(float(np.nanmin(v)) for v in found.values() if not np.isnan(v).all())
        if low <= 0:  # a geometric mean needs a scale above zero; a shift keeps every distance
            spread = max(float(np.nanmax(v)) for v in found.values() if not np.isnan(v).all()) - low
            found = {code: v - low + 0.01 * (spread or 1.0) for code, v in found.items()}
        return found

    def run(self, numbers: Floats) -> tuple[Floats, Floats]:
        """Scores (share of the run's best) and ranks of every unit for rows of five numbers."""
        c = self.choices
        scales = [
            (scale, mean, most)
            for scale in c.normalise
            for mean in c.aggregate
            for most in c.most_points
        ]
        sizes = (len(c.normalise), len(c.aggregate), len(c.most_points))
        picked = [_pick(numbers[:, n], size) for n, size in enumerate(sizes)]
        which = (picked[0] * sizes[1] + picked[1]) * sizes[2] + picked[2]
        moved = _pick(numbers[:, 3], len(self.moves))
        parts = len(self.parts) + 1 if c.drop_one and len(self.parts) > 2 else 1
        dropped = _pick(numbers[:, 4], parts) - 1
        scores = np.full((len(numbers), len(self.units)), np.nan)
        for number, (scale, mean, most) in enumerate(scales):
            rows = np.flatnonzero(which == number)
            for start in range(0, len(rows), _BATCH):
                some = rows[start : start + _BATCH]
                weights = self._weights(self.moves[moved[some]], dropped[some])
                scores[some] = self._aggregate(self.data[scale, most], mean, weights)
        best = np.nanmax(np.abs(scores), axis=1, keepdims=True)
        return scores / np.where(best > 0, best, 1.0), _ranks(scores)

    def _weights(self, moves: Floats, dropped: Integers) -> dict[str, Floats]:
        weights = {
            node.code: node.weight * moves[:, n] for n, node in enumerate(self.structure.nodes)
        }
        for place, code in enumerate(self.parts):
            weights[code] = np.where(dropped == place, 0.0, weights[code])
        return weights

    def _aggregate(self, data: dict[str, Floats], mean: str, weights: dict[str, Floats]) -> Floats:
        runs = len(next(iter(weights.values())))
        levels: dict[str, Floats] = {code: values[None, :] for code, values in data.items()}
        for node in self.structure.upward:
            parts = self.structure.children(node.code)
            own = node.aggregate or mean
            w = np.stack([weights[part.code] for part in parts], axis=1)  # runs × parts
            if (node.aggregate or self.recipe.aggregate) == "tu-wien":
                w = w * np.array([self.known.get(part.code, 1.0) for part in parts])
            # runs (or 1, below which nothing differs between runs) × parts × units
            shape = max(levels[part.code].shape[0] for part in parts)
            x = np.stack(
                [np.broadcast_to(levels[p.code], (shape, len(self.units))) for p in parts], axis=1
            )
            levels[node.code] = self._mean(x, w, own)
        return np.broadcast_to(levels[self.top], (runs, len(self.units)))

    def _mean(self, x: Floats, w: Floats, mean: str) -> Floats:
        known = ~np.isnan(x)
        forward = {"gmean": np.log, "hmean": np.reciprocal}.get(mean, np.positive)
        values = np.where(known, forward(np.where(known, x, 1.0)), 0.0)
        if x.shape[0] == 1:  # the same data in all runs: two products of matrices
            total, weight = w @ values[0], w @ known[0].astype(float)
        else:
            total = (w[:, :, None] * values).sum(axis=1)
            weight = (w[:, :, None] * known).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = total / weight
            if mean == "gmean":
                found = np.exp(found)
            elif mean == "hmean":
                found = 1.0 / found
        if self.recipe.coverage is not None:
            found = np.where(known.mean(axis=1) + 1e-9 < self.recipe.coverage, np.nan, found)
        return found


def monte_carlo(ensemble: Ensemble, runs: int = 10_000, seed: int = 1) -> Uncertainty:
    """Draw so many indices at random.

    Examples
    --------
    >>> from ml.indicators.panel import Panel
    >>> from ml.indicators.structure import Structure
    >>> tree = Structure.of([
    ...     {"code": "x", "parent": "all", "level": 1}, {"code": "y", "parent": "all", "level": 1},
    ...     {"code": "all", "level": 2},
    ... ])
    >>> panel = Panel.of(list("abc"), {"x": [1, 5, 9], "y": [1, 6, 8]})
    >>> found = monte_carlo(Ensemble(panel, tree, Recipe(), Choices()), runs=200)
    >>> [(band.unit, band.low, band.high) for band in found.bands()]
    [('a', 3.0, 3.0), ('b', 2.0, 2.0), ('c', 1.0, 1.0)]
    """
    numbers = np.random.default_rng(seed).random((runs, len(Ensemble.FACTORS)))
    scores, ranks = ensemble.run(numbers)
    return Uncertainty(ensemble.units, ranks, ensemble.nominal, scores)


def _pick(numbers: Floats, size: int) -> Integers:
    return np.minimum((numbers * size).astype(np.int64), size - 1)


def _ranks(scores: Floats) -> Floats:
    """Descending ranks of each row; ties (to ten digits) share the better one."""
    best = np.nanmax(np.abs(scores), axis=1, keepdims=True)
    turned = np.where(np.isnan(scores), np.inf, -np.round(scores / np.where(best > 0, best, 1), 10))
    order = np.argsort(turned, axis=1, kind="stable")
    ordered = np.take_along_axis(turned, order, axis=1)
    fresh = np.ones_like(ordered, dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.maximum.accumulate(np.where(fresh, np.arange(1, scores.shape[1] + 1), 0), axis=1)
    ranks = np.empty_like(scores)
    np.put_along_axis(ranks, order, places.astype(float), axis=1)
    return np.where(np.isnan(scores), np.nan, ranks)
