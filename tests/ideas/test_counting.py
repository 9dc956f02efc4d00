"""Counting a vote: what is published can be verified, objected to and counted again."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from backend.accounts.models import Account
from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.core.problems import Conflict, Invalid
from backend.ideas.count.package import verify_package
from backend.ideas.models import Idea
from backend.ideas.models.ballot import Count, Mark, Vote
from backend.ideas.service.casting import Voter, cast
from backend.ideas.service.closing import close_vote, destroy_mark_key, withdraw_option
from backend.ideas.service.counting import publish_count, request_count
from tests.ideas.election import Poll, hold_vote, make_person, staff

ORGANISER, SECOND = staff(901, "organiser"), staff(902, "organiser")


def vote_often(session: Any, poll: Poll, ballots: Any) -> list[str]:
    """Many voters; their receipts."""
    return [
        cast(session, poll.vote, Voter(f"account:voter{n:04d}"), choices).document()["receipt"]
        for n, choices in enumerate(ballots)
    ]


def close(session: Any, poll: Poll) -> None:
    """Let the vote's time be over."""
    session.execute(
        update(Vote).where(Vote.public_id == poll.vote)
        .values(closes_at=utcnow() - timedelta(seconds=1))
    )  # fmt: skip
    assert close_vote(session, poll.vote)
    session.commit()


def counted(session: Any, poll: Poll, **rest: Any) -> str:
    """A count that the worker has done."""
    count_id = request_count(
        session, ORGANISER, poll.vote, seed=rest.get("seed", "4 8 15"), reason=rest.get("reason")
    )
    session.commit()
    run_pending(session)
    return count_id


def costs(session: Any, poll: Poll) -> dict[int, int]:
    """The numbers of the ballot by cost of the idea."""
    manifest = session.execute(
        select(Vote.manifest).where(Vote.public_id == poll.vote)
    ).scalar_one()
    return {option["cost"]: option["number"] for option in manifest["options"]}


@pytest.fixture
def organisers(session: Any) -> None:
    """Two people who organise."""
    rows = [
        {"id": number, "public_id": f"person{number:010d}", "state": "active", "language": "en",
         "assurance": "contact_verified", "created_at": utcnow(), "updated_at": utcnow(),
         "version": 1}
        for number in (901, 902)
    ]  # fmt: skip
    session.execute(insert(Account), rows)
    session.commit()


def test_winners_reasons_and_package(client, session, organisers, tmp_path: Path) -> None:
    poll = hold_vote(session)
    at = costs(session, poll)
    ballots = [[at[40_000]]] * 6 + [[at[30_000]]] * 5 + [[at[20_000]]] * 3 + [[at[10_000]]]
    receipts = vote_often(session, poll, ballots)
    close(session, poll)
    count_id = counted(session, poll)
    assert client.get(f"/api/v1/votes/{poll.vote}/result").status_code == 404
    publish_count(session, ORGANISER, count_id)
    session.commit()
    result = client.get(f"/api/v1/votes/{poll.vote}/result").json["result"]
    pot = result["pots"][0]
    assert pot["outcome"]["selected"] == [str(at[40_000]), str(at[20_000])]
    assert "did not fit" in pot["outcome"]["projects"][str(at[30_000])]["why"]
    assert result["turnout"]["voters"] == result["turnout"]["ballots"] == 15
    assert {row["rule"] for row in pot["other_rules"]} == {"votes", "equal-shares", "phragmen"}
    states = dict(session.execute(select(Idea.cost, Idea.state)).all())
    assert states == {
        40_000: "winner", 20_000: "winner", 30_000: "not_selected", 10_000: "not_selected",
    }  # fmt: skip
    _verifies(client, count_id, tmp_path, receipts[0])


def test_the_edition_leads_to_its_vote_and_then_to_what_came_of_it(
    client, session, organisers
) -> None:
    poll = hold_vote(session)
    address = f"/competitions/editions/{poll.edition}"
    shown = client.get(address).text
    assert f'href="/votes/{poll.vote}"' in shown
    assert "/winners/" not in shown
    vote_often(session, poll, [[costs(session, poll)[40_000]]] * 3)
    close(session, poll)
    publish_count(session, ORGANISER, counted(session, poll))
    session.commit()
    shown = client.get(address).text
    assert f'href="/votes/{poll.vote}/results"' in shown
    winner = session.execute(select(Idea.public_id).where(Idea.state == "winner")).scalars().first()
    session.rollback()
    assert f'href="/winners/{winner}"' in shown
    assert f'href="/winners/{winner}"' in client.get(f"/competitions/ideas/{winner}").text


def _verifies(client: Any, count_id: str, folder: Path, receipt: str) -> None:
    from backend.ideas.count.package import receipt_mark

    data = client.get(f"/api/v1/votes/counts/{count_id}/packages/city").data
    path = folder / "package.zip"
    path.write_bytes(data)
    assert verify_package(path).ok
    ballots = zipfile.ZipFile(io.BytesIO(data)).read("ballots.jsonl").decode()
    assert receipt_mark(receipt) in ballots


def test_a_lot_is_named_before_and_written_after(session, organisers) -> None:
    poll = hold_vote(session)
    vote_often(session, poll, [[1]])
    with pytest.raises(Conflict):
        request_count(session, ORGANISER, poll.vote, seed="1", reason=None)
    close(session, poll)
    with pytest.raises(Invalid) as refused:
        request_count(session, ORGANISER, poll.vote, seed="", reason=None)
    assert "the lottery of 1 June" in str(refused.value.errors["seed"])


def test_an_idea_withdrawn_during_the_vote_cannot_win(session, organisers) -> None:
    poll = hold_vote(session)
    at = costs(session, poll)
    vote_often(session, poll, [[at[40_000]]] * 3 + [[at[30_000]]])
    withdraw_option(session, ORGANISER, poll.vote, at[40_000], "The team moved away.")
    with pytest.raises(Invalid):
        cast(session, poll.vote, Voter("account:late"), [at[40_000]])
    close(session, poll)
    count_id = counted(session, poll)
    outcome = session.execute(select(Count.result).where(Count.public_id == count_id)).scalar_one()[
        "pots"
    ][0]["outcome"]
    assert outcome["selected"][0] == str(at[30_000])
    assert str(at[40_000]) not in outcome["selected"]
    assert outcome["projects"][str(at[40_000])]["code"] == "withdrawn"


def test_objection_recount_and_the_end_of_the_keys(client, session, organisers) -> None:
    poll = hold_vote(session)
    vote_often(session, poll, [[1], [1], [2]])
    close(session, poll)
    publish_count(session, ORGANISER, counted(session, poll))
    _account, token = make_person(session, "ana@example.org")
    session.commit()
    headers = {"Authorization": f"Bearer {token}"}
    address = f"/api/v1/votes/{poll.vote}/objections"
    body = {"text": "I think that a box was forgotten."}
    made = client.post(address, json=body, headers=headers)
    assert made.status_code == 201
    assert client.post(address, json=body, headers=headers).status_code == 409
    with pytest.raises(Invalid):  # a recount says why
        request_count(session, ORGANISER, poll.vote, seed="9", reason=None)
    again = counted(session, poll, reason="A box was found.")
    publish_count(session, ORGANISER, again)
    session.commit()
    assert client.get(f"/api/v1/votes/{poll.vote}/result").json["number"] == 2
    with pytest.raises(Conflict):
        destroy_mark_key(session, ORGANISER, poll.vote)
    session.execute(update(Vote).values(objections_until=utcnow()))
    assert destroy_mark_key(session, ORGANISER, poll.vote) == "asked"
    with pytest.raises(Conflict):
        destroy_mark_key(session, ORGANISER, poll.vote)
    assert destroy_mark_key(session, SECOND, poll.vote) == "destroyed"
    assert session.execute(select(Vote.mark_key, Vote.link_key)).one() == (None, None)
    assert session.execute(select(func.count()).select_from(Mark)).scalar_one() == 3


def test_each_pot_is_counted_with_its_own_money(session, organisers) -> None:
    pots = [
        {"code": "move", "name": {"en": "Mobility"}, "amount": 30_000, "component": "SM"},
        {"code": "rest", "name": {"en": "Rest"}, "amount": 40_000},
    ]
    poll = hold_vote(session, pots=pots)
    vote_often(session, poll, [[1, 2], [3], [4]])
    close(session, poll)
    count_id = counted(session, poll)
    found = session.execute(select(Count.result).where(Count.public_id == count_id)).scalar_one()
    assert [pot["budget"] for pot in found["pots"]] == [30_000, 40_000]


def test_an_identical_crowd_is_shown_to_people(session, organisers) -> None:
    poll = hold_vote(session, costs=(10_000,) * 10)
    chance = random.Random(7)
    mixed = [chance.sample(range(1, 11), 2) for _ in range(60)]
    vote_often(session, poll, [*mixed, *([[2, 5, 9]] * 40)])
    close(session, poll)
    counted(session, poll)
    signals = session.execute(select(Count.signals)).scalar_one()
    assert signals["clusters"][0]["numbers"] == [2, 5, 9]
