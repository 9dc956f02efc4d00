"""Means over the parts of a node, with weights and a threshold for what is missing."""

from __future__ import annotations

import numpy as np

from ml.indicators.panel import DataRefused, Floats

_ALMOST = 1e-9  # a share of 2/3 written with few digits is still 2/3


def amean(values: Floats, weights: Floats) -> Floats:
    """Weighted arithmetic mean of each row over what is known.

    Examples
    --------
    >>> amean(np.array([[1.0, np.nan, 4.0]]), np.array([1.0, 5.0, 2.0])).tolist()
    [3.0]
    """
    known = ~np.isnan(values)
    shares = np.where(known, weights, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = shares / shares.sum(axis=-1, keepdims=True)
        found: Floats = np.where(known, values * shares, 0.0).sum(axis=-1)
    return found + np.where(np.isnan(shares).any(axis=-1), np.nan, 0.0)


def gmean(values: Floats, weights: Floats) -> Floats:
    """Weighted geometric mean of each row over what is known; every value must be above zero.

    Examples
    --------
    >>> gmean(np.array([[2.0, 8.0]]), np.array([1.0, 1.0])).round(12).tolist()
    [4.0]
    """
    _above_zero(values, "geometric")
    found: Floats = np.exp(amean(np.log(values), weights))
    return found


def hmean(values: Floats, weights: Floats) -> Floats:
    """Weighted harmonic mean of each row over what is known; every value must be above zero.

    Examples
    --------
    >>> hmean(np.array([[2.0, 6.0]]), np.array([1.0, 1.0])).round(12).tolist()
    [3.0]
    """
    _above_zero(values, "harmonic")
    return 1.0 / amean(1.0 / values, weights)


MEAN_BY_NAME = {"amean": amean, "tu-wien": amean, "gmean": gmean, "hmean": hmean}


def enough(values: Floats, coverage: float | None) -> Floats:
    """1 for rows of which at least this share is known, NaN for the others.

    Examples
    --------
    >>> enough(np.array([[1.0, 2.0, np.nan], [1.0, np.nan, np.nan]]), 0.66).tolist()
    [1.0, nan]
    """
    if coverage is None:
        return np.ones(values.shape[0])
    share = (~np.isnan(values)).mean(axis=1)
    return np.where(share + _ALMOST < coverage, np.nan, 1.0)


def _above_zero(values: Floats, name: str) -> None:
    if np.any(values[~np.isnan(values)] <= 0):
        raise DataRefused(
            f"A {name} mean needs values above zero. Normalise to a scale that begins above zero"
            " (minmax:1:100), or take the arithmetic mean."
        )
