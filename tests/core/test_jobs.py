"""Jobs: what was asked for is done, whatever breaks in between."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from backend.core import jobs
from backend.core.clock import utcnow
from backend.core.jobs import Job

DONE: list[str] = []
BROKEN: set[str] = set()


@jobs.job("test.note", retries=2)
def note(_session, payload) -> None:
    if payload["name"] in BROKEN:
        raise ConnectionError("someone@example.org does not answer")
    DONE.append(payload["name"])


@pytest.fixture(autouse=True)
def _fresh() -> None:
    DONE.clear()
    BROKEN.clear()


def test_a_job_of_an_undone_transaction_never_runs(session) -> None:
    jobs.enqueue(session, "test.note", {"name": "a"})
    session.rollback()
    assert jobs.run_pending(session) == []
    assert DONE == []


def test_jobs_run_once_in_order(session) -> None:
    for name in "abc":
        jobs.enqueue(session, "test.note", {"name": name})
    session.commit()
    jobs.run_pending(session)
    assert DONE == ["a", "b", "c"]
    assert jobs.run_pending(session) == []


def test_a_key_is_taken_once_for_ever(session) -> None:
    assert jobs.enqueue(session, "test.note", {"name": "a"}, key="k")
    assert not jobs.enqueue(session, "test.note", {"name": "a"}, key="k")
    session.commit()
    jobs.run_pending(session)
    assert not jobs.enqueue(session, "test.note", {"name": "a"}, key="k")
    assert DONE == ["a"]


def test_later_means_later(session) -> None:
    jobs.enqueue(session, "test.note", {"name": "a"}, run_at=utcnow() + timedelta(hours=1))
    session.commit()
    assert jobs.run_pending(session) == []
    with time_machine.travel(utcnow() + timedelta(hours=2)):
        jobs.run_pending(session)
    assert DONE == ["a"]


def test_failures_wait_longer_each_time_then_an_operator_sees_them(session) -> None:
    BROKEN.add("a")
    jobs.enqueue(session, "test.note", {"name": "a"})
    session.commit()
    moment, tries = utcnow(), 0
    while not jobs.list_dead(session):
        session.rollback()
        with time_machine.travel(moment := moment + timedelta(hours=2)):
            tries += len(jobs.run_pending(session))
    assert tries == 3
    (dead,) = jobs.list_dead(session)
    assert "ConnectionError" in dead["error"]
    assert "example.org" not in dead["error"]
    BROKEN.clear()
    jobs.requeue(session, dead["id"])
    session.commit()
    jobs.run_pending(session)
    assert DONE == ["a"]
    assert jobs.counts(session) == {"done": 1}


def test_a_job_whose_worker_died_is_taken_over(session) -> None:
    jobs.enqueue(session, "test.note", {"name": "a"})
    session.commit()
    assert jobs._claim(session) is not None  # a worker took it and is gone
    assert jobs.run_pending(session) == []
    with time_machine.travel(utcnow() + jobs.LEASE + timedelta(seconds=1)):
        jobs.run_pending(session)
    assert DONE == ["a"]


def test_who_lost_the_lease_does_not_finish_the_job(session) -> None:
    jobs.enqueue(session, "test.note", {"name": "a"})
    session.commit()
    claim = jobs._claim(session)
    session.execute(update(Job).values(attempts=Job.attempts + 1))  # another worker took over
    session.commit()
    assert not jobs._finish(session, claim, state="done")
    assert session.execute(select(Job.state)).scalar() == "running"


def test_periodic_work_runs_once_in_a_period_whatever_the_workers(session) -> None:
    for _ in range(3):
        jobs.schedule(session)
    names = list(session.execute(select(Job.name)).scalars())
    assert len(names) == len(set(names)) > 0


def test_an_unknown_job_is_refused_when_it_is_asked_for(session) -> None:
    with pytest.raises(LookupError):
        jobs.enqueue(session, "test.nobody", {})
