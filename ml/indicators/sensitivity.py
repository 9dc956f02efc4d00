"""Which choice moves the ranks: Sobol's indices, and leaving one part out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.indicators.composite import Recipe, build_index
from ml.indicators.panel import DataRefused, Floats, Panel
from ml.indicators.structure import Structure
from ml.indicators.uncertainty import Ensemble


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much of the variation a factor explains alone, and with all its interactions."""

    factor: str
    first: float
    total: float


def sobol(
    model: Callable[[Floats], Floats], factors: Sequence[str], runs: int = 1024, seed: int = 1
) -> list[Sensitivity]:
    """Sobol's first-order and total indices, by ``runs × (factors + 2)`` evaluations.

    Parameters
    ----------
    model : callable
        Takes rows of numbers from 0 to 1, one a factor, and returns a number for each row.
    factors : sequence of str
        Names of the factors.
    runs : int, default=1024
        Points of the low-discrepancy sequence; best a power of two.

    Examples
    --------
    >>> found = sobol(lambda x: 3 * x[:, 0] + 1 * x[:, 1], ["strong", "weak"], runs=4096)
    >>> [round(each.first, 2) for each in found]
    [0.9, 0.1]
    """
    from scipy.stats import qmc

    k = len(factors)
    points = qmc.Sobol(2 * k, rng=np.random.default_rng(seed)).random(runs)
    a, b = points[:, :k], points[:, k:]
    y_a, y_b = model(a), model(b)
    variance = float(np.concatenate([y_a, y_b]).var())
    found = []
    for place, factor in enumerate(factors):
        mixed = a.copy()
        mixed[:, place] = b[:, place]
        y = model(mixed)
        if variance == 0:
            found.append(Sensitivity(factor, 0.0, 0.0))
            continue
        first = float((y_b * (y - y_a)).mean() / variance)
        total = float(((y_a - y) ** 2).mean() / (2 * variance))
        found.append(Sensitivity(factor, first, total))
    return found


def rank_shift(ensemble: Ensemble) -> Callable[[Floats], Floats]:
    """The usual target of a sensitivity analysis: by how many ranks units move on average."""

    def shift(numbers: Floats) -> Floats:
        ranks = ensemble.run(numbers)[1]
        moved: Floats = np.nanmean(np.abs(ranks - ensemble.nominal), axis=1)
        return moved

    return shift


def choices_sensitivity(ensemble: Ensemble, runs: int = 512, seed: int = 1) -> list[Sensitivity]:
    """Which of the choices of an index moves its ranks, and by how much."""
    return sobol(rank_shift(ensemble), Ensemble.FACTORS, runs, seed)


def leave_one_out(
    panel: Panel, structure: Structure, recipe: Recipe, level: int = 1
) -> dict[str, float]:
    """Mean change of rank on top when each node of a level is left out.

    Examples
    --------
    >>> tree = Structure.of([
    ...     {"code": "x", "parent": "all", "level": 1}, {"code": "y", "parent": "all", "level": 1},
    ...     {"code": "z", "parent": "all", "level": 1}, {"code": "all", "level": 2},
    ... ])
    >>> columns = {"x": [1, 2, 3], "y": [1, 2, 3], "z": [30, 2, 1]}
    >>> found = leave_one_out(Panel.of(list("abc"), columns), tree, Recipe())
    >>> found["x"] > found["z"]
    True
    """
    if len(structure.top) != 1:
        raise DataRefused("Leave one out needs an index with one node at the top.")
    top = structure.top[0]
    nominal = build_index(panel, structure, recipe).rank(top)
    found = {}
    for node in structure.nodes:
        if node.level != level or len(structure.children(node.parent)) < 2:
            continue
        # A weight of nothing leaves coverage as it was and counts for nothing.
        nodes = tuple(replace(n, weight=0.0) if n.code == node.code else n for n in structure.nodes)
        ranks = build_index(panel, Structure(nodes), recipe).rank(top)
        moved = np.abs(ranks - nominal)
        found[node.code] = float(np.nanmean(moved)) if not np.isnan(moved).all() else float("nan")
    return found
