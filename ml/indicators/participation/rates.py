"""How many of the residents take part."""

from __future__ import annotations

import math

from ml.indicators.panel import DataRefused

_Z = 1.959963984540054  # 97.5 % of the normal distribution


def rate_per_1000(participants: int, population: int) -> float:
    """Distinct participants in a thousand residents."""
    _check(participants, population)
    return 1000.0 * participants / population


def wilson(successes: int, trials: int, z: float = _Z) -> tuple[float, float]:
    """Wilson's interval of a share, which stays inside 0 and 1 for small numbers as well.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(20, 1000)]
    [0.013, 0.0307]
    """
    _check(successes, trials)
    share, square = successes / trials, z * z
    centre = share + square / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low = 0.0 if successes == 0 else (centre - half) / scale
    return low, 1.0 if successes == trials else (centre + half) / scale


def _check(part: int, whole: int) -> None:
    if whole <= 0:
        raise DataRefused("A rate needs a population above zero.")
    if not 0 <= part <= whole:
        raise DataRefused(f"{part} participants do not fit into a population of {whole}.")
