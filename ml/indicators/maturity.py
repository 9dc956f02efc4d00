"""Maturity as U4SSC scores it: points for how much of a target is reached, missing kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

NO_DATA = "no data"
# Share of the target in per cent, from which a band begins.
BANDS = (
    (0.0, 1, "beginning"),
    (33.0, 2, "developing"),
    (66.0, 3, "advanced"),
    (95.0, 4, "leading"),
)


def points(share_of_target: float | None) -> int | None:
    """1 to 4 points for a share of the target in per cent; None where there is no value.

    Examples
    --------
    >>> [points(share) for share in (0.0, 32.9, 33.0, 66.0, 94.9, 95.0, 120.0, None)]
    [1, 1, 2, 3, 3, 4, 4, None]
    """
    if share_of_target is None or np.isnan(share_of_target):
        return None
    return max(score for start, score, _ in BANDS if max(share_of_target, 0.0) >= start)


def band(share_of_target: float | None) -> str:
    """The band's name; no data is a band of its own and never a low one.

    Examples
    --------
    >>> band(70.0), band(float("nan"))
    ('advanced', 'no data')
    """
    found = points(share_of_target)
    return NO_DATA if found is None else BANDS[found - 1][2]


@dataclass(frozen=True, slots=True)
class Maturity:
    """The score of several indicators, and of how many of them anything is known."""

    score: float | None
    band: str
    reported: int
    expected: int

    @property
    def completeness(self) -> float:
        """Share of the indicators that have a value; says nothing about how good it is."""
        return self.reported / self.expected if self.expected else 0.0


def maturity(shares_of_target: Mapping[str, float | None]) -> Maturity:
    """Points earned of those that the reported indicators could earn, in per cent.

    Examples
    --------
    >>> maturity({"a": 96.0, "b": 50.0, "c": 34.0, "d": 10.0, "e": None}).score
    56.25
    """
    earned = [p for p in map(points, shares_of_target.values()) if p is not None]
    if not earned:
        return Maturity(None, NO_DATA, 0, len(shares_of_target))
    score = 100 * sum(earned) / (4 * len(earned))
    return Maturity(score, band(score), len(earned), len(shares_of_target))
