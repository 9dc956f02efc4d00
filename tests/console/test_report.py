"""One report on the desk: accept, correct, pass on, step, answer, note, merge, hide, dispute."""

from __future__ import annotations

import re
from typing import Any

from backend.core.actor import SYSTEM, Actor
from backend.core.ledger import entries_of
from backend.reports import service
from backend.reports.queries import history, read_report
from backend.reports.service import Contact
from tests.console.conftest import Town

HOLE = "Deep pothole in the road beside the bridge"


def state(city: Town, report_id: str) -> dict[str, Any]:
    """The report as the system sees it."""
    return city.work(lambda s: read_report(s, SYSTEM, report_id, relation="department"))


def test_accepting_places_passes_on_and_leads_to_the_next(city: Town) -> None:
    older = city.tell("Pothole at the corner, cars swerve into the cycle lane")
    report_id = city.tell(HOLE)
    desk = city.desk("triage")
    page = desk.get(f"/console/inbox/triage/{report_id}")
    assert "What to do" in page
    desk.send(f"/console/reports/{report_id}/place", take="SM-IT")
    assert desk.response.headers["Location"] == f"/console/inbox/triage/{older}"
    assert "Passed to Roads" in desk.follow()
    found = state(city, report_id)
    assert (found["status"], found["department"]) == ("assigned", "roads")
    assert (found["component"], found["service"], found["placed_by"]) == (
        "SM-IT",
        "pothole",
        "person",
    )


def test_correcting_teaches_the_model(city: Town) -> None:
    report_id = city.tell(HOLE)
    desk = city.desk("triage")
    desk.get(f"/console/reports/{report_id}")
    desk.send(f"/console/reports/{report_id}/place", service="rubbish", component="MI2")
    found = state(city, report_id)
    assert (found["component"], found["department"], found["status"]) == (
        "MI2",
        "waste",
        "assigned",
    )
    from backend.classification.queries import override_rates
    from backend.core.clock import utcnow

    rates = city.work(lambda s: override_rates(s, utcnow().replace(year=2020)))
    assert sum(rate["overridden"] for rate in rates) == 1


def test_a_step_tells_what_the_reporter_reads_and_needs_a_reason(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    desk = city.desk("department", department="roads")
    page = desk.get(f"/console/reports/{report_id}")
    assert "The city says that this is done." in page
    assert 'value="triaged"' not in page, "reading it first is triage's step"
    desk.send(f"/console/reports/{report_id}/status", 422, status="resolved", reason="")
    assert "Write what the reporter should read about this." in desk.page
    assert re.search(r'value="resolved"[^>]* checked', desk.page)
    desk.send(
        f"/console/reports/{report_id}/status", status="resolved", reason="Filled with asphalt."
    )
    assert "Filled with asphalt." in desk.follow()
    assert state(city, report_id)["status"] == "resolved"


def test_forwarding_says_to_whom(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    desk = city.desk("triage")
    desk.get(f"/console/reports/{report_id}")
    words = {"status": "not_ours", "reason": "This is a road of the province."}
    desk.send(f"/console/reports/{report_id}/status", 422, **words)
    assert "Say to whom the report was forwarded." in desk.page
    assert "This is a road of the province." in desk.page
    desk.send(f"/console/reports/{report_id}/status", **words, forwarded_to="The province")
    assert state(city, report_id)["forwarded_to"] == "The province"


def test_a_stale_form_shows_what_happened_and_keeps_the_text(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    one, other = city.desk("triage", name="One"), city.desk("triage", name="Other")
    one.get(f"/console/inbox/open/{report_id}")
    other.get(f"/console/reports/{report_id}")
    other.send(f"/console/reports/{report_id}/answer", text="We look at it tomorrow.")
    one.send(
        f"/console/reports/{report_id}/status", 412, status="planned", reason="Next week it is."
    )
    assert "Somebody changed this report while you were writing" in one.page
    changed = re.search(r'<ul class="meanwhile">(.*?)</ul>', one.page, re.DOTALL)
    assert changed
    assert "We look at it tomorrow." in changed[1]
    assert "Other" in changed[1]
    assert "Next week it is." in one.page
    assert re.search(r'value="planned"[^>]* checked', one.page)
    one.send(f"/console/reports/{report_id}/status", status="planned", reason="Next week it is.")
    assert one.response.headers["Location"] == f"/console/inbox/open/{report_id}"
    assert state(city, report_id)["status"] == "planned"


def test_passing_on_to_a_colleague_of_the_department_alone(city: Town) -> None:
    report_id = city.tell(HOLE)
    city.desk("department", department="roads", name="Rita Roads")
    _actor, _token, waste = city.actor("department", department="waste", name="Wim Waste")
    desk = city.desk("triage")
    page = desk.get(f"/console/reports/{report_id}")
    people = {
        name: value
        for value, name in re.findall(r'<option value="(\w{16})">([^<]+)</option>', page)
    }
    address = f"/console/reports/{report_id}/assign"
    desk.send(address, 422, department="roads", person=people["Wim Waste"])
    assert "This person does not work for that department." in desk.page
    desk.send(address, department="roads", person=people["Rita Roads"])
    assert "Rita Roads" in desk.follow()
    found = state(city, report_id)
    assert found["department"] == "roads"
    assert found["assignee_id"] not in (None, waste)


def test_taking_it_into_ones_own_hands(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    desk = city.desk("department", department="roads")
    assert '/take"' in desk.get(f"/console/reports/{report_id}")
    desk.send(f"/console/reports/{report_id}/take")
    assert '/take"' not in desk.follow()
    assert report_id in desk.get("/console/inbox/mine")
    triage = city.desk("triage")
    assert '/take"' not in triage.get(f"/console/reports/{report_id}")


def test_a_note_stays_inside_and_is_kept_once(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    desk = city.desk("department", department="roads")
    desk.get(f"/console/reports/{report_id}")
    once = "0123456789abcdef"
    desk.send(f"/console/reports/{report_id}/note", text="The keeper has the key.", once=once)
    page = desk.follow()
    desk.send(f"/console/reports/{report_id}/note", text="The keeper has the key.", once=once)
    assert len(re.findall("The keeper has the key.", desk.follow())) == 1
    assert "timeline__event--internal" in page
    seen = city.work(lambda s: read_report(s, Actor(), report_id))
    assert "keeper" not in str(seen)


def test_looking_at_the_contact_is_written_down(city: Town, contact: Contact) -> None:
    report_id = city.tell(HOLE, service="pothole", contact=contact)
    desk = city.desk("department", department="roads", name="Rita Roads")
    assert "ana@mail.example" not in desk.get(f"/console/reports/{report_id}")
    page = desk.send(f"/console/reports/{report_id}/contact", 200)
    assert "ana@mail.example" in page
    assert "0722 123 456" in page
    assert "Looked at the reporter" in desk.get(f"/console/reports/{report_id}")
    entries = city.work(lambda s: entries_of(s, "report", report_id))
    assert "contact_read" in [entry["action"] for entry in entries]


def test_merging_offers_what_is_alike_and_can_be_undone(city: Town) -> None:
    parent = city.tell(HOLE, service="pothole")
    child = city.tell("There is a deep pothole in the road at the bridge", service="pothole")
    desk = city.desk("triage")
    assert "1 alike nearby" in desk.get(f"/console/reports/{child}")
    desk.send(f"/console/reports/{child}/merge", 422)
    assert "Choose the report that this one repeats." in desk.page
    desk.send(f"/console/reports/{child}/merge", 422, duplicate_of_other="0000-0000-0000-0000")
    assert "There is no report with this number." in desk.page
    desk.send(f"/console/reports/{child}/merge", duplicate_of=parent)
    assert "Undo the merging" in desk.follow()
    assert state(city, child)["duplicate_of"] == parent
    desk.send(f"/console/reports/{child}/unmerge", reason="Another hole, across the street.")
    assert state(city, child)["status"] == "reopened"


def test_hiding_needs_a_reason_and_triage(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    roads = city.desk("department", department="roads")
    assert "Who may see it" not in roads.get(f"/console/reports/{report_id}")
    roads.send(f"/console/reports/{report_id}/visibility", 403, visibility="hidden", reason="rude")
    desk = city.desk("triage")
    desk.get(f"/console/reports/{report_id}")
    desk.send(f"/console/reports/{report_id}/visibility", 422, visibility="hidden")
    desk.send(
        f"/console/reports/{report_id}/visibility", visibility="hidden", reason="A name in it."
    )
    assert state(city, report_id)["visibility"] == "hidden"


def test_another_departments_report_is_not_worked_on(city: Town) -> None:
    report_id = city.tell(HOLE, service="pothole")
    waste = city.desk("department", department="waste")
    waste.get(f"/console/reports/{report_id}", 403)
    waste.get("/console/")
    waste.send(f"/console/reports/{report_id}/note", 403, text="Mine?", version="1")
    private = city.tell(
        "A private matter about a neighbour", visibility="private", service="pothole"
    )
    waste.get(f"/console/reports/{private}", 404)


def test_a_dispute_is_answered(city: Town) -> None:
    closer, _token, _id = city.actor("triage", name="Closer")
    done = {}

    def close(s: Any) -> None:
        new = service.NewReport(text=HOLE, service="pothole", place=(25.05, 45.05))
        sent = service.submit_report(s, Actor(), new)
        done.update(id=sent.public_id, secret=sent.return_secret)
        service.change_status(s, closer, sent.public_id, service.Step("resolved", "Filled."))

    city.work(close)
    city.work(
        lambda s: service.dispute_by_return(s, Actor(), done["secret"], "The hole is still there.")
    )
    desk = city.desk("triage")
    assert HOLE in desk.get("/console/inbox/disputed")
    page = desk.get(f"/console/inbox/disputed/{done['id']}")
    assert "The hole is still there." in page
    address = f"/console/reports/{done['id']}/dispute"
    desk.send(address, 422, answer="We go and look.")
    assert "Choose whether it is opened again." in desk.page
    desk.send(address, decision="reopen", answer="You are right, we go again.")
    assert state(city, done["id"])["status"] == "reopened"
    told = city.work(lambda s: history(s, SYSTEM, done["id"]))
    assert told[-1]["action"] == "dispute_answered"


def test_the_print_view_has_no_forms_and_no_contact(city: Town, contact: Contact) -> None:
    report_id = city.tell(HOLE, service="pothole", contact=contact)
    desk = city.desk("triage")
    page = desk.get(f"/console/reports/{report_id}/print")
    assert HOLE in page
    assert 'method="post"' not in page
    assert "Ana Pop" not in page


def test_the_report_page_asks_a_bounded_number_of_questions(city: Town, count_queries) -> None:
    report_id = city.tell(HOLE, service="pothole")
    for n in range(10):
        city.tell(f"Pothole number {n} beside the bridge", service="pothole")
    desk = city.desk("triage")
    desk.get(f"/console/inbox/triage/{report_id}")
    with count_queries() as asked:
        desk.get(f"/console/inbox/triage/{report_id}")
    assert asked.number <= 36, asked.statements
