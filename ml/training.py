"""From labelled texts to a model that knows how sure it may be."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import corpus, taxonomy
from ml.calibration import (
    Calibration,
    Judged,
    conformal_threshold,
    fit_calibration,
)
from ml.classifier import TaxonomyClassifier
from ml.corpus import Example, bare
from ml.text import for_training, normalise
from ml.urgency import UrgencyModel, fit_urgency


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a training run; the defaults are those of the shipped model."""

    bits: int = 18
    word_weight: float = 1.0
    min_df: int = 1
    c: float = 10.0
    domain_share: float = 0.3
    bayes_share: float = 2.0
    n_folds: int = 5
    strange_share: float = 0.3
    short_share: float = 0.3
    seed: int = 0

    def classifier(self) -> TaxonomyClassifier:
        """An untrained classifier of these settings."""
        return TaxonomyClassifier(
            self.bits,
            self.word_weight,
            min_df=self.min_df,
            c=self.c,
            domain_share=self.domain_share,
            bayes_share=self.bayes_share,
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained classifier with its calibration and what was found on the way."""

    classifier: TaxonomyClassifier
    calibration: Calibration
    conformal: float
    judged: Judged
    rows: NDArray[np.int64]
    urgency: UrgencyModel | None = None


def indices(examples: Sequence[Example]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Position of each example's component (-1 where unknown) and domain."""
    parts = {code: i for i, code in enumerate(taxonomy.component_codes())}
    wholes = {code: i for i, code in enumerate(taxonomy.domain_codes())}
    component = [parts[e.component] if e.component else -1 for e in examples]
    return np.array(component, np.int64), np.array([wholes[e.domain] for e in examples], np.int64)


def definitions(weight: float = 0.7) -> list[Example]:
    """Names, definitions and keywords of the components in all languages, as first examples."""
    found = []
    for code, entry in taxonomy.components().items():
        for lang in taxonomy.LANGUAGES:
            text = f"{entry.name(lang)}. {entry.definition(lang)}"
            found.append(Example(text, lang, "taxonomy", entry.domain, code))
    return [*found, *corpus.read_keywords(weight)]


def clean(examples: Sequence[Example]) -> list[Example]:
    """Examples with repaired texts and without personal data, empty ones left out."""
    cleaned = (corpus.bare(e, for_training(e.text)) for e in examples)
    return [e for e in cleaned if e.text]


def fit(recipe: Recipe, examples: Sequence[Example]) -> TaxonomyClassifier:
    """Train one classifier."""
    return recipe.classifier().fit(
        [e.text for e in examples],
        [e.component for e in examples],
        [e.domain for e in examples],
        second=[e.second for e in examples],
        sample_weight=[e.weight for e in examples],
    )


def fragment(text: str, most: int = 6) -> str:
    """One to six neighbouring words of a text, always the same ones.

    Examples
    --------
    >>> len(fragment("The lamp at the corner of the market is out again").split()) <= 6
    True
    """
    words = text.split()
    mark = zlib.crc32(text.encode())
    size = 1 + mark % most
    start = (mark // most) % max(1, len(words) - size + 1)
    return " ".join(words[start : start + size])


def _judge(
    model: TaxonomyClassifier, examples: Sequence[Example], weight: float
) -> tuple[Any, ...]:
    scores, support = model.score([normalise(e.text) for e in examples])
    component, domain = indices(examples)
    return scores, *support, component, domain, np.full(len(examples), weight)


def judge_outside(
    recipe: Recipe, examples: Sequence[Example], base: Sequence[Example] = ()
) -> tuple[Judged, NDArray[np.int64]]:
    """Let models judge the texts that they were not trained on.

    Once by folds, as texts of a known city; once with the text's whole language left out, as
    strange texts, with ``strange_share`` of the weight; and once more by folds, cut down to a few
    words, with ``short_share``: what people type while they write, and in a hurry, is shorter
    than anything written for a corpus. ``base`` is always trained on.
    """
    group = corpus.groups([e.text for e in examples])
    parts = corpus.folds(
        [e.component or e.domain for e in examples], group, recipe.n_folds, recipe.seed
    )
    pieces, rows, short = [], [], []
    for k in range(recipe.n_folds):
        own = np.flatnonzero(parts == k)
        if not len(own):
            continue
        model = fit(recipe, [*base, *(examples[i] for i in np.flatnonzero(parts != k).tolist())])
        held = [examples[i] for i in own.tolist()]
        pieces.append(_judge(model, held, 1.0))
        rows.append(own)
        if recipe.short_share and (cut := [bare(e, fragment(e.text)) for e in held]):
            short.append(_judge(model, cut, recipe.short_share))
    inside = np.concatenate(rows)
    languages = sorted({e.lang for e in examples})
    if recipe.strange_share and len(languages) > 1:
        for lang in languages:
            own = np.array([i for i, e in enumerate(examples) if e.lang == lang])
            model = fit(recipe, [*base, *(e for e in examples if e.lang != lang)])
            weight = recipe.strange_share / (1 - recipe.strange_share)
            pieces.append(_judge(model, [examples[i] for i in own.tolist()], weight))
    pieces += short
    return Judged(*(np.concatenate(column) for column in zip(*pieces, strict=True))), inside


def train(
    examples: Sequence[Example],
    recipe: Recipe | None = None,
    base: Sequence[Example] = (),
    *,
    with_urgency: bool = False,
) -> Trained:
    """Train, calibrate and choose the conformal threshold.

    ``base`` examples are learned but not used to calibrate; a city's own texts are.
    """
    recipe = recipe or Recipe()
    examples, base = clean(examples), clean(base)
    if not examples:
        raise ValueError("there is nothing to train on")
    judged, rows = judge_outside(recipe, examples, base)
    calibration = fit_calibration(judged)
    _, wholes = calibration.probabilities(judged.scores, judged.support())
    n = len(rows)
    threshold = conformal_threshold(wholes[:n], judged.domain[:n])
    model = fit(recipe, [*base, *examples])
    urgency = fit_urgency([e.text for e in examples]) if with_urgency else None
    return Trained(model, calibration, threshold, judged, rows, urgency)
