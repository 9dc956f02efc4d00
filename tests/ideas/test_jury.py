"""A jury: conflicts before scores, frozen criteria, a shared plan, and a corrected order."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core.actor import SYSTEM, Actor
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.ideas.service import judging
from tests.ideas.election import found_edition, make_person

CRITERIA = [
    {"code": "use", "name": "Use", "weight": 2}, {"code": "cost", "name": "Cost", "weight": 1},
]  # fmt: skip


def _juror(session: Any, number: int) -> tuple[Actor, str]:
    from backend.accounts.queries import actor_for_token

    _account, token = make_person(session, f"juror{number}@example.org")
    actor = actor_for_token(session, token)
    assert actor is not None
    return actor, str(actor.public_id)


@pytest.fixture
def court(session: Any) -> tuple[str, list[str], list[Actor]]:
    """A jury of four and four ideas, two judgements each."""
    _key, edition, ideas = found_edition(session)
    jury = judging.set_up_jury(session, SYSTEM, edition, CRITERIA, 3)
    jurors = []
    for number in range(4):
        actor, account = _juror(session, number)
        judging.add_juror(session, SYSTEM, jury, account)
        jurors.append(actor)
    session.commit()
    return jury, ideas, jurors


def test_conflicts_come_before_scores_and_keep_ideas_away(session, court) -> None:
    jury, ideas, jurors = court
    judging.declare_conflicts(session, jurors[0], jury, {ideas[0]: "employer"})
    with pytest.raises(Conflict):
        judging.declare_conflicts(session, jurors[0], jury, {})
    with pytest.raises(Conflict):  # three have not declared
        judging.draw_plan(session, SYSTEM, jury, "seed")
    for juror in jurors[1:]:
        judging.declare_conflicts(session, juror, jury, {})
    plan = judging.draw_plan(session, SYSTEM, jury, "seed")
    assert all(sum(idea in given for given in plan.values()) == 3 for idea in ideas)
    mine = judging.own_list(session, jurors[0], jury)
    assert ideas[0] not in [row["idea"] for row in mine["mine"]]
    with pytest.raises(Forbidden):
        judging.give_score(session, jurors[0], jury, ideas[0], {"use": 5, "cost": 5}, note="")
    with pytest.raises(Conflict):  # frozen
        judging.set_up_jury(session, SYSTEM, _edition_of(session, jury), CRITERIA, 1)
    stranger, _account = _juror(session, 9)
    with pytest.raises(NotFound):
        judging.own_list(session, stranger, jury)


def _edition_of(session: Any, jury: str) -> str:
    from sqlalchemy import select

    from backend.ideas.models import Edition
    from backend.ideas.models.jury import Jury

    return session.execute(
        select(Edition.public_id).join(Jury, Jury.edition_id == Edition.id)
        .where(Jury.public_id == jury)
    ).scalar_one()  # fmt: skip


def test_the_jury_closes_when_every_score_is_there(session, court) -> None:
    jury, ideas, jurors = court
    for juror in jurors:
        judging.declare_conflicts(session, juror, jury, {})
    judging.draw_plan(session, SYSTEM, jury, "seed")
    worth = {idea: 3 + 2 * n for n, idea in enumerate(ideas)}
    for leniency, juror in enumerate(jurors, start=-2):
        for row in judging.own_list(session, juror, jury)["mine"]:
            with pytest.raises(Invalid):
                judging.give_score(session, juror, jury, row["idea"], {"use": 10}, note="")
            marks = {"use": 10, "cost": 5}
            with pytest.raises(Invalid):  # an extreme mark without its reason
                judging.give_score(session, juror, jury, row["idea"], marks, note="")
            mark = max(1, min(10, worth[row["idea"]] + leniency))
            marks = {"use": mark, "cost": mark}
            judging.give_score(session, juror, jury, row["idea"], marks, note="A plain reason.")
    result = judging.close_jury(session, SYSTEM, jury)
    assert result["order"] == list(reversed(ideas))
    assert set(result["winner_without"].values()) == {ideas[-1]}
    assert result["judged_by"] == dict.fromkeys(ideas, 3)
    with pytest.raises(Conflict):
        judging.close_jury(session, SYSTEM, jury)
