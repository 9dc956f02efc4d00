"""Ranks, and what may be said of units whose ranks are uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.indicators.panel import Floats

_DIGITS = 12
NOT_DISTINGUISHABLE = "not distinguishable"


def steady(scores: Floats) -> Floats:
    """Scores to 12 significant digits, so that the noise of floating point breaks no tie."""
    found = np.array(scores, dtype=float)
    known = ~np.isnan(found)
    if not known.any():
        return found
    greatest = np.abs(found[known]).max()
    found[known & (np.abs(found) < greatest * 1e-15)] = 0.0
    size = np.where(known & (found != 0), np.abs(found), 1.0)
    power = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(size)))
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(found * power) / power
    return np.where(np.isfinite(rounded), rounded, found)


def rank_descending(scores: Floats) -> Floats:
    """Rank 1 for the highest score; ties share the better rank; missing stays missing.

    Examples
    --------
    >>> rank_descending(np.array([0.1 + 0.2, 0.9, 0.3, np.nan])).tolist()
    [2.0, 1.0, 2.0, nan]
    """
    return rank_ascending(-steady(scores))


def rank_ascending(values: Floats) -> Floats:
    """Rank 1 for the lowest value; ties share the lower rank; missing stays missing."""
    ranks = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    ranks[known] = 1 + np.searchsorted(np.sort(values[known]), values[known])
    return ranks


@dataclass(frozen=True, slots=True)
class Band:
    """Where a unit's rank lies in nine of ten plausible indices."""

    unit: str
    low: float
    high: float

    def overlaps(self, other: Band) -> bool:
        """Whether the two could stand in either order."""
        return self.low <= other.high and other.low <= self.high


def compare(first: Band, second: Band) -> str:
    """Say which of two units is ahead, or that it cannot be said.

    Examples
    --------
    >>> compare(Band("Alder", 1, 3), Band("Birch", 5, 8))
    'Alder'
    >>> compare(Band("Alder", 1, 5), Band("Birch", 5, 8))
    'not distinguishable'
    """
    if first.overlaps(second):
        return NOT_DISTINGUISHABLE
    return first.unit if first.high < second.low else second.unit


def printed_ranks(bands: Sequence[Band], ranks: Sequence[float]) -> dict[str, str]:
    """What to print for each unit: its rank, or that it cannot be told from another.

    A rank is printed only for a unit whose band overlaps no other band.

    Examples
    --------
    >>> printed_ranks([Band("a", 1, 1), Band("b", 2, 3), Band("c", 2, 3)], [1, 2, 3])
    {'a': '1', 'b': 'not distinguishable', 'c': 'not distinguishable'}
    """
    found = {}
    for band, rank in zip(bands, ranks, strict=True):
        alone = not any(band.overlaps(other) for other in bands if other.unit != band.unit)
        found[band.unit] = f"{rank:g}" if alone and not np.isnan(rank) else NOT_DISTINGUISHABLE
    return found
