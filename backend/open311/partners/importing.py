"""Bringing a whole city in from its Open311 endpoint: window by window, and on from where it broke.

A report is known by its source and its number there, so what is read twice is added once.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import parse_rfc3339, rfc3339, utcnow
from backend.core.policy import authorise
from backend.open311.moments import written
from backend.open311.partners.peer import Peer, PeerError, discovered, requests_of
from backend.reports.service import import_reports

PAGE = 100
SMALLEST_PAGE = 50
CAPS = frozenset({50, 100, 200, 250, 500, 1000})
MOST_PAGES = 500
SHORTEST = timedelta(hours=1)
OVERLAP = timedelta(days=2)
PATIENCE = (2.0, 10.0, 30.0)
Waiter = Callable[[float], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be brought in: from where, from when until when, in windows of how many days."""

    url: str
    since: datetime
    until: datetime
    days: int = 7
    jurisdiction: str | None = None
    source: str | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    named_hosts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the source, by which its reports are known."""
        host = urlsplit(self.url).hostname or "open311"
        return (self.source or f"open311:{host}")[:40]


@dataclass(slots=True)
class Brought:
    """What has come in so far."""

    until: datetime
    read: int = 0
    added: int = 0
    known: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    faults_in_all: int = 0


class Kept:
    """How far an import came, kept in the data folder."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        mark = sha256(f"{wanted.url} {wanted.jurisdiction} {wanted.name}".encode()).hexdigest()
        self._path = folder / "imports" / f"open311-{mark[:16]}.json"

    def read(self) -> datetime | None:
        """Until when everything is in; None at the first time."""
        try:
            return parse_rfc3339(orjson.loads(self._path.read_bytes())["until"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, wanted: Wanted, until: datetime) -> None:
        """Note how far it came; a half-written note never bears the name."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_bytes(orjson.dumps({"url": wanted.url, "until": rfc3339(until)}))
        part.replace(self._path)

    def forget(self) -> None:
        """Begin from the beginning the next time."""
        self._path.unlink(missing_ok=True)


def import_city(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    kept: Kept,
    *,
    progress: Callable[[Brought], None] | None = None,
    wait: Waiter = time.sleep,
) -> Brought:
    """Bring in window after window; each is durable before the next is asked for.

    PeerError when the endpoint cannot be read in spite of some patience; going on later begins
    with the window that broke.
    """
    authorise(actor, "report.import")
    endpoint, form = _patiently(lambda: discovered(wanted.url, wanted.named_hosts), wait)
    peer = Peer(endpoint, form, wanted.jurisdiction, None, wanted.named_hosts)
    start = wanted.since
    if (known := kept.read()) is not None:
        start = max(wanted.since, known - OVERLAP)
    done = Brought(start)
    while start < wanted.until:
        until = min(start + timedelta(days=wanted.days), wanted.until)
        for rows in _windows(peer, start, until, wait):
            _store(session, actor, wanted, rows, done)
        kept.write(wanted, min(until, utcnow()))
        start = done.until = until
        if progress:
            progress(done)
    return done


def _store(
    session: Session, actor: Actor, wanted: Wanted, rows: list[dict[str, Any]], done: Brought
) -> None:
    lines = (orjson.dumps(row, default=str).decode() for row in rows)
    found = import_reports(
        session, actor, lines, form="open311", mapping=wanted.mapping, source=wanted.name
    )
    done.read += found.read
    done.added += found.added
    done.known += found.known
    done.faults_in_all += found.faults_in_all
    named = [str(row.get("service_request_id") or "?")[:80] for row in rows]
    done.faults += [(named[line - 1], reason) for line, reason in found.faults]


def _windows(
    peer: Peer, start: datetime, until: datetime, wait: Waiter
) -> Iterator[list[dict[str, Any]]]:
    """The rows of a window; where a list may have been cut at its length, of both its halves."""
    rows, is_whole = _patiently(lambda: _pages(peer, start, until), wait)
    if is_whole or until - start <= SHORTEST:
        yield rows
        return
    middle = start + (until - start) / 2
    yield from _windows(peer, start, middle, wait)
    yield from _windows(peer, middle, until, wait)


def _pages(peer: Peer, start: datetime, until: datetime) -> tuple[list[dict[str, Any]], bool]:
    """All pages of a window, and whether that is all there is."""
    span = [("start_date", written(start)), ("end_date", written(until))]
    found: dict[str, dict[str, Any]] = {}
    unnamed: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        fields = [*span, ("page", str(page)), ("page_size", str(PAGE))]
        rows = requests_of(peer.read("requests", "service_requests", fields))
        fresh = {str(r["service_request_id"]): r for r in rows if r.get("service_request_id")}
        fresh = {key: row for key, row in fresh.items() if key not in found}
        unnamed += [r for r in rows if not r.get("service_request_id")] if page == 1 else []
        found |= fresh
        if len(rows) < SMALLEST_PAGE:
            return [*found.values(), *unnamed], True
        if not fresh:  # the endpoint knows no pages; its one list may have been cut
            return [*found.values(), *unnamed], page > 2 or len(rows) not in CAPS
    return [*found.values(), *unnamed], False


def _patiently(asked: Callable[[], T], wait: Waiter) -> T:
    for seconds in PATIENCE:
        try:
            return asked()
        except PeerError as error:
            if error.is_final:
                raise
            wait(error.wait or seconds)
    return asked()
