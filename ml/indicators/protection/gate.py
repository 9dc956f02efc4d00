"""The one gate that every published statistic about people passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ml.indicators.panel import DataRefused
from ml.indicators.protection.release import ReleaseGrid, cell_noise
from ml.indicators.protection.suppression import protect
from ml.indicators.protection.table import Counts, checked

SMALL, COMPLEMENT, SPLIT = "small", "complement", "split"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it may be published, or why it is not.

    ``why`` is empty, ``small`` (fewer than k citizens), ``complement`` (it would give a small one
    away) or ``split`` (all or none of a group).
    """

    value: float | None
    why: str = ""

    @property
    def suppressed(self) -> bool:
        """Whether nothing is shown."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """A table as it may be published; totals are rounded by themselves."""

    cells: list[list[Figure]]
    row_totals: list[Figure]
    col_totals: list[Figure]
    total: Figure


@dataclass(frozen=True)
class Gate:
    """Fewer than ``k`` distinct citizens are not shown; other counts are rounded to ``base``.

    Parameters
    ----------
    k : int
        10 for the public, 5 inside city hall.
    base : int, optional
        What counts are rounded to; ``k`` if not given, and never less, so that two published counts
        never differ by a number below ``k``.
    spread : int, default=0
        Noise before rounding; needs the record keys of the people counted.
    grid : ReleaseGrid
        What may be asked for.

    Examples
    --------
    >>> gate = Gate(k=10)
    >>> [gate.count(n).value for n in (0, 9, 10, 27)]
    [0, None, 10, 30]
    >>> gate.median(3.5, citizens=8)
    Figure(value=None, why='small')
    """

    k: int = 10
    base: int = 0
    spread: int = 0
    grid: ReleaseGrid = field(default_factory=ReleaseGrid)

    def __post_init__(self) -> None:
        if self.k < 2 or (self.base and self.base < self.k) or self.spread < 0:
            raise DataRefused("A gate has k of 2 or more, rounds to k or more, spreads from 0.")

    def count(self, citizens: int, keys: Iterable[int] = ()) -> Figure:
        """Count distinct citizens: 0, suppressed, or rounded and never below ``k``."""
        return self.volume(citizens, citizens, keys)

    def volume(self, number: int, citizens: int, keys: Iterable[int] = ()) -> Figure:
        """Publish a number of contributions or votes, by how many citizens made them."""
        if number < 0 or citizens < 0 or (number and not citizens):
            raise DataRefused("A number of people's acts needs the number of people.")
        if number == 0:
            return Figure(0)
        if citizens < self.k:
            return Figure(None, SMALL)
        noise = cell_noise(keys, self.spread) if self.spread else 0
        return Figure(self._rounded(number + noise))

    def rate(self, citizens: int, population: int, per: float = 1000.0) -> Figure:
        """Citizens per thousand residents, from the protected count."""
        if population <= 0:
            raise DataRefused("A rate needs a population.")
        if population < self.k:
            return Figure(None, SMALL)
        counted = self.count(citizens)
        if counted.value is None:
            return counted
        return Figure(min(per, per * counted.value / population))

    def median(self, value: float | None, citizens: int) -> Figure:
        """Publish a median, an index or another derived figure if enough people stand behind it."""
        if citizens < self.k or value is None:
            return Figure(None, SMALL)
        return Figure(value)

    def split(self, counts: Mapping[str, int]) -> dict[str, Figure]:
        """Shares of a group's answers, from protected counts.

        Nothing is shown of a group that is small, or of which all or none gave one of the answers:
        who is known to be in it would be known to have given it.
        """
        total = sum(counts.values())
        if total < self.k:
            return dict.fromkeys(counts, Figure(None, SMALL))
        if any(number in {0, total} for number in counts.values()):
            return dict.fromkeys(counts, Figure(None, SPLIT))
        hidden = {name: SMALL for name, number in counts.items() if number < self.k}
        if hidden and sum(counts[name] for name in hidden) < self.k:
            # One more, or the total would tell what the small ones are together.
            rest = [name for name in counts if name not in hidden]
            hidden[min(rest, key=lambda name: (counts[name], name))] = COMPLEMENT
        whole = self._rounded(total)
        return {
            name: Figure(None, hidden[name])
            if name in hidden
            else Figure(min(1.0, self._rounded(number) / whole))
            for name, number in counts.items()
        }

    def table(self, counts: Counts) -> ProtectedTable:
        """Publish a whole table: small cells and their complements suppressed, the rest rounded.

        A table that cannot be protected cell by cell shows its totals alone.
        """
        checked(counts)
        why = np.full(counts.shape, "", dtype=object)
        try:
            found = protect(counts, self.k)
            for cell in found.secondary:
                why[cell] = COMPLEMENT
        except DataRefused:
            why[counts > 0] = COMPLEMENT
        why[(counts > 0) & (counts < self.k)] = SMALL
        cells = [
            [
                Figure(None, str(reason)) if reason else self.count(int(number))
                for number, reason in zip(row, reasons, strict=True)
            ]
            for row, reasons in zip(counts, why, strict=True)
        ]
        sums = [[self.count(int(n)) for n in counts.sum(axis=axis)] for axis in (1, 0)]
        return ProtectedTable(cells, sums[0], sums[1], self.count(int(counts.sum())))

    def check_release(self, period: str, dimensions: Iterable[str]) -> None:
        """Refuse statistics outside the release grid."""
        self.grid.check(period, dimensions)

    def _rounded(self, number: int) -> int:
        base = self.base or self.k
        return max(base, (number + base // 2) // base * base)


PUBLIC = Gate(k=10)
INSIDE = Gate(k=5)
