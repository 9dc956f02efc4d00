"""Suggestions: what the model proposes, what people decide."""

import pytest

from backend.classification import events, queries, service
from backend.core.actor import ANONYMOUS, Actor
from backend.core.events import subscribe
from backend.core.jobs import run_pending
from backend.core.problems import Invalid, SignInNeeded

CLERK = Actor(kind="person", account_id=1, public_id="c" * 16, roles=frozenset({"triage"}))
POTHOLE = "There is a deep pothole in the middle of the road, cars have to swerve around it"


@pytest.fixture
def source():
    texts = {
        "t1": service.Subject(POTHOLE, "en"),
        "t2": service.Subject("", None, "Street Light Issue"),
    }
    service.register_source("thing", lambda _session, public_id: texts.get(public_id))


def test_a_plain_complaint_is_placed_with_its_reasons(app, session) -> None:
    out = service.suggest_now(session, POTHOLE, "en")
    assert (out.domain, out.component) == ("SM", "SM-IT")
    assert 0 < out.confidence <= 1
    assert any("pothole" in reason["word"] for reason in out.reasons)


def test_nothing_to_read_is_an_honest_unsure(app, session) -> None:
    out = service.suggest_now(session, "   ")
    assert out.unsure
    assert out.judged_by == "nothing"


def test_a_suggestion_is_made_in_the_background_and_told(app, session, source) -> None:
    heard: list[events.SuggestionMade] = []
    subscribe(events.SuggestionMade)(lambda _session, event: heard.append(event))
    service.suggest_later(session, "thing", "t1")
    service.suggest_later(session, "thing", "t2")
    session.commit()
    run_pending(session)
    stored = queries.suggestions_of(session, "thing", ["t1", "t2"])
    assert stored["t1"]["component"] == "SM-IT"
    assert stored["t1"]["reasons"]
    assert stored["t2"]["judged_by"] == "hint"
    assert [e.public_id for e in heard if e.kind == "thing"] == ["t1", "t2"]


def test_a_correction_is_kept_with_what_it_corrected(app, session, source) -> None:
    service.suggest_later(session, "thing", "t1")
    session.commit()
    run_pending(session)
    assert service.correct(session, CLERK, "thing", "t1", "SM-IT") is True
    assert (
        service.correct(session, CLERK, "thing", "t1", "SM-MA", reason="it is a cycle path")
        is False
    )
    with pytest.raises(Invalid):
        service.correct(session, CLERK, "thing", "t1", "XX")
    with pytest.raises(SignInNeeded):
        service.correct(session, ANONYMOUS, "thing", "t1", "SM-IT")
    from datetime import timedelta

    from backend.core.clock import utcnow

    (rate,) = queries.override_rates(session, utcnow() - timedelta(days=1))
    assert (rate["component"], rate["decisions"], rate["overridden"]) == ("SM-IT", 2, 1)


def test_the_api_suggests_while_one_writes(client) -> None:
    answer = client.post("/api/v1/suggestions", json={"text": POTHOLE})
    assert answer.status_code == 200
    assert answer.json["component"] == "SM-IT"
    refused = client.post("/api/v1/suggestions", json={"text": POTHOLE, "boost": 1})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "boost"


def test_the_taxonomy_is_told_in_the_readers_language(client) -> None:
    answer = client.get("/api/v1/taxonomy", headers={"Accept-Language": "nl"})
    assert len(answer.json["items"]) == 6
    assert sum(len(d["components"]) for d in answer.json["items"]) == 35
