"""Values: computed, kept by version, never rewritten; profiles apart; missing is not low."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.indicators.catalogue import catalogue
from backend.indicators.computing.scoring import gathered, score, scored
from backend.indicators.computing.values import Value
from backend.indicators.periods import latest, period_of
from backend.indicators.queries.values import revisions, run_of, values_of
from backend.indicators.service.storing import compute_now, differences, start_run

ZONE = "Europe/Amsterdam"


def test_computing_again_writes_nothing_and_a_change_makes_a_revision(demo: Flask) -> None:
    with demo.app_context():
        session = db.session
        period = period_of(utcnow(), ZONE).before
        assert next(compute_now(session, SYSTEM, [period]))[1] > 300
        session.commit()
        assert next(compute_now(session, SYSTEM, [period])) == (str(period), 0)
        assert differences(session, period) == []
        session.execute(sql("update report set status_reason = null"))
        session.commit()
        before = revisions(session, "SG-TA.reasons", str(period))
        assert differences(session, period)
        assert next(compute_now(session, SYSTEM, [period]))[1] > 0
        session.commit()
        after = revisions(session, "SG-TA.reasons", str(period))
        assert len(after) == len(before) + 1
        assert after[0]["value"] == before[0]["value"]
        assert after[-1]["value"] == 0.0


def test_a_run_shows_its_progress(demo: Flask) -> None:
    with demo.app_context():
        session = db.session
        run = start_run(session, SYSTEM, list(latest(utcnow(), ZONE, 2)))
        session.commit()
        assert run_of(session, run)["state"] == "waiting"  # type: ignore[index]
        run_pending(session)
        found = run_of(session, run)
        assert found is not None
        assert (found["done"], found["total"], found["state"]) == (2, 2, "done")


def test_profiles_never_mix(computed: Flask) -> None:
    with computed.app_context():
        for row in values_of(db.session, str(utcnow().year)):
            official = ".official." in row["code"]
            if row["level"] == "sub":
                assert (row["profile"] == "official") == official
            if row["state"] != "measured":
                assert row["value"] is None
                assert row["score"] is None


def _value(code: str, value: float | None) -> Value:
    sub = catalogue().sub_indicators[code]
    return Value(code=code, level="sub", profile=sub.profile, period="2026", value=value)


def test_a_component_below_two_thirds_is_not_low_but_missing() -> None:
    codes = [s.code for s in catalogue().of("MI2", "platform") if s.scored]
    assert len(codes) == 4
    for known in range(5):
        values = scored([_value(c, 5.0 if n < known else None) for n, c in enumerate(codes)])
        found = next(
            v for v in gathered(values, "2026") if v.code == "MI2" and v.profile == "platform"
        )
        assert found.coverage == known / 4
        assert (found.score is None) == (known < 3)
        assert found.state == ("measured" if known >= 3 else "not_measured")


def test_scores_lie_between_the_goalposts_in_the_right_direction() -> None:
    subs = catalogue().sub_indicators
    less = subs["SG-PS.answer_median"]
    assert score(less, 0) == 100
    assert score(less, 30) == 0
    assert score(less, 90) == 0
    more = subs["SG-PS.answered_30d"]
    assert score(more, 75) == 50
    assert score(subs["MI2.reports"], 3.0) is None, "volumes are no problem levels"


def test_every_goalpost_says_who_set_it() -> None:
    for sub in catalogue().sub_indicators.values():
        if sub.scored:
            assert sub.set_by, sub.code
            assert sub.lower != sub.upper, sub.code


@pytest.fixture
def answers(computed: Flask) -> list[int]:
    """Every number of people that the public interface tells."""
    client, found = computed.test_client(), []
    document: Any = client.get("/api/v1/indicators").get_json()
    for period in document["periods"]:
        for attribute in ("district", "age", "sex"):
            rows = client.get(
                f"/api/v1/indicators/participation?period={period}&attribute={attribute}"
            ).get_json()["rows"]
            found += [row["participants"] for row in rows if row["participants"] is not None]
        about = {s.code for s in catalogue().sub_indicators.values() if s.people}
        items = client.get(f"/api/v1/indicators?period={period}").get_json()["items"]
        items += client.get(
            f"/api/v1/indicators/CI5.participation_rate/districts?period={period}"
        ).get_json()["items"]
        found += [v["n"] for v in items if v["code"] in about and v["n"] is not None]
    return found


def test_no_answer_and_no_two_answers_reveal_a_small_group(answers: list[int]) -> None:
    assert len(answers) > 60
    assert len(set(answers)) > 4
    dice = random.Random(5)
    pairs = [dice.sample(answers, 2) for _n in range(5000)]
    for one, other in itertools.chain(pairs, ((n, 0) for n in answers)):
        assert not 1 <= abs(one - other) <= 9
