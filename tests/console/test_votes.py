"""The organiser's desk: declare, watch, codes, paper keyed twice, count and publish."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.ideas.models import Edition
from backend.ideas.models.ballot import Ballot, Count, Mark, Vote, VotingCode
from backend.ideas.service.closing import close_vote
from tests.ideas.election import Browser, found_edition, hold_vote, make_person


class Desk(Browser):
    """A member of staff before the pages of the desk."""

    def get(self, path: str) -> Any:
        """A page."""
        return super().get("/console/votes" + path)

    def post(self, path: str, **form: Any) -> Any:
        """A form of the vote's page."""
        if not self.csrf:
            self.get("/" + path.split("/")[1])
        return super().post("/console/votes" + path, **form)


@pytest.fixture
def desks(app: Any, session: Any) -> list[Desk]:
    """Two organisers and a resident who signs in."""
    tokens = [
        make_person(session, f"{n}@city.example", "organiser", kind="cookie")[1]
        for n in ("one", "two")
    ]
    make_person(session, "ana@example.org")
    session.commit()
    return [Desk(app, token) for token in tokens]


def test_a_vote_is_declared_and_frozen(session, desks) -> None:
    _edition, public_id, _ideas = found_edition(session)
    session.commit()
    form = {"kind": "knapsack", "minimum": "1", "rule": "equal-shares", "completion": "add1",
            "lot_source": "the lottery", "desk": "1"}  # fmt: skip
    assert desks[0].get(f"/editions/{public_id}").status_code == 200
    assert desks[0].post(f"/editions/{public_id}", **{**form, "minimum": "x"}).status_code == 422
    assert desks[0].post(f"/editions/{public_id}", **form).status_code == 303
    ballot, rule = session.execute(select(Edition.ballot, Edition.rule)).one()
    assert (ballot["kind"], rule["rule"], rule["completion"]) == (
        "knapsack",
        "equal-shares",
        "add1",
    )
    session.execute(update(Edition).values(rules_frozen_at=utcnow()))
    session.commit()
    assert desks[0].post(f"/editions/{public_id}", **form).status_code == 409


def test_letters_hold_codes_that_the_house_does_not_know(session, desks) -> None:
    poll = hold_vote(session, who={"code": True, "paper": True, "assurance": "anonymous"})
    people = io.BytesIO("Ana Horvat;Main street 1\nȘtefan Ionescu;Canal 2\n".encode())
    desks[0].get(f"/{poll.vote}")
    answer = desks[0].post(
        f"/{poll.vote}/codes", label="First letters", addressees=(people, "people.csv")
    )
    assert answer.data.startswith(b"%PDF")
    assert session.execute(select(func.count()).select_from(VotingCode)).scalar_one() == 2
    assert b"First letters" in desks[0].get(f"/{poll.vote}").data


def test_paper_locks_the_online_vote_and_is_keyed_by_two(app, session, desks) -> None:
    poll = hold_vote(session)
    first, second = desks
    second.get(f"/{poll.vote}/paper")
    resident = make_person(session, "ben@example.org")[1]
    session.commit()
    address = f"/api/v1/votes/{poll.vote}/ballot"
    headers = {"Authorization": f"Bearer {resident}"}
    client = app.test_client()
    assert client.put(address, json={"choices": [1]}, headers=headers).status_code == 200
    assert first.post(f"/{poll.vote}/paper/hand-out", account="ben@example.org").status_code == 303
    assert client.put(address, json={"choices": [2]}, headers=headers).status_code == 409
    assert session.execute(select(func.count()).select_from(Ballot)).scalar_one() == 0
    batch = first.post(f"/{poll.vote}/paper/batches", label="Town hall", sheets="1")
    path = batch.headers["Location"].split("/console/votes", 1)[1]
    first.post(f"{path}/passes/1/sheets/1", choices="2 3")
    assert first.post(f"{path}/passes/2/sheets/1", choices="2 3").status_code == 403
    second.post(f"{path}/passes/2/sheets/1", choices="2 4")
    assert first.post(f"{path}/accept").status_code == 409
    second.post(f"{path}/passes/2/sheets/1", choices="3 2")
    assert first.post(f"{path}/accept").status_code == 303
    assert session.execute(select(Ballot.choices)).scalars().all() == ["[2,3]"]
    assert session.execute(select(Mark.way)).scalars().all() == ["paper"]


def test_count_and_publication(app, session, desks) -> None:
    poll = hold_vote(session)
    resident = make_person(session, "ben@example.org")[1]
    session.commit()
    app.test_client().put(
        f"/api/v1/votes/{poll.vote}/ballot", json={"choices": [1]},
        headers={"Authorization": f"Bearer {resident}"},
    )  # fmt: skip
    session.execute(update(Vote).values(closes_at=utcnow() - timedelta(seconds=1)))
    close_vote(session, poll.vote)
    session.commit()
    assert desks[0].post(f"/{poll.vote}/counts").status_code == 422  # the lot is missing
    assert desks[0].post(f"/{poll.vote}/counts", seed="7").status_code == 303
    run_pending(session)
    count_id = session.execute(select(Count.public_id)).scalar_one()
    assert desks[0].get(f"/{poll.vote}").status_code == 200
    page = app.test_client().get(f"/votes/{poll.vote}/results")
    assert b"no result yet" in page.data
    assert desks[0].post(f"/{poll.vote}/counts/{count_id}/publish").status_code == 303
    page = app.test_client().get(f"/votes/{poll.vote}/results").data.decode()
    assert "Won place 1" in page
    assert desks[0].post(f"/{poll.vote}/key").status_code == 409  # objections run


def test_a_citizen_does_not_come_in(app, session) -> None:
    token = make_person(session, "ana@example.org", kind="cookie")[1]
    session.commit()
    assert Desk(app, token).get("").status_code == 403
