"""Whether what citizens write has moved away from what the model was trained and judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml import taxonomy
from ml.text import normalise

if TYPE_CHECKING:
    from ml.model import Model

BINS = 10
WATCH, ACT = 0.1, 0.25
LEAST = 200


@dataclass(frozen=True, slots=True)
class Summary:
    """What a stretch of texts looked like to a model; can be kept as JSON."""

    n: int
    classes: tuple[float, ...]
    confidence: tuple[float, ...]
    unseen: tuple[float, ...]
    mean_confidence: float
    mean_unseen: float

    def as_dict(self) -> dict[str, Any]:
        """The summary for a table or a file."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Drift:
    """Population stability of classes, confidence and unseen words; ``level`` sums them up."""

    classes: float
    confidence: float
    unseen: float
    mean_confidence_change: float
    mean_unseen_change: float
    level: str


def stability(before: Sequence[float], after: Sequence[float]) -> float:
    """Population stability index of two distributions; 0 when they are the same.

    Examples
    --------
    >>> stability([0.5, 0.5], [0.5, 0.5])
    0.0
    >>> stability([0.9, 0.1], [0.1, 0.9]) > ACT
    True
    """
    a = np.maximum(np.asarray(before, float), 1e-3)
    b = np.maximum(np.asarray(after, float), 1e-3)
    a, b = a / a.sum(), b / b.sum()
    return round(float(((b - a) * np.log(b / a)).sum()), 6)


def _shares(values: NDArray[Any]) -> tuple[float, ...]:
    counts, _ = np.histogram(values, bins=BINS, range=(0, 1))
    return tuple(round(float(c), 6) for c in counts / max(1, len(values)))


def summarise(components: NDArray[Any], coverage: NDArray[Any]) -> Summary:
    """Summary from probabilities of components and shares of known words."""
    confidence = components.max(axis=1)
    guess = np.bincount(components.argmax(axis=1), minlength=len(taxonomy.component_codes()))
    return Summary(
        n=len(components),
        classes=tuple(round(float(c), 6) for c in guess / max(1, len(components))),
        confidence=_shares(confidence),
        unseen=_shares(1 - coverage),
        mean_confidence=round(float(confidence.mean()), 4) if len(confidence) else 0.0,
        mean_unseen=round(float(1 - coverage.mean()), 4) if len(coverage) else 0.0,
    )


def summary_of(model: Model, texts: Sequence[str]) -> Summary:
    """Summary of texts as a model sees them."""
    found = model.probabilities([normalise(text) for text in texts])
    return summarise(found.components, found.coverage)


def compare(before: Summary, after: Summary) -> Drift:
    """How far the later texts are from the earlier ones.

    Examples
    --------
    >>> few = Summary(10, (1.0,), (1.0,), (1.0,), 0.9, 0.1)
    >>> compare(few, few).level
    'too few'
    """
    values = {
        "classes": stability(before.classes, after.classes),
        "confidence": stability(before.confidence, after.confidence),
        "unseen": stability(before.unseen, after.unseen),
    }
    worst = max(values.values())
    level = "act" if worst >= ACT else "watch" if worst >= WATCH else "stable"
    return Drift(
        **values,
        mean_confidence_change=round(after.mean_confidence - before.mean_confidence, 4),
        mean_unseen_change=round(after.mean_unseen - before.mean_unseen, 4),
        level=level if min(before.n, after.n) >= LEAST else "too few",
    )
