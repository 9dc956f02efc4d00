"""Reports of a department that lives elsewhere: sent once, answered in our words, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text as sql

from backend.city.service import import_pack
from backend.classification.queries import component_codes
from backend.core.actor import ANONYMOUS, SYSTEM
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.jobs import Job, enqueue, run_pending
from backend.core.problems import Conflict
from backend.media.service import store_photo
from backend.open311.partners import service
from backend.open311.partners.models import OutsidePartner
from backend.open311.partners.translating import INTO, moves
from backend.reports.queries import read_report
from backend.reports.service import Contact, NewReport, assign, submit_report
from backend.reports.status import DEPARTMENT, REQUIRED, STATUSES, transition
from tests.console.conftest import Town, town  # noqa: F401 - a fixture
from tests.open311.elsewhere import Elsewhere, elsewhere
from tests.reports.conftest import HERE, TRIAGE, found_city
from tests.support.people import signed_in


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """A house whose operator allows the partner's host."""
    app = make_app(outward_hosts=("127.0.0.1",))
    with app.app_context():
        found_city(db.session())
        yield app
        db.session.remove()


@pytest.fixture
def there() -> Iterator[Elsewhere]:
    """The other city."""
    with elsewhere() as city:
        yield city


def joined(there: Elsewhere, department: str = "roads", **rest: Any) -> str:
    """Make the other city the partner of a department, and read what it offers."""
    session = db.session()
    values = {"name": "Roads Ltd", "department": department, "url": there.url,
              "api_key": "their-key", **rest}  # fmt: skip
    public_id = service.add_partner(session, SYSTEM, values)
    session.commit()
    run_pending(session)
    return public_id


def told(text: str = "A deep hole", *, photo: bool = False, **rest: Any) -> str:
    """Report something for the department of roads, unless told otherwise."""
    session = db.session()
    photos = ()
    if photo:
        image = BytesIO()
        Image.new("RGB", (60, 40), "red").save(image, "PNG")
        photos = (store_photo(session, ANONYMOUS, image.getvalue()),)
    values = {"service": "pothole", "answers": {"where": "path"}, "place": HERE} | rest
    done = submit_report(session, ANONYMOUS, NewReport(text, photos=photos, **values))
    session.commit()
    run_pending(session)
    return done.public_id


def later() -> None:
    """Let waiting time pass: what is due later is due now."""
    session = db.session()
    session.query(Job).filter(Job.state == "waiting").update({"run_at": utcnow()})
    session.query(OutsidePartner).update({"rests_until": None})
    session.commit()
    run_pending(session)


def fetch(partner: str) -> None:
    """Ask the partner for news."""
    enqueue(db.session(), "open311.fetch", {"partner": partner})
    db.session().commit()
    run_pending(db.session())


def dispatch() -> Any:
    """The one report on its way."""
    return db.session().execute(sql("select * from open311_dispatch")).one()


def shown(report: str) -> dict[str, Any]:
    """What anybody reads of a report."""
    db.session().rollback()
    return read_report(db.session(), ANONYMOUS, report)


@pytest.mark.parametrize("formats", [("json", "xml"), ("xml",)])
def test_a_report_goes_over_with_its_answers_and_its_number_is_kept(
    house: Flask, there: Elsewhere, formats: tuple[str, ...]
) -> None:
    there.formats = formats
    joined(there, photos="multipart")
    report = told("Ein tiefes Loch, größer als ein Fuß", photo=True, address="Main Street 1")
    assert len(there.requests) == 1
    fields, files = there.requests[0]["_fields"], there.requests[0]["_files"]
    assert fields["service_code"] == ["P1"]
    assert fields["attribute[where]"] == ["path"]
    assert fields["attribute[external_id]"] == [report]
    assert fields["address_string"] == ["Main Street 1"]
    assert float(fields["lat"][0]) == HERE[1]
    assert fields["description"][0].startswith("Ein tiefes Loch, größer als ein Fuß")
    assert fields["description"][0].endswith(f"/reports/{report}")
    assert files
    assert files[0][:2] == b"\xff\xd8"
    row = dispatch()
    assert (row.state, row.remote_id) == ("sent", "1")
    assert shown(report)["status"] == "assigned"
    for_staff = read_report(db.session(), TRIAGE, report)
    assert any("its number there is 1" in update["text"] for update in for_staff["updates"])
    assert not shown(report)["updates"]


def test_what_is_private_stays_unless_the_partner_must_know(house: Flask, there: Elsewhere) -> None:
    joined(there, department="parks", photos="none")
    contact = Contact("Ana Canary", "ana@mail.example", "0700 1")
    told(service="abuse", answers={})
    assert there.requests == []
    told(service="tree", answers={}, contact=contact)
    sent = str(there.requests[0]["_fields"])
    assert not any(word in sent for word in ("Canary", "ana@mail", "0700"))


def test_the_contact_goes_along_only_where_the_city_agreed(house: Flask, there: Elsewhere) -> None:
    joined(there, department="parks", sends_contact=True)
    told(service="tree", answers={}, contact=Contact("Ana Maria Pop", "ana@mail.example"))
    fields = there.requests[0]["_fields"]
    assert (fields["first_name"], fields["last_name"]) == (["Ana"], ["Maria Pop"])
    assert fields["email"] == ["ana@mail.example"]


@pytest.mark.parametrize("mood", ["down", "cut_before", "cut_after"])
def test_after_a_broken_line_it_arrives_once(house: Flask, there: Elsewhere, mood: str) -> None:
    joined(there)
    there.mood = mood
    told()
    assert dispatch().state in ("waiting", "unclear")
    there.mood = "well"
    later()
    assert len(there.requests) == 1
    assert (dispatch().state, dispatch().remote_id) == ("sent", "1")


def test_an_operator_need_not_wait_for_the_next_try(house: Flask, there: Elsewhere) -> None:
    partner = joined(there)
    there.mood = "cut_before"
    told()
    there.mood = "well"
    service.retry(db.session(), SYSTEM, partner, dispatch().public_id)
    db.session().commit()
    run_pending(db.session())
    assert (dispatch().state, len(there.requests)) == ("sent", 1)


def test_it_is_looked_for_before_it_is_sent_again(house: Flask, there: Elsewhere) -> None:
    joined(there)
    there.mood = "cut_after"
    told()
    before = len(there.receiver.heard)
    there.mood = "well"
    later()
    asked = [heard.method for heard in there.receiver.heard[before:]]
    assert asked == ["GET"]


def test_a_token_is_followed_to_its_number(house: Flask, there: Elsewhere) -> None:
    joined(there)
    there.batch, there.tokens_ready = True, False
    told()
    assert dispatch().state == "token"
    later()
    assert dispatch().state == "token"
    there.tokens_ready = True
    later()
    assert (dispatch().state, dispatch().remote_id) == ("sent", "1")
    assert len(there.requests) == 1


def test_a_dead_partner_is_left_in_peace_and_nothing_is_lost(
    house: Flask, there: Elsewhere
) -> None:
    joined(there)
    there.mood = "down"
    before = len(there.receiver.heard)
    for number in range(8):
        told(f"Hole number {number}")
    assert len(there.receiver.heard) - before == 3
    there.mood = "well"
    later()
    later()
    assert len(there.requests) == 8


def test_what_is_refused_is_stuck_with_its_reason_and_can_be_retried_or_given_up(
    house: Flask, there: Elsewhere
) -> None:
    partner = joined(there)
    there.mood = "forbidden"
    told("One")
    row = dispatch()
    assert (row.state, row.error, row.detail) == ("stuck", "refused_key", "wrong api_key")
    there.mood = "well"
    service.retry(db.session(), SYSTEM, partner)
    db.session().commit()
    run_pending(db.session())
    assert dispatch().state == "sent"
    with pytest.raises(Conflict):
        service.retry(db.session(), SYSTEM, partner, row.public_id)
    there.mood = "forbidden"
    told("Two")
    stuck = (
        db.session()
        .execute(sql("select public_id from open311_dispatch where state = 'stuck'"))
        .scalar()
    )
    service.give_up(db.session(), SYSTEM, partner, stuck)
    db.session().commit()
    there.mood = "well"
    later()
    assert len(there.requests) == 1


def test_what_the_partner_asks_in_vain_is_named_until_the_operator_answers(
    house: Flask, there: Elsewhere
) -> None:
    partner = joined(there)
    there.definitions["P1"][1]["required"] = True
    service.check_soon(db.session(), SYSTEM, partner)
    db.session().commit()
    run_pending(db.session())
    told()
    assert (dispatch().error, dispatch().detail) == ("missing_answer", "DEPTH")
    answers = {"fixed": {"DEPTH": "1"}, "values": {"where": {"path": "PTH"}}}
    service.map_service(db.session(), SYSTEM, partner, service="pothole", code="P1",
                        answers=answers)  # fmt: skip
    service.retry(db.session(), SYSTEM, partner)
    db.session().commit()
    run_pending(db.session())
    fields = there.requests[0]["_fields"]
    assert fields["attribute[DEPTH]"] == ["1"]
    assert fields["attribute[where]"] == ["PTH"]


def test_reports_wait_until_the_partner_could_be_read(house: Flask, there: Elsewhere) -> None:
    there.mood = "down"
    joined(there)
    told()
    assert (dispatch().state, dispatch().error) == ("waiting", "not_read")
    there.mood = "well"
    later()
    later()
    assert dispatch().state == "sent"


def test_without_a_fitting_service_it_waits_for_a_choice(house: Flask, there: Elsewhere) -> None:
    partner = joined(there)
    report = told("Something else", service=None, answers={})
    assert db.session().execute(sql("select count(*) from open311_dispatch")).scalar() == 0
    assign(db.session(), TRIAGE, report, department="roads")
    db.session().commit()
    run_pending(db.session())
    assert dispatch().error == "no_service"
    service.change_partner(db.session(), SYSTEM, partner, {"fallback": "P1"})
    service.map_service(db.session(), SYSTEM, partner, service="pothole", code="P1")
    service.retry(db.session(), SYSTEM, partner)
    db.session().commit()
    run_pending(db.session())
    # The fallback asks where; nobody was asked.
    assert (dispatch().error, dispatch().detail) == ("missing_answer", "where")


def test_its_answers_reach_the_reporter_each_once(house: Flask, there: Elsewhere) -> None:
    partner = joined(there)
    report = told()
    there.say("1", "in_progress", "A crew is booked.")
    fetch(partner)
    assert shown(report)["status"] == "in_progress"
    there.say("1", "IN_PROGRESS", "It rains, so tomorrow.")
    there.say("1", "closed", "Filled and rolled.")
    there.say("77", "closed", "Not one of yours.")
    for _again in range(3):
        fetch(partner)
    found = shown(report)
    assert found["status"] == "resolved"
    texts = [update["text"] for update in found["updates"]]
    assert texts == ["A crew is booked.", "It rains, so tomorrow.", "Filled and rolled."]
    there.say("1", "reopen", "It broke again.")
    fetch(partner)
    assert shown(report)["status"] == "reopened"


def test_a_partner_without_updates_is_asked_for_states(house: Flask, there: Elsewhere) -> None:
    there.updates = None
    partner = joined(there)
    report = told()
    fetch(partner)
    assert shown(report)["updates"] == []
    there.requests[0] |= {"status": "closed", "status_notes": "Not our road."}
    fetch(partner)
    fetch(partner)
    found = shown(report)
    assert found["status"] == "resolved"
    assert [update["text"] for update in found["updates"]] == ["Not our road."]


def answer(report: str, text: str) -> None:
    """The reporter says something more."""
    from backend.reports.service.handling import add_update
    from backend.reports.service.record import lock

    session = db.session()
    add_update(session, lock(session, report), text, author="reporter", by="reporter")
    session.commit()
    run_pending(session)


def test_what_the_reporter_answers_reaches_the_partner_once_and_does_not_come_back(
    house: Flask, there: Elsewhere
) -> None:
    partner = joined(there)
    there.mood = "cut_after"
    report = told()
    answer(report, "It is deeper now.")
    assert there.updates == []  # the report has no number there yet
    there.mood = "well"
    later()
    there.mood = "cut_after"
    later()
    there.mood = "well"
    later()
    assert [one["description"] for one in there.updates or ()] == ["It is deeper now."]
    for _again in range(2):
        fetch(partner)
    assert [update["text"] for update in shown(report)["updates"]] == ["It is deeper now."]


def test_where_the_partner_takes_no_answers_colleagues_are_told(
    house: Flask, there: Elsewhere
) -> None:
    there.updates = None
    joined(there)
    report = told()
    answer(report, "It is deeper now.")
    notes = [u["text"] for u in read_report(db.session(), TRIAGE, report)["updates"]]
    assert any("took no notice of the reporter's answer" in text for text in notes)


def test_an_answer_that_comes_before_its_number_is_known_is_not_lost(
    house: Flask, there: Elsewhere
) -> None:
    partner = joined(there)
    there.mood = "cut_after"
    report = told()
    there.mood = "well"
    there.say("1", "planned", "On Monday.")
    fetch(partner)
    assert shown(report)["status"] == "received"
    later()
    fetch(partner)
    assert shown(report)["status"] == "planned"


def test_what_left_the_department_is_not_changed_by_its_partner(
    house: Flask, there: Elsewhere
) -> None:
    partner = joined(there)
    report = told()
    assign(db.session(), TRIAGE, report, department="parks")
    db.session().commit()
    there.say("1", "closed", "Done.")
    fetch(partner)
    assert shown(report)["status"] == "assigned"
    row = db.session().execute(sql("select outcome, why from open311_partner_update")).one()
    assert row.outcome == "refused"
    assert row.why


def test_keys_are_sealed_and_a_paused_partner_rests(house: Flask, there: Elsewhere) -> None:
    partner = joined(there)
    stored = db.session().execute(sql("select api_key from open311_partner")).scalar()
    assert "their-key" not in stored
    service.change_partner(db.session(), SYSTEM, partner, {"state": "paused"})
    db.session().commit()
    told()
    assert there.requests == []
    service.change_partner(db.session(), SYSTEM, partner, {"state": "active"})
    db.session().commit()
    run_pending(db.session())
    assert len(there.requests) == 1


@given(
    ours=st.sampled_from(sorted(STATUSES)),
    theirs=st.sampled_from([*INTO, *STATUSES, "nonsense", ""]),
    text=st.sampled_from(["", "ok", "A longer word."]),
)
def test_every_step_that_a_partner_leads_to_may_be_taken(ours: str, theirs: str, text: str) -> None:
    at = ours
    for move in moves(ours, theirs, text, "Roads Ltd"):
        step = transition(at, move.target)
        assert step is not None
        assert DEPARTMENT in step.who
        if "reason" in REQUIRED.get(move.target, ()):
            assert move.reason
            assert len(move.reason) >= 3
        if "forwarded_to" in REQUIRED.get(move.target, ()):
            assert move.forwarded_to
        assert move.target != "duplicate"
        at = move.target


def test_the_api_tells_how_a_partner_stands_and_never_its_key(
    house: Flask, there: Elsewhere
) -> None:
    client = house.test_client()
    headers = signed_in(db.session(), "administrator")
    triage = signed_in(db.session(), "triage", name="Tri Age")
    db.session().commit()
    body = {"name": "Roads Ltd", "department": "roads", "url": there.url, "api_key": "their-key"}
    assert client.post("/api/v1/partners", json=body, headers=triage).status_code == 403
    wrong = client.post("/api/v1/partners", json=body | {"department": "none"}, headers=headers)
    assert wrong.status_code == 422
    made = client.post("/api/v1/partners", json=body, headers=headers)
    assert made.status_code == 201
    assert "their-key" not in made.get_data(as_text=True)
    assert client.post("/api/v1/partners", json=body, headers=headers).status_code == 409
    run_pending(db.session())
    there.mood = "forbidden"
    told()
    address = f"/api/v1/partners/{made.json['id']}"
    rows = client.get(address + "/reports?state=stuck", headers=headers).json["items"]
    assert [row["error"] for row in rows] == ["refused_key"]
    assert client.get(address, headers=headers).json["reports"] == {"stuck": 1}
    there.mood = "well"
    again = client.post(f"{address}/reports/{rows[0]['id']}/retry", headers=headers)
    assert again.json == {"retried": 1}
    run_pending(db.session())
    assert len(there.requests) == 1
    etag = client.get(address, headers=headers).headers["ETag"]
    paused = client.patch(address, json={"state": "paused"}, headers=headers | {"If-Match": etag})
    assert paused.json["state"] == "paused"


def test_the_operator_adds_one_sees_what_is_stuck_and_chooses_on_the_desk(
    make_app: Callable[..., Flask],
    there: Elsewhere,
    town: Any,  # noqa: F811
) -> None:
    app = make_app(outward_hosts=("127.0.0.1",))
    with app.app_context():
        import_pack(db.session(), SYSTEM, town, frozenset(component_codes()))
        db.session().commit()
        db.session.remove()
    place = Town(app, {})
    desk = place.desk("administrator")
    assert "No partner yet" in desk.get("/console/partners")
    values = {"name": "Roads Ltd", "url": there.url, "api_key": "their-key", "photos": "none"}
    desk.send("/console/partners", 422, **values)
    assert "The city has no such department." in desk.page
    there.services[0] |= {"service_name": "Holes", "metadata": False}
    desk.send("/console/partners", **values, department="roads")
    address = desk.response.headers["Location"]  # type: ignore[union-attr]
    place.work(run_pending)
    place.tell("A hole in the road", service="pothole", judged=False)
    place.work(run_pending)
    page = desk.get(address)
    assert "No service of the partner stands for ours." in page
    assert "their-key" not in page
    desk.send(address, act="map", service="pothole", code="P1")
    desk.get(address)
    desk.send(address + "/retry")
    place.work(run_pending)
    assert [one["service_code"] for one in there.requests] == ["P1"]
    assert "Nothing here." in desk.get(address)
    assert ">1<" in desk.get(address + "?view=done")
    desk.send(address, act="pause")
    assert "Paused" in desk.follow()
