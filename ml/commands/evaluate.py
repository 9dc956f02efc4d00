"""Judge a model on a labelled file, or train inside the file by folds and judge that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import corpus, evaluation, taxonomy
from ml.calibration import conformal_sets
from ml.corpus import Example
from ml.model import Model, load_model
from ml.text import normalise
from ml.training import Recipe, definitions, indices, train

OWN_WEIGHT = 8.0  # a city's own text beside one of the seed corpus


def evaluate(
    data: Path | str,
    mapping: Path | str | None = None,
    folds: int | None = None,
    model: Path | str | Model | None = None,
    exclude_source: str | None = None,
) -> dict[str, Any]:
    """Measures of a model on a labelled file, for all six domains and 35 components.

    Parameters
    ----------
    data : path
        CSV with the columns text, label, lang and source.
    mapping : path, optional
        What the labels stand for.
    folds : int, optional
        Train inside the file, so many times on all but one part, beside the seed corpus.
    model : path or Model, optional
        Model to judge; by default the shipped one.
    exclude_source : str, optional
        Source whose rows are left out.
    """
    table = corpus.read_mapping(Path(mapping)) if mapping is not None else None
    examples = corpus.read_labelled(Path(data), table, exclude_source)
    if not examples:
        raise ValueError(f"{data}: no row with a text and a label that stands for a domain")
    if folds is not None:
        return evaluate_inside(examples, folds)
    judge = model if isinstance(model, Model) else load_model(model)
    return evaluate_model(judge, examples)


def evaluate_model(model: Model, examples: Sequence[Example]) -> dict[str, Any]:
    """Measures of a loaded model on examples that it was not trained on."""
    found = model.probabilities([normalise(e.text) for e in examples])
    languages = [e.lang for e in examples]
    truth = indices(examples)
    table = evaluation.report((found.components, found.domains), truth, found.sets, languages)
    return table | {"model": {"version": model.version, "bytes": model.bytes}}


def evaluate_inside(
    examples: Sequence[Example], n: int = 5, seed: int = 0, base: Sequence[Example] | None = None
) -> dict[str, Any]:
    """Measures of models trained inside the set, on each part by one that had not seen it."""
    if n < 2:
        raise ValueError("at least two folds are needed")
    own = seed_for({e.lang for e in examples}) if base is None else list(base)
    group = corpus.groups([e.text for e in examples])
    parts = corpus.folds([e.component or e.domain for e in examples], group, n, seed)
    size = len(examples)
    components = np.zeros((size, len(taxonomy.component_codes())))
    domains = np.zeros((size, len(taxonomy.domain_codes())))
    sets = np.zeros(domains.shape, dtype=bool)
    for k in range(n):
        rows = np.flatnonzero(parts == k)
        if len(rows):
            rest = [examples[i] for i in np.flatnonzero(parts != k).tolist()]
            found = _fold([examples[i] for i in rows.tolist()], rest, own)
            components[rows], domains[rows], sets[rows] = found
    languages = [e.lang for e in examples]
    table = evaluation.report((components, domains), indices(examples), sets, languages)
    return table | {"model": {"version": f"folds-{n}", "bytes": 0}}


def seed_for(languages: set[str]) -> list[Example]:
    """Seed corpus and keywords in these languages, or in all where one is not served."""
    served = min(languages, set(taxonomy.LANGUAGES))
    return [e for e in (*definitions(), *corpus.read_seed()) if e.lang in served]


def _fold(
    held: Sequence[Example], rest: Sequence[Example], base: Sequence[Example]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]:
    rest = [replace(e, weight=e.weight * OWN_WEIGHT) for e in rest]
    recipe = Recipe(n_folds=3, strange_share=0.0, short_share=0.0, domain_share=0.5)
    trained = train(rest, recipe, base)
    scores, support = trained.classifier.score([normalise(e.text) for e in held])
    parts, wholes = trained.calibration.probabilities(scores, support)
    return parts, wholes, conformal_sets(wholes, trained.conformal)
