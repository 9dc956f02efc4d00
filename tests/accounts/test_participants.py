"""Organisations, proofs of residence, and partners' machines."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import g
from sqlalchemy import select

from backend.accounts import queries, service
from backend.accounts.models import Account, Organisation, RegisterEntry, ResidenceProof
from backend.core.actor import SYSTEM
from backend.core.problems import Invalid

REGISTER = "reference,birth_date,postcode\n999 01,1980-02-03,1234 AB\n99902,1990-01-01,1234AB\n"
MINE = {"reference": "99901", "birth_date": "1980-02-03", "postcode": "1234ab"}


@pytest.fixture
def boss(person):
    """An administrator."""
    return person("boss@city.example", "Boss", roles=["administrator"])


def _organisation(api, who):
    body = {"name": "Friends of the Park", "kind": "association"}
    return api("post", "/organisations", by=who, json=body).json


def test_who_may_speak_for_an_organisation(api, person, boss, session) -> None:
    ana, bo = person(), person("bo@example.org", "Bo")
    made = _organisation(api, ana)
    number = session.execute(select(Organisation.id)).scalar_one()
    session.rollback()
    assert not queries.may_speak_for(session, ana.id, number)  # not confirmed yet
    session.rollback()
    path = f"/organisations/{made['id']}"
    assert api("get", path, by=bo).status_code == 404
    decision = {"confirmed": True, "reason": "in the register"}
    assert api("post", path + "/decision", by=ana, json=decision).status_code == 403
    assert api("post", path + "/decision", by=boss, json=decision).json["state"] == "confirmed"
    invitation = {"email": bo.email, "speaks": True}
    assert api("post", path + "/members", by=ana, json=invitation).status_code == 202
    assert queries.may_speak_for(session, ana.id, number)
    assert not queries.may_speak_for(session, bo.id, number)  # only invited
    session.rollback()
    mine = api("get", "/me/organisations", by=bo).json["items"][0]
    accept = f"/organisation-members/{mine['membership_id']}/accept"
    assert api("post", accept, by=ana, json={}).status_code == 404
    assert api("post", accept, by=bo, json={}).status_code == 204
    session.rollback()
    assert queries.may_speak_for(session, bo.id, number)
    assert queries.organisation_names(session, [number]) == {number: "Friends of the Park"}


def test_inviting_tells_nobody_who_has_an_account(api, person) -> None:
    ana = person()
    person("bo@example.org", "Bo")
    path = f"/organisations/{_organisation(api, ana)['id']}/members"
    known = api("post", path, by=ana, json={"email": "bo@example.org"})
    unknown = api("post", path, by=ana, json={"email": "nobody@example.org"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)


def test_an_organisation_keeps_an_owner(api, person) -> None:
    ana, bo = person(), person("bo@example.org", "Bo")
    _organisation(api, ana)
    mine = api("get", "/me/organisations", by=ana).json["items"][0]["membership_id"]
    assert api("delete", f"/organisation-members/{mine}", by=ana).status_code == 409
    assert api("delete", f"/organisation-members/{mine}", by=bo).status_code == 404


def test_another_name_has_to_be_confirmed_again(api, person, boss) -> None:
    ana = person()
    made = _organisation(api, ana)
    path = f"/organisations/{made['id']}"
    api("post", path + "/decision", by=boss, json={"confirmed": True, "reason": "fine"})
    headers = {"If-Match": api("get", path, by=ana).headers["ETag"]}
    changed = api("patch", path, by=ana, json={"name": "City Hall"}, headers=headers)
    assert changed.json["state"] == "pending"
    listed = api("get", "/organisations?state=pending", by=boss).json["items"]
    assert [row["name"] for row in listed] == ["City Hall"]
    assert api("get", "/organisations", by=ana).status_code == 403


def test_the_register_makes_a_resident_once(api, person, session) -> None:
    service.import_register(session, SYSTEM, REGISTER.splitlines())
    session.commit()
    ana, bo = person(), person("bo@example.org", "Bo")
    assert api("post", "/me/residence/register", by=ana, json=MINE).json["state"] == "proven"
    assert api("get", "/me", by=ana).json["assurance"] == "resident_verified"
    again = api("post", "/me/residence/register", by=bo, json=MINE)
    assert again.status_code == 422
    assert api("get", "/me", by=bo).json["assurance"] == "contact_verified"


def test_the_register_is_kept_unreadably_and_names_bad_lines(session) -> None:
    lines = [*REGISTER.splitlines(), "x,yesterday,1", ",1990-01-01,1"]
    first = service.import_register(session, SYSTEM, lines)
    again = service.import_register(session, SYSTEM, REGISTER.splitlines())
    assert (first.added, again.added, again.known) == (2, 0, 2)
    assert [fault.split(":")[0] for fault in first.faults] == ["line 4", "line 5"]
    marks = " ".join(session.execute(select(RegisterEntry.mark)).scalars())
    assert "99901" not in marks
    with pytest.raises(Invalid):
        service.import_register(session, SYSTEM, ["name,street"])


def test_guessing_the_register_is_limited(api, person) -> None:
    who = person()
    statuses = [
        api("post", "/me/residence/register", by=who, json=MINE).status_code for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_a_letter_carries_the_code_home(api, person, boss, session) -> None:
    who = person()
    asked = {"addressee": "Ana", "address": "Canal Street 5\n1234 AB Vliermonde"}
    assert api("post", "/me/residence/letter", by=who, json=asked).status_code == 202
    assert api("post", "/me/residence/letter", by=who, json=asked).status_code == 409
    letter = api("get", "/residence-letters", by=boss).json["items"][0]
    assert letter["address"] == asked["address"]
    sent = api("post", "/residence-letters/sent", by=boss, json={"ids": [letter["id"]]})
    assert sent.json == {"count": 1}
    row = session.execute(select(ResidenceProof)).scalar_one()
    assert row.address is row.addressee is row.code is None
    session.rollback()
    body = {"code": letter["code"].upper()}
    assert api("post", "/me/residence/letter/confirm", by=who, json=body).status_code == 200
    assert api("get", "/me", by=who).json["assurance_method"] == "letter"


def test_guessing_the_code_of_a_letter_is_stopped(api, person, boss) -> None:
    who = person()
    api("post", "/me/residence/letter", by=who, json={"addressee": "A", "address": "Street 5"})
    letter = api("get", "/residence-letters", by=boss).json["items"][0]
    path = "/me/residence/letter/confirm"
    for _ in range(5):
        assert api("post", path, by=who, json={"code": "xxxx-xxxx-xxxx"}).status_code == 422
    assert api("post", path, by=who, json={"code": letter["code"]}).status_code == 422
    assert api("get", "/me/residence", by=who).json["items"][0]["state"] == "refused"


def test_a_letter_lasts_thirty_days(api, person, boss, session) -> None:
    who = person()
    api("post", "/me/residence/letter", by=who, json={"addressee": "A", "address": "Street 5"})
    letter = api("get", "/residence-letters", by=boss).json["items"][0]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        assert not service.prove_by_letter(session, who.actor, letter["code"])


def test_a_desk_confirms_others_alone(api, person, boss, session) -> None:
    who, sam = person(), person("sam@city.example", "Sam", roles=["triage"])
    path = f"/accounts/{who.public_id}/residence"
    assert api("post", path, by=who, json={}).status_code == 403
    assert api("post", path, by=sam, json={}).status_code == 204
    assert api("get", "/me", by=who).json["assurance"] == "resident_verified"
    own = api("post", f"/accounts/{sam.public_id}/residence", by=sam, json={})
    assert own.status_code == 422
    assert session.execute(select(Account.id)).first()


def _key(api, boss, **more):
    return api("post", "/api-keys", by=boss, json={"name": "Neighbour city", **more}).json


def test_a_partner_reads_with_its_key_and_writes_only_if_it_may(api, boss, app) -> None:
    reader, writer = _key(api, boss), _key(api, boss, scopes=["read", "write"])
    assert reader["key"].startswith("vox_")
    for made, status in ((reader, 403), (writer, 202)):
        headers = {"Authorization": f"Bearer {made['key']}"}
        assert api("get", "/sign-in/methods", headers=headers).status_code == 200
        body = {"email": "ana@example.org"}
        assert api("post", "/sign-in", json=body, headers=headers).status_code == status
    with app.test_client() as client:
        client.get("/api/v1/sign-in/methods", headers=headers)
        assert g.actor.kind == "machine"
        assert g.actor.roles == {"partner"}
        assert g.partner_scopes == {"read", "write"}


def test_a_renewed_key_overlaps_for_a_week_and_a_revoked_one_is_dead(api, boss, session) -> None:
    made = _key(api, boss)
    renewed = api("post", f"/api-keys/{made['id']}/rotation", by=boss, json={}).json["key"]
    session.rollback()
    assert queries.partner_for_key(session, made["key"])
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert queries.partner_for_key(session, made["key"]) is None
        assert queries.partner_for_key(session, renewed)
    session.rollback()
    assert api("delete", f"/api-keys/{made['id']}", by=boss).status_code == 204
    session.rollback()
    assert queries.partner_for_key(session, renewed) is None
    assert "key" not in api("get", "/api-keys", by=boss).json["items"][0]


def test_a_partner_keeps_to_its_rate(api, boss) -> None:
    made = _key(api, boss, rate="3 per minute")
    headers = {"Authorization": f"Bearer {made['key']}"}
    statuses = [api("get", "/sign-in/methods", headers=headers).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    bad = api("post", "/api-keys", by=boss, json={"name": "xx", "rate": "often"})
    assert bad.json["errors"][0]["field"] == "rate"
