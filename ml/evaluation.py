"""How good a model is, in the measures that the issue of routing turns on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def macro_f1(truth: NDArray[Any], guess: NDArray[Any]) -> float:
    """Mean F1 over the classes that occur in the truth.

    Examples
    --------
    >>> macro_f1(np.array([0, 0, 1]), np.array([0, 0, 0]))
    0.4
    """
    scores = []
    for label in np.unique(truth):
        hit = int(((truth == label) & (guess == label)).sum())
        wrong = int(((truth == label) ^ (guess == label)).sum())
        scores.append(2 * hit / (2 * hit + wrong) if hit else 0.0)
    return float(np.mean(scores)) if scores else 0.0


def top_k(probabilities: F64, truth: NDArray[Any], k: int = 3) -> float:
    """Share of texts whose true class is among the k likeliest."""
    own = probabilities[np.arange(len(truth)), truth][:, None]
    return float(np.mean((probabilities > own).sum(axis=1) < k))


def calibration_error(probabilities: F64, truth: NDArray[Any], bins: int = 10) -> float:
    """Expected difference between confidence and accuracy, in bins of equal width.

    Examples
    --------
    >>> sure = np.array([[0.75, 0.25]] * 4)
    >>> calibration_error(sure, np.array([0, 0, 0, 1]))
    0.0
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    where = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in np.unique(where):
        rows = where == b
        error += float(rows.mean() * abs(right[rows].mean() - confidence[rows].mean()))
    return error


def routable(probabilities: F64, truth: NDArray[Any], precision: float = 0.95) -> float:
    """Largest share of texts, the most confident first, of which so many are right.

    Examples
    --------
    >>> routable(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
    0.5
    """
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    share = np.cumsum(right) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(share >= precision)
    return float((enough[-1] + 1) / len(right)) if len(enough) else 0.0


def bootstrap_interval(
    truth: NDArray[Any], guess: NDArray[Any], rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Interval in which 95 % of resampled macro-F1 values lie; for small sets."""
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(truth), size=(rounds, len(truth)))
    values = [macro_f1(truth[rows], guess[rows]) for rows in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _measure(probabilities: F64, truth: NDArray[Any]) -> dict[str, Any]:
    guess = probabilities.argmax(axis=1)
    return {
        "n": len(truth),
        "macro_f1": round(macro_f1(truth, guess), 4),
        "accuracy": round(float(np.mean(truth == guess)), 4),
        "top3": round(top_k(probabilities, truth), 4),
        "ece": round(calibration_error(probabilities, truth), 4),
    }


def _nothing(names: Sequence[str]) -> dict[str, Any]:
    return {"n": 0, **dict.fromkeys(names)}


def measure(
    probabilities: tuple[F64, F64],
    truth: tuple[NDArray[np.int64], NDArray[np.int64]],
    sets: NDArray[np.bool_],
) -> dict[str, Any]:
    """All measures of one set of texts.

    Parameters
    ----------
    probabilities : tuple of ndarray
        Of the components and of the domains.
    truth : tuple of ndarray
        Index of the true component (-1 where unknown) and domain.
    sets : ndarray of bool
        Domains in each text's conformal set.
    """
    parts, wholes = probabilities
    component, domain = truth
    known = np.flatnonzero(component >= 0)
    names = ("macro_f1", "accuracy", "top3", "ece")
    found: dict[str, Any] = {"n": len(domain)}
    if len(domain):
        guess = wholes.argmax(axis=1)
        inside = sets[np.arange(len(domain)), domain]
        found["domain"] = _measure(wholes, domain) | {
            "routable_at_95": round(routable(wholes, domain), 4),
            "conformal_90": {
                "coverage": round(float(inside.mean()), 4),
                "size": round(float(sets.sum(axis=1).mean()), 4),
            },
        }
        if len(domain) < 100:
            low, high = bootstrap_interval(domain, guess)
            found["domain"]["macro_f1_interval"] = [round(low, 4), round(high, 4)]
    else:
        found["domain"] = _nothing((*names, "routable_at_95", "conformal_90"))
    if len(known):
        found["component"] = _measure(parts[known], component[known])
    else:
        found["component"] = _nothing(names)
    return found


def report(
    probabilities: tuple[F64, F64],
    truth: tuple[NDArray[np.int64], NDArray[np.int64]],
    sets: NDArray[np.bool_],
    languages: Sequence[str],
) -> dict[str, Any]:
    """All measures of a set of texts, and the same for each language in it."""
    whole = measure(probabilities, truth, sets)
    tongue = np.array(languages)
    by_language = {}
    for lang in sorted(set(languages)):
        rows = np.flatnonzero(tongue == lang)
        own = (probabilities[0][rows], probabilities[1][rows])
        by_language[lang] = measure(own, (truth[0][rows], truth[1][rows]), sets[rows])
    return whole | {"languages": by_language}
