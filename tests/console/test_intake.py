"""A call: taken in on one page, with what is alike and where it is before it is sent."""

from __future__ import annotations

import re

from backend.core.actor import SYSTEM
from backend.core.ledger import entries_of
from backend.reports.queries import read_report
from tests.console.conftest import Town

HOLE = "Deep pothole in the road beside the bridge"
PLACE = {"lon": "25.05", "lat": "45.05"}


def test_a_call_becomes_a_report(city: Town) -> None:
    desk = city.desk("triage")
    desk.get("/console/intake")
    call = {"text": HOLE, "service": "pothole", "name": "Ana Pop", "phone": "0722 123 456"}
    desk.send("/console/intake", **call, **PLACE, do="send", once="0123456789abcdef")
    page = desk.follow()
    spoken = re.search(r'class="readout numbers">([0-9A-Z-]+)<', page)
    assert spoken
    report_id = spoken[1].replace("-", "").lower()
    found = city.work(lambda s: read_report(s, SYSTEM, report_id, relation="department"))
    assert (found["channel"], found["service"], found["district"]) == ("phone", "pothole", "west")
    assert found["has_contact"]
    first = city.work(lambda s: entries_of(s, "report", report_id))[0]
    assert first["actor"].startswith("person:"), "who took the call is known"
    # The code for the caller is for this clerk's eyes, in this answer.
    assert "/r/" in page
    address = desk.response.request.path + "?" + desk.response.request.query_string.decode()
    city.desk("triage", name="Other").get(address, 404)


def test_the_same_call_is_taken_in_once(city: Town) -> None:
    desk = city.desk("triage")
    desk.get("/console/intake")
    for _ in range(2):
        desk.send("/console/intake", text=HOLE, do="send", once="0123456789abcdef", **PLACE)
    assert "taken in already" in desk.follow()
    assert desk.get("/console/inbox/open").count("data-line") == 1


def test_what_is_known_is_shown_while_the_caller_speaks(city: Town) -> None:
    known = city.tell(HOLE, service="pothole")
    desk = city.desk("triage")
    desk.get("/console/intake")
    page = desk.send(
        "/console/intake", 200, text="There is a deep pothole in the road at the bridge, on fire",
        service="pothole", do="look", **PLACE,
    )  # fmt: skip
    assert known in page
    assert "Call 112." in page
    assert "West" in page
    assert desk.get("/console/inbox/open").count("data-line") == 1, "looking stores nothing"


def test_what_is_wrong_comes_back_with_what_was_typed(city: Town) -> None:
    desk = city.desk("department", department="roads")
    desk.get("/console/intake")
    page = desk.send("/console/intake", 422, text="", name="Ana Pop", do="send")
    assert "Tell the city in a few words" in page
    assert "Ana Pop" in page
    page = desk.send("/console/intake", 422, text=HOLE, lon="3.0", lat="45.0", do="send")
    assert "outside" in page
    assert HOLE in page


def test_places_answer_the_form(city: Town) -> None:
    desk = city.desk("triage")
    desk.get("/console/places?q=nowhere")
    assert desk.response.json == []
    desk.get("/console/places/nearest?lat=45.05&lon=25.05")
    assert desk.response.json["inside"] is True
    desk.get("/console/places/nearest?lat=x&lon=25.05", 422)
