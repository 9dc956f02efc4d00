"""The model as the rest of the house sees it: a text goes in, a reasoned suggestion comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import calibration, registry, taxonomy
from ml.classifier import TaxonomyClassifier
from ml.explanation import Reason, explain
from ml.features import BATCH, Counts, count_ngrams
from ml.matters import second_matter
from ml.text import normalise
from ml.urgency import BITS, UrgencyModel, is_urgent

PACKAGED = Path(__file__).parent / "data" / "model"
COST_WRONG, COST_HUMAN = 3.0, 1.0
LEAST_COMPONENT = 0.3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the model proposes for a text; a person decides.

    ``confidence`` is the probability of the component, ``domains`` that of each domain.
    ``judged_by`` says what was read: ``text``, ``hint`` (the request type, when there was no
    text), ``text+hint`` or ``nothing``.
    """

    domain: str | None
    component: str | None
    confidence: float
    unsure: bool
    alternatives: list[tuple[str, float]]
    domains: dict[str, float]
    conformal: tuple[str, ...]
    reasons: list[Reason] = field(default_factory=list)
    reasons_against: list[Reason] = field(default_factory=list)
    second: str | None = None
    urgency: bool = False
    judged_by: str = "text"
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Probabilities of components and domains, conformal sets and known words of many texts."""

    components: NDArray[np.float64]
    domains: NDArray[np.float64]
    sets: NDArray[np.bool_]
    coverage: NDArray[np.float32]
    alarms: NDArray[np.bool_]


class Model:
    """A loaded model.

    Attributes
    ----------
    version : str
        Name of the model; changes whenever its numbers change.
    bytes : int
        Size of the model file.
    card : dict
        What the training run recorded about it.
    """

    def __init__(self, stored: registry.Stored) -> None:
        meta, arrays = stored.meta, stored.arrays
        if meta.get("components") != list(taxonomy.component_codes()):
            raise registry.ModelRefused("the model was made for another taxonomy")
        self.version: str = str(meta["version"])
        self.bytes = stored.bytes
        self.sha256 = stored.sha256
        self.card: dict[str, Any] = meta.get("card", {})
        self.classifier = _classifier(meta, arrays)
        self.calibration = calibration.from_dict(meta["calibration"])
        self.urgency = _urgency(meta, arrays)
        self.conformal = float(meta["conformal"])
        self.threshold = calibration.abstention_threshold(COST_WRONG, COST_HUMAN)

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Calibrated probabilities of many texts, which are taken as normalised."""
        parts = [
            self._judge(count_ngrams(texts[start : start + BATCH], self.classifier.bits))
            for start in range(0, max(1, len(texts)), BATCH)
        ]
        if len(parts) == 1:
            return parts[0]
        names = ("components", "domains", "sets", "coverage", "alarms")
        return Probabilities(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))

    def _judge(self, counted: Counts) -> Probabilities:
        scores, support = self.classifier.score_counted(counted)
        parts, wholes = self.calibration.probabilities(scores, support)
        sets = calibration.conformal_sets(wholes, self.conformal)
        alarms = np.zeros(len(scores), bool)
        if self.urgency is not None:
            alarms = self.urgency.scores_counted(counted) >= self.urgency.threshold
        return Probabilities(parts, wholes, sets, support.coverage, alarms)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Likeliest component of each text, nothing else."""
        codes = taxonomy.component_codes()
        best = self.classifier.decision_function([normalise(t) for t in texts]).argmax(axis=1)
        return [codes[i] for i in best]

    def suggest(
        self, text: str, lang: str | None = None, hint: str | None = None, *, reasons: bool = True
    ) -> Suggestion:
        """Suggestion for one text.

        Parameters
        ----------
        text : str
            What the citizen wrote; may be empty.
        lang : str, optional
            Language of the text where known. The model reads all languages alike; it tells
            which words are function words where the text itself leaves that open.
        hint : str, optional
            Name of the service or request type that the citizen chose.
        reasons : bool, default=True
            Whether to say which words spoke for and against.
        """
        return self._suggest(text, lang, hint, reasons)

    def suggest_many(
        self, texts: Sequence[str], hints: Sequence[str | None] | None = None
    ) -> list[Suggestion]:
        """Suggestions for many texts, without reasons."""
        pairs = zip(texts, hints or [None] * len(texts), strict=True)
        read = [_read(text, hint) for text, hint in pairs]
        found = self.probabilities([words for words, _ in read])
        return [
            self._compose(words, judged_by, found, row)
            for row, (words, judged_by) in enumerate(read)
        ]

    def _suggest(self, text: str, lang: str | None, hint: str | None, reasons: bool) -> Suggestion:
        words, judged_by = _read(text, hint)
        counted = count_ngrams([words], self.classifier.bits)
        found = self._judge(counted)
        pro: list[Reason] = []
        contra: list[Reason] = []
        if reasons and judged_by != "nothing":
            best = int(found.components[0].argmax())
            pro, contra = explain(self.classifier, words, best, counted, lang=lang)
        return self._compose(words, judged_by, found, 0, (pro, contra))

    def _compose(
        self,
        words: str,
        judged_by: str,
        found: Probabilities,
        row: int,
        reasons: tuple[list[Reason], list[Reason]] = ((), ()),  # type: ignore[assignment]
    ) -> Suggestion:
        parts, wholes = found.components[row], found.domains[row]
        domain_codes, codes = taxonomy.domain_codes(), taxonomy.component_codes()
        best = codes[int(parts.argmax())]
        domain = domain_codes[int(wholes.argmax())]
        if taxonomy.domain_of(best) != domain:
            within = [i for i, c in enumerate(codes) if taxonomy.domain_of(c) == domain]
            best = codes[max(within, key=lambda i: float(parts[i]))]
        confidence = float(parts[codes.index(best)])
        nothing = judged_by == "nothing" or found.coverage[row] == 0
        unsure = nothing or wholes.max() < self.threshold or confidence < LEAST_COMPONENT
        return Suggestion(
            domain=None if judged_by == "nothing" else domain,
            component=None if judged_by == "nothing" else best,
            confidence=0.0 if judged_by == "nothing" else round(confidence, 4),
            unsure=bool(unsure),
            alternatives=_alternatives(parts, best) if judged_by != "nothing" else [],
            domains={d: round(float(p), 4) for d, p in zip(domain_codes, wholes, strict=True)},
            conformal=tuple(
                d for d, inside in zip(domain_codes, found.sets[row], strict=True) if inside
            ),
            reasons=list(reasons[0]),
            reasons_against=list(reasons[1]),
            second=None if nothing else second_matter(self, words, best, parts),
            urgency=bool(found.alarms[row]) or is_urgent(words),
            judged_by=judged_by,
            model_version=self.version,
        )


def _alternatives(parts: NDArray[np.float64], best: str) -> list[tuple[str, float]]:
    codes = taxonomy.component_codes()
    order = np.argsort(-parts)[:5]
    return [(codes[i], round(float(parts[i]), 4)) for i in order if codes[i] != best]


def _read(text: str, hint: str | None) -> tuple[str, str]:
    words, extra = normalise(text or ""), normalise(hint or "")
    if words and extra:
        return f"{words}\n{extra}", "text+hint"
    if words or extra:
        return words or extra, "text" if words else "hint"
    return "", "nothing"


def _classifier(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> TaxonomyClassifier:
    classifier = TaxonomyClassifier(int(meta["bits"]), float(meta["word_weight"]))
    columns, coef = arrays["columns"].astype(np.int32), arrays["coef"]
    n = len(taxonomy.component_codes())
    good = (
        coef.shape == (len(columns), n)
        and arrays["idf"].shape == columns.shape
        and arrays["scale"].shape == arrays["intercept"].shape == (n,)
        and (not len(columns) or 0 <= columns.min() <= columns.max() < 1 << classifier.bits)
    )
    if not good:
        raise registry.ModelRefused("the arrays of the model do not fit together")
    classifier.columns_ = columns
    classifier.idf_ = arrays["idf"].astype(np.float32)
    classifier.coef_ = coef.astype(np.float32) * arrays["scale"].astype(np.float32)
    classifier.intercept_ = arrays["intercept"].astype(np.float32)
    classifier._index()
    return classifier


def _urgency(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> UrgencyModel | None:
    if "urgency" not in meta:
        return None
    idf, coef = arrays["urgency_idf"], arrays["urgency_coef"]
    if int(meta["bits"]) != BITS:
        return None
    if not idf.shape == coef.shape == (1 << BITS,):
        raise registry.ModelRefused("the urgency arrays do not fit together")
    start, threshold = meta["urgency"]
    return UrgencyModel(
        idf.astype(np.float32), coef.astype(np.float32), float(start), float(threshold)
    )


def load_model(path: Path | str | None = None, sha256: str | None = None) -> Model:
    """Load the shipped model, or the one in a folder.

    Raises
    ------
    ml.registry.ModelMissing
        When the folder has no model.
    ml.registry.ModelRefused
        When the file is damaged or foreign; keep serving the model you have.
    """
    return Model(registry.load(Path(path) if path is not None else PACKAGED, sha256))
