"""In and out: imports that add once and pass bad rows over, exports that give everything back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.actor import SYSTEM
from backend.core.ledger import verify
from backend.core.problems import Forbidden
from backend.reports import queries, service
from backend.reports.models import Report, StatusChange
from backend.reports.service.exporting import guarded
from tests.reports.conftest import CITIZEN, HERE, TRIAGE, Catalogue

OLD = {
    "id": 7, "status": "Closed", "summary": "Storm Drain", "description": "  ", "lat": 41.48,
    "lng": -71.3, "address": "7 Red Cross Terrace", "created_at": "2017-08-30T17:38:49Z",
    "acknowledged_at": "2017-08-30T18:00:00Z", "closed_at": "2017-08-31T20:40:59Z",
    "reopened_at": None, "updated_at": "2017-08-31T20:40:59Z", "vote_count": None, "rating": 2,
    "request_type": "Storm Drain",
}  # fmt: skip


def lines(*rows: Any) -> list[str]:
    return [row if isinstance(row, str) else json.dumps(row) for row in rows]


def imported(session: Any, *rows: Any, form: str = "seeclickfix", **rest: Any) -> service.Imported:
    return service.import_reports(session, SYSTEM, lines(*rows), form=form, **rest)


def test_true_times_and_outcomes_once(session: Any) -> None:
    newer = {
        **OLD,
        "id": 8,
        "status": "Open",
        "description": "Water on the road",
        "closed_at": None,
    }
    result = imported(session, OLD, newer, newer)
    assert (result.added, result.known, result.open, result.closed) == (2, 1, 1, 1)
    assert result.judged_by_summary == 1
    again = imported(session, OLD, newer)
    assert (again.added, again.known) == (0, 2)
    row = session.execute(select(Report).where(Report.source_id == "7")).scalar_one()
    assert row.created_at == datetime(2017, 8, 30, 17, 38, 49, tzinfo=UTC)
    assert row.closed_at == datetime(2017, 8, 31, 20, 40, 59, tzinfo=UTC)
    assert (row.status, row.judged_by, row.summary) == ("resolved", "summary", "Storm Drain")
    steps = session.execute(
        select(StatusChange.new, StatusChange.at).where(StatusChange.report_id == row.id)
    ).all()
    assert [step.new for step in steps] == ["triaged", "resolved"]
    assert steps[1].at == row.closed_at
    listed = queries.list_page(session, SYSTEM, queries.Filters(services=("storm_drain",))).items()
    assert len(listed) == 2
    assert all(item["unsure"] or item["component"] for item in listed)
    assert verify(session, "report").holds


def test_bad_rows_are_named_and_passed_over(session: Any) -> None:
    result = imported(
        session, "{not json", OLD, {**OLD, "id": 9, "lat": 999}, {**OLD, "id": None},
        {**OLD, "id": 10, "created_at": "yesterday"}, {**OLD, "id": 11, "status": "Lost"},
        {**OLD, "id": 12, "description": "nul\x00"}, "[1, 2]", {**OLD, "id": 13, "description": {"a": 1}},
        {**OLD, "id": 14, "created_at": "0001-01-01T00:00:00Z"},
    )  # fmt: skip
    assert result.added == 1
    assert [line for line, _ in result.faults] == [1, 3, 4, 5, 6, 7, 8, 8, 9, 10]
    assert all(reason for _, reason in result.faults)


def test_other_forms(session: Any) -> None:
    request = {
        "service_request_id": "A-1", "status": "closed", "status_notes": "Done",
        "service_name": "Graffiti", "description": "On the wall", "lat": 41.0, "long": -71.0,
        "requested_datetime": "2020-01-01T10:00:00-05:00", "updated_datetime": "2020-01-02T10:00:00Z",
    }  # fmt: skip
    assert imported(session, request, form="open311").added == 1
    table = (
        "nr,what,when\n1,=cmd,2020-01-01\n2,Hole,2020-01-02T10:00:00Z,too,many\n3,Hole,2020-01-03\n"
    )
    result = service.import_reports(
        session, SYSTEM, io.StringIO(table), form="csv",
        mapping={"fields": {"id": "nr", "text": "what", "created_at": "when"}, "source": "old list"},
    )  # fmt: skip
    assert result.added == 2
    assert [line for line, _ in result.faults] == [3]
    row = session.execute(select(Report).where(Report.source == "old list").limit(1)).scalar_one()
    assert row.status == "received"


def test_with_a_city_places_outside_are_passed_over(session: Any, city: Catalogue) -> None:
    inside = {**OLD, "id": 20, "lat": HERE[1], "lng": HERE[0], "request_type": "Tree"}
    result = imported(session, OLD, inside)
    assert result.added == 1
    assert result.faults == [(1, "the place lies outside the city")]
    assert result.services_added == 0
    item = queries.list_page(session, SYSTEM, queries.Filters(services=("tree",))).items()[0]
    assert (item["district"], item["component"]) == ("west", "MI1")


def test_only_administrators_import_and_only_staff_export(session: Any) -> None:
    for stranger in (CITIZEN, TRIAGE):
        with pytest.raises(Forbidden):
            service.import_reports(session, stranger, [], form="csv")
    with pytest.raises(Forbidden):
        list(service.export_reports(session, CITIZEN, "jsonl"))


def test_exports_give_everything_back(session: Any, city: Catalogue, send: Any) -> None:
    send("=HYPERLINK(1)", address="＝1+1", contact=service.Contact("Canary", "canary@example.org"))
    for form in ("jsonl", "csv", "geojson"):
        text = "".join(service.export_reports(session, SYSTEM, form))
        assert "canary" not in text.lower()
        if form == "jsonl":
            found = [json.loads(line) for line in text.splitlines()]
            assert len(found) == 3  # with the noise
            assert found[-1]["text"] == "=HYPERLINK(1)"
        elif form == "csv":
            rows = list(csv.DictReader(io.StringIO(text)))
            assert len(rows) == 3
            assert rows[-1]["text"] == "'=HYPERLINK(1)"
            assert rows[-1]["address"].startswith("'")
        else:
            assert len(json.loads(text)["features"]) == 3
    public = "".join(service.export_reports(session, SYSTEM, "jsonl", only_public=True))
    assert "in private" not in public


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        " =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "\ufeff=1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert guarded(text).startswith("'")
    assert guarded("a=1") == "a=1"
