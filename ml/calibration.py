"""Honest confidence: from scores to probabilities, sets with a promised coverage, and "unsure".

Scores are divided by a temperature that grows where a text is short or the model knows few of its
words, so that a text with little to read is answered with less confidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.classifier import Support, domain_index

F64 = NDArray[np.float64]


def softmax(scores: NDArray[Any]) -> F64:
    """Probabilities in proportion to the exponentials of the scores of each row.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.asarray(scores, np.float64)
    shifted = np.exp(shifted - shifted.max(axis=1, keepdims=True))
    found: F64 = shifted / shifted.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True, slots=True)
class Calibration:
    """Parameters that turn scores into probabilities of components and domains.

    The temperature of a text is ``exp(base + unknown * u + brief * b)``, u being its share of
    unknown words and b its brevity; domain probabilities are sharpened or softened by
    ``domain + domain_unknown * u + domain_brief * b`` in the same way.
    """

    base: float = 0.0
    unknown: float = 0.0
    brief: float = 0.0
    domain: float = 0.0
    domain_unknown: float = 0.0
    domain_brief: float = 0.0

    def probabilities(self, scores: NDArray[Any], support: Support) -> tuple[F64, F64]:
        """Probabilities of the 35 components and of the six domains, which agree.

        Examples
        --------
        >>> whole = Support(np.ones(1), np.zeros(1))
        >>> parts, wholes = Calibration().probabilities(np.zeros((1, 35)), whole)
        >>> round(float(parts.sum()), 6), round(float(wholes[0, 0]), 3)
        (1.0, 0.229)
        """
        unknown = 1.0 - np.asarray(support.coverage, np.float64)[:, None]
        brevity = np.asarray(support.brevity, np.float64)[:, None]
        parts = softmax(scores / np.exp(self.base + self.unknown * unknown + self.brief * brevity))
        member = _membership()
        wholes = np.maximum(parts @ member, 1e-12)
        edge = self.domain + self.domain_unknown * unknown + self.domain_brief * brevity
        sharp = softmax(np.log(wholes) * np.exp(edge))
        parts = parts * ((sharp / wholes) @ member.T)
        return parts, sharp

    def as_dict(self) -> dict[str, float]:
        """Parameters by name, for the model file."""
        return asdict(self)


def _membership() -> F64:
    of = domain_index()
    found: F64 = (of[:, None] == np.arange(int(of.max()) + 1)).astype(np.float64)
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores of texts by a model that had not seen them, with what is true (-1 if unknown)."""

    scores: NDArray[np.float32]
    coverage: NDArray[np.float32]
    brevity: NDArray[np.float32]
    component: NDArray[np.int64]
    domain: NDArray[np.int64]
    weight: F64

    def support(self, rows: Any = slice(None)) -> Support:
        """What there was to read in these rows."""
        return Support(self.coverage[rows], self.brevity[rows])


def fit_calibration(judged: Judged) -> Calibration:
    """Find the temperatures under which the true answers are likeliest."""
    from scipy.optimize import minimize

    rows = np.flatnonzero(judged.component >= 0)
    truth, weight = judged.component[rows], judged.weight[rows]
    support, whole = judged.support(rows), judged.support()

    def component_loss(x: F64) -> float:
        parts, _ = Calibration(*x).probabilities(judged.scores[rows], support)
        loss = -np.log(np.maximum(parts[np.arange(len(rows)), truth], 1e-12))
        return float(np.average(loss, weights=weight)) + 1e-3 * float(x @ x)

    first = minimize(component_loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 120})

    def domain_loss(x: F64) -> float:
        _, wholes = Calibration(*first.x, *x).probabilities(judged.scores, whole)
        loss = -np.log(np.maximum(wholes[np.arange(len(wholes)), judged.domain], 1e-12))
        return float(np.average(loss, weights=judged.weight)) + 1e-3 * float(x @ x)

    second = minimize(domain_loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 120})
    return Calibration(*(round(float(v), 4) for v in (*first.x, *second.x)))


def conformal_threshold(probabilities: F64, truth: NDArray[Any], miss: float = 0.1) -> float:
    """Least probability with which a class belongs to the set, for a share of misses.

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1]] * 99)
    >>> conformal_threshold(sure, np.zeros(99, int))
    0.9
    """
    own = np.sort(probabilities[np.arange(len(truth)), truth])
    rank = int(np.floor(miss * (len(own) + 1))) - 1
    return float(own[rank]) if rank >= 0 else 0.0


def conformal_sets(probabilities: F64, threshold: float) -> NDArray[np.bool_]:
    """Which classes belong to each text's set; the likeliest always does."""
    inside = probabilities >= threshold
    inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
    return inside


def abstention_threshold(cost_wrong: float = 3.0, cost_human: float = 1.0) -> float:
    """Confidence below which a person should decide.

    Routing by the model costs ``(1 - p) * cost_wrong`` on average and a person's look costs
    ``cost_human``; the model should be followed where the first is smaller.

    Examples
    --------
    >>> abstention_threshold(cost_wrong=4.0, cost_human=1.0)
    0.75
    """
    if cost_wrong <= 0 or cost_human < 0:
        raise ValueError("a wrong route must cost something and a person not less than nothing")
    return float(min(1.0, max(0.0, 1.0 - cost_human / cost_wrong)))


def from_dict(values: Mapping[str, float]) -> Calibration:
    """Calibration of a model file."""
    return Calibration(**{name: float(value) for name, value in values.items()})
