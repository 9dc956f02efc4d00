"""The second step: staff roles wait for it, digits work once, paper stands in once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import text

from backend.accounts import queries, service
from backend.accounts.service.sessions import start_session
from backend.core.policy import is_allowed


def _prove(api, who, **body):
    return api("post", "/sessions/current/second-factor", by=who, json=body)


def test_roles_count_only_once_the_second_factor_is_proven(api, person, totp) -> None:
    who = person("sam@city.example", "Sam", roles=["administrator"], proven=False)
    actor = who.actor
    assert actor.pending_second_factor
    assert actor.is_anonymous
    assert actor.account_id is None
    assert not is_allowed(actor, "role.list")
    assert api("get", "/role-grants", by=who).status_code == 401
    assert api("get", "/me", by=who).status_code == 401
    answer = _prove(api, who, totp=totp.now())
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert api("get", "/role-grants", headers=headers).status_code == 200


def test_the_token_changes_when_it_is_trusted_more(api, person, totp, session) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    assert _prove(api, who, totp=totp.now()).status_code == 200
    session.rollback()
    assert queries.actor_for_token(session, who.token) is None


def test_the_same_digits_work_once(api, person, totp, session) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    digits = totp.now()
    assert _prove(api, who, totp=digits).status_code == 200
    who.token = start_session(session, who.id, "bearer")
    session.commit()
    again = _prove(api, who, totp=digits)
    assert again.status_code == 422
    assert again.json["errors"][0]["field"] == "totp"


def test_guessing_digits_is_stopped(api, person, totp) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    wrong = f"{(int(totp.now()) + 1) % 1_000_000:06}"
    statuses = [_prove(api, who, totp=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_old_digits_do_not_fit(api, person, totp) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    old = totp.at(datetime.now(UTC) - timedelta(minutes=2))
    assert _prove(api, who, totp=old).status_code == 422


def test_a_working_day_later_the_second_factor_is_asked_again(person, session) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"])
    assert "triage" in who.actor.roles
    from sqlalchemy import update

    from backend.accounts.models import SignInSession

    long = datetime.now(UTC) + timedelta(days=9)
    session.execute(update(SignInSession).values(idle_until=long, expires_at=long))
    session.commit()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13)):
        assert who.actor.pending_second_factor
        assert "triage" not in who.actor.roles


def test_staff_without_an_authenticator_enrol_one_first(api, person, session) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False, totp=False)
    me = api("get", "/me", by=who).json
    assert me["second_factor_pending"]
    assert me["roles"] == ["citizen"]
    made = api("post", "/me/totp", by=who, json={}).json
    assert "otpauth://totp/" in made["uri"]
    mine = pyotp.TOTP(made["secret"])
    wrong = f"{(int(mine.now()) + 1) % 1_000_000:06}"
    assert api("post", "/me/totp/confirm", by=who, json={"totp": wrong}).status_code == 422
    done = api("post", "/me/totp/confirm", by=who, json={"totp": mine.now()})
    assert len(done.json["recovery_codes"]) == 10
    who.token = done.json["token"]
    assert who.actor.roles == {"citizen", "triage"}
    stored = session.execute(text("SELECT secret, next_secret FROM account_totp")).all()
    assert made["secret"] not in str(stored)


def test_a_stolen_first_factor_cannot_enrol_another_authenticator(api, person) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    for path in ("/me/totp", "/me/recovery-codes", "/me/passkeys/options"):
        assert api("post", path, by=who, json={}).status_code == 401
    assert api("delete", "/me/totp", by=who).status_code == 401
    assert api("put", "/me/password", by=who, json={"password": "x y z 1 2 3"}).status_code == 401


def test_a_new_authenticator_replaces_the_old_only_when_confirmed(api, person, totp) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"])
    api("post", "/me/totp", by=who, json={})
    assert _prove(api, who, totp=totp.now()).status_code == 200


def test_a_recovery_code_works_once(api, person, session) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"])
    codes = api("post", "/me/recovery-codes", by=who, json={}).json["recovery_codes"]
    assert len({*codes}) == 10
    for expected in (200, 422):
        who.token = start_session(session, who.id, "bearer")
        session.commit()
        answer = _prove(api, who, recovery_code=codes[0].upper())
        assert answer.status_code == expected
    assert queries.recovery_codes_left(session, who.id) == 9


def test_staff_cannot_go_without_a_second_factor(api, person) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"])
    assert api("delete", "/me/totp", by=who).status_code == 409


def test_a_citizen_may_have_a_second_step_too(api, person, session) -> None:
    who = person()
    made = api("post", "/me/totp", by=who, json={}).json
    done = api("post", "/me/totp/confirm", by=who, json={"totp": pyotp.TOTP(made["secret"]).now()})
    who.token = done.json["token"]
    assert api("get", "/me", by=who).status_code == 200
    who.token = start_session(session, who.id, "bearer")
    session.commit()
    assert api("get", "/me", by=who).status_code == 401
    later = datetime.now(UTC) + timedelta(minutes=3)
    with time_machine.travel(later):
        proof = _prove(api, who, totp=pyotp.TOTP(made["secret"]).at(later))
    who.token = proof.json["token"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        assert who.actor.roles == {"citizen"}
    assert api("delete", "/me/totp", by=who).status_code == 204


def test_an_administrator_lets_somebody_begin_anew(api, person, session) -> None:
    boss = person("boss@city.example", "Boss", roles=["administrator"])
    who = person("sam@city.example", "Sam", roles=["triage"])
    path = f"/accounts/{who.public_id}/second-factor-reset"
    assert api("post", path, by=boss, json={"reason": "lost the telephone"}).status_code == 204
    session.rollback()
    assert queries.actor_for_token(session, who.token) is None
    who.token = start_session(session, who.id, "bearer")
    assert who.actor.pending_second_factor
    assert who.actor.account_id == who.id


@pytest.mark.parametrize("digits", ["", "abc", "12345", "1234567", "１２３４５６", "٣٤٥٦٧٨"])
def test_what_are_no_digits_do_not_fit(api, person, digits) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    assert _prove(api, who, totp=digits).status_code == 422


def test_without_a_session_there_is_nothing_to_prove(api) -> None:
    assert api("post", "/sessions/current/second-factor", json={"totp": "1"}).status_code == 401


def test_the_demo_can_make_staff_whose_digits_it_knows(session, totp) -> None:
    account = service.make_demo_account(
        session, "demo@city.example", "Demo", ["triage"], totp_secret=totp.secret
    )
    again = service.make_demo_account(
        session, "demo@city.example", "Demo", ["triage"], totp_secret=totp.secret
    )
    assert account == again
    token = start_session(session, account, "bearer")
    actor = queries.actor_for_token(session, token)
    assert service.prove_second_factor(session, actor, totp=totp.now())
