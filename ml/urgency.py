"""Danger to life, leaks and live wires: rules and a small model that warn once too often.

The answer only ever raises attention; it never lowers what a person has decided. The rules are
in ``data/dangers.tsv``: patterns on folded text (lower case, no accents), with bounded repeats.
The model is trained on ``data/urgency.tsv`` and speaks where no rule has the words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ml.features import BATCH, F32, Counts, HashedNgrams, count_ngrams, weigh
from ml.folding import fold

BITS = 18  # those of the classifier, so that a text's n-grams are counted once
MAX_ALARMS = 0.01  # share of everyday texts that may be flagged by the model alone


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = files("ml").joinpath("data/dangers.tsv").read_text(encoding="utf-8")
    patterns: dict[str, list[str]] = {}
    for line in text.splitlines()[1:]:
        danger, _, pattern = line.split("\t")
        patterns.setdefault(danger, []).append(pattern)
    return tuple((d, re.compile(r"\b(?:" + "|".join(p) + ")")) for d, p in patterns.items())


def dangers(text: str) -> list[str]:
    """Kinds of danger whose words occur in the text.

    Examples
    --------
    >>> dangers("There is a smell of gas in the stairwell")
    ['gas']
    >>> dangers("The bin is full")
    []
    """
    plain = fold(text)
    return [danger for danger, rule in _rules() if rule.search(plain)]


@dataclass(frozen=True, slots=True)
class UrgencyModel:
    """Linear model of urgency: weights of hashed n-grams and the score from which it warns."""

    idf: F32
    coef: F32
    intercept: float
    threshold: float

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Score of each text; the higher the more urgent."""
        return np.concatenate(
            [
                self.scores_counted(count_ngrams(texts[start : start + BATCH], BITS))
                for start in range(0, len(texts), BATCH)
            ]
        )

    def scores_counted(self, counted: Counts) -> NDArray[np.float64]:
        """The same for one batch whose n-grams are counted already."""
        parts = weigh(counted, self.idf, 1.0) * self.coef[counted.indices]
        size = len(counted.indptr) - 1
        rows = np.repeat(np.arange(size), np.diff(counted.indptr))
        total = np.bincount(rows, weights=parts, minlength=size)
        found: NDArray[np.float64] = np.asarray(total + self.intercept, np.float64)
        return found


def is_urgent(text: str) -> bool:
    """Whether a rule hears danger to life, a leak or a live wire in the text.

    Examples
    --------
    >>> is_urgent("Cablu cazut pe trotuar, face scântei!")
    True
    """
    plain = fold(text)
    return any(rule.search(plain) for _, rule in _rules())


def read_urgency() -> tuple[list[str], list[bool], list[str]]:
    """Texts written to teach urgency, whether each is urgent, and their languages."""
    text = files("ml").joinpath("data/urgency.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    return (
        [row["text"] for row in rows],
        [row["urgent"] == "1" for row in rows],
        [row["lang"] for row in rows],
    )


def fit_urgency(everyday: Sequence[str]) -> UrgencyModel:
    """Train on the written texts and everyday ones; those that a rule names count as urgent.

    The threshold lets through as few alarms among everyday texts as ``MAX_ALARMS`` says, which
    is far below the score of a text of danger.
    """
    from sklearn.linear_model import LogisticRegression

    texts, urgent, _ = read_urgency()
    named = np.array([bool(dangers(text)) for text in everyday], bool)
    every = [*texts, *everyday]
    truth = np.concatenate((np.array(urgent), named))
    weight = np.concatenate((np.full(len(texts), 2.0), np.ones(len(everyday))))
    vectoriser = HashedNgrams(BITS).fit(every)
    head = LogisticRegression(
        C=3.0, solver="liblinear", dual=True, class_weight="balanced", random_state=0
    )
    head.fit(vectoriser.transform(every), truth, sample_weight=weight)
    coef, start = head.coef_[0].astype(np.float32), float(head.intercept_[0])
    model = UrgencyModel(vectoriser.idf_, coef, start, 0.0)
    calm = model.scores([text for text, n in zip(everyday, named, strict=True) if not n] or ["a"])
    threshold = min(0.0, float(np.quantile(calm, 1 - MAX_ALARMS)))
    return UrgencyModel(vectoriser.idf_, coef, start, round(threshold, 4))
