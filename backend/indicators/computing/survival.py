"""Time until something happens when some still wait: Kaplan and Meier's estimate."""

import math
from typing import Any

import numpy as np

from backend.indicators.computing.values import Found, Z

Array = np.ndarray[Any, Any]


def curve(waited: Array, happened: Array) -> tuple[Array, Array, Array]:
    """The distinct times of events, the share still waiting after each, and Greenwood's sum."""
    order = np.argsort(waited, kind="stable")
    times, events = waited[order], happened[order].astype(bool)
    moments, counts = np.unique(times[events], return_counts=True)
    at_risk = len(times) - np.searchsorted(times, moments, side="left")
    with np.errstate(divide="ignore", invalid="ignore"):
        still = np.cumprod(1 - counts / at_risk)
        greenwood = np.cumsum(
            np.where(at_risk > counts, counts / (at_risk * (at_risk - counts)), 0)
        )
    return moments, still, greenwood


def share_within(waited: Array, happened: Array, days: float, few: int) -> Found:
    """The percentage for which it happened within some days, with a log-log interval."""
    n = len(waited)
    if n < few or not bool(np.any(happened | (waited >= days))):
        return Found(state="few", n=n)
    moments, still, greenwood = curve(waited, happened)
    at = int(np.searchsorted(moments, days, side="right")) - 1
    least = 0.05 ** (1 / n)  # the share that n alike still leave possible
    if at < 0:
        return Found(0.0, n, 0.0, 100.0 * (1 - least))
    waiting, spread = float(still[at]), float(greenwood[at])
    if waiting <= 0:
        return Found(100.0, n, 100.0 * least, 100.0)
    theta = Z * math.sqrt(spread) / abs(math.log(waiting))
    low, high = waiting ** math.exp(theta), waiting ** math.exp(-theta)
    return Found(100 * (1 - waiting), n, 100 * (1 - high), 100 * (1 - low))


def median(waited: Array, happened: Array, few: int) -> Found:
    """The days after which it had happened for half; none when it has not yet for half."""
    n = len(waited)
    if n < few:
        return Found(state="few", n=n)
    moments, still, greenwood = curve(waited, happened)
    middle = _first_below(moments, still, 0.5)
    if middle is None:
        return Found(state="few", n=n)
    safe = np.clip(still, 1e-12, 1 - 1e-12)
    theta = Z * np.sqrt(greenwood) / np.abs(np.log(safe))
    low = _first_below(moments, safe ** np.exp(theta), 0.5)
    high = _first_below(moments, safe ** np.exp(-theta), 0.5)
    return Found(middle, n, low, high)


def _first_below(moments: Array, still: Array, level: float) -> float | None:
    reached = np.nonzero(still <= level + 1e-12)[0]
    return float(moments[reached[0]]) if len(reached) else None
