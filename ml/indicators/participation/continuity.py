"""Who comes back, and who speaks about more than one domain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def _pairs(first: Integers, second: Integers) -> tuple[Integers, Integers, Integers]:
    """Each pair that occurs, once, with how often it does."""
    if not len(first):
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    width = int(second.max()) + 1
    pairs, times = np.unique(first.astype(np.int64) * width + second, return_counts=True)
    return pairs // width, pairs % width, times


def active_in_several(people: Integers, quarters: Integers) -> float:
    """Share of participants who were active in two quarters or more.

    Examples
    --------
    >>> active_in_several(np.array([0, 0, 1, 1]), np.array([1, 2, 1, 1]))
    0.5
    """
    who, _, _ = _pairs(people, quarters)
    times = np.bincount(who)
    return float((times >= 2).sum() / (times >= 1).sum()) if len(who) else float("nan")


def retention(people: Integers, quarters: Integers, first: int, second: int) -> float:
    """Share of those active in one quarter who were active in another as well."""
    before = np.unique(people[quarters == first])
    return (
        float(np.isin(before, people[quarters == second]).mean()) if len(before) else float("nan")
    )


def flexibility_groups(people: Integers, domains: Integers) -> tuple[int, int]:
    """How many participants told the city of two things or more, and how many in two domains."""
    who, _, times = _pairs(people, domains)
    if not len(who):
        return 0, 0
    told, spoken = np.bincount(who, weights=times), np.bincount(who)
    return int((told >= 2).sum()), int((spoken >= 2).sum())


def flexibility(people: Integers, domains: Integers) -> float:
    """Share of participants with two contributions or more who spoke about two domains or more.

    Examples
    --------
    >>> flexibility(np.array([0, 0, 1, 1, 2]), np.array([3, 4, 3, 3, 1]))
    0.5
    """
    several, crossing = flexibility_groups(people, domains)
    return crossing / several if several else float("nan")


def mean_personal_diversity(people: Integers, domains: Integers) -> tuple[float, float]:
    """Mean over participants with two contributions or more of unbiased Gini-Simpson and Hill's 1.

    Examples
    --------
    >>> mean_personal_diversity(np.array([0, 0, 1, 1]), np.array([3, 4, 3, 3]))
    (0.5, 1.5)
    """
    who, _, times = _pairs(people, domains)
    if not len(who):
        return float("nan"), float("nan")
    n = np.bincount(who, weights=times)
    several = n >= 2
    if not several.any():
        return float("nan"), float("nan")
    same = np.bincount(who, weights=times * (times - 1.0), minlength=len(n))[several]
    share = times / n[who]
    entropy = np.bincount(who, weights=-share * np.log(share), minlength=len(n))[several]
    n = n[several]
    return float((1 - same / (n * (n - 1))).mean()), float(np.round(np.exp(entropy), 12).mean())
