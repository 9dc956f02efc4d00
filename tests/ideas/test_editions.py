"""Running an edition: copies, pre-flight, phases that turn, reasons everybody reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from backend.core.clock import rfc3339, utcnow
from backend.ideas.models import Edition, Phase
from backend.ideas.service.phases import turn_due_phases
from tests.ideas.chain import OPEN, Person, hold, person, phase_id, proposed
from tests.reports.conftest import found_city

REASON = "The town hall was closed for a week."


@pytest.fixture
def organiser(app: Any, session: Any) -> Person:
    return person(app, session, "organiser", "organiser")


def _phases(reader: Any, edition: str) -> dict[str, Any]:
    found = reader.get(f"/editions/{edition}").json
    return {phase["kind"]: phase for phase in found["phases"]}


def test_a_first_edition_has_the_usual_calendar_and_is_not_public(
    app: Any, session: Any, client: Any, organiser: Person
) -> None:
    found_city(session)
    made = organiser.post("/competitions", {"slug": "voice", "name": {"en": "Voice"}})
    body = {"year": 2027, "name": {"en": "Voice 2027"}, "first_day": "2027-03-01"}
    edition = organiser.post(f"/competitions/{made.json['id']}/editions", body)
    assert edition.status_code == 201, edition.json
    assert [phase["kind"] for phase in edition.json["phases"]][:2] == ["outline", "propose"]
    assert edition.json["phases"][0]["starts_at"] == "2027-02-28T23:00:00Z", "local midnight"
    assert client.get(f"/api/v1/editions/{edition.json['id']}").status_code == 404
    assert client.get("/api/v1/editions").json["items"] == []


def test_citizens_do_not_organise(app: Any, session: Any) -> None:
    citizen = person(app, session, "noor")
    answer = citizen.post("/competitions", {"slug": "mine", "name": {"en": "Mine"}})
    assert answer.status_code == 403


def test_a_copy_keeps_the_settings_and_moves_the_calendar_by_a_year(
    session: Any, organiser: Person
) -> None:
    edition = hold(session)
    first = _phases(organiser, edition)
    made = organiser.post(f"/editions/{edition}/copies", {"year": 2027})
    assert made.status_code == 201, made.json
    assert made.json["name"] == {"en": "Voice 2027"}
    assert (made.json["budget"], made.json["endorsements_needed"]) == (200_000, 2)
    assert made.json["rules_frozen_at"] is None
    assert {phase["state"] for phase in made.json["phases"]} == {"planned"}
    moved = {phase["kind"]: phase for phase in made.json["phases"]}
    assert moved["vote"]["starts_at"][:4] == str(int(first["vote"]["starts_at"][:4]) + 1)
    assert moved["vote"]["starts_at"][5:10] == first["vote"]["starts_at"][5:10]


def test_preflight_says_what_is_missing_and_holds_the_phase_back(
    session: Any, organiser: Person
) -> None:
    edition = hold(session)
    vote = phase_id(session, edition, "vote")
    items = organiser.get(f"/editions/{edition}/preflight").json["items"]
    codes = {m["code"] for item in items if item["kind"] == "vote" for m in item["missing"]}
    assert {"ballot", "rule", "ties", "quorum", "feasible_ideas"} <= codes
    now = utcnow()
    session.execute(update(Phase).where(Phase.public_id == vote).values(
        starts_at=now - timedelta(minutes=1)))  # fmt: skip
    session.commit()
    refused = organiser.post(f"/phases/{vote}/opening")
    assert refused.status_code == 409
    assert {m["code"] for m in refused.json["missing"]} == codes
    turn_due_phases(session)
    session.commit()
    found = _phases(organiser, edition)["vote"]
    assert (found["state"], set(found["held_back"])) == ("planned", codes)


def test_phases_open_and_close_by_themselves(session: Any, organiser: Person) -> None:
    edition = hold(session, opened=("outline",))
    now = utcnow()
    for kind, start, end in (("outline", -9, -1), ("propose", -1, 20)):
        session.execute(
            update(Phase)
            .where(Phase.public_id == phase_id(session, edition, kind))
            .values(starts_at=now + timedelta(days=start), ends_at=now + timedelta(days=end))
        )
    session.execute(
        update(Phase)
        .where(Phase.public_id == phase_id(session, edition, "outline"))
        .values(state="open")
    )
    session.commit()
    turn_due_phases(session)
    session.commit()
    found = _phases(organiser, edition)
    assert found["outline"]["state"] == "closed"
    assert found["propose"]["held_back"] == ["problems"], "the edition asked for problems first"
    reader = person(organiser.client.application, session, "x")
    refused = reader.post(f"/editions/{edition}/problems", {"title": "Late one", "text": "x" * 30})
    assert refused.status_code == 409


def test_an_extension_is_public_with_its_reason(
    session: Any, client: Any, organiser: Person
) -> None:
    edition = hold(session)
    phase = phase_id(session, edition, "propose")
    until = rfc3339((utcnow() + timedelta(days=39)).replace(microsecond=0))
    short = organiser.post(f"/phases/{phase}/extension", {"ends_at": until, "reason": "so"})
    assert short.status_code == 422
    done = organiser.post(f"/phases/{phase}/extension", {"ends_at": until, "reason": REASON})
    assert done.status_code == 200, done.json
    changes = client.get(f"/api/v1/editions/{edition}").json["changes"]
    assert (changes[0]["action"], changes[0]["reason"]) == ("extended", REASON)
    assert changes[0]["new_ends_at"] == until


def test_a_suspended_phase_takes_nothing_until_it_goes_on(
    app: Any, session: Any, organiser: Person
) -> None:
    edition = hold(session)
    citizen = person(app, session, "noor")
    phase = phase_id(session, edition, "outline")
    problem = {"title": "Dark park", "text": "The park is too dark to cross after six."}
    assert organiser.post(f"/phases/{phase}/suspension", {"reason": REASON}).status_code == 200
    assert citizen.post(f"/editions/{edition}/problems", problem).status_code == 409
    assert organiser.post(f"/phases/{phase}/resumption", {"reason": REASON}).status_code == 200
    assert citizen.post(f"/editions/{edition}/problems", problem).status_code == 201


def test_a_count_cannot_be_planned_before_the_vote_ends(session: Any, organiser: Person) -> None:
    edition = hold(session)
    phases = _phases(organiser, edition)
    body = {"starts_at": phases["vote"]["starts_at"], "ends_at": phases["count"]["ends_at"]}
    answer = organiser.put(f"/phases/{phases['count']['id']}", body, If_Match='"1"')
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "starts_at"


def test_a_rehearsal_is_out_of_public_sight(app: Any, session: Any, client: Any) -> None:
    edition = hold(session, rehearsal=True)
    author = person(app, session, "organiser", "organiser")
    idea = proposed(author, edition)
    assert client.get(f"/api/v1/editions/{edition}").status_code == 404
    assert client.get(f"/api/v1/ideas/{idea}").status_code == 404
    assert client.get(f"/api/v1/editions/{edition}/ideas").status_code == 404


def test_the_calendar_can_be_subscribed_to_and_moves(
    session: Any, client: Any, organiser: Person
) -> None:
    edition = hold(session)
    read = client.get(f"/api/v1/editions/{edition}/calendar.ics")
    assert read.mimetype == "text/calendar"
    before = {str(e["UID"]): e for e in Calendar.from_ical(read.data).walk("VEVENT")}
    assert len(before) == 10
    phase = phase_id(session, edition, "propose")
    until = rfc3339((utcnow() + timedelta(days=38)).replace(microsecond=0))
    organiser.post(f"/phases/{phase}/extension", {"ends_at": until, "reason": REASON})
    after = Calendar.from_ical(client.get(f"/api/v1/editions/{edition}/calendar.ics").data)
    moved = next(e for e in after.walk("VEVENT") if str(e["UID"]).startswith(phase))
    assert rfc3339(moved["DTEND"].dt) == until
    assert int(moved["SEQUENCE"]) > int(before[str(moved["UID"])]["SEQUENCE"])


def test_an_archived_edition_stays_readable_and_does_not_change(
    session: Any, client: Any, organiser: Person
) -> None:
    edition = hold(session, opened=())
    version = organiser.get(f"/editions/{edition}").headers["ETag"]
    early = organiser.post(f"/editions/{edition}/state", {"state": "archived"}, If_Match=version)
    assert early.status_code == 409
    session.execute(update(Phase).values(state="closed"))
    session.commit()
    done = organiser.post(f"/editions/{edition}/state", {"state": "archived"}, If_Match=version)
    assert done.status_code == 200, done.json
    assert client.get(f"/api/v1/editions/{edition}").json["state"] == "archived"
    late = organiser.patch(f"/editions/{edition}", {"budget": 1}, If_Match="*")
    assert late.status_code == 409


def test_annulling_an_edition_annuls_what_is_to_come(
    session: Any, client: Any, organiser: Person
) -> None:
    edition = hold(session)
    body = {"state": "annulled", "reason": REASON}
    assert organiser.post(f"/editions/{edition}/state", body, If_Match="*").status_code == 200
    found = client.get(f"/api/v1/editions/{edition}").json
    assert found["state_reason"] == REASON
    assert {phase["state"] for phase in found["phases"]} == {"annulled"}


def test_frozen_rules_do_not_change(session: Any, organiser: Person) -> None:
    edition = hold(session, opened=OPEN)
    session.execute(update(Edition).values(rules_frozen_at=utcnow(), rules_digest="0" * 64))
    session.commit()
    assert organiser.patch(f"/editions/{edition}", {"budget": 5}, If_Match="*").status_code == 409
    assert session.execute(select(Edition.budget)).scalar_one() == 200_000
