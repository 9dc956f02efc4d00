"""Keeping the competition fit to read: hide and show ideas, problems and evidence, with reasons."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import normalise_id
from backend.core.problems import Invalid, NotFound
from backend.ideas.events import IdeaTurned
from backend.ideas.models import Evidence, Idea, Problem
from backend.ideas.service.ideas import count_ideas
from backend.ideas.service.record import (
    authorise_idea,
    authorise_problem,
    chronicle,
    lock_idea,
    lock_problem,
    named,
    touch,
)
from backend.media import service as media


def _reason(reason: str | None) -> str | None:
    text = (reason or "").strip() or None
    if reason is not None and (text is None or len(text) < 5):
        raise Invalid(errors={"reason": _("Write the reason; the author reads it.")})
    return text


def hide_idea(session: Session, actor: Actor, public_id: str, reason: str | None) -> Idea:
    """Take an idea out of sight with a reason that its team reads, or show it again with none."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.moderate", idea)
    idea.hidden_reason = _reason(reason)
    touch(idea)
    session.flush()
    media.set_public(session, "idea", idea.public_id, public=idea.hidden_reason is None)
    if idea.problem_id:
        count_ideas(session, idea.problem_id)
    what = "hidden" if idea.hidden_reason else "shown"
    chronicle(session, idea, what, named(actor), {"reason": idea.hidden_reason})
    publish(session, IdeaTurned(idea.public_id, what, idea.hidden_reason, idea.version))
    return idea


def hide_problem(session: Session, actor: Actor, public_id: str, reason: str | None) -> Problem:
    """Take a problem out of sight with a reason, or show it again with none."""
    problem = lock_problem(session, public_id)
    authorise_problem(session, actor, "problem.moderate", problem)
    problem.hidden_reason = _reason(reason)
    problem.state = "hidden" if problem.hidden_reason else "open"
    touch(problem)
    media.set_public(session, "problem", problem.public_id, public=problem.state == "open")
    chronicle(session, problem, problem.state, named(actor), {"reason": problem.hidden_reason})
    session.flush()
    return problem


def hide_evidence(session: Session, actor: Actor, public_id: str, reason: str | None) -> None:
    """Take a piece of evidence out of sight with a reason, or show it again with none."""
    row = session.execute(
        select(Evidence).where(Evidence.public_id == normalise_id(public_id[:64]))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound()
    key = session.execute(
        select(Problem.public_id).where(Problem.id == row.problem_id)
    ).scalar_one()
    problem = lock_problem(session, key)
    authorise_problem(session, actor, "problem.moderate", problem)
    row.hidden_reason = _reason(reason)
    media.set_public(session, "evidence", row.public_id, public=row.hidden_reason is None)
    touch(problem)
    told = {"evidence": row.public_id, "reason": row.hidden_reason}
    chronicle(session, problem, "evidence_hidden", named(actor), told)
    session.flush()
