"""Composite indicators, participation metrics and the protection of published statistics.

A library of pure functions on numpy arrays: no web framework, no database, no file but those that a
caller names. `docs/composite-index.md` describes it as a whole.

Examples
--------
>>> from ml.indicators import Panel, Recipe, Structure, build_index
>>> columns = {"lamps": [1.0, 3.0, 5.0], "trees": [9.0, 3.0, 6.0]}
>>> panel = Panel.of(["Alder", "Birch", "Cedar"], columns)
>>> structure = Structure.of([
...     {"code": "lamps", "parent": "city", "weight": 1, "direction": 1, "level": 1},
...     {"code": "trees", "parent": "city", "weight": 1, "direction": 1, "level": 1},
...     {"code": "city", "parent": "", "weight": 1, "direction": 1, "level": 2},
... ])
>>> index = build_index(panel, structure, Recipe(normalise="minmax:0:100", aggregate="amean"))
>>> index.score("city").tolist(), index.rank("city").tolist()
([50.0, 25.0, 75.0], [2.0, 3.0, 1.0])
"""

from __future__ import annotations

from ml.indicators.composite import Index, Recipe, build_index
from ml.indicators.panel import DataRefused, Panel
from ml.indicators.structure import Node, Structure

__all__ = ["DataRefused", "Index", "Node", "Panel", "Recipe", "Structure", "build_index"]
