"""Votes under pressure: one ballot each, an exact close, and nothing that tells the order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from scipy.stats import spearmanr
from sqlalchemy import func, select, text, update

from backend.core.clock import utcnow
from backend.core.db import db, is_postgresql
from backend.core.jobs import run_pending
from backend.ideas.models.ballot import Ballot, Mark, Vote
from backend.ideas.service.casting import Voter, cast
from backend.ideas.service.closing import clear_traces, close_vote, destroy_mark_key
from tests.ideas.election import hold_vote, make_person, staff
from tests.support.house import build, dispose
from tests.support.process import Served

ROUNDS, AT_ONCE = 200, 32
AROUND_THE_CLOSE = 500
WEAK = 0.15


@contextmanager
def beside(served: Served, folder: Path) -> Iterator[Any]:
    """A session on the served house's database."""
    app = build(served.environ["VOX_DATABASE_URL"], folder)
    with app.app_context():
        yield db.session()
        db.session.remove()
    dispose(app)


@pytest.fixture
def busy(served: Served) -> Served:
    """The house with two web processes."""
    served.environ["VOX_WORKERS"] = "2"
    served.start("serve")
    served.wait_ready(300)  # on a crowded machine a house takes its time
    return served


@pytest.mark.timeout(1800)
def test_simultaneous_casts_of_one_person_leave_one_ballot(busy: Served, tmp_path: Path) -> None:
    with beside(busy, tmp_path / "beside") as session:
        poll = hold_vote(session)
        people = [make_person(session, f"p{n}@example.org")[1] for n in range(ROUNDS)]
        session.commit()
    address = f"{busy.address}/api/v1/votes/{poll.vote}/ballot"

    def send(turn: int, token: str) -> int:
        choices = [1, 2] if turn % 2 else [1 + turn % 4]
        headers = {"Authorization": f"Bearer {token}"}
        body = {"choices": choices}
        return requests.put(address, json=body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for token in people:
            answers = set(pool.map(lambda turn, who=token: send(turn, who), range(AT_ONCE)))
            assert answers == {200}
    with beside(busy, tmp_path / "after") as session:
        found = [
            session.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Ballot, Mark)
        ]
    assert found == [ROUNDS, ROUNDS]


@pytest.mark.timeout(900)
def test_votes_around_the_closing_second(busy: Served, tmp_path: Path) -> None:
    with beside(busy, tmp_path / "beside") as session:
        poll = hold_vote(session)
        people = [make_person(session, f"p{n}@example.org")[1] for n in range(AROUND_THE_CLOSE)]
        closes = utcnow() + timedelta(seconds=12)
        session.execute(update(Vote).values(closes_at=closes))
        session.commit()
    address = f"{busy.address}/api/v1/votes/{poll.vote}/ballot"

    def send(number: int) -> tuple[datetime, datetime, Any]:
        begin = closes + timedelta(seconds=(number / AROUND_THE_CLOSE - 0.6) * 8)
        time.sleep(max(0.0, (begin - utcnow()).total_seconds()))
        sent = utcnow()
        headers = {"Authorization": f"Bearer {people[number]}"}
        answer = requests.put(address, json={"choices": [1]}, headers=headers, timeout=60)
        return sent, utcnow(), answer

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(send, range(AROUND_THE_CLOSE)))
    with beside(busy, tmp_path / "after") as session:
        close_vote(session, poll.vote)
        session.commit()
        trackers = set(session.execute(select(Ballot.tracker)).scalars())
    taken = {a.json()["receipt"].replace("-", "") for _s, _e, a in answers if a.status_code == 200}
    assert {a.status_code for _s, _e, a in answers} == {200, 410}
    assert trackers == taken, "what was acknowledged is what is in the box"
    assert all(a.status_code == 410 for sent, _e, a in answers if sent >= closes)
    assert all(a.status_code == 200 for _s, ended, a in answers if ended < closes)


def _orders(app: Flask, session: Any) -> dict[str, list[str]]:
    """Every order in which the trackers stand somewhere in what is left."""
    found = {"index": sorted(session.execute(select(Ballot.tracker)).scalars())}
    if is_postgresql(session):
        for name, order in (("heap", "ctid"), ("transactions", "xmin::text::bigint, ctid")):
            rows = session.execute(text(f"select tracker from idea_ballot order by {order}"))
            found[name] = [row.tracker for row in rows]
        return found
    rows = session.execute(text("select tracker from idea_ballot"))
    found["scan"] = [row.tracker for row in rows]
    file = Path(app.config["VOX"].database_url.removeprefix("sqlite:///"))
    data = file.read_bytes()
    found["file"] = sorted(found["scan"], key=lambda t: data.find(t.encode()))
    return found


@pytest.mark.timeout(900)
def test_a_dump_after_the_destruction_does_not_tell_the_order(app: Flask, session: Any) -> None:
    poll = hold_vote(session)
    first, second = (make_person(session, f"{n}@city.example", "organiser")[0] for n in "ab")
    session.commit()
    cast_order = []
    for number in range(500):
        receipt = cast(session, poll.vote, Voter(f"account:{number:04d}"), [1 + number % 4])
        session.commit()
        cast_order.append(receipt.tracker)
    session.execute(update(Vote).values(closes_at=utcnow()))
    assert close_vote(session, poll.vote)
    session.commit()
    run_pending(session)
    session.execute(update(Vote).values(state="counted", objections_until=utcnow()))
    for account in (first, second):
        destroy_mark_key(session, staff(account, "organiser"), poll.vote)
    session.commit()
    run_pending(session)
    clear_traces(session)
    session.commit()
    place = {tracker: at for at, tracker in enumerate(cast_order)}
    for name, order in _orders(app, session).items():
        rho = abs(spearmanr([place[t] for t in order], range(len(order))).statistic)
        assert rho < WEAK, f"{name}: {rho:.3f}"
    for table in ("job", "idempotency_key", "ledger_entry", "idea_vote_mark"):
        dump = str(session.execute(text(f"select * from {table}")).all())
        assert not [t for t in cast_order if t in dump], table
