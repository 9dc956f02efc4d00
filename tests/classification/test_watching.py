"""Watching: drift, whom the model serves, what would teach most, and what monitoring reads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.accounts.queries import account_details
from backend.classification import duplicates, privacy, queries, service, watching
from backend.classification.duplicates import Told
from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from tests.classification.conftest import clerk

POTHOLE = "There is a deep pothole in the middle of the road"
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def suggest_all(session: Any, texts: dict[str, service.Subject]) -> None:
    """Have everything there is classified by the worker."""
    for public_id in texts:
        service.suggest_later(session, "thing", public_id)
    session.commit()
    run_pending(session)


def test_overrides_and_doubts_are_counted_by_language_and_district(
    session: Any, texts: dict[str, service.Subject]
) -> None:
    for i in range(4):
        texts[f"a{i}"] = service.Subject(f"{POTHOLE} {i}", "en", None, "north")
    texts["b0"] = service.Subject("zzkw qwop", "nl", None, "south")
    suggest_all(session, texts)
    for i, component in enumerate(("SM-IT", "SM-IT", "MI2")):
        service.correct(session, clerk("ana"), "thing", f"a{i}", component)
    service.correct(session, clerk("bo"), "thing", "a2", "SM-IT")  # the last word counts
    since = utcnow() - timedelta(days=1)
    language = {row["name"]: row for row in queries.rates_by(session, "language", since)}
    assert (language["en"]["decisions"], language["en"]["overridden"]) == (3, 0)
    assert language["nl"]["unsure"] == 1
    service.correct(session, clerk("bo"), "thing", "a2", "MI2")
    district = {row["name"]: row for row in queries.rates_by(session, "district", since)}
    assert (district["north"]["overridden"], district["south"]["decisions"]) == (1, 0)


def test_the_watch_asks_first_what_nobody_decided_and_the_model_doubts(
    session: Any, texts: dict[str, service.Subject]
) -> None:
    texts["sure"] = service.Subject(POTHOLE, "en")
    texts["odd"] = service.Subject("it is bad here and nobody does anything", "en")
    texts["done"] = service.Subject("it is worse there, what will you do", "en")
    suggest_all(session, texts)
    service.correct(session, clerk("ana"), "thing", "done", "SG-5")
    watching.watch(session)
    seen = queries.last_watch(session)
    assert seen
    assert seen["drift"]["level"] == "too few"
    assert [row["id"] for row in seen["queue"]] == ["odd", "sure"]


def test_texts_of_another_kind_are_noticed(
    session: Any, texts: dict[str, service.Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.classification import service as at

    now = utcnow()
    for i in range(220):
        texts[f"p{i}"] = service.Subject(f"{POTHOLE} near number {i}", "en")
        texts[f"q{i}"] = service.Subject(f"Drone lessons by hologram, wave {i}", "en")
    out = service.suggest_now(session, POTHOLE)
    monkeypatch.setattr(at, "utcnow", lambda: now - timedelta(days=40))
    for i in range(220):
        service.record(session, "thing", f"p{i}", out)
    monkeypatch.setattr(at, "utcnow", lambda: now - timedelta(days=1))
    for i in range(220):
        service.record(session, "thing", f"q{i}", out)
    watching.watch(session, now)
    seen = queries.last_watch(session)
    assert seen
    assert seen["drift"]["level"] == "act"
    assert seen["drift"]["mean_confidence_change"] < 0


def test_monitoring_reads_version_drift_and_who_is_served(
    client: Any, session: Any, texts: dict[str, service.Subject]
) -> None:
    texts["a"] = service.Subject(POTHOLE, "en", None, "north")
    suggest_all(session, texts)
    service.correct(session, clerk("ana"), "thing", "a", "MI2")
    session.commit()
    page = client.get("/metrics").text
    assert f'vox_model_info{{version="{queries.running_card(session)["version"]}"}} 1.0' in page
    assert 'vox_model_overridden{by="district",name="north"} 1.0' in page
    assert 'vox_model_suggestions{by="language",name="en"} 1.0' in page


def test_merging_and_parting_teach_what_counts(session: Any) -> None:
    def told(name: str, text: str, metres: float) -> Told:
        return Told(name, text, (26.1 + metres / 80_000, 44.43), DAY, "lamp")

    new = told("new", "street lamp dark at the corner", 0)
    others = [told("words", "street lamp dark at the corner again", 60), told("near", "dogs", 0)]
    before = {
        one.public_id: one.likeness for one in duplicates.alike(session, new, others, least=0)
    }
    for i in range(60):  # here the same place means little and the same words much
        person = f"person:{i % 6}"
        one = told(f"n{i}", "street lamp dark at the corner", 0)
        duplicates.decided(session, person, "thing", one, told(f"w{i}", one.text, 80), same=True)
        duplicates.decided(session, person, "thing", one, told(f"d{i}", "dogs", 0), same=False)
    duplicates._learned.clear()
    after = {one.public_id: one.likeness for one in duplicates.alike(session, new, others, least=0)}
    assert after["near"] < before["near"] / 2
    assert after["words"] > 0.9


def test_one_person_alone_cannot_turn_the_duplicates_around(session: Any) -> None:
    def told(name: str, text: str) -> Told:
        return Told(name, text, (26.1, 44.43), DAY)

    for i in range(40):
        for person in ("bo", "cy", "di", "ed", "flo"):
            duplicates.decided(session, person, "thing", told(f"{person}{i}", "dark lamp"),
                               told("x", "dark lamp"), same=True)  # fmt: skip
    duplicates._learned.clear()
    honest = duplicates.weights(session)
    for i in range(600):
        duplicates.decided(session, "eve", "thing", told(f"e{i}", "dark lamp"),
                           told("x", "dark lamp"), same=False)  # fmt: skip
    duplicates._learned.clear()
    found = duplicates.alike(session, told("n", "dark lamp"), [told("o", "dark lamp")])
    assert found, (honest, duplicates.weights(session))


def test_an_erased_clerk_teaches_on_without_a_name(
    app: Any, session: Any, texts: dict[str, service.Subject]
) -> None:
    from backend.accounts import service as accounts

    account_id = accounts.create_account(session, email="clerk@city.example", name="Ana")
    found = account_details(session, account_id)
    assert found
    actor = clerk("ana")
    actor = type(actor)("person", account_id, found["public_id"], roles=actor.roles)
    texts["a"] = service.Subject(POTHOLE, "en")
    service.correct(session, actor, "thing", "a", "MI2", reason="I live there")
    told = [record for _, record in privacy.export_person(session, account_id)]
    assert told[0]["reason"] == "I live there"
    assert privacy.erase_person(session, account_id) == 1
    from backend.classification.lessons import read_lessons

    (lesson,) = read_lessons(session)
    assert lesson.person.startswith("former:")
    assert lesson.why == ""


@pytest.mark.parametrize("command", [["candidates"], ["learn"], ["rollback"]])
def test_the_commands_answer_from_the_terminal(
    app: Any, correct: Callable[..., None], command: list[str]
) -> None:
    settings = app.config["VOX"]
    own = {
        "VOX_ENV": "test", "VOX_DATABASE_URL": settings.database_url,
        "VOX_DATA_DIR": str(settings.data_dir), "VOX_SECRET_KEY": settings.secret_key,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from backend.cli import main; main()", "ml", *command],
        env=os.environ | own, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    said = {"candidates": "the shipped model runs", "learn": "nothing_new",
            "rollback": "nothing to go back to"}  # fmt: skip
    assert said[command[0]] in done.stdout + done.stderr
    assert done.returncode == (1 if command == ["rollback"] else 0)
