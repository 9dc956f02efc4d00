"""The desk of winners: steps and spending, benefit reports, agreements, deliveries."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from backend.ideas.models import Idea
from backend.ideas.models.after import BenefitReport, DataDelivery, Milestone
from tests.ideas.election import Browser, found_edition, make_person

SCHEMA = {
    "type": "object", "required": ["hour"], "additionalProperties": False,
    "properties": {"hour": {"type": "integer", "minimum": 0, "maximum": 23}},
}  # fmt: skip


def _file(content: Any) -> tuple[io.BytesIO, str]:
    return io.BytesIO(orjson.dumps(content)), "file.json"


@pytest.fixture
def winner(session: Any) -> str:
    """An idea that won."""
    _key, _edition, ideas = found_edition(session)
    session.execute(update(Idea).where(Idea.public_id == ideas[0]).values(state="winner"))
    session.commit()
    return ideas[0]


@pytest.fixture
def desk(app: Any, session: Any) -> Browser:
    """An organiser at the desk."""
    _account, token = make_person(session, "olga@city.example", "organiser", kind="cookie")
    session.commit()
    return Browser(app, token)


def test_steps_are_planned_and_their_spending_is_read_by_everybody(
    app: Any, session: Any, desk: Browser, winner: str
) -> None:
    home = f"/console/winners/{winner}"
    assert "Idea 1" in desk.get("/console/winners").text
    desk.get(home)
    form = {"title": "First spaces", "due_on": "2026-09-01", "budget": "15000", "part": "plan"}
    refused = desk.post(f"{home}/milestones", **{**form, "due_on": "soon"})
    assert refused.status_code == 422
    assert 'value="First spaces"' in refused.text
    assert desk.post(f"{home}/milestones", **form, once="same12345").status_code == 303
    assert desk.post(f"{home}/milestones", **form, once="same12345").status_code == 303
    step, due = session.execute(select(Milestone.public_id, Milestone.due_on)).one()
    assert due == date(2026, 9, 1)
    assert desk.post(f"{home}/milestones/{step}", state="done", spent="x").status_code == 422
    assert desk.post(f"{home}/milestones/{step}", state="never", spent="1").status_code == 422
    assert desk.post(f"{home}/milestones/{'0' * 16}", state="done").status_code == 404
    good = desk.post(f"{home}/milestones/{step}", state="done", spent="14 200", note="Opened")
    assert good.status_code == 303
    assert "14,200" in app.test_client().get(f"/winners/{winner}").text


def test_a_benefit_report_is_published(
    app: Any, session: Any, desk: Browser, winner: str
) -> None:  # fmt: skip
    home = f"/console/winners/{winner}"
    desk.get(home)
    assert desk.post(f"{home}/benefits", helped="Drivers", number="300").status_code == 422
    sent = desk.post(f"{home}/benefits", helped="Drivers", number="300", text="Less search.")
    assert sent.status_code == 303
    assert session.execute(select(BenefitReport.number)).scalars().all() == [300]
    assert "Less search." in app.test_client().get(f"/winners/{winner}").text


def test_data_is_agreed_on_and_delivered_with_the_key_that_is_shown_once(
    session: Any, desk: Browser, winner: str
) -> None:
    home = f"/console/winners/{winner}"
    desk.get(home)
    terms = {"title": "Parking", "description": "By hour", "licence": "CC-BY-4.0",
             "privacy": "open", "schedule": "monthly", "part": "agree"}  # fmt: skip
    broken = desk.post(f"{home}/agreements", **terms, schema=_file({"type": 7}))
    assert broken.status_code == 422
    made = desk.post(f"{home}/agreements", **terms, schema=_file(SCHEMA))
    assert made.status_code == 200
    found = re.search(r'<code class="break">([^<]+)</code>', made.text)
    assert found
    seen = desk.get(home).text
    assert found[1] not in seen
    path = re.search(rf"{home}/agreements/\w+/deliveries", seen)
    assert path
    form = {"period": "2026-05", "key": found[1]}
    wrong = desk.post(path[0], **{**form, "key": "x"}, records=_file([{"hour": 8}]))
    assert wrong.status_code == 422
    unfit = desk.post(path[0], **form, records=_file([{"hour": 24}]))
    assert unfit.status_code == 422
    assert "records.0.hour" in unfit.text
    assert desk.post(path[0], **form, records=_file([{"hour": 8}])).status_code == 303
    assert session.execute(select(DataDelivery.period)).scalars().all() == ["2026-05"]
    assert "2026-05" in desk.get(home).text


def test_only_winners_have_a_desk_and_only_staff_comes_in(
    app: Any, session: Any, desk: Browser, winner: str
) -> None:
    others = select(Idea.public_id).where(Idea.public_id != winner).limit(1)
    other = session.execute(others).scalar_one()
    assert desk.get(f"/console/winners/{other}").status_code == 404
    _account, token = make_person(session, "ana@example.org", kind="cookie")
    _judge, judge = make_person(session, "ada@city.example", "jury", kind="cookie")
    session.commit()
    assert Browser(app, token).get(f"/console/winners/{winner}").status_code == 403
    assert Browser(app, judge).get(f"/console/winners/{winner}").status_code == 403
