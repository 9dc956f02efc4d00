"""Learning: corrections teach, a better model is promoted, a worse one is kept out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.classification import lessons, nightly, promotion, queries, service, shadow
from backend.classification.running import look_again, running_model
from backend.core import ledger
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.core.problems import Conflict, Forbidden, Invalid
from tests.classification.conftest import clerk, flipped, seed_as_decisions

PEOPLE = ["ana", "bo", "cy", "di", "ed", "flo"]
LOCAL = {"Blaue Ente": "MVI5", "Zwirbel": "MI4", "Krummbein": "SM-LO", "Wackelstein": "EI3"}


def local_decisions(number: int) -> list[tuple[str, str, str]]:
    """What a town calls its things, which no corpus knows."""
    said = ["The {} is broken", "Trouble at the {} again", "{} since Monday", "Why is the {} so?",
            "Please look at the {}", "Again this {}", "{}!!", "The {} by the river"]  # fmt: skip
    names = list(LOCAL)
    return [
        (f"{said[i % 8].format(names[i % 4])} ({i // 8} {PEOPLE[i % 6]})", LOCAL[names[i % 4]],
         PEOPLE[i % 6])
        for i in range(number)
    ]  # fmt: skip


def test_what_people_correct_is_learned_promoted_and_can_be_taken_back(
    session: Any, start: str, course: nightly.Course, correct: Callable[..., None]
) -> None:
    correct([*local_decisions(160), *seed_as_decisions(PEOPLE, 60)])
    found = nightly.learn(session, course)
    assert (found.outcome, found.reason) == ("candidate", None)
    assert running_model(session).version == start  # nothing changes before its time
    told = queries.models(session)[0]["figures"]["table"]
    assert told["recent corrections"]["candidate"] > told["recent corrections"]["running"]
    assert any("lang en" in name for name in told)
    assert any("domain" in name for name in told)

    promotion.promote(session, SYSTEM, str(found.version))
    session.commit()
    assert running_model(session).version == found.version
    assert service.suggest_now(session, "Trouble at the Zwirbel").component == "MI4"

    assert promotion.rollback(session, SYSTEM, "too eager") == start
    session.commit()
    assert running_model(session).version == start
    states = {row["version"]: (row["state"], row["reason"]) for row in queries.models(session)}
    assert states[found.version] == ("withdrawn", "too eager")
    history = ledger.entries_of(session, "classification", str(found.version))
    assert [entry["action"] for entry in history] == ["offered", "promoted", "rolled_back"]


@pytest.mark.parametrize("poison", ["one account", "one in twenty"])
def test_poison_costs_little_or_is_refused(
    session: Any, start: str, course: nightly.Course, correct: Callable[..., None], poison: str
) -> None:
    """All corrections of one account, or one label in twenty, cost two points at most."""
    honest = seed_as_decisions(PEOPLE, 200)
    if poison == "one account":
        correct([*honest, *flipped(seed_as_decisions(["eve"], 250, start=0), 1)])
    else:
        correct(flipped(honest, 20))
    found = nightly.learn(session, course)
    row = next(r for r in queries.models(session) if r["version"] == found.version)
    whole = row["figures"]["table"]["frozen"]
    assert found.outcome == "kept_out" or whole["candidate"] >= whole["running"] - 0.02
    if found.outcome == "kept_out":
        assert row["reason"]
        with pytest.raises(Conflict):
            promotion.promote(session, SYSTEM, str(found.version))


def test_corrections_that_are_all_wrong_are_kept_out_and_doubted(
    session: Any, start: str, course: nightly.Course, correct: Callable[..., None]
) -> None:
    correct(flipped(seed_as_decisions(PEOPLE, 200), 1))
    found = nightly.learn(session, course)
    assert found.outcome == "kept_out"
    assert found.reason
    assert running_model(session).version == start
    doubts = queries.doubted_corrections(session)
    assert doubts
    assert doubts[0]["belief"] > 0.3
    assert {"kind", "id", "given", "likely"} <= set(doubts[0])


def test_a_night_without_news_learns_nothing_and_two_never_learn_at_once(
    session: Any, course: nightly.Course, correct: Callable[..., None]
) -> None:
    assert nightly.learn(session, course).outcome == "nothing_new"
    assert not nightly.worth_learning(session)
    correct(local_decisions(nightly.LEAST_NEW))
    assert nightly.worth_learning(session)
    now = utcnow()
    session.add(
        nightly.LearningRun(
            started_at=now, ends_by=now + timedelta(minutes=5), outcome="learning", corrections=0,
            doubts=[],
        )
    )  # fmt: skip
    session.commit()
    assert not nightly.worth_learning(session)
    assert nightly.learn(session, course).outcome == "nothing_new"


def test_a_night_that_outstayed_its_time_is_written_down_as_failed(
    session: Any, course: nightly.Course
) -> None:
    now = utcnow()
    session.add(
        nightly.LearningRun(
            started_at=now - timedelta(hours=2), ends_by=now - timedelta(hours=1),
            outcome="learning", corrections=0, doubts=[],
        )
    )  # fmt: skip
    session.commit()
    nightly.learn(session, course)
    assert [run["outcome"] for run in queries.last_runs(session)] == ["failed"]


def test_a_damaged_or_foreign_file_is_refused_and_the_old_model_serves_on(
    session: Any, start: str, small_folder: Path, tmp_path: Path
) -> None:
    shipped = promotion.shipped_folder()
    other = tmp_path / "other"
    shutil.copytree(shipped, other)
    version = promotion.register(session, other, {})
    (other / "model.skops").write_bytes((other / "model.skops").read_bytes()[:-100])
    with pytest.raises(Conflict):
        promotion.promote(session, SYSTEM, version)
    assert running_model(session).version == start
    # The file of the running model itself is damaged while it serves:
    shutil.rmtree(other)
    shutil.copytree(shipped, other)
    promotion.promote(session, SYSTEM, version)
    session.commit()
    assert running_model(session).version == version
    promotion.rollback(session, SYSTEM)
    promotion.promote(session, SYSTEM, version, force=True, reason="once more")
    session.commit()
    (other / "manifest.json").write_text(json.dumps({"format": 1, "sha256": "0" * 64}))
    assert running_model(session).version != ""
    from backend.classification import running

    running._serving.clear()  # as a process that starts now
    assert running_model(session).version == start  # the one before, not the shipped one
    look_again()
    assert service.suggest_now(session, "a deep pothole in the road").domain == "SM"


def test_only_who_may_promotes_and_a_forced_one_needs_a_reason(
    session: Any, start: str, course: nightly.Course, correct: Callable[..., None], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(promotion.shipped_folder(), other)
    version = promotion.register(session, other, {}, kept_out="worse for nl")
    with pytest.raises(Forbidden):
        promotion.promote(session, clerk("ana"), version)
    with pytest.raises(Forbidden):
        promotion.rollback(session, clerk("ana"))
    with pytest.raises(Conflict):
        promotion.promote(session, SYSTEM, version)
    with pytest.raises(Invalid):
        promotion.promote(session, SYSTEM, version, force=True)
    promotion.promote(session, SYSTEM, version, force=True, reason="nobody writes Dutch here")


def test_a_candidate_works_in_the_shadow_before_it_is_promoted(
    session: Any, start: str, texts: dict[str, service.Subject], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(promotion.shipped_folder(), other)
    version = promotion.register(session, other, {"beside": start})
    pothole = "There is a deep pothole in the middle of the road, cars swerve around it"
    for i in range(30):
        texts[f"s{i}"] = service.Subject(f"{pothole} {i}", "en")
        service.suggest_later(session, "thing", f"s{i}")
    session.commit()
    run_pending(session)
    stored = queries.suggestion_of(session, "thing", "s1")
    assert stored
    assert stored["model_version"] == start  # what people are shown
    assert shadow.record_of(session, version).suggestions == 30
    for i in range(25):
        service.correct(session, clerk(PEOPLE[i % 6]), "thing", f"s{i}", "SM-IT")
    found = shadow.record_of(session, version)
    assert (found.decided, found.right_candidate) == (25, 25)
    assert shadow.settle(session) is None  # its day is not over
    assert shadow._against(found, {"beside": start}, start) is None
    worse = shadow.Record(30, 5, 25, 25, 5)
    assert "in the shadow" in str(shadow._against(worse, {"beside": start}, start))
    assert "runs now" in str(shadow._against(found, {"beside": start}, "2-other"))


lesson = st.builds(
    lessons.Lesson,
    kind=st.just("thing"),
    public_id=st.uuids().map(str),
    text=st.text(alphabet="abc ", min_size=1, max_size=30),
    language=st.just("en"),
    component=st.sampled_from(["MI2", "SM-IT"]),
    person=st.sampled_from(PEOPLE),
    when=st.just(utcnow()),
    why=st.just(""),
)


@given(st.lists(lesson, max_size=60))
def test_what_judges_never_teaches_and_nobody_is_the_only_judge(rows: list[lessons.Lesson]) -> None:
    found = lessons.divide(rows)
    taught = {x.text for x in found.teach}
    judges = [x for own in found.judge.values() for x in own]
    assert not taught & {x.text for x in judges}
    assert not any(x.held for x in found.teach)
    for own in found.judge.values():
        people = [x.person for x in own]
        if len(set(people)) >= 5 and own:
            assert max(people.count(p) for p in people) <= max(1, 0.2 * len(people) + 1e-9)
