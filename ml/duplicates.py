"""Open reports that may be about the same thing: text × distance × time × service.

Reports lie in one row each of plain arrays, sorted by a grid of small cells. A search reads the
cells around the place and scores what is in them at once, so it takes as long in a city with a
million open reports as in one with a thousand of the same density.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml.folding import fold
from ml.wording import function_words

WIDTH = 16  # stems kept of a report
_BUCKETS = 1 << 18
_STEM = 6
_CELL = 1 / 720  # degrees of latitude, about 155 m
_WORD = re.compile(r"[^\W_]{3,40}")
_METRES = 111_195.0
_MOST = 4000  # reports scored in one search
_TAIL = 8192  # new reports kept unsorted


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts; the score is their logistic sum."""

    bias: float = -4.2
    text: float = 4.5
    near: float = 2.6
    recent: float = 1.0
    service: float = 1.6


@dataclass(frozen=True, slots=True)
class Match:
    """An open report that may be the same, and the signs that say so."""

    id: Hashable
    score: float
    text: float
    words: tuple[str, ...]
    metres: float | None
    days: float
    same_service: bool


class Report(NamedTuple):
    """What the index needs to know of a report; point is longitude and latitude."""

    id: Hashable
    text: str
    point: tuple[float, float] | None
    when: datetime
    service: str | None = None


@lru_cache(maxsize=1)
def _empty_words() -> frozenset[str]:
    """Function words of any language that are a thing in none."""
    words = frozenset().union(*function_words().values())
    return words - {"bin", "care", "die", "door", "hat", "not", "sale", "van", "war"}


def stems(text: str) -> dict[int, str]:
    """Buckets of the first word stems of a text, with the word that each stands for.

    Examples
    --------
    >>> sorted(stems("The lamps are broken").values())
    ['broken', 'lamps']
    """
    found: dict[int, str] = {}
    for word in _WORD.findall(fold(text[:2000])):
        if word not in _empty_words():
            found.setdefault(zlib.crc32(word[:_STEM].encode()) % (_BUCKETS - 1) + 1, word)
            if len(found) == WIDTH:
                break
    return found


class DuplicateIndex:
    """Index of open reports.

    Parameters
    ----------
    weights : Weights, optional
        What was learned from merges and refusals.
    radius : float, default=150
        Metres around a place that are searched.
    days : float, default=120
        Age beyond which a report is not proposed.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> index = DuplicateIndex()
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> index.add(Report("a", "Street lamp is dark", (26.1, 44.43), day))
    >>> new = Report(None, "dark lamp again", (26.1001, 44.4301), day)
    >>> [(match.id, match.words) for match in index.find(new)]
    [('a', ('dark', 'lamp'))]
    """

    def __init__(
        self, weights: Weights | None = None, radius: float = 150.0, days: float = 120.0
    ) -> None:
        self.weights = weights or Weights()
        self.radius = radius
        self.days = days
        self._ids: list[Hashable] = []
        self._row: dict[Hashable, int] = {}
        self._size = 0
        self._grow(1024)
        self._df = np.zeros(_BUCKETS, np.int32)
        self._services: dict[str, int] = {}
        self._sorted = 0  # rows that the grid has
        self._keys = np.zeros(0, np.int64)
        self._order = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._row)

    def _grow(self, size: int) -> None:
        def larger(old: NDArray[Any] | None, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
            array = np.zeros(shape, kind)
            if old is not None:
                array[: self._size] = old[: self._size]
            return array

        old = self.__dict__
        self._stems = larger(old.get("_stems"), (size, WIDTH), np.int32)
        self._place = larger(old.get("_place"), (size, 2), np.float64)
        self._when = larger(old.get("_when"), (size,), np.float64)
        self._service = larger(old.get("_service"), (size,), np.int32)
        self._open = larger(old.get("_open"), (size,), np.bool_)

    def add(self, report: Report) -> None:
        """Add an open report, or replace the one of the same id."""
        self.remove(report.id)
        if self._size == len(self._when):
            self._grow(self._size * 2)
        row = self._size
        buckets = list(stems(report.text))
        self._stems[row, : len(buckets)] = buckets
        self._df[buckets] += 1
        self._place[row] = report.point or (np.nan, np.nan)
        self._when[row] = report.when.timestamp()
        self._service[row] = self._service_number(report.service)
        self._open[row] = True
        self._ids.append(report.id)
        self._row[report.id] = row
        self._size += 1
        if self._size - self._sorted > max(_TAIL, self._sorted // 16):
            self._sort()

    def add_many(self, reports: Iterable[Report]) -> None:
        """Add many open reports."""
        for report in reports:
            self.add(report)

    def remove(self, report_id: Hashable) -> None:
        """Take a report out, as when it is closed; an unknown id is no matter."""
        row = self._row.pop(report_id, None)
        if row is not None:
            self._open[row] = False
            np.subtract.at(self._df, self._stems[row][self._stems[row] > 0], 1)

    def _service_number(self, service: str | None) -> int:
        if service is None:
            return 0
        return self._services.setdefault(service, len(self._services) + 1)

    def _sort(self) -> None:
        rows = np.flatnonzero(self._open[: self._size]).astype(np.int32)
        if len(rows) < self._size // 2:
            rows = self._compact(rows)
        keys = _cells(self._place[rows])
        order = np.argsort(keys, kind="stable")
        self._keys, self._order = keys[order], rows[order]
        self._sorted = self._size

    def _compact(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Forget closed reports once they are more than half."""
        for name in ("_stems", "_place", "_when", "_service", "_open"):
            array = getattr(self, name)
            array[: len(rows)] = array[rows]
        self._ids = [self._ids[row] for row in rows.tolist()]
        self._row = {report_id: row for row, report_id in enumerate(self._ids)}
        self._open[len(rows) :] = False
        self._stems[len(rows) :] = 0
        self._size = len(rows)
        return np.arange(len(rows), dtype=np.int32)

    def _around(self, point: tuple[float, float]) -> NDArray[np.int32]:
        lon, lat = point
        reach = math.ceil(self.radius / _METRES / _CELL)
        wide = math.ceil(reach / max(0.1, math.cos(math.radians(lat))))
        x, y = math.floor(lon / _CELL), math.floor(lat / _CELL)
        lines = np.arange(y - reach, y + reach + 1, dtype=np.int64) << 32
        low = np.searchsorted(self._keys, lines + (x - wide + (1 << 30)))
        high = np.searchsorted(self._keys, lines + (x + wide + (1 << 30)), side="right")
        parts = [self._order[a:b] for a, b in zip(low, high, strict=True)]
        return np.concatenate([*parts, np.arange(self._sorted, self._size, dtype=np.int32)])

    def find(self, report: Report, limit: int = 5, least: float = 0.5) -> list[Match]:
        """Open reports most like this one, best first.

        Parameters
        ----------
        report : Report
            The new report; its id is left out of the answer.
        limit : int, default=5
            Most matches.
        least : float, default=0.5
            Least score.
        """
        now = report.when.timestamp()
        rows, metres = self._candidates(report, now)
        own = stems(report.text)
        text, hits = self._likeness(rows, np.array(list(own), np.int32))
        days = np.abs(self._when[rows] - now) / 86400
        number = self._services.get(report.service or "", -1)
        same = self._service[rows] == number
        signs = np.stack((text, _nearness(metres), np.exp(-days / 30), same.astype(float)))
        score = _logistic(self.weights, signs)
        best = np.argsort(-score, kind="stable")[:limit]
        words = list(own.values())
        return [
            Match(
                id=self._ids[int(rows[i])],
                score=round(float(score[i]), 4),
                text=round(float(text[i]), 4),
                words=tuple(words[k] for k in np.flatnonzero(hits[i])),
                metres=round(float(metres[i]), 1) if math.isfinite(metres[i]) else None,
                days=round(float(days[i]), 2),
                same_service=bool(same[i]),
            )
            for i in best.tolist()
            if score[i] >= least
        ]

    def _candidates(
        self, report: Report, now: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        if report.point is not None:
            rows = self._around(report.point)
        else:
            rows = np.arange(max(0, self._size - _MOST), self._size, dtype=np.int32)
        fresh = self._open[rows] & (np.abs(self._when[rows] - now) <= self.days * 86400)
        rows = rows[fresh]
        if report.id is not None and report.id in self._row:
            rows = rows[rows != self._row[report.id]]
        metres = np.full(len(rows), np.inf)
        if report.point is not None:
            metres = _metres(self._place[rows], report.point)
            inside = metres <= self.radius
            rows, metres = rows[inside], metres[inside]
        if len(rows) > _MOST:
            near = np.argpartition(metres, _MOST)[:_MOST]
            rows, metres = rows[near], metres[near]
        return rows, metres

    def _likeness(
        self, rows: NDArray[np.int32], own: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Cosine of the weighted stems, and which of the new report's stems are shared."""
        if not len(own) or not len(rows):
            return np.zeros(len(rows)), np.zeros((len(rows), len(own)), bool)
        theirs = self._stems[rows]
        hits = (theirs[:, :, None] == own).any(axis=1)
        total = max(1, len(self))
        mine = np.log1p(total / (1 + self._df[own])) ** 2
        weight = np.where(theirs > 0, np.log1p(total / (1 + self._df[theirs])) ** 2, 0)
        length = np.sqrt(weight.sum(axis=1) * mine.sum())
        return (hits @ mine) / np.maximum(length, 1e-9), hits


def _cells(place: NDArray[np.float64]) -> NDArray[np.int64]:
    cell = np.floor(np.nan_to_num(place, nan=-400.0) / _CELL).astype(np.int64)
    found: NDArray[np.int64] = (cell[:, 1] << 32) + cell[:, 0] + (1 << 30)
    return found


def _metres(place: NDArray[np.float64], point: tuple[float, float]) -> NDArray[np.float64]:
    """Distance on a plane that is true within a city."""
    shrink = math.cos(math.radians(point[1]))
    return _METRES * np.hypot((place[:, 0] - point[0]) * shrink, place[:, 1] - point[1])


def _nearness(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(metres), np.exp(-metres / 50), 0.35)


def _logistic(weights: Weights, signs: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = np.array([weights.text, weights.near, weights.recent, weights.service])
    return 1 / (1 + np.exp(-(weights.bias + parts @ signs)))


def signs_of(match: Match) -> tuple[float, float, float, float]:
    """The signs of a match as ``learn_weights`` reads them."""
    metres = np.array([match.metres if match.metres is not None else np.inf])
    near = float(_nearness(metres)[0])
    return match.text, near, math.exp(-match.days / 30), float(match.same_service)


def signs_between(one: Report, other: Report) -> tuple[float, float, float, float]:
    """The signs that two reports bear, whatever else there is, as ``learn_weights`` reads them.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> a = Report("a", "Street lamp is dark", (26.1, 44.43), day, "lamp")
    >>> signs_between(a, Report("b", "dark street lamp", (26.1, 44.43), day, "lamp"))
    (1.0, 1.0, 1.0, 1.0)
    """
    mine, theirs = set(stems(one.text)), set(stems(other.text))
    text = len(mine & theirs) / max(1.0, math.sqrt(len(mine) * len(theirs)))
    metres = np.array([np.inf])
    if one.point is not None and other.point is not None:
        metres = _metres(np.array([other.point]), one.point)
    days = abs((one.when - other.when).total_seconds()) / 86400
    same = one.service is not None and one.service == other.service
    return round(text, 6), float(_nearness(metres)[0]), math.exp(-days / 30), float(same)


def learn_weights(
    signs: Sequence[tuple[float, float, float, float]],
    merged: Sequence[bool],
    start: Weights | None = None,
    trust: float = 20.0,
) -> Weights:
    """Weights after staff merged or refused some pairs.

    ``trust`` says how many decisions the weights so far are worth.

    Examples
    --------
    >>> pairs = [(0.9, 1.0, 1.0, 1.0), (0.1, 1.0, 1.0, 1.0)] * 50
    >>> learned = learn_weights(pairs, [True, False] * 50)
    >>> learned.text > Weights().text
    True
    """
    first = start or Weights()
    prior = np.array([first.bias, first.text, first.near, first.recent, first.service])
    x = np.column_stack([np.ones(len(signs)), np.array(signs, float).reshape(-1, 4)])
    y = np.array(merged, float)
    w = prior.copy()
    for _ in range(25):  # Newton steps on the penalised likelihood
        p = 1 / (1 + np.exp(-(x @ w)))
        slope = x.T @ (y - p) - trust / 10 * (w - prior)
        bend = (x * (p * (1 - p))[:, None]).T @ x + trust / 10 * np.eye(5)
        step = np.linalg.solve(bend, slope)
        w = w + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-6:
            break
    return Weights(*(round(float(v), 4) for v in w))
