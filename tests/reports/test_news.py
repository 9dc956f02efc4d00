"""Who is told what: the reporter, those who follow, those who handle; and letters that come in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.accounts.service.roles import grant_role
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.jobs import run_pending
from backend.core.mail import PendingLetter
from backend.notifications import service as notifications
from backend.notifications.events import LetterReceived
from backend.reports import queries, service
from backend.reports.models import Report
from backend.reports.service import Contact, Step
from tests.reports.conftest import CITIZEN, NEIGHBOUR, TRIAGE, Catalogue


def letters(app: Any) -> list[str]:
    """The letters that have gone out into the data folder."""
    folder = app.config["VOX"].data_dir / "mail"
    return sorted(path.read_text() for path in folder.glob("*.eml")) if folder.exists() else []


def letter(**values: Any) -> LetterReceived:
    settled = {
        "letter_id": "l1", "purpose": "report", "subject_kind": None, "subject_id": None,
        "account_id": None, "sender_email": "noor@example.org", "sender_name": "Noor",
        "from_reader": False, "subject": "Lamp", "text": "The lamp is dark", "language": "en",
        "photos": (), "files_refused": 0, "received_at": utcnow(),
    }  # fmt: skip
    return LetterReceived(**(settled | values))


def test_a_reporter_without_account_gets_the_way_back_by_letter(
    app: Any, session: Any, city: Catalogue, send: Any
) -> None:
    done = send(contact=Contact(email="noor@example.org"), language="en")
    run_pending(session)
    service.change_status(session, TRIAGE, done.public_id, Step("resolved", "The hole is filled."))
    session.commit()
    run_pending(session)
    assert session.execute(select(PendingLetter.id)).first() is None
    told = [text for text in letters(app) if "noor@example.org" in text]
    assert len(told) == 2
    assert all(done.return_secret in text for text in told)
    assert any("The hole is filled." in text for text in told)


def test_followers_and_the_handler_are_told_once(session: Any, city: Catalogue, send: Any) -> None:
    done = send(by=CITIZEN, service="tree")
    service.follow(session, NEIGHBOUR, done.public_id)
    assert queries.read_report(session, NEIGHBOUR, done.public_id)["following"] is True
    grant_role(session, SYSTEM, TRIAGE.account_id, "department", department_id=city.parks)
    service.assign(session, TRIAGE, done.public_id, assignee_id=TRIAGE.account_id)
    service.post_update(session, TRIAGE, done.public_id, "We are coming")
    service.post_update(session, CITIZEN, done.public_id, "Thank you")
    session.commit()
    run_pending(session)
    for reader, least in ((CITIZEN, 3), (NEIGHBOUR, 2), (TRIAGE, 2)):
        assert len(notifications.news_of(session, reader)) >= least
    service.follow(session, NEIGHBOUR, done.public_id, wanted=False)
    assert queries.read_report(session, NEIGHBOUR, done.public_id)["following"] is False


def test_a_letter_becomes_a_report(session: Any, city: Catalogue) -> None:
    publish(session, letter())
    row = session.execute(select(Report).where(Report.channel == "mail")).scalar_one()
    assert "The lamp is dark" in row.text
    contact = service.read_contact(session, TRIAGE, row.public_id)
    assert contact is not None
    assert contact["email"] == "noor@example.org"
    publish(session, letter(letter_id="l2", sender_email="nonsense"))


def test_a_reply_enters_the_timeline_only_from_the_reporter(
    session: Any, city: Catalogue, send: Any
) -> None:
    done = send(contact=Contact(email="noor@example.org"))
    step = Step("waiting_for_reporter", "Which lamp?")
    service.change_status(session, TRIAGE, done.public_id, step)
    reply = {"purpose": "reply", "subject_kind": "report", "subject_id": done.public_id}
    publish(session, letter(**reply, text="Forged", from_reader=False))
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert [u["kind"] for u in found["updates"]] == ["status", "note"]
    publish(session, letter(**reply, text="The left one", from_reader=True))
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert found["status"] == "in_progress"
    assert found["updates"][-1]["text"] == "The left one"
    assert found["updates"][-1]["author"] == "reporter"
