"""Devices: news goes to the person who is signed in on them, and to nobody else."""

import pytest

from backend.accounts import queries, service
from backend.accounts.service.sessions import start_session
from backend.core.problems import Invalid

TOKEN = "registration-token-of-a-telephone"


def _register(api, who, token=TOKEN, **more):
    body = {"channel": "fcm", "token": token, "name": "Phone", **more}
    return api("post", "/me/devices", by=who, json=body)


def test_a_device_gets_the_news_of_who_signed_in_last(api, person, session) -> None:
    ana, bo = person(), person("bo@example.org", "Bo")
    assert _register(api, ana).status_code == 201
    assert _register(api, bo).status_code == 201
    session.rollback()
    assert queries.devices_of(session, [ana.id]) == []
    assert [d.token for d in queries.devices_of(session, [ana.id, bo.id])] == [TOKEN]
    assert api("get", "/me/devices", by=ana).json["items"] == []


def test_registering_again_keeps_one_device(api, person, session) -> None:
    who = person()
    for _ in range(3):
        _register(api, who)
    assert len(queries.devices_of(session, [who.id])) == 1


def test_signing_out_forgets_the_device_of_that_session(api, person, session) -> None:
    who = person()
    _register(api, who)
    elsewhere = start_session(session, who.id, "bearer")
    service.register_device(
        session, queries.actor_for_token(session, elsewhere), "fcm", "another-telephone"
    )
    session.commit()
    api("delete", "/sessions/current", by=who)
    session.rollback()
    assert [d.token for d in queries.devices_of(session, [who.id])] == ["another-telephone"]


def test_a_device_is_removed_by_its_owner_alone(api, person) -> None:
    ana, bo = person(), person("bo@example.org", "Bo")
    made = _register(api, ana).json
    assert "token" not in made
    assert api("delete", f"/me/devices/{made['id']}", by=bo).status_code == 404
    assert api("delete", f"/me/devices/{made['id']}", by=ana).status_code == 204


def test_a_closed_account_gets_no_news(api, person, session) -> None:
    boss, who = person("boss@city.example", "Boss", roles=["administrator"]), person()
    _register(api, who)
    service.disable_account(session, boss.actor, who.public_id, "a reason")
    assert queries.devices_of(session, [who.id]) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x",
        "https://evil.example/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com:8443/x",
        "file:///etc/passwd",
        "https://evil.example/@fcm.googleapis.com",
    ],
)
def test_web_push_goes_to_known_services_only(person, session, address) -> None:
    with pytest.raises(Invalid):
        service.register_device(session, person().actor, "webpush", address, key="k", secret="s")


def test_a_known_push_service_needs_its_keys(api, person) -> None:
    who, address = person(), "https://updates.push.services.mozilla.com/wpush/v2/abc"
    assert _register(api, who, address, channel="webpush").status_code == 422
    keys = {"key": "BPublicKey", "secret": "auth"}
    assert _register(api, who, address, channel="webpush", **keys).status_code == 201


def test_a_device_moves_to_its_new_address_or_goes(api, person, session) -> None:
    who = person()
    _register(api, who)
    _register(api, who, "second-token-of-it")
    first, second = queries.devices_of(session, [who.id])
    service.move_device(session, first.id, "third-token-of-it")
    service.move_device(session, first.id, second.token)
    assert [d.token for d in queries.devices_of(session, [who.id])] == [second.token]
    service.drop_device(session, second.id)
    assert queries.devices_of(session, [who.id]) == []


def test_an_account_has_at_most_twenty_devices(person, session) -> None:
    who = person()
    for n in range(25):
        service.register_device(session, who.actor, "fcm", f"token-number-{n:04}")
    tokens = {d.token for d in queries.devices_of(session, [who.id])}
    assert len(tokens) == 20
    assert "token-number-0024" in tokens
