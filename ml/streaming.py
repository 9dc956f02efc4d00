"""Training out of core: more texts than memory holds, one batch after the other.

The heads are logistic regressions against the rest, as in the small recipe, fitted by stochastic
steps. Only the frequencies of the n-grams and the matrix of coefficients stay in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import taxonomy
from ml.classifier import ABSENT, TaxonomyClassifier, domain_index
from ml.features import BATCH, F32, HashedNgrams

Batches = Callable[[], Iterable[tuple[Sequence[str], Sequence[str]]]]
SAMPLE = 200_000  # texts whose n-grams decide the frequencies


def fit_stream(
    batches: Batches,
    bits: int = 17,
    epochs: int = 1,
    *,
    domain_share: float = 0.3,
    seed: int = 0,
) -> TaxonomyClassifier:
    """Train on texts and component codes that come in batches, in mixed order.

    Parameters
    ----------
    batches : callable
        Gives a fresh iterable of ``(texts, codes)``; called once per epoch and once for the
        frequencies.
    bits : int, default=17
        Size of the hashed feature space, as a power of two.
    epochs : int, default=1
        Times that every text is read.

    Examples
    --------
    >>> texts, codes = ["deep pothole", "bin not emptied"] * 60, ["SM-IT", "MI2"] * 60
    >>> model = fit_stream(lambda: [(texts, codes)], bits=12, epochs=3)
    >>> model.predict(["a pothole"]).tolist()
    ['SM-IT']
    """
    vectoriser, counts = _frequencies(batches, bits)
    heads = (_Head(taxonomy.component_codes(), counts, seed), _Head(None, counts, seed))
    for _ in range(epochs):
        for texts, codes in batches():
            for start in range(0, len(texts), BATCH):
                own = codes[start : start + BATCH]
                matrix = vectoriser.transform(texts[start : start + BATCH])
                for head in heads:
                    head.learn(matrix, own)
    model = TaxonomyClassifier(bits, vectoriser.word_weight, domain_share=domain_share)
    component, domain = (head.read(1 << bits) for head in heads)
    of = domain_index()
    model.columns_ = np.flatnonzero(vectoriser.idf_ > 0).astype(np.int32)
    model.idf_ = vectoriser.idf_[model.columns_]
    share = np.float32(domain_share)
    model.coef_ = (component[0] + share * domain[0][:, of])[model.columns_]
    model.intercept_ = component[1] + share * domain[1][of]
    model._index()
    return model


def _frequencies(batches: Batches, bits: int) -> tuple[HashedNgrams, dict[str, int]]:
    vectoriser = HashedNgrams(bits).fit([])
    counts: dict[str, int] = {}
    for texts, codes in batches():
        if vectoriser.n_texts_ < SAMPLE:
            vectoriser.partial_fit(texts)
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    return vectoriser, counts


class _Head:
    """Logistic regressions of one level, each class against the rest."""

    def __init__(self, classes: Sequence[str] | None, counts: dict[str, int], seed: int) -> None:
        from sklearn.linear_model import SGDClassifier

        self.by_domain = classes is None
        self.all = list(classes or taxonomy.domain_codes())
        if self.by_domain:
            total: dict[str, int] = {}
            for code, n in counts.items():
                domain = taxonomy.domain_of(code)
                total[domain] = total.get(domain, 0) + n
            counts = total
        self.present = [code for code in self.all if counts.get(code)]
        n, k = sum(counts.values()), len(self.present)
        self.weight = {c: min(10.0, (n / (k * counts[c])) ** 0.5) for c in self.present}
        self.model = SGDClassifier(
            loss="log_loss",
            alpha=max(1e-7, 0.02 / max(1, n)),
            learning_rate="invscaling",
            eta0=4.0,
            power_t=0.25,
            random_state=seed,
        )

    def learn(self, matrix: Any, codes: Sequence[str]) -> None:
        """One pass over a batch."""
        names = [taxonomy.domain_of(c) if self.by_domain else c for c in codes]
        y = np.array([self.present.index(name) for name in names])
        weight = np.array([self.weight[name] for name in names])
        classes = np.arange(len(self.present))
        self.model.partial_fit(matrix, y, classes=classes, sample_weight=weight)

    def read(self, width: int) -> tuple[F32, F32]:
        """Coefficients and intercepts for all classes, absent ones far down."""
        coef = np.zeros((width, len(self.all)), np.float32)
        intercept = np.full(len(self.all), ABSENT, np.float32)
        found: NDArray[Any] = self.model.coef_
        start: NDArray[Any] = self.model.intercept_
        if len(found) == 1 and len(self.present) == 2:  # scikit-learn keeps one row for two
            found, start = np.vstack([-found, found]), np.concatenate([-start, start])
        for row, code in enumerate(self.present):
            k = self.all.index(code)
            coef[:, k], intercept[k] = found[row], start[row]
        return coef, intercept
