"""The index itself: from a panel and a structure to scores and ranks of every node."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ml.indicators import aggregation, ranking, treatment
from ml.indicators.normalisation import Normalisation
from ml.indicators.panel import DataRefused, Floats, Panel
from ml.indicators.structure import MEANS, Node, Structure


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an index is made of its data.

    Parameters
    ----------
    normalise : str
        ``minmax:0:100``, ``zscore:0:1``, ``rank``, ``goalposts``, ``distance-to-target`` and others
        of `ml.indicators.normalisation.METHODS`.
    aggregate : {'amean', 'gmean', 'hmean', 'tu-wien'}
        The mean; ``tu-wien`` is arithmetic with indicators weighted by how many units they are
        known for.
    treat : bool
        Whether outliers are drawn in, or logarithms taken where that is not enough.
    impute : str
        Empty, ``mean``, ``median``, or either with ``:COLUMN`` for the mean of a group.
    coverage : float, optional
        A node of which a smaller share is known has no score.
    most_points : int
        Points that may be drawn in as outliers.
    """

    normalise: str = "minmax:0:100"
    aggregate: str = "amean"
    treat: bool = False
    impute: str = ""
    coverage: float | None = None
    most_points: int = treatment.MOST_POINTS


@dataclass(frozen=True)
class Index:
    """Scores and ranks of all units on every node of a structure."""

    units: tuple[str, ...]
    structure: Structure
    prepared: Mapping[str, Floats]
    normalised: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    ranks: Mapping[str, Floats] = field(default_factory=dict)

    def score(self, code: str) -> Floats:
        """Scores of all units on one node, NaN where too little is known."""
        return self.scores[code]

    def rank(self, code: str) -> Floats:
        """Ranks of all units on one node, 1 for the best."""
        return self.ranks[code]

    def write(self, folder: Path) -> None:
        """Write ``normalised.csv``, ``aggregated.csv`` and ``ranks.csv``; missing is empty."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = {"normalised": self.normalised, "aggregated": self.scores, "ranks": self.ranks}
        for name, columns in tables.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["unit", *columns])
                for place, unit in enumerate(self.units):
                    cells = [_cell(column[place], name) for column in columns.values()]
                    writer.writerow([unit, *cells])


def build_index(panel: Panel, structure: Structure, recipe: Recipe) -> Index:
    """Build an index: denominators, imputation, treatment, normalisation, means upwards, ranks.

    Parameters
    ----------
    panel : Panel
        The units and their columns.
    structure : Structure
        The tree of indicators.
    recipe : Recipe
        How it is done.

    Returns
    -------
    Index

    Raises
    ------
    DataRefused
        Where no honest index can be made, with the reason: one city's z-score, a geometric mean of
        zeros, an indicator without goalposts.
    """
    method = Normalisation.parse(recipe.normalise)
    method.check_units(len(panel.units))
    observed = {node.code: _observed(panel, node) for node in structure.indicators}
    prepared = prepare(panel, observed, recipe)
    normalised = {n.code: method(prepared[n.code], n) for n in structure.indicators}
    known = {code: float((~np.isnan(values)).mean()) for code, values in observed.items()}
    scores = aggregate(structure, normalised, recipe, known)
    ranks = {code: ranking.rank_descending(values) for code, values in scores.items()}
    return Index(panel.units, structure, prepared, normalised, scores, ranks)


def prepare(panel: Panel, observed: Mapping[str, Floats], recipe: Recipe) -> dict[str, Floats]:
    """Fill what is missing and treat outliers, as far as the recipe says."""
    how, _, group = recipe.impute.partition(":")
    if how not in {"", "mean", "median"}:
        raise DataRefused(f"Impute by mean or median, with :COLUMN for groups; not by {how!r}.")
    groups = panel.texts(group) if group else None
    found = dict(observed)
    for code, values in observed.items():
        filled = treatment.impute(values, groups, how) if how else values
        found[code] = treatment.treat(filled, recipe.most_points) if recipe.treat else filled
    return found


def aggregate(
    structure: Structure,
    normalised: Mapping[str, Floats],
    recipe: Recipe,
    known: Mapping[str, float],
) -> dict[str, Floats]:
    """Take means upwards; the outcome has every code of the structure, in its order.

    ``known`` is the share of units for which each indicator was observed; it is the weight of the
    indicator in the TU Wien's mean.
    """
    if recipe.aggregate not in MEANS:
        raise DataRefused(f"Aggregate by one of {', '.join(MEANS)}; not by {recipe.aggregate!r}.")
    if recipe.coverage is not None and not 0 <= recipe.coverage <= 1:
        raise DataRefused("Coverage is a share from 0 to 1.")
    scores = dict(normalised)
    for node in structure.upward:
        parts = structure.children(node.code)
        values = np.column_stack([scores[part.code] for part in parts])
        mean = node.aggregate or recipe.aggregate
        weights = np.array([part.weight for part in parts])
        if mean == "tu-wien":
            weights = weights * np.array([known.get(part.code, 1.0) for part in parts])
        try:
            found = aggregation.MEAN_BY_NAME[mean](values, weights)
        except DataRefused as error:
            raise DataRefused(f"{node.code}: {error}") from None
        scores[node.code] = found * aggregation.enough(values, recipe.coverage)
    return {node.code: scores[node.code] for node in structure.nodes}


def _observed(panel: Panel, node: Node) -> Floats:
    values = panel.numbers(node.code)
    if node.denominator:
        values = treatment.divide(values, panel.numbers(node.denominator), node.code)
    return values


def _cell(value: float, table: str) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if table == "ranks" else repr(float(value))
