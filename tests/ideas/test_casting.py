"""Casting: one ballot each, changeable, refused with reasons, never beside who cast it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.core.clock import utcnow
from backend.core.idempotency import IdempotencyKey
from backend.ideas.models.ballot import Ballot, Mark, StruckBallot, Vote
from backend.ideas.service.closing import close_vote
from tests.ideas.election import hold_vote, make_person

AT_ONCE = 8


@pytest.fixture
def poll(session: Any) -> Any:
    """An open vote on four ideas."""
    return hold_vote(session)


@pytest.fixture
def resident(session: Any) -> dict[str, str]:
    """A resident's headers."""
    _account, token = make_person(session, "ana@example.org")
    session.commit()
    return {"Authorization": f"Bearer {token}"}


def _put(client: Any, poll: Any, choices: Any, headers: Any, **rest: Any) -> Any:
    return client.put(
        f"/api/v1/votes/{poll.vote}/ballot", json={"choices": choices, **rest}, headers=headers
    )


def _find(client: Any, poll: Any, receipt: Any) -> Any:
    body = {"receipt": receipt["receipt"]}
    return client.post(f"/api/v1/votes/{poll.vote}/receipts", json=body)


def _number(session: Any, model: Any) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_ballot_is_cast_with_a_receipt_that_finds_it(client, session, poll, resident) -> None:
    answer = _put(client, poll, [2, 1], resident)
    assert answer.status_code == 200, answer.json
    assert answer.json["outcome"] == "cast"
    found = client.post(
        f"/api/v1/votes/{poll.vote}/receipts", json={"receipt": answer.json["receipt"]}
    )
    assert found.json == {"found": True, "commitment": answer.json["commitment"], "choices": None}
    close(session, poll)
    found = client.post(
        f"/api/v1/votes/{poll.vote}/receipts", json={"receipt": answer.json["receipt"]}
    )
    assert found.json["choices"] == [1, 2]


def close(session: Any, poll: Any) -> None:
    """Let the vote's time be over."""
    session.execute(
        update(Vote).where(Vote.public_id == poll.vote)
        .values(closes_at=utcnow() - timedelta(seconds=1))
    )  # fmt: skip
    assert close_vote(session, poll.vote)
    session.commit()


def test_a_changed_ballot_takes_the_place_of_the_first(client, session, poll, resident) -> None:
    first = _put(client, poll, [1], resident).json
    second = _put(client, poll, [2, 3], resident).json
    assert second["outcome"] == "changed"
    assert second["receipt"] != first["receipt"]
    assert (_number(session, Ballot), _number(session, Mark)) == (1, 1)
    struck = session.execute(select(StruckBallot.commitment, StruckBallot.reason)).all()
    assert [tuple(row) for row in struck] == [(first["commitment"], "changed")]
    mine = client.post(f"/api/v1/votes/{poll.vote}/ballot/mine", json={}, headers=resident).json
    assert mine["choices"] == [2, 3]


def test_the_same_ballot_again_gives_the_same_receipt(client, session, poll, resident) -> None:
    headers = {**resident, "Idempotency-Key": "a-key-that-a-phone-sends"}
    first = _put(client, poll, [3, 1], headers).json
    again = _put(client, poll, [1, 3], headers).json
    assert again == first | {"outcome": "unchanged"}
    assert _number(session, IdempotencyKey) == 0


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ([], "at least one"),
        ([1, 2, 3, 4], "at most 3"),
        ([1, 1], "twice"),
        ([9], "no idea number 9"),
    ],
)
def test_a_ballot_that_breaks_a_rule_says_what_to_change(
    client, session, poll, resident, choices, words
) -> None:
    answer = _put(client, poll, choices, resident)
    assert answer.status_code == 422
    assert words in answer.json["errors"][0]["message"]
    assert _number(session, Mark) == 0


def test_only_residents_vote(client, session, poll) -> None:
    _account, token = make_person(session, "guest@example.org", assurance="contact_verified")
    session.commit()
    assert _put(client, poll, [1], {"Authorization": f"Bearer {token}"}).status_code == 403
    assert _put(client, poll, [1], {}).status_code == 401


def test_nothing_is_taken_after_the_close(client, session, poll, resident) -> None:
    first = _put(client, poll, [1], resident).json
    session.execute(update(Vote).where(Vote.public_id == poll.vote).values(closes_at=utcnow()))
    session.commit()
    assert _put(client, poll, [2], resident).status_code == 410  # though nothing has closed it yet
    close(session, poll)
    assert _put(client, poll, [2], resident).status_code == 410
    mine = client.post(f"/api/v1/votes/{poll.vote}/ballot/mine", json={}, headers=resident).json
    assert (mine["voted"], mine["choices"]) == (True, None)
    found = _find(client, poll, first)
    assert found.json["choices"] == [1]


def test_nothing_leads_from_a_mark_to_its_ballot_after_the_close(
    client, session, poll, resident
) -> None:
    _put(client, poll, [1], resident)
    close(session, poll)
    assert session.execute(select(Vote.link_key)).scalar_one() is None
    assert session.execute(select(Mark.handle)).scalar_one() is None
    shared = {c.name for c in Mark.__table__.columns} & {c.name for c in Ballot.__table__.columns}
    assert shared == {"vote_id"}


def test_many_at_once_leave_one_ballot(app, session, poll, resident) -> None:
    session.rollback()

    def send(turn: int) -> int:
        choices = [1 + turn % 4] if turn % 2 else [1, 2]
        return int(_put(app.test_client(), poll, choices, resident).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(send, range(2 * AT_ONCE))) == {200}
    assert (_number(session, Ballot), _number(session, Mark)) == (1, 1)


@pytest.mark.parametrize(
    ("ballot", "right", "wrong"),
    [
        ({"kind": "knapsack", "minimum": 1}, [2, 3], [1, 2, 3, 4]),
        ({"kind": "points", "points": 10, "points_each": 6}, [[1, 6], [2, 4]], [[1, 7], [2, 3]]),
        ({"kind": "ranked", "minimum": 2, "maximum": 2}, [4, 2], [4]),
    ],
)
def test_every_kind_of_ballot_keeps_its_limits(client, session, resident, ballot, right, wrong):
    poll = hold_vote(session, ballot={**ballot, "lot_source": "x"}, costs=(30_000,) * 4)
    assert _put(client, poll, wrong, resident).status_code == 422
    assert _put(client, poll, right, resident).status_code == 200
    mine = client.post(f"/api/v1/votes/{poll.vote}/ballot/mine", json={}, headers=resident).json
    assert mine["choices"] == right
