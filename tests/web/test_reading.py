"""The front page, the list, the map and a report's page, for readers without JavaScript."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import event

from backend.core.db import db
from backend.reports import service
from backend.reports.service import Step
from tests.web.conftest import STREET, TRIAGE
from tests.web.visitor import Visitor

PUBLIC = ("/", "/reports", "/map", "/privacy", "/accessibility", "/contact", "/licence", "/offline")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_may_be_kept_for_a_moment(visitor: Visitor, address: str) -> None:
    page = visitor.get(address)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "public, max-age=30"
    assert "Cookie" in page.headers["Vary"]
    assert "Set-Cookie" not in page.headers
    assert page.html.count("<h1") == 1


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_stand_without_any_city(app: Flask, address: str) -> None:
    assert Visitor(app).get(address).status == 200


@pytest.mark.parametrize("language", ["nl", "ro", "de"])
def test_pages_speak_the_readers_language_where_they_can(visitor: Visitor, language: str) -> None:
    page = visitor.get("/reports", language)
    assert f'<html lang="{language}"' in page.html


def test_the_list_is_narrowed(visitor: Visitor, reported) -> None:
    lamp = reported("The street lamp is out", service="street_light", answers={"fault": "out"})
    bench = reported("A bench in the park is broken", kind="suggestion")
    page = visitor.get("/reports")
    assert {f"/reports/{lamp.public_id}", f"/reports/{bench.public_id}"} <= set(
        page.links(r"/reports/\w{16}")
    )
    for query in ("q=bench", "kind=suggestion", "state=open&q=bench", f"near={STREET}+1&q=bench"):
        found = visitor.get(f"/reports?{query}")
        assert found.links(r"/reports/\w{16}") == [f"/reports/{bench.public_id}"], query
    assert "Nothing fits" in visitor.get("/reports?state=closed").words
    assert "We do not find this address" in visitor.get("/reports?near=qqqqxyz").words


def test_foreign_filters_do_no_harm(visitor: Visitor, reported) -> None:
    reported()
    for query in ("cursor=x", "service=none", "domain=XX", "status=x", "near=1e9,4", "since=-1"):
        assert visitor.get(f"/reports?{query}").status == 200, query


def test_an_empty_list_invites(visitor: Visitor) -> None:
    assert "Yours would be the first." in visitor.get("/reports").words


def test_the_next_page_goes_on(visitor: Visitor, reported) -> None:
    for number in range(27):
        reported(f"Report number {number} about something")
    first = visitor.get("/reports")
    [more] = first.links(r"/reports\?[^\"]*cursor=[^\"]+")
    second = visitor.get(more.replace("&amp;", "&"))
    seen = {*first.links(r"/reports/\w{16}"), *second.links(r"/reports/\w{16}")}
    assert len(seen) == 27


def test_the_map_has_points(visitor: Visitor, reported, house) -> None:
    done = reported()
    lon, lat = house
    box = f"{lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}"
    answer = visitor.client.get(f"/map/points.json?bbox={box}&zoom=15")
    [feature] = json.loads(answer.data)["features"]
    assert feature["properties"]["href"] == f"/reports/{done.public_id}"
    assert feature["properties"]["hue"] == "new"
    far = visitor.client.get("/map/points.json?bbox=-200,-95,200,95&zoom=2")
    assert far.status_code == 200
    assert visitor.client.get("/map/points.json?bbox=1,2").status_code == 422


def test_a_report_shows_its_way(visitor: Visitor, reported) -> None:
    done = reported("The lamp at the gate is out", status="resolved", reason="A new lamp is in.")
    page = visitor.get(f"/reports/{done.public_id}")
    assert "Resolved" in page.words
    assert "A new lamp is in." in page.words
    assert "This is not done" in page.words
    assert done.return_secret not in page.html


def test_strangers_are_not_spoken_to_as_the_reporter(visitor: Visitor, reported) -> None:
    done = reported(status="waiting_for_reporter", reason="Which of the two lamps?")
    page = visitor.get(f"/reports/{done.public_id}")
    assert "Waiting for the reporter" in page.words
    assert "your answer" not in page.words.lower()
    own = visitor.get(f"/r/{done.return_secret}")
    assert "Waiting for your answer" in own.words


def test_the_model_speaks_honestly(visitor: Visitor, reported) -> None:
    done = reported("De straatlantaarn is kapot en het is donker op straat")
    words = visitor.get(f"/reports/{done.public_id}").words
    assert "No person has checked this yet." in words or "is not sure" in words


def test_me_too_counts_once_for_a_device(visitor: Visitor, city: Flask, reported) -> None:
    done = reported()
    page = visitor.get(f"/reports/{done.public_id}")
    assert "1 other person" in page.send("/confirm").words
    assert "1 other person" in page.send("/confirm").words
    assert "2 other people" in Visitor(city).get(page.address).send("/confirm").words


def test_following_asks_to_sign_in_and_comes_back(visitor: Visitor, reported) -> None:
    done = reported()
    page = visitor.get(f"/reports/{done.public_id}").send("/follow")
    assert page.address == f"/sign-in?next=%2Freports%2F{done.public_id}"


def test_who_is_signed_in_follows(visitor: Visitor, reported, sign_in) -> None:
    done = reported()
    page = sign_in(visitor, next_=f"/reports/{done.public_id}")
    assert "Do not follow any more" in page.send("/follow").words
    assert "Do not follow any more" not in visitor.get(page.address).send("/follow").words


def test_a_closing_is_disputed_with_evidence(
    visitor: Visitor, city: Flask, reported, sign_in
) -> None:
    done = reported(status="no_action", reason="We see no fault.")
    sign_in(visitor, next_="/")
    form = visitor.get(f"/reports/{done.public_id}/dispute")
    short = form.send("/dispute", text="No!")
    assert short.status == 422
    assert "Say in a sentence or two" in short.words
    page = short.send("/dispute", text="It is still dark there every evening.")
    assert "The city has your objection." in page.words
    with city.app_context():
        service.answer_dispute(
            db.session, TRIAGE, done.public_id, reopen=True, answer="We look again."
        )
        db.session.commit()
    assert "Reopened" in visitor.get(f"/reports/{done.public_id}").words


def test_what_is_private_is_not_found(visitor: Visitor, reported) -> None:
    done = reported("Something private", visibility="private")
    assert visitor.get(f"/reports/{done.public_id}").status == 404
    assert visitor.get("/reports/nosuchreport0000").status == 404


def test_the_return_link_does_everything(visitor: Visitor, city: Flask, reported) -> None:
    done = reported(status="waiting_for_reporter", reason="Which of the two lamps?")
    page = visitor.get(f"/returns/{done.return_secret}")
    assert page.address == f"/r/{done.return_secret}"
    assert "The city has a question for you." in page.words
    empty = page.send("/add", text=" ")
    assert empty.status == 422
    answered = page.send("/add", text="The one at the gate.")
    assert "The one at the gate." in answered.words
    assert "Being worked on" in answered.words
    twice = visitor.post(page.form("/add").action, page.form("/add").values | {"text": "Again"})
    assert "Again" not in twice.words
    with city.app_context():
        step = Step("resolved", "A new lamp is in.")
        service.change_status(db.session, TRIAGE, done.public_id, step)
        db.session.commit()
    rated = visitor.get(page.address).send("/rate", score="2", text="It took long.")
    assert "what you think of the outcome" in rated.words


def test_the_return_link_takes_the_report_back(visitor: Visitor, reported) -> None:
    done = reported()
    page = visitor.get(f"/r/{done.return_secret}").send("/withdraw", reason="It was my own lamp.")
    assert "You have withdrawn this report." in page.words
    assert "Withdrawn" in visitor.get(f"/reports/{done.public_id}").words
    assert visitor.get("/r/" + "0" * 26).status == 404


@pytest.mark.parametrize(
    ("address", "most"), [("/", 14), ("/reports", 10), ("/map", 10), ("report", 14)]
)
def test_pages_ask_little_of_the_database(
    visitor: Visitor, city: Flask, reported, address: str, most: int
) -> None:
    done = reported()
    address = f"/reports/{done.public_id}" if address == "report" else address
    visitor.get(address)
    asked: list[str] = []
    with city.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= most, "\n".join(asked)
