"""Erasing a person leaves nothing of them, and a restore does not bring them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.schema import Table

from backend.accounts import models, queries, service
from backend.accounts.models import Account, RegisterEntry, SignInCode
from backend.accounts.service.erasure import OWNED, forget_expired
from backend.core import ledger, privacy
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.db import Base, Sealed
from backend.core.jobs import run_pending
from backend.core.storage import storage

CANARY = "kanarievogel"
ADDRESS = f"{CANARY}@example.org"
REGISTER = "reference,birth_date,postcode\n99901,1980-02-03,1234AB\n"


def _dump(session: Any) -> str:
    """Everything in the database, opened where it is sealed."""
    parts = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            parts.append(f"{table.name} {row!r}")
    return "\n".join(parts)


def _own_tables() -> list[Table]:
    """The tables of this room in which a row belongs to one person."""
    tables = [getattr(models, name).__table__ for name in models.__all__]
    return [table for table in tables if "account_id" in table.columns]


@pytest.fixture
def canary(person: Callable[..., Any], api: Callable[..., Any], session: Any) -> Any:
    """Somebody with a row in every table of accounts."""
    from tests.accounts.test_passkeys import Authenticator, _add

    boss = person("boss@city.example", "Boss", roles=["administrator"])
    who = person(ADDRESS, CANARY, password=f"{CANARY} {CANARY}")
    service.import_register(session, SYSTEM, REGISTER.splitlines())
    session.commit()
    actor = who.actor
    _add(api, who, Authenticator())
    api("post", "/me/passkeys/options", by=who, json={})
    session.rollback()
    service.change_account(session, actor, {"phone": "+31201234567", "name": CANARY})
    service.set_statistics_profile(session, actor, {"sex": "female"})
    service.register_organisation(session, actor, f"{CANARY} and sons", "business", CANARY)
    service.ask_for_letter(session, actor, addressee=CANARY, address=f"{CANARY} street")
    service.enrol_totp(session, actor)
    service.renew_recovery_codes(session, actor)
    values = {"account_id": who.id, "provider": "firebase:x", "subject": CANARY}
    session.add(models.Identity(**values, created_at=utcnow()))
    service.grant_role(session, SYSTEM, who.id, "jury")
    who.token = service.start_session(session, who.id, "bearer", True)
    session.commit()
    service.register_device(session, who.actor, "fcm", f"{CANARY}-token", name=CANARY)
    service.start_proof_by_code(session, who.actor)
    service.start_sign_in(session, ADDRESS, sender="x")
    service.ask_for_export(session, who.actor)
    session.execute(update(RegisterEntry).values(claimed_by=who.id))
    session.commit()
    who.boss = boss
    return who


def test_the_canary_sits_in_every_table(canary, session) -> None:
    for table in _own_tables():
        number = select(func.count()).select_from(table).where(table.c.account_id == canary.id)
        assert session.execute(number).scalar() > 0, table.name
    assert CANARY in _dump(session)


def test_every_table_of_a_person_is_erased_in_order() -> None:
    covered = {model.__table__.name for model in OWNED} | {"account_export", "organisation_member"}
    assert covered == {table.name for table in _own_tables()}


def test_after_erasure_no_trace_is_left(api, canary, session, app: Flask) -> None:
    run_pending(session)  # the export is made, letters go
    exports = storage().keys("exports")
    assert len(exports) == 1
    body = {"email": "noise@city.example"}
    api("post", "/sign-in", json=body)
    headers = {"Idempotency-Key": "a-device-key-0001"}
    device = {"channel": "fcm", "token": f"{CANARY}-second"}
    assert api("post", "/me/devices", by=canary, json=device, headers=headers).status_code == 201
    before = queries.devices_of(session, [1])
    assert api("delete", "/me", by=canary).status_code == 202
    assert api("get", "/me", by=canary).status_code == 401
    run_pending(session)
    session.rollback()
    dump = _dump(session)
    for trace in (CANARY, "31201234567", canary.token):
        assert trace not in dump
    assert storage().keys("exports") == []
    row = session.get(Account, canary.id)
    assert row.state == "erased"
    assert row.public_id != canary.public_id
    assert queries.contact_of(session, canary.id) is None
    assert queries.devices_of(session, [1]) == before
    assert ledger.verify(session).holds
    history = ledger.entries_of(session, "accounts", canary.public_id)
    assert [entry["payload"] for entry in history] == [None] * len(history)
    assert history[-1]["action"] == "erased"


def test_other_peoples_rows_stay_as_they_were(canary, session) -> None:
    noise = queries.find_account_by_email(session, "noise@city.example").id

    def rows() -> dict[str, int]:
        return {
            table.name: session.execute(
                select(func.count()).select_from(table).where(table.c.account_id == noise)
            ).scalar_one()
            for table in _own_tables()
        }

    before = rows()
    privacy.erase_person(session, canary.id)
    session.commit()
    assert rows() == before
    assert queries.contact_of(session, noise).name == "Noise"


def test_erasing_needs_a_recent_proof_and_happens_once(api, canary, session) -> None:
    from backend.accounts.models import SignInSession

    session.execute(update(SignInSession).values(proven_at=utcnow() - _minutes(11)))
    session.commit()
    assert api("delete", "/me", by=canary).status_code == 403
    privacy.erase_person(session, canary.id)
    assert privacy.erase_person(session, canary.id)["accounts"] == 0


def _minutes(number: int) -> Any:
    from datetime import timedelta

    return timedelta(minutes=number)


def test_after_a_restore_the_erased_are_erased_again(canary, session) -> None:
    backup = {
        table.name: [dict(row) for row in session.execute(select(table)).mappings()]
        for table in Base.metadata.sorted_tables
        if table.name == "account"
    }
    session.rollback()
    privacy.erase_person(session, canary.id)
    session.commit()
    run_pending(session)
    assert len(storage().keys("tombstones")) == 1
    # The backup is older than the erasure: its rows are back, its table of tombstones is empty.
    was = next(row for row in backup["account"] if row["id"] == canary.id)
    session.execute(update(Account).where(Account.id == canary.id).values(**was))
    session.execute(text("DELETE FROM account_tombstone"))
    session.commit()
    assert CANARY in _dump(session)
    assert len(privacy.tombstones(session)) == 1
    assert service.replay_erasures(session) == 1
    session.commit()
    assert CANARY not in _dump(session)
    assert service.replay_erasures(session) == 0


def test_the_last_administrator_cannot_vanish(api, person) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    assert api("delete", "/me", by=boss).status_code == 409


def test_an_administrator_erases_at_a_written_request(api, canary, session) -> None:
    path = f"/accounts/{canary.public_id}/erasure"
    body = {"reason": "letter of 3 May"}
    assert api("post", path, by=canary, json=body).status_code == 403
    assert api("post", path, by=canary.boss, json=body).status_code == 202
    run_pending(session)
    session.rollback()
    assert session.get(Account, canary.id).state == "erased"


def test_an_erased_person_may_come_back_as_somebody_new(api, canary, session, letter_box) -> None:
    privacy.erase_person(session, canary.id)
    session.commit()
    ticket = api("post", "/sign-in", json={"email": ADDRESS}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code(ADDRESS)}
    assert api("post", "/sign-in/code", json=body).status_code == 200
    assert queries.find_account_by_email(session, ADDRESS).id != canary.id


def test_what_is_over_is_forgotten(canary, session) -> None:
    import time_machine

    with time_machine.travel(utcnow() + _minutes(60 * 24 * 200)):
        assert forget_expired(session) > 0
    assert session.execute(select(func.count()).select_from(SignInCode)).scalar() == 0
    assert queries.sessions_of(session, canary.id) == []
    sealed = [c for c in models.ResidenceProof.__table__.c if isinstance(c.type, Sealed)]
    assert session.execute(select(*sealed)).first() == (None,) * len(sealed)
