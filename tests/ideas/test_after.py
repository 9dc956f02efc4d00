"""After the win: steps, benefit reports with residents' word, data that comes back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from backend.core.actor import SYSTEM
from backend.ideas.models import Idea
from backend.ideas.service import after
from tests.ideas.election import found_edition, make_person

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["district", "hour", "spaces", "occupied"],
    "properties": {
        "district": {"type": "string"},
        "hour": {"type": "integer", "minimum": 0, "maximum": 23},
        "spaces": {"type": "integer", "minimum": 0},
        "occupied": {"type": "integer", "minimum": 0},
    },
}
AGREEMENT = {
    "title": "Parking", "description": "Spaces by hour", "schema": SCHEMA, "licence": "CC-BY-4.0",
    "privacy": "open", "schedule": "monthly",
    "chart": {"x": "hour", "value": "occupied", "total": "spaces", "series": "district"},
}  # fmt: skip


@pytest.fixture
def winner(session: Any) -> str:
    """An idea that won."""
    _key, _edition, ideas = found_edition(session)
    session.execute(update(Idea).where(Idea.public_id == ideas[0]).values(state="winner"))
    session.commit()
    return ideas[0]


def _records(occupied: int = 5) -> list[dict[str, Any]]:
    return [{"district": "west", "hour": h, "spaces": 10, "occupied": occupied} for h in (8, 9)]


def test_a_delivery_is_checked_versioned_and_open(client, session, winner) -> None:
    agreement, key = after.agree_on_data(session, SYSTEM, winner, AGREEMENT)
    session.commit()
    address = f"/api/v1/winners/agreements/{agreement}/deliveries"
    good = {"period": "2026-05", "records": _records()}
    assert client.post(address, json=good).status_code == 401
    headers = {"Delivery-Key": key}
    bad = {"period": "2026-05", "records": [{**_records()[0], "hour": 24}]}
    refused = client.post(address, json=bad, headers=headers)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "records.0.hour"
    first = client.post(address, json=good, headers=headers)
    assert (first.status_code, first.json["version"]) == (201, 1)
    assert client.post(address, json=good, headers=headers).json == first.json  # sent again
    changed = {"period": "2026-05", "records": _records(7)}
    assert client.post(address, json=changed, headers=headers).json["version"] == 2
    document = client.get(f"/api/v1/winners/{winner}").json
    assert [d["version"] for d in document["agreements"][0]["deliveries"]] == [2, 1]
    assert "key" not in str(document["agreements"])
    newest = document["agreements"][0]["deliveries"][0]["public_id"]
    assert client.get(f"/api/v1/winners/deliveries/{newest}").json == _records(7)
    page = client.get(f"/winners/{winner}")
    assert "70" in page.text
    assert "<svg" in page.text


def test_a_delivery_repeated_after_its_correction_does_not_undo_it(client, session, winner) -> None:
    agreement, key = after.agree_on_data(session, SYSTEM, winner, AGREEMENT)
    session.commit()
    address = f"/api/v1/winners/agreements/{agreement}/deliveries"
    first = {"Delivery-Key": key, "Idempotency-Key": "a-random-key-of-a-machine"}
    body = {"period": "2026-05", "records": _records()}
    sent = client.post(address, json=body, headers=first)
    corrected = {"period": "2026-05", "records": _records(7)}
    client.post(address, json=corrected, headers={"Delivery-Key": key})
    again = client.post(address, json=body, headers=first)
    assert (again.status_code, again.json) == (201, sent.json)
    document = client.get(f"/api/v1/winners/{winner}").json
    assert [d["version"] for d in document["agreements"][0]["deliveries"]] == [2, 1]


def test_internal_data_stays_inside(client, session, winner) -> None:
    terms = {**AGREEMENT, "privacy": "internal"}
    agreement, key = after.agree_on_data(session, SYSTEM, winner, terms)
    delivery, _version = after.deliver(session, agreement, key, "2026-05", _records())
    session.commit()
    assert client.get(f"/api/v1/winners/deliveries/{delivery}").status_code == 404


def test_residents_confirm_or_contest_once(client, session, winner) -> None:
    benefit = after.report_benefit(
        session, SYSTEM, winner, helped="Drivers", number=300, text="Less search.", proof=None
    )
    _account, token = make_person(session, "ana@example.org")
    _guest, guest = make_person(session, "bo@example.org", assurance="contact_verified")
    session.commit()
    address = f"/api/v1/winners/benefits/{benefit}/voice"
    headers = {"Authorization": f"Bearer {token}"}
    assert client.put(address, json={"confirms": True}, headers=headers).status_code == 204
    assert client.put(address, json={"confirms": False}, headers=headers).status_code == 422
    body = {"confirms": False, "text": "There is no app."}
    assert client.put(address, json=body, headers=headers).status_code == 204
    other = {"Authorization": f"Bearer {guest}"}
    assert client.put(address, json={"confirms": True}, headers=other).status_code == 403
    report = client.get(f"/api/v1/winners/{winner}").json["benefits"][0]
    assert (report["confirmed"], report["contested"]) == (0, 1)
