"""Roles: granted by administrators, effective at once, never taken from a token's claims."""

import pytest
from sqlalchemy import select

from backend.accounts import queries, service
from backend.accounts.models import RoleGrant
from backend.city.models import Department
from backend.core import ledger
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.problems import Conflict, Forbidden, Invalid


@pytest.fixture
def department(session) -> int:
    """A department of the city."""
    row = Department(code="parks", name={"en": "Parks"}, position=1, hours={})
    session.add(row)
    session.flush()
    session.commit()
    return row.id


def test_an_administrator_grants_and_revokes(api, person, session) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    who = person()
    body = {"account": who.public_id, "role": "triage"}
    made = api("post", "/role-grants", by=boss, json=body)
    assert made.status_code == 201
    assert made.json["role"] == "triage"
    session.rollback()
    assert queries.actor_for_token(session, who.token) is None  # signs in again, as staff
    token = service.start_session(session, who.id, "bearer", True)
    session.commit()
    assert "triage" in queries.actor_for_token(session, token).roles
    assert api("delete", f"/role-grants/{made.json['id']}", by=boss).status_code == 204
    session.rollback()
    assert queries.actor_for_token(session, token).roles == {"citizen"}
    actions = [e["action"] for e in ledger.entries_of(session, "accounts", who.public_id)]
    assert actions == ["role_granted", "role_revoked"]
    assert ledger.verify(session).holds


def test_granting_twice_changes_nothing(person, session) -> None:
    who = person()
    first = service.grant_role(session, SYSTEM, who.id, "jury")
    assert service.grant_role(session, SYSTEM, who.id, "jury") == first
    held = select(RoleGrant.id).where(RoleGrant.account_id == who.id)
    assert len(session.execute(held).all()) == 1


def test_department_staff_belong_to_their_department(person, session, department) -> None:
    who = person("dee@city.example", "Dee", roles=["department"], department_id=department)
    assert who.actor.departments == {department}
    assert [m.name for m in queries.staff_members(session, department)] == ["Dee"]
    assert {m.name for m in queries.staff_members(session)} == {"Dee", "Noise"}
    with pytest.raises(Invalid):
        service.grant_role(session, SYSTEM, who.id, "department")


def test_unproven_staff_have_no_department(person, department) -> None:
    who = person(
        "dee@city.example", "Dee", roles=["department"], department_id=department, proven=False
    )
    assert who.actor.departments == frozenset()


@pytest.mark.parametrize("role", ["citizen", "partner", "system", "anonymous", "king"])
def test_only_roles_of_city_hall_can_be_granted(person, session, role) -> None:
    with pytest.raises(Invalid):
        service.grant_role(session, SYSTEM, person().id, role)


def test_nobody_but_an_administrator_grants(api, person, session) -> None:
    who = person()
    for other in (who, person("sam@city.example", "Sam", roles=["triage"])):
        body = {"account": who.public_id, "role": "administrator"}
        assert api("post", "/role-grants", by=other, json=body).status_code == 403
        with pytest.raises(Forbidden):
            service.grant_role(session, other.actor, who.id, "administrator")


def test_the_last_administrator_stays(person, session) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    grant = session.execute(
        select(RoleGrant.public_id).where(RoleGrant.account_id == boss.id)
    ).scalar_one()
    with pytest.raises(Conflict):
        service.revoke_role(session, boss.actor, grant)


def test_a_former_role_can_be_granted_again(person, session) -> None:
    who = person()
    grant = service.grant_role(session, SYSTEM, who.id, "jury")
    service.revoke_role(session, SYSTEM, grant)
    assert service.grant_role(session, SYSTEM, who.id, "jury") != grant


def test_an_administrator_closes_and_opens_accounts(api, person, session) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    who = person()
    path = f"/accounts/{who.public_id}/state"
    body = {"state": "disabled", "reason": "threatened staff"}
    assert api("put", path, by=boss, json=body).json["state"] == "disabled"
    assert api("get", "/me", by=who).status_code == 401
    body = {"state": "active", "reason": "apologised"}
    assert api("put", path, by=boss, json=body).json["state"] == "active"
    own = {"state": "disabled", "reason": "me myself"}
    assert api("put", f"/accounts/{boss.public_id}/state", by=boss, json=own).status_code == 422
    assert api("get", f"/accounts/{who.public_id}", by=boss).json["email"] == who.email
    found = api("get", "/accounts", by=boss, query_string={"email": "ANA@EXAMPLE.ORG"})
    assert found.json["id"] == who.public_id
    other = person("bo@example.org", "Bo")
    assert api("get", f"/accounts/{boss.public_id}", by=other).status_code == 403


def test_grants_are_listed_in_pages(api, person, session) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    for n in range(5):
        service.grant_role(session, SYSTEM, person(f"p{n}@example.org", f"P{n}").id, "jury")
    session.commit()
    seen, cursor = [], "/role-grants?limit=2"
    while cursor:
        page = api("get", cursor.removeprefix("/api/v1"), by=boss).json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 7
    one = api("get", "/role-grants", by=boss, query_string={"account": boss.public_id})
    assert [row["role"] for row in one.json["items"]] == ["administrator"]


def test_hostile_ids_in_addresses_are_not_found(api, person) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    for text in ("%00", "x" * 5000, "..", "1", "%ff%fe", "' or 1=1--"):
        assert api("get", f"/accounts/{text}", by=boss).status_code in (404, 400)
    assert utcnow().tzinfo
