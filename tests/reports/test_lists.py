"""Lists: every filter, every page, every order gives what a plain reading would."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from sqlalchemy import insert

from backend.core.actor import ANONYMOUS
from backend.core.geo import Box, metres_between
from backend.core.ids import new_public_id
from backend.core.problems import Invalid, SignInNeeded
from backend.reports import queries
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.queries import Filters
from backend.reports.render import rendered
from backend.reports.schemas import ReportItem
from backend.reports.service.record import cells
from backend.reports.service.tallying import fold, recount
from backend.reports.status import OPEN, STATUSES, is_open
from tests.reports.conftest import TRIAGE, Catalogue

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def many(session: Any, city: Catalogue) -> list[dict[str, Any]]:
    """Some hundred reports at random places, moments and in random states."""
    dice = random.Random(7)
    known = lookup(session)
    services = list(known.services.values())
    values = []
    for _ in range(400):
        lon, lat = dice.uniform(2.0, 2.2), dice.uniform(54.7, 54.8)
        service = dice.choice(services)
        status = dice.choice(list(STATUSES))
        at = BEGIN + timedelta(minutes=dice.randrange(300))
        row = {
            "public_id": new_public_id(), "version": 1, "kind": "complaint", "status": status,
            "visibility": dice.choice(["public"] * 8 + ["private", "hidden"]), "channel": "web",
            "created_at": at, "updated_at": at, "closed_at": None if is_open(status) else at, "due_at": None,
            "service_id": service.id, "domain": service.component and "SM",
            "component": service.component, "unsure": False, "district_id": None,
            "department_id": service.department_id, "place": "point", "lon": lon, "lat": lat,
            "address": None, "text": dice.choice(["a broken lamp", "broken lamps", "a tree fell"]),
            "summary": None, "judged_by": "text", "language": "en", "confirmations": 0,
            "updates": 0, "photos": 0, "photo": None, "duplicate_of_id": None, "reporter_id": None,
            **cells(lon, lat),
        }  # fmt: skip
        row["row"] = rendered(row, known)
        values.append(row)
    session.execute(insert(Report), values)
    recount(session)
    session.commit()
    return values


def expected(rows: list[dict[str, Any]], **wanted: Any) -> set[str]:
    return {
        row["public_id"]
        for row in rows
        if row["visibility"] == "public" and all(row[k] in v for k, v in wanted.items())
    }


def walk(
    session: Any, filters: Filters, *, limit: int = 17, by: Any = ANONYMOUS
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(200):
        page = queries.list_page(session, by, filters, limit=limit, cursor=cursor)
        found += page.items()
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def ours(found: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[str]:
    known = {row["public_id"] for row in rows}
    return [item["id"] for item in found if item["id"] in known]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_give_every_public_report_once_and_in_order(
    session: Any, many: Any, oldest_first: bool
) -> None:
    found = walk(session, Filters(oldest_first=oldest_first))
    ids = ours(found, many)
    assert len(ids) == len(set(ids))
    assert set(ids) == expected(many)
    moments = [item["created_at"] for item in found]
    assert moments == sorted(moments, reverse=not oldest_first)


def test_each_filter(session: Any, many: Any, city: Catalogue) -> None:
    known = lookup(session)
    tree = known.services_by_code["tree"].id
    checks = [
        (Filters(statuses=("planned",)), {"status": ["planned"]}),
        (Filters(is_open=True), {"status": OPEN}),
        (Filters(is_open=True, statuses=("planned", "resolved")), {"status": ["planned"]}),
        (Filters(services=("tree",)), {"service_id": [tree]}),
        (Filters(components=("SM-IT",)), {"component": ["SM-IT"]}),
        (Filters(domains=("SM",)), {"domain": ["SM"]}),
        (Filters(departments=("parks",)), {"department_id": [city.parks]}),
        (
            Filters(departments=("parks", "roads"), is_open=False),
            {"department_id": [city.parks, city.roads], "status": set(STATUSES) - set(OPEN)},
        ),
    ]
    for filters, wanted in checks:
        assert set(ours(walk(session, filters), many)) == expected(many, **wanted), filters
    middle = BEGIN + timedelta(minutes=150)
    late = ours(walk(session, Filters(since=middle)), many)
    assert set(late) == {
        r["public_id"] for r in many if r["visibility"] == "public" and r["created_at"] >= middle
    }


@pytest.mark.parametrize(
    "box", [Box(2.02, 54.71, 2.04, 54.72), Box(2.0, 54.7, 2.2, 54.8), Box(-180, -85, 180, 85)]
)
@pytest.mark.parametrize("oldest_first", [False, True])
def test_boxes(session: Any, many: Any, box: Box, oldest_first: bool) -> None:
    found = walk(session, Filters(bbox=box, oldest_first=oldest_first), limit=7)
    moments = [item["created_at"] for item in found]
    assert moments == sorted(moments, reverse=not oldest_first)
    ids = ours(found, many)
    assert len(ids) == len(set(ids))
    assert set(ids) == {
        r["public_id"]
        for r in many
        if r["visibility"] == "public" and box.contains(r["lon"], r["lat"])
    }


def test_nearest_first(session: Any, many: Any) -> None:
    here = (2.1, 54.75)
    found = walk(session, Filters(near=here, radius=3000.0), limit=7)
    distances = [metres_between(here, tuple(item["place"]["coordinates"])) for item in found]
    assert all(b - a > -0.01 for a, b in pairwise(distances))
    assert set(ours(found, many)) == {
        r["public_id"]
        for r in many
        if r["visibility"] == "public" and metres_between(here, (r["lon"], r["lat"])) <= 3000
    }


def test_search_stems_and_pages(session: Any, many: Any) -> None:
    for words in ("lamp", "lamps", "broken LAMP"):
        assert set(ours(walk(session, Filters(text=words)), many)) == {
            r["public_id"] for r in many if r["visibility"] == "public" and "lamp" in r["text"]
        }
    assert walk(session, Filters(text="giraffe")) == []
    assert "Zebra noise in private" not in str(walk(session, Filters(text="zebra")))


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "a' OR 1=1 --",
        "lamp*",
        "(",
        "NEAR(",
        "x" * 5000,
        "& | ! :*",
        "%",
        "\\",
        "🦓",
        "select pg_sleep(9)",
    ],
)
def test_hostile_words_are_only_words(session: Any, many: Any, words: str) -> None:
    try:
        queries.list_page(session, ANONYMOUS, Filters(text=words))
    except Invalid as refused:
        assert "q" in refused.errors


def test_staff_see_more_and_mine_needs_a_person(session: Any, many: Any) -> None:
    assert len(ours(walk(session, Filters(), by=TRIAGE), many)) == len(many)
    hidden = walk(session, Filters(visibilities=("hidden",)), by=TRIAGE)
    assert {item["visibility"] for item in hidden} == {"hidden"}
    with pytest.raises(SignInNeeded):
        queries.list_page(session, ANONYMOUS, Filters(mine=True))


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "e30",
        "W10",
        "WyJhIiwxXQ",
        "WzEsMl0",
        "WyIyMDI1LTAxLTAxVDAwOjAwOjAwWiIsMWUzMDBd",
        "=" * 300,
        "é",
    ],
)
def test_foreign_cursors_are_refused(session: Any, cursor: str) -> None:
    with pytest.raises(Invalid):
        queries.list_page(session, ANONYMOUS, cursor=cursor)


def test_the_map_counts_exactly_what_is_public(session: Any, many: Any) -> None:
    world = Box(1.9, 54.6, 2.3, 54.9)
    fold(session)
    for zoom in range(4, 16):
        view = queries.clusters(session, ANONYMOUS, world, zoom)
        noise = 1  # one public report of the noise lies in the box
        assert sum(mark.number for mark in view.clusters) == len(expected(many)) + noise
        still_open = {
            r["public_id"] for r in many if r["visibility"] == "public" and is_open(r["status"])
        }
        assert sum(mark.open_number for mark in view.clusters) == len(still_open) + noise
    filtered = queries.clusters(session, ANONYMOUS, world, 12, Filters(services=("tree",)))
    tree = lookup(session).services_by_code["tree"].id
    assert sum(mark.number for mark in filtered.clusters) == len(expected(many, service_id=[tree]))


def test_tiles_share_the_map_out_without_counting_twice(session: Any, many: Any) -> None:
    from math import asinh, pi, radians, tan

    z, total = 12, 0
    n = 2**z

    def column(lon: float) -> int:
        return int((lon + 180) / 360 * n)

    def row(lat: float) -> int:
        return int((1 - asinh(tan(radians(lat))) / pi) / 2 * n)

    for x in range(column(1.95), column(2.25) + 1):
        for y in range(row(54.85), row(54.65) + 1):
            view = queries.clusters(session, TRIAGE, queries.tile_box(z, x, y), z)
            total += sum(mark.number for mark in view.clusters)
    assert total == len(expected(many)) + 1


def test_a_line_is_what_the_schema_says(session: Any, many: Any) -> None:
    for item in queries.list_page(session, ANONYMOUS, limit=20).items():
        assert set(item) == set(ReportItem().fields)
    row = many[0]
    line = orjson.loads(row["row"])
    moments = {name: row[name] for name in ("created_at", "updated_at", "closed_at")}
    dumped = ReportItem().dump({**line, **moments, "place": (row["lon"], row["lat"])})  # fmt: skip
    assert dumped == line


def test_similar_open_reports_nearby(session: Any, city: Catalogue, send: Any) -> None:
    near = send("The street lamp at the corner is broken", place=(2.05, 54.72))
    send("A tree has fallen over the path", place=(2.0501, 54.7201))
    send("The street lamp at the corner is broken", place=(2.15, 54.78))
    found = queries.similar_reports(
        session, ANONYMOUS, "broken street lamp on the corner", (2.0502, 54.72)
    )
    assert [item["id"] for item in found] == [near.public_id]
    assert found[0]["distance"] < 60
