"""What the city does is told; what partners tell enters the timeline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.core.clock import utcnow
from backend.open311.moments import written
from backend.reports.queries import updates_of
from backend.reports.queries.detail import find_row
from backend.reports.service import Step, assign, change_status, post_update
from tests.open311.reading import make_key, picture, read
from tests.reports.conftest import HERE, TRIAGE

ROOT = "/open311/v2"
PATH = f"{ROOT}/servicerequestupdates"
PLACE = {"lat": str(HERE[1]), "long": str(HERE[0])}


def _window(**rest: float) -> str:
    now = utcnow()
    return f"start_date={written(now - timedelta(**rest))}&end_date={written(now)}"


def test_steps_and_words_are_told_once_with_lasting_ids(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    report = send(service="tree").public_id
    assign(session, TRIAGE, report)
    post_update(session, TRIAGE, report, "We look on Monday.")
    change_status(session, TRIAGE, report, Step("resolved", "The branch is gone."))
    session.commit()
    answer = client.get(f"{PATH}.json?{_window(hours=2)}")
    told = answer.json
    assert read(client.get(f"{PATH}.xml?{_window(hours=2)}")) == told
    assert [(one["status"], one["description"]) for one in told] == [
        ("investigating", ""),
        ("investigating", "We look on Monday."),
        ("fixed", "The branch is gone."),
    ]
    assert len({one["update_id"] for one in told}) == 3
    assert {one["service_request_id"] for one in told} == {report}
    assert client.get(f"{PATH}.json").json == told
    assert client.get(f"{PATH}.json?{_window(hours=2)}&page=2&page_size=2").json == told[2:]
    earlier = utcnow() - timedelta(days=3)
    window = f"start_date={written(earlier - timedelta(days=1))}&end_date={written(earlier)}"
    assert client.get(f"{PATH}.json?{window}").json == []


@pytest.mark.parametrize("query", ["start_date=2026-01-01T00:00:00Z", "start_date=x&end_date=y"])
def test_wrong_ranges_are_refused(client: FlaskClient, city: Any, query: str) -> None:
    answer = client.get(f"{PATH}.xml?{query}")
    assert answer.status_code == 400
    assert read(answer)[0]["code"] == 400


def _sent(client: FlaskClient, key: str, **fields: Any) -> str:
    data = {"api_key": key, "service_code": "tree", "description": "A branch", **PLACE, **fields}
    answer = client.post(f"{ROOT}/requests.json", data=data)
    return str(answer.json[0]["service_request_id"])


def _update(client: FlaskClient, key: str, report: str, **fields: Any) -> Any:
    data = {
        "api_key": key, "service_request_id": report, "update_id": "41", "status": "OPEN",
        "updated_datetime": written(utcnow()), "description": "Still there", **fields,
    }  # fmt: skip
    return client.post(f"{PATH}.json", data=data)


def test_a_partners_update_enters_its_own_report_once(
    client: FlaskClient,
    key: str,
    session: Any,
) -> None:
    report = _sent(client, key)
    first = _update(client, key, report, photo1=(picture(), "p.jpg"), last_name="-")
    again = _update(client, key, report)
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    row = find_row(session, report)
    (said,) = updates_of(session, row.id)
    assert (said["author"], said["text"]) == ("reporter", "Still there")
    assert said["id"] == first.json[0]["update_id"]
    assert row.photos == 1
    assert client.get(f"{PATH}.json").json == []  # it is not told back as the city's word


def test_a_word_about_anothers_report_is_a_note_for_staff(
    client: FlaskClient,
    key: str,
    session: Any,
) -> None:
    report = _sent(client, key)
    other = make_key(session, ("write",), "Another")
    assert _update(client, other, report, media=(picture(), "p.jpg")).status_code == 200
    row = find_row(session, report)
    assert updates_of(session, row.id) == []
    (note,) = updates_of(session, row.id, notes=True)
    assert note["kind"] == "note"
    assert "media_url" not in client.get(f"{ROOT}/requests/{report}.json").json[0]


def test_a_partners_status_closes_nothing(
    client: FlaskClient,
    key: str,
    session: Any,
) -> None:
    report = _sent(client, key)
    assert _update(client, key, report, status="FIXED", description="").status_code == 200
    assert client.get(f"{ROOT}/requests/{report}.json").json[0]["status"] == "open"
    (said,) = updates_of(session, find_row(session, report).id)
    assert "FIXED" in said["text"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"api_key": "wrong"}, 403),
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "0000000000000000"}, 404),
        ({"updated_datetime": "soon"}, 400),
        ({"description": "", "status": ""}, 400),
        ({"description": "x" * 4001}, 400),
    ],
)
def test_wrong_updates_are_refused(
    client: FlaskClient,
    key: str,
    fields: dict[str, str],
    status: int,
) -> None:
    answer = _update(client, key, _sent(client, key), **fields)
    assert answer.status_code == status
    assert answer.json[0]["code"] == status
