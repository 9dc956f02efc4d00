"""The desk of the indicators: computing, statements, and an audit that takes two people."""

from __future__ import annotations

import pytest

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.indicators.demo import fill_demo
from backend.indicators.periods import parse_period
from backend.indicators.queries import papers
from backend.indicators.queries.values import runs
from backend.indicators.service.storing import compute_now
from tests.console.conftest import Town

HOME = "/console/indicators"


@pytest.fixture
def year(city: Town) -> str:
    """The present year, computed for a town with its registers."""
    this = str(utcnow().year)
    city.work(lambda s: fill_demo(s, SYSTEM))
    city.work(lambda s: list(compute_now(s, SYSTEM, [parse_period(this)])))
    return this


def test_a_period_is_computed_when_the_desk_asks(city: Town) -> None:
    desk = city.desk("organiser")
    desk.get(HOME)
    page = desk.send(f"{HOME}/compute", 422, period="last summer")
    assert "summary-errors" in page
    this = str(utcnow().year)
    desk.send(f"{HOME}/compute", period=this)
    assert "It is being computed" in desk.follow()
    (run,) = city.work(lambda s: runs(s, 5))
    assert (run["state"], run["periods"]) == ("waiting", [this])
    city.work(run_pending)
    (run,) = city.work(lambda s: runs(s, 5))
    assert run["state"] == "done"
    assert run["changed"] > 0
    assert f"{run['done']} / {run['total']}" in desk.get(HOME)


def test_a_statement_is_issued_checked_and_taken_back(city: Town, year: str) -> None:
    organiser = city.desk("organiser")
    assert "Issue a statement" not in organiser.get(HOME)
    organiser.send(f"{HOME}/statements", 403, period=year)
    desk = city.desk("administrator")
    desk.get(HOME)
    desk.send(f"{HOME}/statements", period=year)
    assert "The statement is issued" in desk.follow()
    (issued,) = city.work(papers.statements)
    key = issued["public_id"]
    assert f"/verify/{key}" in desk.page
    assert year in desk.get(f"/verify/{key}")
    desk.get(HOME)
    assert "summary-errors" in desk.send(f"{HOME}/statements/{key}/revoke", 422, reason="")
    desk.send(f"{HOME}/statements/{key}/revoke", reason="A figure was wrong.")
    assert "A figure was wrong." in desk.follow()
    assert "A figure was wrong." in desk.get(f"/verify/{key}")


def test_an_audit_is_made_by_one_and_verified_by_another(city: Town, year: str) -> None:
    maker, checker = city.desk("organiser", name="Mia Maker"), city.desk("organiser", name="Cees")
    maker.get(HOME)
    maker.send(f"{HOME}/audits", period=year)
    page = maker.follow()
    (audit,) = city.work(papers.audits)
    address = f"{HOME}/audits/{audit['public_id']}"
    code = next(iter(_codes(page)))
    maker.send(f"{address}/evidence", code=code, title="Register of permits", address="")
    assert "Register of permits" in maker.follow()
    maker.send(f"{address}/submit")
    assert "frozen" in maker.follow()
    maker.send(f"{address}/verify")
    maker.follow()
    assert city.work(lambda s: papers.audit(s, audit["public_id"]))["state"] == "submitted"
    checker.get(address)
    checker.send(f"{address}/ask", code=code, question="Which year is this of?")
    checker.follow()
    found = city.work(lambda s: papers.audit(s, audit["public_id"]))
    assert found["state"] == "returned"
    assert "Which year is this of?" in maker.get(address)
    question = found["questions"][0]["public_id"]
    maker.send(f"{address}/answer", question_id=question, answer="Of the last one.")
    assert "Of the last one." in maker.follow()
    maker.send(f"{address}/submit")
    maker.follow()
    checker.get(address)
    checker.send(f"{address}/verify")
    assert "Everybody can read it now" in checker.follow()
    assert city.work(lambda s: papers.audit(s, audit["public_id"]))["state"] == "verified"
    maker.send(f"{address}/nonsense", 404)
    maker.get(f"{HOME}/audits/nothere", 404)


def _codes(page: str) -> list[str]:
    """The sub-indicators that a form of the audit offers."""
    import re

    return re.findall(r'<option value="([^"]+)"', page)
