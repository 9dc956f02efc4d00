"""One person's data: every room registers how it is exported and how it is erased."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

Exporter = Callable[[Session, int], Iterator[tuple[str, dict[str, Any]]]]
Eraser = Callable[[Session, int], int]

Marks = Callable[[Session], list[str]]
Replayer = Callable[[Session, list[str]], int]

_exporters: dict[str, Exporter] = {}
_erasers: dict[str, Eraser] = {}
_tombstones: list[tuple[Marks, Replayer]] = []


def exports(room: str) -> Callable[[Exporter], Exporter]:
    """Register a room's export: yields (kind of record, record) for an account id."""

    def register(function: Exporter) -> Exporter:
        _exporters[room] = function
        return function

    return register


def erases(room: str) -> Callable[[Eraser], Eraser]:
    """Register a room's erasure: removes what belongs to an account id, says how many rows."""

    def register(function: Eraser) -> Eraser:
        _erasers[room] = function
        return function

    return register


def export_person(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that the house holds about one account, room by room."""
    for room in sorted(_exporters):
        yield from _exporters[room](session, account_id)


def erase_person(session: Session, account_id: int) -> dict[str, int]:
    """Erase one account's data in every room, `accounts` last; the rows touched per room."""
    rooms = sorted(_erasers, key=lambda room: (room == "accounts", room))
    return {room: _erasers[room](session, account_id) for room in rooms}


def register_tombstones(marks: Marks, replay: Replayer) -> None:
    """Tell the house how to list who was erased, and how to erase them again after a restore."""
    if (marks, replay) not in _tombstones:
        _tombstones.append((marks, replay))


def tombstones(session: Session) -> list[str]:
    """The marks of everybody who was erased; they name nobody."""
    return sorted({mark for marks, _ in _tombstones for mark in marks(session)})


def replay_erasures(session: Session, marks: list[str]) -> int:
    """Erase again whom a restored backup brought back; how many there were."""
    return sum(replay(session, marks) for _, replay in _tombstones)
