"""The audit: what a reader with a linear programme can find out about suppressed cells.

It works from what is published alone and shares nothing with the way in which cells were chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array

from ml.indicators.protection.attack import Cell

Published = Sequence[Sequence[int | None]]
_ALMOST = 1e-6


def attacker_intervals(
    table: Published, row_totals: Sequence[int], col_totals: Sequence[int]
) -> dict[Cell, tuple[float, float]]:
    """For each suppressed cell the least and greatest count that fit all that is published.

    Examples
    --------
    >>> attacker_intervals([[None, None], [None, None]], [10, 20], [12, 18])[0, 0]
    (0.0, 10.0)
    >>> attacker_intervals([[None, 5], [3, 4]], [8, 7], [6, 9])
    {(0, 0): (3.0, 3.0)}
    """
    cells = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) if count is None]
    if not cells:
        return {}
    left = np.array([*row_totals, *col_totals], dtype=float)
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            left[[i, len(row_totals) + j]] -= count or 0
    sums = lil_array((len(left), len(cells)))
    for n, (i, j) in enumerate(cells):
        sums[i, n] = sums[len(row_totals) + j, n] = 1
    found = {}
    for n, cell in enumerate(cells):
        aim = np.zeros(len(cells))
        aim[n] = 1
        ends = [
            sign * linprog(sign * aim, A_eq=sums.tocsr(), b_eq=left, method="highs").fun
            for sign in (1, -1)
        ]
        found[cell] = (round(ends[0], 6) + 0.0, round(ends[1], 6) + 0.0)
    return found


def recoverable(
    table: Published, row_totals: Sequence[int], col_totals: Sequence[int], k: int
) -> list[Cell]:
    """The suppressed cells whose interval is narrower than ``k``; none in a safe table."""
    intervals = attacker_intervals(table, row_totals, col_totals)
    return [cell for cell, (low, high) in intervals.items() if high - low < k - _ALMOST]
