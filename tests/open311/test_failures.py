"""Too large, away, broken, or sent at once by many: the answer has the form that was asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql

from backend.core.db import db
from tests.open311.reading import make_key, read
from tests.reports.conftest import HERE, found_city

ROOT = "/open311/v2"
PLACE = {"lat": str(HERE[1]), "long": str(HERE[0])}


@pytest.mark.parametrize("form", ["xml", "json"])
def test_too_large_is_told_in_form(make_app: Callable[..., Flask], form: str) -> None:
    app = make_app(max_upload_mb=1)
    with app.app_context():
        found_city(db.session())
        key = make_key(db.session(), ("write",))
        db.session.remove()
    body = {"api_key": key, "service_code": "tree", "description": "x" * 1_200_000, **PLACE}
    for kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        answer = app.test_client().post(f"{ROOT}/requests.{form}", data=body, content_type=kind)
        assert answer.status_code == 413
        assert read(answer)[0]["code"] == 413


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_failure_of_ours_is_told_in_form(
    make_app: Callable[..., Flask], form: str, recwarn: Any
) -> None:
    app = make_app()
    with app.app_context():
        found_city(db.session())
        db.session.execute(sql("alter table report_update rename to report_update_away"))
        db.session.commit()
        db.session.remove()
    answer = app.test_client().get(f"{ROOT}/servicerequestupdates.{form}")
    assert answer.status_code >= 500
    (told,) = read(answer)
    assert told["code"] == answer.status_code
    assert "report_update" not in told["description"]
    with app.app_context():
        db.session.execute(sql("alter table report_update_away rename to report_update"))
        db.session.commit()
        db.session.remove()


def test_many_sendings_of_the_same_make_one_report(app: Flask) -> None:
    with app.app_context():
        found_city(db.session())
        key = make_key(db.session(), ("write",))
        db.session.remove()
    data = {"api_key": key, "service_code": "tree", "attribute[fixmystreet_id]": "9", **PLACE}
    together, answers = threading.Barrier(8), list[Any]()

    def send() -> None:
        client = app.test_client()
        together.wait(20)
        for _ in range(3):
            answers.append(client.post(f"{ROOT}/requests.json", data=data))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer.status_code for answer in answers} == {200}
    assert len(answers) == 24
    (only,) = {answer.json[0]["service_request_id"] for answer in answers}
    listed = app.test_client().get(f"{ROOT}/requests.json?service_code=tree").json
    assert [one["service_request_id"] for one in listed] == [only]


def test_who_is_signed_in_is_told_the_same_as_a_stranger(app: Flask) -> None:
    from backend.accounts.service import make_demo_account, start_session
    from backend.core.actor import SYSTEM
    from backend.reports.service import NewReport, submit_report

    with app.app_context():
        session = db.session()
        found_city(session)
        account = make_demo_account(session, "boss@city.example", "Boss", ("triage",))
        token = start_session(session, account, "cookie", second_factor=True)
        new = NewReport("Private words", service="tree", place=HERE, visibility="private")
        hidden = submit_report(session, SYSTEM, new).public_id
        session.commit()
        db.session.remove()
    client = app.test_client()
    client.set_cookie("vox", token)
    assert client.get(f"{ROOT}/requests/{hidden}.json").status_code == 404
    for path in (f"{ROOT}/requests.json?extensions=true", "/feeds/reports.atom"):
        assert "Private words" not in client.get(path).text
    refused = client.post(f"{ROOT}/requests.json", data={"service_code": "tree", **PLACE})
    assert refused.status_code == 403
