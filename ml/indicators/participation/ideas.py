"""How new and how different the ideas of an edition are, from their words alone.

New is not good: beside these figures belongs what the jury said and what was carried out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from ml.folding import fold
from ml.indicators.panel import Floats

_WORD = re.compile(r"[^\W_]{2,40}")
_MOST = 2_000  # ideas whose similarity is held at once
NEAR_DUPLICATE = 0.8


@dataclass(frozen=True)
class Novelty:
    """What the words of some ideas, in the order in which they came, tell."""

    novelty: Floats
    diversity: float | None
    vendi: float | None
    near_duplicates: tuple[tuple[int, int], ...]
    n: int

    @property
    def median(self) -> float | None:
        """Median novelty of the ideas that had others before them."""
        return float(np.median(self.novelty[1:])) if self.n > 1 else None


def tf_idf(texts: Sequence[str]) -> csr_array:
    """Words of each text, weighted by how rare they are, in rows of length one."""
    counts = [Counter(_WORD.findall(fold(text))) for text in texts]
    words: dict[str, int] = {}
    rows, columns, values = [], [], []
    for row, found in enumerate(counts):
        for word, times in found.items():
            rows.append(row)
            columns.append(words.setdefault(word, len(words)))
            values.append(float(times))
    weights = csr_array((values, (rows, columns)), shape=(len(texts), max(1, len(words))))
    if not values:
        return weights
    spread = np.bincount(columns, minlength=len(words))
    rarity = np.log((1 + len(texts)) / (1 + spread)) + 1
    weights = csr_array(weights.multiply(rarity[None, :]))
    length = np.sqrt(weights.multiply(weights).sum(axis=1))
    return csr_array(weights.multiply(1 / np.where(length > 0, length, 1.0)[:, None]))


def novelty(texts: Sequence[str]) -> Novelty:
    """Novelty of each idea beside the earlier ones, diversity of the pool, near duplicates.

    The first idea is as new as can be. Of more than 2,000 ideas, that many are taken evenly. The
    Vendi score is the effective number of different ideas.

    Examples
    --------
    >>> found = novelty(["more trees", "night buses", "More trees!"])
    >>> found.novelty.round(6).tolist(), found.near_duplicates, round(found.vendi, 2)
    ([1.0, 1.0, 0.0], ((0, 2),), 1.89)
    """
    if len(texts) > _MOST:
        texts = [texts[i] for i in np.linspace(0, len(texts) - 1, _MOST).astype(int)]
    n = len(texts)
    if not n:
        return Novelty(np.zeros(0), None, None, (), 0)
    weights = tf_idf(texts)
    alike = np.clip((weights @ weights.T).toarray(), 0.0, 1.0)
    np.fill_diagonal(alike, 1.0)
    before = np.tril(alike, -1)
    values = np.linalg.eigvalsh(alike / n)
    values = values[values > 1e-12]
    pairs = np.argwhere(np.triu(alike, 1) >= NEAR_DUPLICATE)
    return Novelty(
        novelty=np.clip(1 - before.max(axis=1), 0.0, 1.0),
        diversity=float((1 - alike[np.triu_indices(n, 1)]).mean()) if n > 1 else None,
        vendi=float(np.exp(-(values * np.log(values)).sum())),
        near_duplicates=tuple((int(a), int(b)) for a, b in pairs),
        n=n,
    )
