"""Taking reports in: what is kept, what is refused, and what is never told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from backend.core.actor import ANONYMOUS
from backend.core.jobs import run_pending
from backend.core.ledger import verify
from backend.core.problems import Forbidden, Invalid, NotFound, SignInNeeded
from backend.reports import queries, service
from backend.reports.service import Contact, NewReport, Submitted
from tests.reports.conftest import CITIZEN, HERE, NEIGHBOUR, TRIAGE, Catalogue

Send = Callable[..., Submitted]


def test_a_report_is_stored_with_its_district_service_and_history(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send(service="pothole", answers={"where": "road", "lane": "2"}, by=CITIZEN)
    found = queries.read_report(session, CITIZEN, done.public_id)
    assert found["district"] == "west"
    assert found["department"] == "roads"
    assert (found["domain"], found["component"]) == ("SM", "SM-IT")
    assert found["status"] == "received"
    assert found["answers"] == {"where": "road", "lane": 2}
    assert found["due_at"] > found["created_at"]
    assert found["relation"] == "own"
    entries = queries.history(session, TRIAGE, done.public_id)
    assert [e["action"] for e in entries] == ["submitted"]
    assert verify(session, "report").holds


def test_a_place_outside_is_refused_with_the_nearest_that_works(
    session: Any, city: Catalogue
) -> None:
    with pytest.raises(Invalid) as refused:
        service.submit_report(session, ANONYMOUS, NewReport("A hole", place=(1.9, 54.75)))
    nearest = refused.value.extra["nearest_place"]["coordinates"]
    again = service.submit_report(session, ANONYMOUS, NewReport("A hole", place=tuple(nearest)))
    assert again.item["district"] == "west"


def test_swapped_axes_are_recognised(session: Any, city: Catalogue) -> None:
    with pytest.raises(Invalid) as refused:
        service.submit_report(session, ANONYMOUS, NewReport("A hole", place=HERE[::-1]))
    assert "swapped" in str(refused.value.errors["place"])


def test_words_of_danger_show_the_emergency_number(
    session: Any, city: Catalogue, send: Send
) -> None:
    assert send("My neighbour's house is ON FIRE").emergency["number"] == "112"
    assert send("A hole").emergency is None


def test_required_and_conditional_questions(session: Any, city: Catalogue, send: Send) -> None:
    with pytest.raises(Invalid) as refused:
        send(service="pothole", answers={"where": "road"})
    assert set(refused.value.errors) == {"answers.lane"}
    with pytest.raises(Invalid) as refused:
        send(service="pothole", answers={"where": "moon", "colour": "red"})
    assert {"answers.where", "answers.colour"} <= set(refused.value.errors)
    done = send(service="pothole", answers={"where": "path", "lane": 3})
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert found["answers"] == {"where": "path"}


def test_the_contact_is_sealed_and_its_reading_leaves_a_trace(
    session: Any, city: Catalogue, send: Send
) -> None:
    contact = Contact("Noor de Wit", "Noor@Example.org", "+31 6 1234 5678")
    done = send(contact=contact)
    stored = str(session.execute(text("select * from report_contact")).all())
    assert "Noor" not in stored
    assert "example.org" not in stored.lower()
    assert "Noor" not in str(queries.read_report(session, NEIGHBOUR, done.public_id))
    with pytest.raises(Forbidden):
        service.read_contact(session, NEIGHBOUR, done.public_id)
    found = service.read_contact(session, TRIAGE, done.public_id)
    assert found is not None
    assert found["email"] == "noor@example.org"
    entries = queries.history(session, TRIAGE, done.public_id)
    assert [e["action"] for e in entries] == ["submitted", "contact_read"]


def test_private_and_confidential_reports_are_seen_by_few(
    session: Any, city: Catalogue, send: Send
) -> None:
    private = send(visibility="private", service="tree", by=CITIZEN)
    confidential = send(service="abuse")
    parks = department_actor(city.parks)
    roads = department_actor(city.roads)
    for hidden in (private, confidential):
        for stranger in (ANONYMOUS, NEIGHBOUR, roads):
            with pytest.raises(NotFound):
                queries.read_report(session, stranger, hidden.public_id)
            listed = queries.list_page(session, stranger, limit=200).items()
            assert hidden.public_id not in {item["id"] for item in listed}
        for insider in (parks, TRIAGE):
            assert queries.read_report(session, insider, hidden.public_id)
            listed = queries.list_page(session, insider, limit=200).items()
            assert hidden.public_id in {item["id"] for item in listed}
    assert queries.read_report(session, CITIZEN, private.public_id)["relation"] == "own"
    mine = queries.list_page(session, CITIZEN, queries.Filters(mine=True)).items()
    assert [item["id"] for item in mine] == [private.public_id]


def department_actor(department: int) -> Any:
    from tests.reports.conftest import actor

    return actor("department", account=950 + department, departments=(department,))


def test_the_return_link_lets_its_holder_look_answer_and_withdraw(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send()
    secret = done.return_secret
    assert secret is not None
    assert service.read_by_return(session, ANONYMOUS, secret.upper())["relation"] == "own"
    service.change_status(
        session, TRIAGE, done.public_id, service.Step("waiting_for_reporter", "Which side?")
    )
    service.add_by_return(session, ANONYMOUS, secret, "The left side")
    found = service.read_by_return(session, ANONYMOUS, secret)
    assert found["status"] == "in_progress"
    assert [u["author"] for u in found["updates"]] == ["city", "reporter"]
    service.withdraw_by_return(session, ANONYMOUS, secret)
    assert service.read_by_return(session, ANONYMOUS, secret)["status"] == "withdrawn"
    for wrong in ("x" * 26, secret[:-1], secret + "0", "", "0" * 26):
        with pytest.raises(NotFound):
            service.read_by_return(session, ANONYMOUS, wrong)
    assert (
        session.execute(
            text("select count(*) from report where return_hash = :s"), {"s": secret}
        ).scalar()
        == 0
    )


def test_staff_take_in_what_is_told_by_telephone(session: Any, city: Catalogue) -> None:
    new = NewReport("A hole", channel="phone", contact=Contact(phone="+31612345678"))
    with pytest.raises((Forbidden, SignInNeeded)):
        service.submit_report(session, CITIZEN, new, on_behalf=True)
    done = service.submit_report(session, TRIAGE, new, on_behalf=True)
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert found["channel"] == "phone"
    assert found["relation"] == "other"
    assert queries.history(session, TRIAGE, done.public_id)[0]["by"] == TRIAGE.key


def test_what_follows_an_arrival(session: Any, city: Catalogue, send: Send) -> None:
    done = send("The street lamp in front of my house has been dark for two weeks")
    ran = run_pending(session)
    assert {"reports.arrived", "classification.suggest"} <= set(ran)
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert found["unsure"] or found["component"]
    assert verify(session, "report").holds
