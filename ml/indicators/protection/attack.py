"""What a reader can infer: how far each suppressed cell could move with all totals kept.

Rows and columns are the nodes of a network. To raise a suppressed cell by one, some other cell of
its row must fall and some other of that row's column must rise, and so on around a circle: the most
that a cell can rise or fall is a maximum flow through the other suppressed cells. The smallest cut
of that flow names the cells of which more would have to be suppressed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from ml.indicators.protection.table import Counts

Mask = NDArray[np.bool_]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lack:
    """A cell that can be recovered within ``k``, and what would mend that.

    The weights of the suppressed cells must sum to ``needed`` at least.
    """

    cell: Cell
    weights: Counts
    needed: int


class Attack:
    """The attacker of one table with one pattern of suppressed cells.

    Capacities are cut off at ``k``: whether a cell can move by more does not matter.
    """

    def __init__(self, counts: Counts, hidden: Mask, k: int) -> None:
        self.fall = np.minimum(counts, k).astype(np.int32)
        self.k, self.hidden, self.shape = k, hidden, counts.shape
        self.places = np.argwhere(hidden)

    def width(self, cell: Cell) -> int:
        """How wide the interval of a cell is, at most ``k``."""
        up, down = self._flow(cell, rising=True)[0], self._flow(cell, rising=False)[0]
        return min(self.k, up + min(int(self.fall[cell]), down))

    def lacks(self, cell: Cell) -> list[Lack]:
        """Say what a cell lacks; empty when it cannot be recovered within ``k``."""
        own = int(self.fall[cell])
        up, cuts_up = self._flow(cell, rising=True)
        if up >= self.k:
            return []
        down, cuts_down = self._flow(cell, rising=False)
        if up + min(own, down) >= self.k:
            return []
        found = []
        for rising in cuts_up:
            if own <= down:
                found.append(self._lack(cell, rising, self.k - own))
            else:
                found += [self._lack(cell, rising + falling, self.k) for falling in cuts_down]
        return found

    def _lack(self, cell: Cell, weights: Counts, needed: int) -> Lack:
        capped = np.minimum(weights, needed)
        capped[cell] = 0
        return Lack(cell, capped, needed)

    def _flow(self, cell: Cell, *, rising: bool) -> tuple[int, list[Counts]]:
        """The most that may flow back around a cell, and the weights of its smallest cuts."""
        rows, columns = self.shape
        others = self.places[~np.all(self.places == cell, axis=1)]
        r, c = others[:, 0], others[:, 1] + rows
        fall = self.fall[others[:, 0], others[:, 1]]
        rise = np.full(len(others), self.k, dtype=np.int32)
        graph = csr_array(
            (np.r_[rise, fall], (np.r_[r, c], np.r_[c, r])), shape=(rows + columns,) * 2
        )
        start, end = (cell[1] + rows, cell[0]) if rising else (cell[0], cell[1] + rows)
        solved = maximum_flow(graph, start, end)
        if solved.flow_value >= self.k:
            return self.k, []
        left = csr_array(graph - solved.flow)
        left.data = np.where(left.data > 0, 1, 0)
        left.eliminate_zeros()
        ahead = np.zeros(rows + columns, dtype=bool)
        ahead[breadth_first_order(left, start, return_predecessors=False)] = True
        behind = np.ones(rows + columns, dtype=bool)
        behind[breadth_first_order(csr_array(left.T), end, return_predecessors=False)] = False
        sides = [ahead] if np.array_equal(ahead, behind) else [ahead, behind]
        return int(solved.flow_value), [self._cut(side) for side in sides]

    def _cut(self, side: Mask) -> Counts:
        rows = side[: self.shape[0], None]
        columns = side[None, self.shape[0] :]
        weights = np.where(rows & ~columns, self.k, 0) + np.where(~rows & columns, self.fall, 0)
        return weights.astype(np.int64)
