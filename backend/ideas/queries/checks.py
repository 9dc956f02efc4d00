"""Reading feasibility checks, appeals and what waits on the organiser's desk."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city.queries import department_by_id
from backend.core.actor import Actor
from backend.core.policy import authorise
from backend.core.problems import Forbidden
from backend.ideas.models import (
    Appeal,
    Comment,
    FeasibilityCheck,
    Idea,
    Joining,
    JoiningPart,
    Phase,
)
from backend.ideas.policy import CHECKERS, MODERATORS, is_organiser
from backend.ideas.queries.editions import edition_key

MOST = 200


def checks_of(session: Session, idea_key: int) -> list[dict[str, Any]]:
    """The findings on an idea, round by round, with their appeals."""
    rows = session.execute(
        select(FeasibilityCheck, Appeal)
        .outerjoin(Appeal, Appeal.check_id == FeasibilityCheck.id)
        .where(FeasibilityCheck.idea_id == idea_key)
        .order_by(FeasibilityCheck.round)
        .limit(20)
    ).all()
    return [_check(session, check, appeal) for check, appeal in rows]


def _check(session: Session, check: FeasibilityCheck, appeal: Appeal | None) -> dict[str, Any]:
    department = department_by_id(session, check.department_id)
    return {
        "id": check.public_id, "round": check.round, "contents": check.contents,
        "department": department.code if department else None, "outcome": check.outcome,
        "cost": check.cost, "yearly_cost": check.yearly_cost, "reason": check.reason,
        "conditions": check.conditions, "due_at": check.due_at, "decided_at": check.decided_at,
        "appeal_until": check.appeal_until,
        "appeal": None if appeal is None else {
            "id": appeal.public_id, "text": appeal.text, "state": appeal.state,
            "answer": appeal.answer, "due_at": appeal.due_at, "created_at": appeal.created_at,
            "answered_at": appeal.answered_at,
        },
    }  # fmt: skip


def checks_page(
    session: Session, actor: Actor, edition_id: str, *, waiting: bool | None = None
) -> list[dict[str, Any]]:
    """The checks of an edition: all for organisers, a department's own for its people."""
    if not actor.has(*CHECKERS):
        raise Forbidden()
    authorise(actor, "competition.read")
    key = edition_key(session, actor, edition_id)
    query = (
        select(FeasibilityCheck, Appeal, Idea.public_id, Idea.title, Idea.number)
        .join(Idea, Idea.id == FeasibilityCheck.idea_id)
        .outerjoin(Appeal, Appeal.check_id == FeasibilityCheck.id)
        .where(Idea.edition_id == key)
    )
    if not is_organiser(actor):
        query = query.where(FeasibilityCheck.department_id.in_(actor.departments or {0}))
    if waiting is not None:
        decided = FeasibilityCheck.decided_at
        query = query.where(decided.is_(None) if waiting else decided.is_not(None))
    rows = session.execute(
        query.order_by(FeasibilityCheck.due_at, FeasibilityCheck.id).limit(MOST)
    ).all()
    return [
        _check(session, row[0], row[1])
        | {"idea": {"id": row.public_id, "title": row.title, "number": row.number}}
        for row in rows
    ]


def joinings_of(
    session: Session, actor: Actor, edition_id: str, *, waiting: bool = True
) -> list[dict[str, Any]]:
    """The merges and splits of an edition that are proposed, with who has agreed."""
    authorise(actor, "competition.organise")
    key = edition_key(session, actor, edition_id)
    query = select(Joining).where(Joining.edition_id == key)
    if waiting:
        query = query.where(Joining.state == "waiting")
    rows = session.execute(query.order_by(Joining.id.desc()).limit(MOST)).scalars().all()
    return [_joining(session, row) for row in rows]


def joinings_about(session: Session, idea_key: int) -> list[dict[str, Any]]:
    """The proposals to merge or split one idea that wait for an answer."""
    rows = session.execute(
        select(Joining)
        .join(JoiningPart, JoiningPart.joining_id == Joining.id)
        .where(JoiningPart.idea_id == idea_key, Joining.state == "waiting")
        .limit(5)
    ).scalars()
    return [_joining(session, row) for row in rows.all()]


def _joining(session: Session, row: Joining) -> dict[str, Any]:
    parts = session.execute(
        select(JoiningPart.consent, JoiningPart.reason, Idea.public_id, Idea.title, Idea.number)
        .join(Idea, Idea.id == JoiningPart.idea_id)
        .where(JoiningPart.joining_id == row.id)
        .order_by(JoiningPart.id)
    ).all()
    return {
        "id": row.public_id, "kind": row.kind, "state": row.state, "reason": row.reason,
        "proposed_by": row.proposed_by, "content": row.content, "created_at": row.created_at,
        "ended_at": row.ended_at,
        "parts": [
            {"idea": p.public_id, "title": p.title, "number": p.number, "consent": p.consent,
             "reason": p.reason}
            for p in parts
        ],
    }  # fmt: skip


def flagged_comments(session: Session, actor: Actor, edition_id: str) -> list[dict[str, Any]]:
    """The comments that readers want somebody to look at, the most flagged first."""
    if not actor.has(*MODERATORS):
        raise Forbidden()
    key = edition_key(session, actor, edition_id)
    rows = session.execute(
        select(
            Comment.public_id, Comment.text, Comment.flags, Comment.side, Comment.created_at,
            Comment.hidden_reason, Idea.public_id.label("idea"), Idea.title,
        )
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Idea.edition_id == key, (Comment.flags > 0) | Comment.hidden_reason.is_not(None))
        .order_by(Comment.hidden_reason.is_not(None), Comment.flags.desc(), Comment.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        {
            "id": r.public_id, "text": r.text, "flags": r.flags, "side": r.side,
            "created_at": r.created_at, "hidden_reason": r.hidden_reason,
            "idea": {"id": r.idea, "title": r.title},
        }
        for r in rows
    ]  # fmt: skip


def desk_counts(session: Session, actor: Actor, edition_id: str) -> dict[str, int]:
    """How much waits on the desk of an edition."""
    authorise(actor, "competition.organise")
    key = edition_key(session, actor, edition_id)

    def number(*conditions: Any, model: Any = Idea) -> int:
        query = select(func.count()).select_from(model)
        if model is not Idea:
            query = query.join(Idea, Idea.id == model.idea_id)
        return int(session.execute(query.where(Idea.edition_id == key, *conditions)).scalar_one())

    unasked = ~select(FeasibilityCheck.id).where(FeasibilityCheck.idea_id == Idea.id).exists()
    return {
        "drafts": number(Idea.state == "draft"),
        "proposed": number(Idea.state == "proposed"),
        "to_ask": number(Idea.state == "proposed", Idea.endorsed_at.is_not(None), unasked),
        "checking": number(
            FeasibilityCheck.decided_at.is_(None), Idea.state == "proposed", model=FeasibilityCheck
        ),
        "feasible": number(Idea.state.in_(("feasible", "on_ballot"))),
        "infeasible": number(Idea.state == "infeasible"),
        "flagged": number(Comment.flags > 0, Comment.hidden_reason.is_(None), model=Comment),
        "hidden": number(Idea.hidden_reason.is_not(None)),
    }


def edition_of_phase(session: Session, public_id: str) -> str:
    """The public id of the edition that a phase belongs to."""
    from backend.core.problems import NotFound
    from backend.ideas.models import Edition

    found = session.execute(
        select(Edition.public_id)
        .join(Phase, Phase.edition_id == Edition.id)
        .where(Phase.public_id == public_id)
    ).scalar()
    if found is None:
        raise NotFound()
    return str(found)
