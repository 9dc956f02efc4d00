"""How evenly contributions are spread among those who take part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.indicators.panel import Floats

Integers = NDArray[np.int64]


def gini(values: Integers | Floats, times: Integers | Floats | None = None) -> float:
    """Gini's coefficient among participants; ``times`` is how often each value occurs.

    People who do not take part are not in it: with them it is near 1 whatever happens.

    Examples
    --------
    >>> gini(np.array([1, 1, 1, 1])), gini(np.array([0, 0, 0, 4]))
    (0.0, 0.75)
    """
    m = np.ones(len(values)) if times is None else np.asarray(times, dtype=float)
    order = np.argsort(values, kind="stable")
    x, m = np.asarray(values, dtype=float)[order], m[order]
    n, total = m.sum(), (m * x).sum()
    if not n or not total:
        return float("nan")
    last = np.cumsum(m)
    places = m * (2 * last - m + 1)  # the sum of 2 i over a run of equal values
    return float((places * x).sum() / (n * total) - (n + 1) / n)


def top_share(values: Integers, percent: int, times: Integers | None = None) -> float:
    """Share of all contributions made by the most active percent of participants, rounded up.

    Examples
    --------
    >>> top_share(np.array([90, 1, 1, 1, 1, 1, 1, 1, 1, 2]), 10)
    0.9
    """
    m = np.ones(len(values), dtype=np.int64) if times is None else times
    order = np.argsort(-np.asarray(values), kind="stable")
    x, m = np.asarray(values)[order], m[order]
    n, total = int(m.sum()), float((m * x).sum())
    if not total:
        return float("nan")
    left = -(-n * percent // 100)
    taken = np.clip(left - (np.cumsum(m) - m), 0, m)
    return float((taken * x).sum() / total)


def one_time_share(values: Integers, times: Integers | None = None) -> float:
    """Share of participants who contributed once."""
    m = np.ones(len(values), dtype=np.int64) if times is None else times
    return float(m[values == 1].sum() / m.sum()) if m.sum() else float("nan")


def herfindahl(values: Integers) -> float:
    """Herfindahl and Hirschman's index: chance that two contributions are one person's."""
    total = values.sum()
    return float(((values / total) ** 2).sum()) if total else float("nan")
