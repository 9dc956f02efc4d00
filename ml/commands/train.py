"""Train a model from the seed corpus and a city's own files, with its card."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ml import corpus, evaluation, packing, registry, taxonomy
from ml.calibration import conformal_sets
from ml.corpus import Example
from ml.learning import Doubt, label_errors
from ml.text import for_training
from ml.training import Recipe, Trained, clean, definitions
from ml.training import train as fit_model

WATTS = 15.0  # assumed draw of one busy core; the card says so


def train(
    data: Sequence[Path] = (),
    out: Path | None = None,
    extra: str | None = None,
    *,
    mapping: Path | None = None,
    examples: Sequence[Example] | None = None,
    recipe: Recipe | None = None,
) -> dict[str, Any]:
    """Train and, when ``out`` is given, write the model; returns what the card will say.

    Parameters
    ----------
    data : sequence of Path
        CSV files with text, label, lang and source beside the seed corpus.
    out : Path, optional
        Folder for the model and its manifest.
    extra : {None, "encoder"}
        The sentence encoder is an optional extra that is not part of this release.
    mapping : Path, optional
        What the labels of ``data`` stand for; without it they are codes.
    examples : sequence of Example, optional
        To train on instead of the seed corpus.
    """
    if extra is not None:
        raise ValueError(f"the extra {extra!r} is not available in this release")
    started, cpu = time.perf_counter(), time.process_time()
    table = corpus.read_mapping(mapping) if mapping is not None else None
    base = list(examples) if examples is not None else whole_seed()
    rows = clean([*base, *(e for path in data for e in corpus.read_labelled(path, table))])
    trained = fit_model(rows, recipe, definitions(), with_urgency=True)
    seconds = time.perf_counter() - started
    busy = time.process_time() - cpu
    report: dict[str, Any] = {
        "data": corpus.provenance(rows),
        "metrics": judged_metrics(trained, rows),
        "by_length": by_length(trained, rows),
        "confused": confused(trained),
        "columns": len(trained.classifier.columns_),
        "conformal": round(trained.conformal, 4),
        "calibration": trained.calibration.as_dict(),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(busy, 1),
        "energy_wh_estimate": round(busy * WATTS / 3600, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if out is not None:
        report |= _written(out, trained, report)
    return report


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model trained on a city's corrections, and the corrections that it doubts."""

    version: str
    doubts: list[Doubt]


def train_candidate(
    corrections: Sequence[Example],
    out: Path,
    *,
    base: Sequence[Example] | None = None,
    recipe: Recipe | None = None,
) -> Candidate:
    """Train on corrections beside the seed corpus and keywords, or ``base``; write the model.

    Each correction is also judged by a model that had not seen it; ``Doubt.row`` counts them.
    """
    seed = clean(list(base) if base is not None else whole_seed())
    texts = [for_training(e.text) for e in corrections]
    keep = [i for i, text in enumerate(texts) if text]
    rows = [*seed, *(corpus.bare(corrections[i], texts[i]) for i in keep)]
    trained = fit_model(rows, recipe, definitions() if base is None else (), with_urgency=True)
    report = {
        "data": corpus.provenance(rows),
        "metrics": judged_metrics(trained, rows),
        "by_length": by_length(trained, rows),
        "confused": confused(trained),
        "columns": len(trained.classifier.columns_),
    }
    version = str(_written(out, trained, report)["version"])
    found = _doubts(trained, rows)
    own = {len(seed) + k: i for k, i in enumerate(keep)}
    return Candidate(version, [replace(d, row=own[d.row]) for d in found if d.row in own])


def _doubts(trained: Trained, rows: Sequence[Example]) -> list[Doubt]:
    n, judged = len(trained.rows), trained.judged
    parts, _ = trained.calibration.probabilities(judged.scores[:n], judged.support(slice(n)))
    found = label_errors(parts, judged.component[:n], taxonomy.component_codes())
    return [replace(d, row=int(trained.rows[d.row])) for d in found]


def _written(out: Path, trained: Trained, report: dict[str, Any]) -> dict[str, Any]:
    """Write the model and make sure that the registry will take it."""
    version = packing.write(out, trained, report, report["data"]["hash"])
    if untrusted := registry.audit(out):
        raise registry.ModelRefused(f"the file holds untrusted types: {untrusted}")
    size = (out / registry.FILE).stat().st_size
    return {"version": version, "path": str(out), "bytes": size}


def whole_seed() -> list[Example]:
    """Seed corpus of the languages that have every component."""
    found = corpus.read_seed()
    served = corpus.complete_languages(found)
    return [e for e in found if e.lang in served]


def judged_metrics(trained: Trained, rows: Sequence[Example]) -> dict[str, Any]:
    """Measures on the training texts, each judged by a model that had not seen it."""
    n, judged = len(trained.rows), trained.judged
    found = trained.calibration.probabilities(judged.scores[:n], judged.support(slice(n)))
    sets = conformal_sets(found[1], trained.conformal)
    languages = [rows[i].lang for i in trained.rows.tolist()]
    return evaluation.report(found, (judged.component[:n], judged.domain[:n]), sets, languages)


def by_length(trained: Trained, rows: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Accuracy of the domain by the number of words of the text."""
    n, judged = len(trained.rows), trained.judged
    _, wholes = trained.calibration.probabilities(judged.scores[:n], judged.support(slice(n)))
    right = wholes.argmax(axis=1) == judged.domain[:n]
    words = np.array([len(rows[i].text.split()) for i in trained.rows.tolist()])
    table = {}
    for low, high in ((1, 4), (5, 9), (10, 19), (20, 49), (50, 10_000)):
        own = (words >= low) & (words <= high)
        if own.any():
            name = f"{low}-{high}" if high < 10_000 else f"{low}+"
            table[name] = {"n": int(own.sum()), "accuracy": round(float(right[own].mean()), 4)}
    return table


def confused(trained: Trained, most: int = 12) -> list[dict[str, Any]]:
    """The pairs of components most often taken for each other, as known failures."""
    n, judged, codes = len(trained.rows), trained.judged, taxonomy.component_codes()
    guess = judged.scores[:n].argmax(axis=1)
    table = np.zeros((len(codes), len(codes)), int)
    known = judged.component[:n] >= 0
    np.add.at(table, (judged.component[:n][known], guess[known]), 1)
    np.fill_diagonal(table, 0)
    worst = np.argsort(-table, axis=None)[:most]
    pairs = (np.unravel_index(w, table.shape) for w in worst)
    return [
        {"true": codes[a], "taken_for": codes[b], "n": int(table[a, b])}
        for a, b in pairs
        if table[a, b]
    ]
