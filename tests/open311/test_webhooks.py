"""Webhooks: signed, retried, replayable, without a person's data, and never inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql

from backend.city.service import import_pack
from backend.classification.queries import component_codes
from backend.core.actor import ANONYMOUS, SYSTEM
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.open311.webhooks import service
from backend.open311.webhooks.kinds import KINDS
from backend.reports.service import (
    Contact,
    NewReport,
    assign,
    post_update,
    set_visibility,
    submit_report,
)
from tests.console.conftest import Town, town  # noqa: F401 - a fixture
from tests.open311.receiver import Heard, Receiver, receiving
from tests.reports.conftest import HERE, TRIAGE, found_city
from tests.support.people import signed_in

CANARIES = ("Ana Canary", "ana.canary@mail.example", "0700 111 222", "my own secret words")


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """A house whose operator allows the receiver's host."""
    app = make_app(outward_hosts=("127.0.0.1",))
    with app.app_context():
        found_city(db.session())
        yield app
        db.session.remove()


@pytest.fixture
def peer() -> Iterator[Receiver]:
    """A receiver."""
    with receiving() as found:
        yield found


def subscribed(peer: Receiver, *kinds: str) -> tuple[str, str]:
    session = db.session()
    made = service.subscribe(
        session, SYSTEM, name="Neighbours", url=peer.url + "/hook", kinds=kinds or tuple(KINDS)
    )
    session.commit()
    return made


def told(**rest: Any) -> str:
    new = NewReport(
        CANARIES[3], place=HERE, contact=Contact(CANARIES[0], CANARIES[1], CANARIES[2]), **rest
    )
    done = submit_report(db.session(), ANONYMOUS, new)
    db.session().commit()
    return done.public_id


def work() -> None:
    run_pending(db.session())


def at_once() -> None:
    """Let waiting time pass: what is due later is due now."""
    session, now = db.session(), utcnow()
    from backend.core.jobs import Job
    from backend.open311.webhooks.models import Subscription

    session.query(Job).filter(Job.state == "waiting").update({"run_at": now})
    session.query(Subscription).update({"rests_until": None})
    session.commit()
    run_pending(session)


def states() -> list[str]:
    rows = db.session().execute(sql("select state from webhook_delivery order by id"))
    return [row[0] for row in rows]


def is_signed(heard: Heard, secret: str) -> bool:
    """What a receiver does: as the documentation shows it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}."
    mark = base64.b64encode(hmac.new(key, head.encode() + heard.body, hashlib.sha256).digest())
    given = heard.headers["webhook-signature"].split()
    return any(hmac.compare_digest(one, "v1," + mark.decode()) for one in given)


def test_each_kind_of_event_is_told_once_signed_and_without_a_person(
    house: Flask, peer: Receiver
) -> None:
    _id, secret = subscribed(peer)
    session, report = db.session(), told(service="tree")
    work()
    assign(session, TRIAGE, report, department="roads")
    post_update(session, TRIAGE, report, "Somebody will look at it, Ana Canary.")
    set_visibility(session, TRIAGE, report, "hidden", "It shows a licence plate.")
    session.commit()
    work()
    kinds = [json.loads(heard.body)["kind"] for heard in peer.heard]
    # What waited when the report went out of sight is not told any more.
    assert kinds == ["report.submitted", "report.removed"]
    set_visibility(session, TRIAGE, report, "public", None)
    session.commit()
    work()
    assert json.loads(peer.heard[-1].body)["kind"] == "report.shown"
    for heard in peer.heard:
        assert is_signed(heard, secret)
        assert not is_signed(heard, "whsec_" + base64.b64encode(b"another").decode())
        assert not any(canary.encode() in heard.body for canary in CANARIES)
    shown = json.loads(peer.heard[0].body)["report"]
    assert shown["service"] == "tree"
    assert shown["links"]["page"].endswith(f"/reports/{report}")
    assert json.loads(peer.heard[1].body)["report"] == {"id": report}


@pytest.mark.parametrize("rest", [{"service": "abuse"}, {"visibility": "private"}])
def test_what_is_not_public_is_never_told(house: Flask, peer: Receiver, rest: Any) -> None:
    subscribed(peer)
    report = told(**rest)
    work()
    assign(db.session(), TRIAGE, report, department="roads")
    post_update(db.session(), TRIAGE, report, "A word to the reporter alone.")
    set_visibility(db.session(), TRIAGE, report, "hidden", "A reason.")
    db.session().commit()
    work()
    assert peer.heard == []
    assert states() == []


def test_only_chosen_kinds_are_told(house: Flask, peer: Receiver) -> None:
    subscribed(peer, "report.assigned")
    report = told()
    work()
    assign(db.session(), TRIAGE, report, department="roads")
    db.session().commit()
    work()
    assert [json.loads(heard.body)["kind"] for heard in peer.heard] == ["report.assigned"]


def test_nothing_is_told_of_what_was_rolled_back(house: Flask, peer: Receiver) -> None:
    subscribed(peer)
    report = told()
    work()
    assign(db.session(), TRIAGE, report, department="roads")
    db.session().rollback()
    at_once()
    assert len(peer.heard) == 1


def test_a_failure_is_tried_again_with_the_same_id_and_bytes(house: Flask, peer: Receiver) -> None:
    subscribed(peer)
    peer.answer = lambda _h: (503, {}, b"not now")
    told()
    work()
    assert states() == ["waiting"]
    peer.answer = lambda _h: (0, {}, b"")
    at_once()
    peer.answer = lambda _h: (204, {}, b"")
    at_once()
    assert states() == ["delivered"]
    assert len(peer.heard) == 3
    assert len({heard.headers["webhook-id"] for heard in peer.heard}) == 1
    assert len({heard.body for heard in peer.heard}) == 1


def test_a_receiver_that_fails_rests_with_everything_that_waits(
    house: Flask, peer: Receiver
) -> None:
    subscribed(peer, "report.submitted")
    peer.answer = lambda _h: (500, {}, b"")
    for _number in range(5):
        told()
    work()
    assert len(peer.heard) == 1
    assert states() == ["waiting"] * 5
    peer.answer = lambda _h: (200, {}, b"")
    at_once()
    assert states() == ["delivered"] * 5
    assert len(peer.heard) == 6


def test_in_the_end_it_has_failed_and_can_be_replayed(house: Flask, peer: Receiver) -> None:
    hook, _secret = subscribed(peer, "report.submitted")
    peer.answer = lambda _h: (400, {}, b"x" * 19_000)
    told()
    work()
    for _try in range(12):
        at_once()
    assert states() == ["failed"]
    tries = len(peer.heard)
    rows = db.session().execute(sql("select excerpt, status from webhook_attempt")).all()
    assert len(rows) == tries == 11
    assert all(len(row.excerpt) == 500 and row.status == 400 for row in rows)
    peer.answer = lambda _h: (200, {}, b"")
    assert service.replay(db.session(), SYSTEM, hook) == 1
    db.session().commit()
    work()
    assert states() == ["delivered"]
    assert service.replay(db.session(), SYSTEM, hook, everything=True) == 1
    db.session().commit()
    work()
    assert len(peer.heard) == tries + 2


def test_a_receiver_that_is_gone_is_left_alone(house: Flask, peer: Receiver) -> None:
    subscribed(peer, "report.submitted")
    peer.answer = lambda _h: (410, {}, b"")
    told()
    work()
    told()
    at_once()
    assert len(peer.heard) == 1


def test_while_a_secret_is_renewed_both_sign(house: Flask, peer: Receiver) -> None:
    hook, old = subscribed(peer, "report.submitted")
    new = service.renew_secret(db.session(), SYSTEM, hook)
    db.session().commit()
    told()
    work()
    assert is_signed(peer.heard[0], old)
    assert is_signed(peer.heard[0], new)
    from backend.open311.webhooks.models import Subscription

    db.session().query(Subscription).update({"former_until": utcnow()})
    db.session().commit()
    told()
    work()
    assert not is_signed(peer.heard[1], old)
    assert is_signed(peer.heard[1], new)


def test_secrets_are_sealed(house: Flask, peer: Receiver) -> None:
    _hook, secret = subscribed(peer)
    stored = db.session().execute(sql("select secret from webhook_subscription")).scalar()
    assert secret not in stored


def test_nothing_reaches_a_private_address(make_app: Callable[..., Flask], peer: Receiver) -> None:
    app = make_app(outward_hosts=("127.0.0.1",))
    with app.app_context():
        found_city(db.session())
        subscribed(peer, "report.submitted")
        app.config["VOX"] = make_app().config["VOX"]  # the operator takes the host away again
        told()
        work()
        row = db.session().execute(sql("select error, status from webhook_attempt")).one()
        assert row.error == "address"
        assert peer.heard == []
        db.session.remove()


def test_the_api_from_making_to_removing(house: Flask, peer: Receiver) -> None:
    client: FlaskClient = house.test_client()
    headers = signed_in(db.session(), "administrator")
    triage = signed_in(db.session(), "triage", name="Tri Age")
    db.session().commit()
    body = {"name": "Neighbours", "url": peer.url, "kinds": ["report.submitted"]}
    assert client.post("/api/v1/webhooks", json=body).status_code == 401
    assert client.post("/api/v1/webhooks", json=body, headers=triage).status_code == 403
    inside = body | {"url": "http://10.0.0.1/"}
    wrong = client.post("/api/v1/webhooks", json=inside, headers=headers)
    assert wrong.status_code == 422
    made = client.post("/api/v1/webhooks", json=body, headers=headers)
    assert made.status_code == 201
    address = f"/api/v1/webhooks/{made.json['id']}"
    assert made.json["secret"].startswith("whsec_")
    assert "secret" not in client.get(address, headers=headers).json
    assert client.patch(address, json={"name": "New"}, headers=headers).status_code == 428
    match = headers | {"If-Match": made.headers["ETag"]}
    assert client.patch(address, json={"name": "New"}, headers=match).json["name"] == "New"
    assert client.patch(address, json={"name": "New"}, headers=match).status_code == 412
    assert client.post(address + "/test", headers=headers).status_code == 202
    work()
    page = client.get(address + "/deliveries", headers=headers)
    assert page.status_code == 200, page.json
    log = page.json["items"]
    assert [(line["kind"], line["state"], line["status"]) for line in log] == [
        ("test", "delivered", 200)
    ]
    again = client.post(address + "/replay", json={"delivery": log[0]["id"]}, headers=headers)
    assert again.json == {"replayed": 1}
    assert client.delete(address, headers=headers).status_code == 204
    assert client.get(address, headers=headers).status_code == 404
    work()
    assert len(peer.heard) == 1


def test_the_operator_makes_tests_and_watches_one_on_the_desk(
    make_app: Callable[..., Flask],
    peer: Receiver,
    town: Any,  # noqa: F811
) -> None:
    app = make_app(outward_hosts=("127.0.0.1",))
    with app.app_context():
        import_pack(db.session(), SYSTEM, town, frozenset(component_codes()))
        db.session().commit()
        db.session.remove()
    desk = Town(app, {}).desk("administrator")
    assert "No webhook yet" in desk.get("/console/webhooks")
    desk.send("/console/webhooks", 422, name="Works", url="https://user@host/", kinds=[])
    assert "https://" in desk.page
    desk.send("/console/webhooks", 200, name="Works", url=peer.url, kinds=["report.submitted"])
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", desk.page)
    address = re.search(r'action="(/console/webhooks/\w{16})"', desk.page)
    assert secret
    assert address
    desk.send(address[1] + "/send", test="1")
    peer.answer = lambda _h: (500, {}, b"<b>broken</b>")
    with app.app_context():
        run_pending(db.session())
    page = desk.get(address[1])
    assert "Failing since" in page
    assert secret[0] not in page
    found = re.search(r"\?delivery=(\w{16})", page)
    assert found
    assert "&lt;b&gt;broken" in desk.get(f"{address[1]}?delivery={found[1]}")
    desk.send(address[1], act="pause")
    assert "Paused" in desk.follow()
    desk.send(address[1] + "/remove")
    assert "No webhook yet" in desk.follow()
