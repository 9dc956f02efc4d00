"""Data sets that the house publishes: each room registers its own, a face above serves them all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

Row = Mapping[str, Any]
KINDS = ("string", "integer", "number", "boolean", "date-time", "json")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data set: its name, what it holds, and what it means."""

    name: str
    kind: str
    meaning: Any


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set: rows as everybody may see them, read in small portions.

    With `place`, a row's "lon" and "lat" make it a feature on a map.
    """

    code: str
    title: Any
    description: Any
    columns: tuple[Column, ...]
    rows: Callable[[Session], Iterator[Row]]
    theme: str
    keywords: tuple[str, ...] = ()
    every: str = "DAILY"
    place: bool = False


_known: dict[str, Dataset] = {}


def publish_dataset(dataset: Dataset) -> None:
    """Add a data set to what the house publishes; the code is its address."""
    wrong = [column.name for column in dataset.columns if column.kind not in KINDS]
    if wrong:
        raise ValueError(f"{dataset.code}: no kind of column fits {wrong}")
    _known[dataset.code] = dataset


def datasets() -> tuple[Dataset, ...]:
    """Everything that is published, in the order in which it was registered."""
    return tuple(_known.values())


def dataset_by_code(code: str) -> Dataset | None:
    """One data set."""
    return _known.get(code)
