"""A city's requests brought in from its endpoint: all of them, once, and on from where it broke."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text as sql

from backend.core.actor import SYSTEM
from backend.open311.partners.importing import Brought, Kept, Wanted, import_city
from backend.open311.partners.peer import PeerError
from tests.open311.receiver import Heard, Receiver, receiving

START = datetime(2025, 1, 1, tzinfo=UTC)
END = START + timedelta(days=30)


class Archive:
    """An endpoint with a past: it knows pages or not, and cuts its lists at a length."""

    def __init__(self, rows: list[dict[str, Any]], *, pages: bool, cap: int = 1000) -> None:
        self.rows, self.pages, self.cap = rows, pages, cap
        self.broken_from: str | None = None
        self.asked: list[tuple[str, str]] = []

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """Answer as this kind of endpoint does."""
        split = urlsplit(heard.path)
        query = {k: v[0] for k, v in parse_qs(split.query).items()}
        if split.path.endswith("/services.json"):
            return 200, {}, b'[{"service_code":"1","service_name":"Pothole"}]'
        if not split.path.endswith("/requests.json"):
            return 404, {}, b"[]"
        first, last = query["start_date"], query["end_date"]
        if self.broken_from and last > self.broken_from:
            return 503, {}, b""
        self.asked.append((first, last))
        rows = [r for r in self.rows if first <= r.get("requested_datetime", first) <= last]
        size = min(int(query["page_size"]), self.cap) if self.pages else self.cap
        at = (int(query["page"]) - 1) * size if self.pages else 0
        return 200, {}, json.dumps(rows[at : at + size]).encode()


def history(number: int) -> list[dict[str, Any]]:
    """So many requests over a month."""
    step = timedelta(days=29) / number
    return [
        {
            "service_request_id": f"R-{index}", "status": "closed" if index % 2 else "open",
            "service_name": "Pothole", "service_code": "1", "description": f"Hole {index}",
            "requested_datetime": (START + step * index).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "updated_datetime": (START + step * index).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lat": 54.72, "long": 2.05,
        }
        for index in range(number)
    ]  # fmt: skip


@pytest.fixture
def peer() -> Iterator[Receiver]:
    """Where the archive is asked."""
    with receiving() as found:
        yield found


@pytest.fixture
def bring(session: Any, peer: Receiver, tmp_path: Path) -> Callable[[Archive], Brought]:
    """Bring an archive in, as the command does; nobody waits."""

    def bringing(archive: Archive) -> Brought:
        peer.answer = archive.answer
        wanted = Wanted(peer.url, START, END, named_hosts=("127.0.0.1",))
        return import_city(session, SYSTEM, wanted, Kept(tmp_path, wanted), wait=lambda _s: None)

    return bringing


def stored(session: Any) -> list[str]:
    """The numbers of what is in."""
    rows = session.execute(sql("select source_id from report where source is not null"))
    return sorted(row[0] for row in rows)


@pytest.mark.parametrize(
    ("pages", "cap"), [(True, 1000), (True, 50), (False, 1000), (False, 100), (False, 50)]
)
def test_whatever_the_endpoint_cuts_everything_comes_in_once(
    session: Any, bring: Callable[[Archive], Brought], pages: bool, cap: int
) -> None:
    rows = history(450)
    done = bring(Archive(rows, pages=pages, cap=cap))
    assert done.added == 450
    assert stored(session) == sorted(row["service_request_id"] for row in rows)
    assert bring(Archive(rows, pages=pages, cap=cap)).added == 0


def test_broken_off_it_goes_on_where_it_was(
    session: Any, bring: Callable[[Archive], Brought]
) -> None:
    archive = Archive(history(120), pages=True)
    archive.broken_from = "2025-01-17"
    with pytest.raises(PeerError):
        bring(archive)
    before = len(stored(session))
    assert 0 < before < 120
    archive.broken_from, archive.asked = None, []
    bring(archive)
    assert len(stored(session)) == 120
    assert min(first for first, _last in archive.asked) > "2025-01-10"


def test_bad_requests_are_named_and_passed_over(
    session: Any, bring: Callable[[Archive], Brought]
) -> None:
    rows = history(6)
    rows[1]["status"] = "lost"
    rows[2]["lat"] = 999
    rows[3]["requested_datetime"] = "2025-01-05T99:99:99Z"
    del rows[4]["service_request_id"]
    done = bring(Archive(rows, pages=True))
    assert done.added == 2
    assert {number for number, _reason in done.faults} == {"R-1", "R-2", "R-3", "?"}


def test_the_true_times_and_outcomes_are_kept(
    session: Any, bring: Callable[[Archive], Brought]
) -> None:
    bring(Archive(history(2), pages=True))
    rows = session.execute(
        sql("select status, created_at from report where source is not null order by created_at")
    ).all()
    assert [row.status for row in rows] == ["received", "resolved"]
    assert str(rows[0].created_at).startswith("2025-01-01 00:00:00")
