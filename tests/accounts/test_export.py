"""A copy of one's data: whole, for its owner alone, for ten minutes."""

from datetime import UTC, datetime, timedelta

import time_machine

from backend.accounts import service
from backend.core.jobs import run_pending
from backend.core.storage import storage


def _ask(api, who, session) -> str:
    made = api("post", "/me/exports", by=who, json={})
    assert made.status_code == 202
    run_pending(session)
    return made.json["id"]


def test_the_copy_holds_what_accounts_know(api, person, session) -> None:
    who = person(password="three odd words here")
    service.register_device(session, who.actor, "fcm", "token-of-the-device", name="Phone")
    service.give_consent(session, who.actor, "newsletter")
    session.commit()
    export = _ask(api, who, session)
    assert api("get", f"/me/exports/{export}", by=who).json["state"] == "ready"
    answer = api("get", f"/me/exports/{export}/file", by=who)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    records = answer.json["records"]
    assert records["account"][0]["email"] == who.email
    assert records["device"][0]["token"] == "token-of-the-device"
    assert records["consent"][0]["purpose"] == "newsletter"
    assert "password" not in records
    assert "argon2" not in answer.get_data(as_text=True)
    assert who.token not in answer.get_data(as_text=True)


def test_the_copy_is_for_its_owner_alone(api, person, session) -> None:
    who = person()
    export = _ask(api, who, session)
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    for other in (person("bo@example.org", "Bo"), boss):
        assert api("get", f"/me/exports/{export}/file", by=other).status_code == 404
        assert api("get", f"/me/exports/{export}", by=other).status_code == 404
    assert api("get", f"/me/exports/{export}/file").status_code == 401


def test_the_copy_is_gone_after_ten_minutes(api, person, session) -> None:
    who = person()
    export = _ask(api, who, session)
    sealed = storage().get(f"exports/{export}")
    assert who.email.encode() not in sealed
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert api("get", f"/me/exports/{export}/file", by=who).status_code == 410
        run_pending(session)
    assert storage().get(f"exports/{export}") is None
    assert api("get", f"/me/exports/{export}/file", by=who).status_code == 410


def test_one_copy_at_a_time(api, person, session) -> None:
    who = person()
    first = api("post", "/me/exports", by=who, json={}).json["id"]
    assert api("post", "/me/exports", by=who, json={}).json["id"] == first
    assert api("get", f"/me/exports/{first}/file", by=who).status_code == 404
