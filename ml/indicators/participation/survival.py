"""How long people wait for an answer, with those who still wait counted as waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from ml.indicators.panel import DataRefused, Floats

_ALMOST = 1e-12


@dataclass(frozen=True)
class Survival:
    """Kaplan and Meier's estimate of the share still waiting after each time.

    Examples
    --------
    >>> curve = Survival.of([1.0, 2.0, 3.0, 4.0], [True, True, False, True])
    >>> curve.times.tolist(), curve.waiting.tolist(), curve.quantile(0.5)
    ([1.0, 2.0, 4.0], [0.75, 0.5, 0.0], 2.0)
    """

    times: Floats
    waiting: Floats

    @classmethod
    def of(
        cls, durations: Sequence[float] | Floats, answered: Sequence[bool] | NDArray[np.bool_]
    ) -> Survival:
        """Estimate from durations and whether each ended with an answer."""
        length, ended = np.asarray(durations, dtype=float), np.asarray(answered, dtype=bool)
        if (length < 0).any() or np.isnan(length).any():
            raise DataRefused("An answer does not come before its question.")
        times, index = np.unique(length, return_inverse=True)
        deaths = np.bincount(index, weights=ended, minlength=len(times))
        leaving = np.bincount(index, minlength=len(times))
        at_risk = len(length) - (np.cumsum(leaving) - leaving)
        happened = deaths > 0
        left = np.cumprod(1 - deaths[happened] / at_risk[happened])
        return cls(times[happened], left)

    def at(self, time: float) -> float:
        """Share still waiting after a time."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.waiting[place - 1]) if place else 1.0

    def quantile(self, share: float) -> float | None:
        """First time by which this share was answered; None if that was never reached."""
        reached = np.flatnonzero(self.waiting <= 1 - share + _ALMOST)
        return float(self.times[reached[0]]) if len(reached) else None

    def restricted_mean(self, horizon: float) -> float:
        """Mean wait, where nobody's wait counts for more than the horizon."""
        within = self.times < horizon
        edges = np.r_[0.0, self.times[within], horizon]
        levels = np.r_[1.0, self.waiting[within]]
        return float((np.diff(edges) * levels).sum())


@dataclass(frozen=True, slots=True)
class LogRank:
    """Whether groups wait equally long: statistic, degrees of freedom, probability."""

    statistic: float
    freedom: int
    p_value: float


def log_rank(
    durations: Floats, answered: NDArray[np.bool_], groups: Sequence[str]
) -> LogRank | None:
    """Test whether all groups have the same waiting times; None where there is nothing to test.

    Examples
    --------
    >>> found = log_rank(np.array([1.0, 2.0, 8.0, 9.0]), np.ones(4, bool), ["a", "a", "b", "b"])
    >>> round(found.statistic, 4), found.freedom
    (2.8824, 1)
    """
    names, group = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    times = np.unique(durations[answered])
    k = len(names)
    if k < 2 or not len(times):
        return None
    observed, expected, spread = np.zeros(k), np.zeros(k), np.zeros((k, k))
    order = [np.sort(durations[group == g]) for g in range(k)]
    died = [np.sort(durations[(group == g) & answered]) for g in range(k)]
    at_risk = np.array([len(o) - np.searchsorted(o, times) for o in order], dtype=float)
    deaths = np.array(
        [np.searchsorted(d, times, "right") - np.searchsorted(d, times) for d in died], dtype=float
    )
    n, d = at_risk.sum(axis=0), deaths.sum(axis=0)
    observed, expected = deaths.sum(axis=1), (at_risk * d / n).sum(axis=1)
    factor = d * (n - d) / np.maximum(n - 1, 1) / n**2
    spread = np.diag((at_risk * n * factor).sum(axis=1)) - (at_risk * factor) @ at_risk.T
    apart = (observed - expected)[:-1]
    statistic = float(apart @ np.linalg.pinv(spread[:-1, :-1]) @ apart)
    return LogRank(statistic, k - 1, float(gammaincc((k - 1) / 2, statistic / 2)))
