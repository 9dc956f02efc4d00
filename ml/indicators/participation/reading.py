"""Events from CSV files, a row at a time: memory holds a few numbers of each, no text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.indicators.panel import DataRefused, Floats
from ml.indicators.participation.measures import ATTRIBUTES, Events

_DAY = 86_400.0
_BLOCK = 2_000_000  # letters
_COMMA, _LINE = ord(","), ord("\n")
Integers = NDArray[np.int64]
_Groups = dict[str, tuple[tuple[str, ...], Floats, Floats]]


def read_events(
    contributions: Path, participants: Path, population: Path, responses: Path, censor: str
) -> Events:
    """Read the four files of `vox indicators participation`.

    Parameters
    ----------
    contributions : Path
        ``contribution_id,citizen_id,kind,domain,submitted_at``; an empty citizen contributed
        without an account and is no participant.
    participants : Path
        ``citizen_id,district,age,sex``, empty where not told.
    population : Path
        ``district,age,sex,population``.
    responses : Path
        ``contribution_id,domain,submitted_at,first_response_at``, empty while open.
    censor : str
        The time until which answers are known. What was submitted later is left out, and an answer
        after it has not come yet.
    """
    until = moment(censor, "The censoring time")
    people: dict[str, int] = {}
    citizen, domain = _read_contributions(contributions, people)
    total, living = _read_population(population)
    groups, strangers = _read_participants(participants, people, living)
    waits, answered = _read_responses(responses, until)
    return Events(citizen, domain, total, groups, waits, answered, strangers)


def moment(text: str, what: str) -> float:
    """Seconds since 1970 of an RFC 3339 time; one without a zone is UTC.

    Examples
    --------
    >>> moment("1970-01-02T00:00:00Z", "The start")
    86400.0
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DataRefused(f"{what} is not a time: {text!r}.") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


Columns = list[list[str]]


def _chunks(path: Path, *names: str) -> Iterator[Columns]:
    """The named columns of a CSV file, some ten thousand rows at a time."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        header = [name.strip() for name in next(csv.reader(file), [])]
        missing = [name for name in names if name not in header]
        if missing:
            raise DataRefused(f"{path.name} has no column {missing[0]}.")
        wanted = [header.index(name) for name in names]
        while block := file.read(_BLOCK):
            block = (block + file.readline()).replace("\r\n", "\n").rstrip("\n")
            cells = _plain_cells(block, len(header))
            if cells is None:  # quotes or a faulty row: leave the rest to the careful reader
                rows = csv.reader(chain(block.splitlines(keepends=True), ["\n"], file))
                yield from _careful(rows, header, wanted, path)
                return
            yield [cells[place :: len(header)] for place in wanted]


def _plain_cells(block: str, width: int) -> list[str] | None:
    """All cells of a block in which no cell is quoted and every row is as wide as the header."""
    if '"' in block or "\r" in block:
        return None
    letters = np.frombuffer(block.encode(), dtype=np.uint8)
    commas = np.searchsorted(np.flatnonzero(letters == _COMMA), np.flatnonzero(letters == _LINE))
    rows = len(commas) + 1
    if block.count(",") != rows * (width - 1):
        return None
    if not np.array_equal(commas, np.arange(1, rows) * (width - 1)):
        return None
    return block.replace("\n", ",").split(",")


def _careful(
    rows: Iterator[list[str]], header: list[str], wanted: list[int], path: Path
) -> Iterator[Columns]:
    while some := list(islice(rows, 20_000)):
        faulty = [row for row in some if row and len(row) != len(header)]
        if faulty:
            raise DataRefused(
                f"{path.name}: a row has {len(faulty[0])} cells, not {len(header)}:"
                f" {','.join(faulty[0])[:60]!r}."
            )
        yield [[row[place] for row in some if row] for place in wanted]


def _codes(cells: list[str], known: dict[str, int]) -> NDArray[np.int32]:
    """A number for each text, the same as before; -1 for an empty one."""
    for text in set(cells) - known.keys() - {""}:
        known[text] = len(known)
    number = known.__getitem__ if "" not in cells else lambda text: known.get(text, -1)
    return np.array(list(map(number, cells)), dtype=np.int32)


def _moments(cells: list[str], what: str) -> Floats:
    """Times in seconds; all of one length and in UTC at once, others one by one."""
    texts = np.array(cells)
    size = texts.dtype.itemsize // 4
    if 20 <= size <= 27:
        letters = texts.view(np.uint32).reshape(len(texts), size)
        if (letters[:, -1] == ord("Z")).all():
            try:
                times = texts.astype(f"U{size - 1}").astype("datetime64[us]")
            except ValueError:
                pass  # said below, with the text that is no time
            else:
                seconds: Floats = times.astype(np.int64) / 1e6
                return seconds
    return np.array([moment(text, what) for text in cells])


def _read_contributions(path: Path, people: dict[str, int]) -> tuple[Integers, Integers]:
    domains: dict[str, int] = {}
    who, about = [], []
    for citizens, subjects in _chunks(path, "citizen_id", "domain"):
        who.append(_codes(citizens, people))
        about.append(_codes(subjects, domains))
    return _joined(who), _joined(about)


def _joined(parts: list[NDArray[Any]]) -> Integers:
    return np.concatenate([*parts, np.zeros(0, np.int32)]).astype(np.int64)


def _read_population(path: Path) -> tuple[int, dict[str, dict[str, float]]]:
    living: dict[str, dict[str, float]] = {attribute: {} for attribute in ATTRIBUTES}
    total = 0.0
    for columns in _chunks(path, *ATTRIBUTES, "population"):
        for *levels, number in zip(*columns, strict=True):
            try:
                residents = float(number)
            except ValueError:
                raise DataRefused(f"{path.name}: {number!r} is no number of people.") from None
            if not 0 <= residents < 1e11:
                raise DataRefused(f"{path.name}: {number!r} is no number of people.")
            total += residents
            for attribute, level in zip(ATTRIBUTES, levels, strict=True):
                if level:
                    groups = living[attribute]
                    groups[level] = groups.get(level, 0.0) + residents
    return round(total), living


def _read_participants(
    path: Path, people: dict[str, int], living: dict[str, dict[str, float]]
) -> tuple[_Groups, dict[str, int]]:
    taking: dict[str, dict[str, int]] = {
        attribute: {level: 0 for level, number in sorted(groups.items()) if number > 0}
        for attribute, groups in living.items()
    }
    strangers: dict[str, int] = {}
    seen = bytearray(len(people))
    for columns in _chunks(path, "citizen_id", *ATTRIBUTES):
        for citizen, *levels in zip(*columns, strict=True):
            place = people.get(citizen)
            if place is None:
                continue  # has an account, took no part
            if seen[place]:
                raise DataRefused(f"{path.name} names a citizen twice.")
            seen[place] = 1
            for attribute, level in zip(ATTRIBUTES, levels, strict=True):
                if not level:
                    continue
                if level in taking[attribute]:
                    taking[attribute][level] += 1
                else:
                    strangers[attribute] = strangers.get(attribute, 0) + 1
    groups = {
        attribute: (
            tuple(counts),
            np.array(list(counts.values()), dtype=float),
            np.array([living[attribute][level] for level in counts], dtype=float),
        )
        for attribute, counts in taking.items()
    }
    return groups, strangers


def _read_responses(path: Path, until: float) -> tuple[Floats, NDArray[np.bool_]]:
    waits, answered = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for submitted, responded in _chunks(path, "submitted_at", "first_response_at"):
        start = _moments(submitted, "submitted_at")
        came = np.fromiter(map(bool, responded), bool, len(responded))
        end = np.full(len(start), until)
        if came.any():
            end[came] = _moments(list(filter(None, responded)), "first_response_at")
        early = np.flatnonzero(end < np.where(came, start, -np.inf))
        if len(early):
            raise DataRefused(
                f"An answer of {responded[early[0]]} is before its question, {submitted[early[0]]}."
            )
        within = start <= until
        waits.append((np.minimum(end, until) - start)[within] / _DAY)
        answered.append((came & (end <= until))[within])
    return np.concatenate(waits), np.concatenate(answered)
