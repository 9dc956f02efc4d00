"""Which cells of a table are not shown: small counts, and as few others as possible.

The choice of complementary cells is an integer programme. Its constraints come from the attacker:
wherever a suppressed cell could be recovered within ``k``, the smallest cut of the attacker's
network says of which cells more must be suppressed. Each such constraint holds for every safe
pattern, so that the first pattern that satisfies all is one with the fewest cells.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from ml.indicators.panel import DataRefused
from ml.indicators.protection.attack import Attack, Cell, Lack, Mask
from ml.indicators.protection.table import Counts, checked

# Seconds: for the exact search alone; until one cell more than the proven least will do; until
# any safe pattern will.
_EXACT, _NEAR, _LONGEST = 2.0, 8.0, 60.0


@dataclass(frozen=True)
class Suppression:
    """A table of which some cells are not shown; totals are exact.

    Examples
    --------
    >>> found = protect(np.array([[20, 3, 30], [40, 50, 60], [25, 35, 45]]), k=10)
    >>> found.primary, len(found.secondary), found.row_totals
    ([(0, 1)], 3, [53, 150, 105])
    >>> found.table[0][1] is None
    True
    """

    counts: Counts
    primary: list[Cell]
    secondary: list[Cell]

    @property
    def hidden(self) -> Mask:
        """Where nothing is shown."""
        mask = np.zeros(self.counts.shape, dtype=bool)
        for cell in [*self.primary, *self.secondary]:
            mask[cell] = True
        return mask

    @property
    def table(self) -> list[list[int | None]]:
        """The counts that are shown; None for the others."""
        return [
            [None if dark else int(count) for count, dark in zip(counts, row, strict=True)]
            for counts, row in zip(self.counts, self.hidden, strict=True)
        ]

    @property
    def row_totals(self) -> list[int]:
        """Exact totals of the rows."""
        return [int(total) for total in self.counts.sum(axis=1)]

    @property
    def col_totals(self) -> list[int]:
        """Exact totals of the columns."""
        return [int(total) for total in self.counts.sum(axis=0)]

    def as_json(self) -> dict[str, object]:
        """The form that `vox indicators protect` prints."""
        return {
            "table": self.table,
            "primary": [list(cell) for cell in self.primary],
            "secondary": [list(cell) for cell in self.secondary],
            "row_totals": self.row_totals,
            "col_totals": self.col_totals,
        }


def protect(counts: Counts, k: int = 10) -> Suppression:
    """Suppress counts of 1 to ``k - 1`` and as few others as keep every suppressed cell unknown.

    Parameters
    ----------
    counts : array of int, two dimensions
        The table without totals.
    k : int, default=10
        The smallest count that is shown, and the least width of the interval to which a reader who
        knows all totals can narrow any suppressed cell.

    Returns
    -------
    Suppression

    Raises
    ------
    DataRefused
        Where no suppression of cells protects the table while its totals are exact: a row or
        column whose total is itself below ``k``, a table of one row.
    """
    if k < 2:
        raise DataRefused("k is at least 2.")
    checked(counts)
    small = (counts > 0) & (counts < k)
    hidden = None
    if small.any():
        # Zeros are shown, unless the table cannot be protected otherwise.
        hidden = _fewest(counts, small, counts > 0, k)
        if hidden is None:
            hidden = _fewest(counts, small, np.ones_like(small), k)
        if hidden is None:
            raise DataRefused(_reason(counts, small, k))
    else:
        hidden = small
    return Suppression(counts, _cells(small), _cells(hidden & ~small))


def _cells(mask: Mask) -> list[Cell]:
    return [(int(row), int(column)) for row, column in np.argwhere(mask)]


def _fewest(counts: Counts, small: Mask, allowed: Mask, k: int) -> Mask | None:
    """The smallest safe pattern, or one of a cell more after a while; None where there is none."""
    free = allowed & ~small
    if _lacks(counts, small | free, k, _cells(small)):
        return None  # not even with everything suppressed
    programme, start = _Programme(counts, small, free), time.monotonic()
    best: Mask | None = None
    while True:
        spent = time.monotonic() - start
        hidden = programme.solve()
        if hidden is None:
            return best
        lacks = _lacks(counts, hidden, k, _cells(hidden))
        if not lacks:
            return hidden if best is None or hidden.sum() <= best.sum() else best
        programme.add(lacks)
        if spent > _EXACT:
            found = _completed(counts, programme, hidden, k)
            if found is not None and (best is None or found.sum() < best.sum()):
                best = found
        if best is not None:
            more = int(best.sum() - small.sum()) - programme.fewest
            if more <= 0 or (more <= 1 and spent > _NEAR) or spent > _LONGEST:
                return best
        elif spent > _LONGEST:
            return _completed(counts, programme, small | free, k)


def _lacks(counts: Counts, hidden: Mask, k: int, cells: list[Cell]) -> list[Lack]:
    attack = Attack(counts, hidden, k)
    return [lack for cell in cells for lack in attack.lacks(cell)]


class _Programme:
    """Fewest complementary cells under the constraints found so far."""

    def __init__(self, counts: Counts, small: Mask, free: Mask) -> None:
        self.small, self.free, self.places = small, free, np.flatnonzero(free)
        self.column = {int(place): n for n, place in enumerate(self.places)}
        # Among patterns of as few cells, the one that hides the fewest people.
        self.costs = 1 + 0.01 * counts.flat[self.places] / max(1, int(counts.sum()))
        self.rows: dict[bytes, tuple[np.ndarray, float]] = {}
        self.fewest = 0  # complementary cells that are proven to be needed

    def add(self, lacks: list[Lack]) -> None:
        """Add a constraint for each lack."""
        for lack in lacks:
            row = lack.weights.flat[self.places].astype(float)
            needed = float(lack.needed - lack.weights[self.small].sum())
            if self.free[lack.cell]:  # it binds only where this cell is suppressed itself
                place = int(np.ravel_multi_index(lack.cell, self.free.shape))
                row[self.column[place]] -= lack.needed
                needed -= lack.needed
            self.rows[row.tobytes()] = (row, needed)

    def solve(self, fixed: Mask | None = None) -> Mask | None:
        """The cheapest pattern that satisfies the constraints and hides what is fixed."""
        hidden: Mask = self.small.copy()
        if not self.rows:
            return hidden
        rows = np.array([row for row, _ in self.rows.values()])
        needed = np.array([least for _, least in self.rows.values()])
        least = (
            np.zeros(len(self.places)) if fixed is None else fixed.flat[self.places].astype(float)
        )
        solved = milp(
            self.costs,
            constraints=LinearConstraint(rows, needed, np.inf),
            integrality=np.ones(len(self.places)),
            bounds=Bounds(least, 1),
            options={"time_limit": _LONGEST, "mip_rel_gap": 0.5 / (10 + self.fewest)},
        )
        if solved.x is None:
            return None
        if fixed is None:
            # The people that are hidden count for a hundredth of a cell at most.
            self.fewest = max(self.fewest, ceil(float(solved.mip_dual_bound) - 0.0101))
        hidden.flat[self.places[solved.x > 0.5]] = True
        return hidden


def _completed(counts: Counts, programme: _Programme, hidden: Mask, k: int) -> Mask | None:
    """A safe pattern near one that is not: more cells where they lack, then none too many."""
    found: Mask | None = hidden
    while found is not None:
        lacks = _lacks(counts, found, k, _cells(found))
        if not lacks:
            break
        programme.add(lacks)
        found = programme.solve(fixed=found)
    if found is None:
        return None
    found = found.copy()
    for cell in sorted(_cells(found & ~programme.small), key=lambda cell: -counts[cell]):
        found[cell] = False
        attack = Attack(counts, found, k)
        if any(attack.lacks(other) for other in _cells(found)):
            found[cell] = True
    return found


def _reason(counts: Counts, small: Mask, k: int) -> str:
    for axis, name in ((1, "row"), (0, "column")):
        totals = counts.sum(axis=axis)
        with_small = np.flatnonzero(small.any(axis=axis) & (totals < k))
        if len(with_small):
            return (
                f"The total of {name} {int(with_small[0])} is below {k} and gives its cells away:"
                " collapse categories first."
            )
    return f"No suppression protects this table within {k} with exact totals: collapse categories."
