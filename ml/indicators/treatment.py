"""Before normalising: denominators, missing values, outliers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ml.indicators.panel import DataRefused, Floats

SKEW, KURTOSIS, MOST_POINTS = 2.0, 3.5, 5


def skewness(values: Floats) -> float:
    """Sample skewness with the small-sample correction (G1), missing values left out.

    Examples
    --------
    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    1.763633
    """
    known = values[~np.isnan(values)]
    n = len(known)
    from_mean = known - known.mean() if n else known
    spread = float((from_mean**2).sum())
    if n < 3 or spread == 0:
        return float("nan")
    ratio = float((from_mean**3).sum()) / spread**1.5
    return float(np.sqrt(n) * ratio * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(values: Floats) -> float:
    """Sample excess kurtosis with the small-sample correction (G2), missing values left out.

    Examples
    --------
    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 3)
    3.228
    """
    known = values[~np.isnan(values)]
    n = len(known)
    from_mean = known - known.mean() if n else known
    spread = float((from_mean**2).sum())
    if n < 4 or spread == 0:
        return float("nan")
    ratio = n * float((from_mean**4).sum()) / spread**2
    return ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def has_outliers(values: Floats) -> bool:
    """Whether both skewness and kurtosis are beyond what an index can bear.

    A column with fewer than four values, or with no spread, is left as it is.
    """
    skew, kurt = skewness(values), kurtosis(values)
    return bool(abs(skew) >= SKEW and kurt >= KURTOSIS)


def winsorise(values: Floats, most: int = MOST_POINTS) -> Floats:
    """Draw the outermost values in to the next ones, until the column passes.

    Values that are tied go together. What counts against ``most`` are the points that stand at the
    drawn-in ends.

    Examples
    --------
    >>> winsorise(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 90.0])).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0]
    """
    drawn = values.copy()
    high = low = 0
    while has_outliers(drawn) and high + low < most:
        if skewness(drawn) >= 0:
            ends = drawn == np.nanmax(drawn)
            drawn[ends] = np.nanmax(drawn[~ends])
            high = int(ends.sum())
        else:
            ends = drawn == np.nanmin(drawn)
            drawn[ends] = np.nanmin(drawn[~ends])
            low = int(ends.sum())
    return drawn


def shifted_log(values: Floats) -> Floats:
    """Natural logarithm of the distance from the minimum, plus a hundredth of the range."""
    low, high = np.nanmin(values), np.nanmax(values)
    logs: Floats = np.log(values - low + 0.01 * (high - low))
    return logs


def treat(values: Floats, most: int = MOST_POINTS) -> Floats:
    """Winsorise a column with outliers; where that does not help, take logarithms instead.

    Parameters
    ----------
    values : array of float
        One column, NaN where missing.
    most : int, default=5
        Points that may be drawn in.
    """
    if not has_outliers(values):
        return values
    drawn = winsorise(values, most)
    return shifted_log(values) if has_outliers(drawn) else drawn


def divide(values: Floats, denominator: Floats, code: str) -> Floats:
    """Divide a column by its denominator; a missing denominator makes the value missing."""
    if np.any(denominator == 0):
        raise DataRefused(f"The denominator of {code} is zero for some unit.")
    return values / denominator


def impute(values: Floats, groups: Sequence[str] | None, how: str = "mean") -> Floats:
    """Fill missing values with the mean or median of their group, or of all.

    A unit without a group, and a group without any value, stay missing.

    Examples
    --------
    >>> impute(np.array([1.0, np.nan, 5.0, np.nan]), ["n", "n", "s", ""]).tolist()
    [1.0, 1.0, 5.0, nan]
    """
    centre: Callable[[Floats], Any] = np.median if how == "median" else np.mean
    names = np.array(["all"] * len(values) if groups is None else list(groups), dtype=object)
    filled = values.copy()
    for name in {str(n) for n in names if str(n)}:
        members = names == name
        known = values[members & ~np.isnan(values)]
        if len(known):
            filled[members & np.isnan(values)] = centre(known)
    return filled
