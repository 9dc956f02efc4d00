"""The tree of an index: indicators at level 1, what they are parts of above them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ml.indicators.panel import DataRefused

MEANS = ("amean", "gmean", "hmean", "tu-wien")
TRANSFORMS = ("none", "ln")


@dataclass(frozen=True, slots=True)
class Node:
    """One indicator, or one node above indicators.

    Parameters
    ----------
    code, parent : str
        Its name and that of the node above it; empty at the top.
    weight : float
        How much it counts among its siblings; weights are relative.
    direction : int
        1 where more is better, -1 where less is better.
    level : int
        1 for indicators, more for what they are parts of.
    target, lower, upper : float, optional
        Goalposts and target of an indicator, in its own unit.
    denominator : str
        Column by which an indicator is divided; empty for none.
    transform : {'none', 'ln'}
        Applied to the value and to its goalposts.
    aggregate : str
        A mean of its own, other than that of the whole index; empty for none.
    """

    code: str
    parent: str = ""
    weight: float = 1.0
    direction: int = 1
    level: int = 1
    target: float | None = None
    denominator: str = ""
    lower: float | None = None
    upper: float | None = None
    transform: str = "none"
    aggregate: str = ""


@dataclass(frozen=True)
class Structure:
    """A checked tree of nodes, in the order in which they were given."""

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Structure:
        """Make a tree of plain rows and check that it is one.

        Examples
        --------
        >>> rows = [{"code": "x", "parent": "top", "level": 1}, {"code": "top", "level": 2}]
        >>> tree = Structure.of(rows)
        >>> [node.code for node in tree.indicators], [n.code for n in tree.children("top")]
        (['x'], ['x'])
        """
        nodes = tuple(_node(row) for row in rows)
        by_code = {node.code: node for node in nodes}
        if len(by_code) != len(nodes):
            raise DataRefused("The structure names a code twice.")
        for node in nodes:
            above = by_code.get(node.parent)
            if node.parent and above is None:
                raise DataRefused(f"{node.code} has the parent {node.parent}, which is not there.")
            if above is not None and above.level <= node.level:
                raise DataRefused(f"{node.code} must stand below its parent {node.parent}.")
        parents = {node.parent for node in nodes}
        empty = [node.code for node in nodes if node.level > 1 and node.code not in parents]
        if empty:
            raise DataRefused(f"Nothing belongs to {empty[0]}.")
        if not any(node.level == 1 for node in nodes):
            raise DataRefused("The structure has no indicator (level 1).")
        return cls(nodes)

    @classmethod
    def read(cls, path: Path) -> Structure:
        """Read a CSV file with the columns code, parent, weight, direction, level and options."""
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = {name.strip() for name in reader.fieldnames or ()}
            missing = {"code", "parent", "weight", "direction", "level"} - names
            if missing:
                raise DataRefused(f"{path.name} lacks the columns {', '.join(sorted(missing))}.")
            return cls.of(
                {(k or "").strip(): (v or "").strip() for k, v in row.items() if k}
                for row in reader
            )

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The nodes of level 1."""
        return tuple(node for node in self.nodes if node.level == 1)

    @cached_property
    def upward(self) -> tuple[Node, ...]:
        """The nodes above indicators, each after everything that is part of it."""
        return tuple(sorted((n for n in self.nodes if n.level > 1), key=lambda n: n.level))

    @cached_property
    def top(self) -> tuple[str, ...]:
        """The codes that have no parent."""
        return tuple(node.code for node in self.nodes if not node.parent and node.level > 1)

    def children(self, code: str) -> tuple[Node, ...]:
        """What is part of a node."""
        return self._families.get(code, ())

    @cached_property
    def _families(self) -> dict[str, tuple[Node, ...]]:
        families: dict[str, list[Node]] = {}
        for node in self.nodes:
            families.setdefault(node.parent, []).append(node)
        return {code: tuple(children) for code, children in families.items()}


def _node(row: Mapping[str, Any]) -> Node:
    code = str(row.get("code") or "").strip()
    if not code:
        raise DataRefused("A row of the structure has no code.")
    direction = _number(row, "direction", code, 1.0)
    level = _number(row, "level", code, 1.0)
    weight = _number(row, "weight", code, 1.0)
    if direction not in {1.0, -1.0}:
        raise DataRefused(f"The direction of {code} is 1 or -1.")
    if level is None or level < 1 or level != int(level):
        raise DataRefused(f"The level of {code} is a whole number from 1.")
    if weight is None or weight < 0:
        raise DataRefused(f"The weight of {code} is not negative.")
    lower, upper = _number(row, "lower", code, None), _number(row, "upper", code, None)
    if lower is not None and upper is not None and lower >= upper:
        raise DataRefused(f"The lower goalpost of {code} is below the upper one.")
    return Node(
        code=code,
        parent=_text(row, "parent"),
        weight=weight,
        direction=1 if direction == 1.0 else -1,
        level=int(level),
        target=_number(row, "target", code, None),
        denominator=_text(row, "denominator"),
        lower=lower,
        upper=upper,
        transform=_one_of(row, "transform", code, TRANSFORMS) or "none",
        aggregate=_one_of(row, "aggregate", code, MEANS),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    text = str(row.get(name) or "").strip()
    return "" if text.upper() == "NA" else text


def _one_of(row: Mapping[str, Any], name: str, code: str, allowed: tuple[str, ...]) -> str:
    text = _text(row, name)
    if text and text not in allowed:
        raise DataRefused(f"The {name} of {code} is one of {', '.join(allowed)}.")
    return text


def _number(row: Mapping[str, Any], name: str, code: str, default: float | None) -> float | None:
    text = _text(row, name) if not isinstance(row.get(name), int | float) else str(row[name])
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        raise DataRefused(f"The {name} of {code} is not a number: {text!r}.") from None
    if not math.isfinite(number):
        raise DataRefused(f"The {name} of {code} is not a finite number.")
    return number
