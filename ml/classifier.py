"""Linear classifier of the taxonomy: a component head and a domain head, added into one score.

The score of a component is its own head's logit plus a share of its domain's logit. Both are
linear in the n-grams, so their sum is one matrix: quick to apply and exactly explained. A
complement naive Bayes, linear too, is added to the component head: it learns words that only a
text or two had, which the regression hardly dares to use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml import taxonomy
from ml.features import BATCH, F32, Counts, HashedNgrams, count_ngrams, weigh

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BAYES_SMOOTHING = 0.1
ABSENT = -8.0  # logit of a class that no training text had


def domain_index() -> NDArray[np.int64]:
    """Position of each component's domain among the domains."""
    codes = taxonomy.domain_codes()
    return np.array([codes.index(taxonomy.domain_of(c)) for c in taxonomy.component_codes()])


class Support(NamedTuple):
    """What there was to read in each text of a batch.

    ``coverage`` is the share of its different words and word pairs that the model knows;
    ``brevity`` is 1 for a single word and nears 0 the more different words there are.
    """

    coverage: F32
    brevity: F32


class TaxonomyClassifier:
    """Place texts among the 35 components and the six domains.

    Parameters
    ----------
    bits : int, default=18
        Size of the hashed feature space, as a power of two.
    word_weight : float, default=1.0
        Weight of words beside characters.
    min_df : int, default=1
        N-grams in fewer training texts are left out.
    c : float, default=10.0
        Inverse strength of the L2 penalty of each head.
    domain_share : float, default=0.3
        How much of its domain's logit a component gets.
    bayes_share : float, default=2.0
        How much of the complement naive Bayes is added to the component head.

    Attributes
    ----------
    columns_ : ndarray of int32
        Hash buckets the model knows, ascending.
    idf_ : ndarray of float32
        Inverse document frequency of each of them.
    coef_ : ndarray of shape (n_columns, 35), float32
        Combined coefficients.
    mean_ : ndarray of float32
        Mean coefficient of all components for each column; explanations stand beside it.
    intercept_ : ndarray of shape (35,), float32
        Combined intercepts.

    Examples
    --------
    >>> model = TaxonomyClassifier(bits=14)
    >>> _ = model.fit(["deep pothole", "bin not emptied"], ["SM-IT", "MI2"])
    >>> model.predict(["a pothole"]).tolist()
    ['SM-IT']
    """

    def __init__(
        self,
        bits: int = 18,
        word_weight: float = 1.0,
        *,
        min_df: int = 1,
        c: float = 10.0,
        domain_share: float = 0.3,
        bayes_share: float = 2.0,
    ) -> None:
        self.bits = bits
        self.word_weight = word_weight
        self.min_df = min_df
        self.c = c
        self.domain_share = domain_share
        self.bayes_share = bayes_share

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name, as scikit-learn's ``clone`` asks for them."""
        names = ("bits", "word_weight", "min_df", "c", "domain_share", "bayes_share")
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> TaxonomyClassifier:
        """Set parameters by name."""
        for name, value in params.items():
            setattr(self, name, value)
        return self

    @property
    def classes_(self) -> NDArray[np.str_]:
        """Component codes in the order of the columns of the scores."""
        return np.array(taxonomy.component_codes())

    def fit(
        self,
        texts: Sequence[str],
        y: Sequence[str | None],
        domains: Sequence[str] | None = None,
        *,
        second: Sequence[str | None] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> TaxonomyClassifier:
        """Learn from texts, their components (None where only the domain is known) and domains."""
        known = list(domains) if domains is not None else [_domain(code) for code in y]
        weight = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight, float)
        vectoriser = HashedNgrams(self.bits, self.word_weight, self.min_df).fit(texts)
        self.columns_ = np.flatnonzero(vectoriser.idf_ > 0).astype(np.int32)
        self.idf_ = vectoriser.idf_[self.columns_]
        matrix = vectoriser.transform(texts)[:, self.columns_]
        targets, seconds = np.array(y, object), np.array(second or [None] * len(texts), object)
        component = _heads(matrix, (targets, seconds), taxonomy.component_codes(), weight, self.c)
        second_domains = np.array([_domain(s) if s else None for s in seconds], object)
        places = (np.array(known, object), second_domains)
        domain = _heads(matrix, places, taxonomy.domain_codes(), weight, self.c)
        of = domain_index()
        share = np.float32(self.domain_share)
        self.coef_ = component[0] + share * domain[0][:, of]
        if self.bayes_share:
            self.coef_ += np.float32(self.bayes_share) * _bayes(matrix, targets, weight)
        self.intercept_ = component[1] + share * domain[1][of]
        self._index()
        return self

    def _index(self) -> None:
        """Lay the matrix out for quick look-up by hash bucket."""
        self.coef_ = np.ascontiguousarray(self.coef_)
        self.mean_ = self.coef_.mean(axis=1)
        self._idf = np.zeros(1 << self.bits, np.float32)
        self._idf[self.columns_] = self.idf_
        self._slot = np.zeros(1 << self.bits, np.int32)
        self._slot[self.columns_] = np.arange(len(self.columns_), dtype=np.int32)

    def vectorise(self, texts: Sequence[str]) -> tuple[csr_matrix, F32]:
        """Vectors over the known columns, and the share of each text's words that are known."""
        from scipy.sparse import csr_matrix

        values, slots, indptr, coverage = self.weights_of(texts)
        shape = (len(texts), len(self.columns_))
        return csr_matrix((values, slots, indptr), shape=shape), coverage

    def weights_of(
        self, texts: Sequence[str]
    ) -> tuple[F32, NDArray[np.int32], NDArray[np.int32], F32]:
        """TF-IDF values, columns and row bounds of a batch, and its share of known words."""
        return self.weigh(count_ngrams(texts, self.bits))

    def weigh(self, counted: Counts) -> tuple[F32, NDArray[np.int32], NDArray[np.int32], F32]:
        """The same from n-grams that are counted already."""
        values = weigh(counted, self._idf, self.word_weight)
        coverage = _coverage(counted.indptr, counted.indices, values, 1 << (self.bits - 1))
        return values, self._slot[counted.indices], counted.indptr, coverage

    def score(self, texts: Sequence[str]) -> tuple[F32, Support]:
        """Scores of all 35 components for each text, and what there was to read in it."""
        scores = np.empty((len(texts), len(self.intercept_)), np.float32)
        known, brevity = np.empty((2, len(texts)), np.float32)
        for start in range(0, len(texts), BATCH):
            rows = slice(start, start + BATCH)
            counted = count_ngrams(texts[rows], self.bits)
            scores[rows], support = self.score_counted(counted)
            known[rows], brevity[rows] = support
        return scores, Support(known, brevity)

    def score_counted(self, counted: Counts) -> tuple[F32, Support]:
        """The same for one batch whose n-grams are counted already."""
        values, slots, indptr, known = self.weigh(counted)
        support = Support(known, _brevity(counted, 1 << (self.bits - 1)))
        if len(indptr) == 2:
            return (values @ self.coef_[slots] + self.intercept_)[None, :], support
        from scipy.sparse import csr_matrix

        shape = (len(indptr) - 1, len(self.columns_))
        matrix = csr_matrix((values, slots, indptr), shape=shape)
        scores: F32 = matrix @ self.coef_
        scores += self.intercept_
        return scores, support

    def decision_function(self, texts: Sequence[str]) -> F32:
        """Scores of all 35 components for each text."""
        return self.score(texts)[0]

    def predict(self, texts: Sequence[str]) -> NDArray[np.str_]:
        """Most likely component of each text."""
        found: NDArray[np.str_] = self.classes_[self.decision_function(texts).argmax(axis=1)]
        return found


def _domain(code: str | None) -> str:
    if code is None:
        raise ValueError("a text without a component needs a domain")
    return taxonomy.domain_of(code)


def _coverage(indptr: NDArray[np.int32], indices: NDArray[np.int32], values: F32, half: int) -> F32:
    """Share of the different words and word pairs of each row that the model knows."""
    if len(indptr) == 2:
        own = values[int(np.searchsorted(indices, half)) :]
        return np.array([np.count_nonzero(own) / max(1, len(own))], np.float32)
    rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    word = indices >= half
    total = np.bincount(rows[word], minlength=len(indptr) - 1)
    known = np.bincount(rows[word & (values > 0)], minlength=len(indptr) - 1)
    return (known / np.maximum(total, 1)).astype(np.float32)


def _brevity(counted: Counts, half: int) -> F32:
    """1 for a text of one word or none, half of that for two words, and so on."""
    if len(counted.indptr) == 2:
        grams = len(counted.indices) - int(np.searchsorted(counted.indices, half))
        return np.array([2 / max(2, grams + 1)], np.float32)
    size = len(counted.indptr) - 1
    rows = np.repeat(np.arange(size, dtype=np.int32), np.diff(counted.indptr))
    number = np.bincount(rows[counted.indices >= half], minlength=size)
    found: F32 = (2 / np.maximum(2, number + 1)).astype(np.float32)
    return found


def _bayes(matrix: csr_matrix, targets: NDArray[np.object_], weight: NDArray[np.float64]) -> F32:
    """Weights of a complement naive Bayes over the components, their mean taken off."""
    from sklearn.naive_bayes import ComplementNB

    codes = taxonomy.component_codes()
    rows = np.flatnonzero([t is not None for t in targets])
    coef = np.zeros((matrix.shape[1], len(codes)), np.float32)
    y = np.array([codes.index(t) for t in targets[rows]], np.int64)
    if len(np.unique(y)) < 2:
        return coef
    model = ComplementNB(alpha=BAYES_SMOOTHING).fit(matrix[rows], y, sample_weight=weight[rows])
    found = model.feature_log_prob_.T
    coef[:, model.classes_] = found - found.mean(axis=1, keepdims=True)
    return coef


def _heads(
    matrix: csr_matrix,
    targets: tuple[NDArray[np.object_], NDArray[np.object_]],
    classes: Sequence[str],
    weight: NDArray[np.float64],
    c: float,
) -> tuple[F32, F32]:
    """One balanced logistic regression for each class against the rest.

    A text with a second matter is a positive example of both classes.
    """
    from sklearn.linear_model import LogisticRegression

    first, second = targets
    rows = np.flatnonzero([t is not None for t in first])
    part, weight = matrix[rows], weight[rows]
    coef = np.zeros((matrix.shape[1], len(classes)), np.float32)
    intercept = np.full(len(classes), ABSENT, np.float32)
    for k, code in enumerate(classes):
        positive = (first[rows] == code) | (second[rows] == code)
        if not positive.any():
            continue
        if positive.all():
            intercept[k] = -ABSENT
            continue
        head = LogisticRegression(
            C=c,
            solver="liblinear",
            dual=True,
            class_weight="balanced",
            max_iter=300,
            tol=1e-3,
            random_state=0,
        )
        head.fit(part, positive, sample_weight=weight)
        coef[:, k] = head.coef_[0]
        intercept[k] = head.intercept_[0]
    return coef, intercept
