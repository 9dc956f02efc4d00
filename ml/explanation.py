"""Which words of a text spoke for a class and which against, exactly.

The score of a linear model is a sum over n-grams. Each n-gram's part is shared out over its
occurrences and each occurrence belongs to a word (a word pair to both its words), so the weights
of the words add up to the score. Beside each score stands the mean of all classes: a word that
lifts every class alike explains nothing.

``contributions`` has every word, and its weights are exact. What people are shown (``explain``)
leaves out function words and bare numbers: their weights are real and small, but "the" or "12"
is no reason that anybody could check. The weights of the words shown are not changed for that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.classifier import TaxonomyClassifier
from ml.features import Counts, Occurrences, count_ngrams, occurrences
from ml.wording import content_words

_EDGES = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the text and how much it moved the score, against the mean of all classes."""

    word: str
    weight: float


def contributions(
    classifier: TaxonomyClassifier, text: str, class_index: int, counted: Counts | None = None
) -> list[tuple[str, float]]:
    """Weight of every word of the text in order; they sum to the score above the mean.

    Examples
    --------
    >>> model = TaxonomyClassifier(bits=14)
    >>> _ = model.fit(["deep pothole", "bin not emptied"], ["SM-IT", "MI2"])
    >>> words = dict(contributions(model, "a pothole", 2))
    >>> words["pothole"] > words["a"]
    True
    """
    words = text.split()
    found: Occurrences = occurrences(text, classifier.bits)
    values, slots, _, _ = classifier.weigh(counted or count_ngrams([text], classifier.bits))
    known = classifier.columns_[slots] if len(classifier.columns_) else slots
    gain = (classifier.coef_[slots, class_index] - classifier.mean_[slots]) * values
    weight = _per_occurrence(found.hashes, known, values, gain)
    total = np.zeros(len(words) + 1)
    for touched in (found.first, found.last):
        where = np.minimum(touched, len(words))
        total += np.bincount(where, weights=weight / 2, minlength=len(total))
    return [(word, float(w)) for word, w in zip(words, total[:-1], strict=True)]


def _per_occurrence(
    hashes: NDArray[np.uint32],
    known: NDArray[np.int32],
    values: NDArray[np.float32],
    gain: NDArray[np.float32],
) -> NDArray[np.float64]:
    live = values > 0
    buckets, gains = known[live], gain[live]  # ascending, as n-grams are counted
    if not len(buckets):
        return np.zeros(len(hashes))
    where = np.minimum(np.searchsorted(buckets, hashes), len(buckets) - 1)
    hit = buckets[where] == hashes
    times = np.bincount(where[hit], minlength=len(buckets))
    return np.where(hit, gains[where] / np.maximum(times[where], 1), 0.0)


def explain(
    classifier: TaxonomyClassifier,
    text: str,
    class_index: int,
    counted: Counts | None = None,
    *,
    most: int = 6,
    lang: str | None = None,
) -> tuple[list[Reason], list[Reason]]:
    """The words that spoke most for a class, and those that spoke most against it.

    Function words and bare numbers count in the score but are not shown.
    """
    weights: dict[str, float] = defaultdict(float)
    shown: dict[str, str] = {}
    words = contributions(classifier, text, class_index, counted)
    says = content_words([word for word, _ in words], lang)
    for (word, weight), told in zip(words, says, strict=True):
        bare = _EDGES.sub("", word)
        if bare and told:
            key = bare.casefold()
            shown.setdefault(key, bare)
            weights[key] += weight
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    least = 0.02 * max((abs(w) for w in weights.values()), default=0.0)
    pro = [Reason(shown[k], round(w, 4)) for k, w in ranked if w > least][:most]
    contra = [Reason(shown[k], round(w, 4)) for k, w in reversed(ranked) if w < -least][:most]
    return pro, contra
