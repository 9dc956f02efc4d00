"""Feasibility: ask a department, decide with reasons, appeal, answer, submit again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city.queries import department_by_code
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id, normalise_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.events import AppealAnswered, FeasibilityAsked, FeasibilityDecided
from backend.ideas.models import OUTCOMES, Appeal, FeasibilityCheck, Idea
from backend.ideas.queries.standing import idea_relation
from backend.ideas.service.record import (
    authorise_idea,
    chronicle,
    edition_of,
    lock_idea,
    named,
    touch,
)
from backend.ideas.service.taking_part import require_phase


@dataclass(frozen=True, slots=True)
class Finding:
    """What a department found."""

    outcome: str
    reason: str
    cost: int | None = None
    yearly_cost: int | None = None
    conditions: str | None = None


def ask_department(
    session: Session,
    actor: Actor,
    public_id: str,
    department: str,
    *,
    due_at: datetime | None = None,
) -> FeasibilityCheck:
    """Ask a department for its finding on an idea that has enough support."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "feasibility.ask", idea)
    require_phase(session, idea.edition_id, ("feasibility",))
    if idea.state != "proposed" or idea.endorsed_at is None:
        raise Conflict(_("Only a proposed idea with enough endorsements is checked."))
    found = department_by_code(session, department)
    if found is None:
        raise Invalid(errors={"department": _("The city has no such department.")})
    last = latest_check(session, idea.id)
    if last is not None and last.decided_at is None:
        last.department_id, last.version = found.id, last.version + 1
        last.due_at = due_at or last.due_at
        check = last
    else:
        check = _new_round(session, idea, found.id, due_at)
    session.flush()
    touch(idea)
    told = {"department": department, "round": check.round, "due": check.due_at.isoformat()}
    chronicle(session, idea, "check_asked", named(actor), told)
    publish(session, FeasibilityAsked(idea.public_id, check.public_id, found.id))
    return check


def latest_check(session: Session, idea_id: int) -> FeasibilityCheck | None:
    """The last round of an idea's checks."""
    return session.execute(
        select(FeasibilityCheck)
        .where(FeasibilityCheck.idea_id == idea_id)
        .order_by(FeasibilityCheck.round.desc())
        .limit(1)
    ).scalar_one_or_none()


def _new_round(
    session: Session, idea: Idea, department_id: int, due_at: datetime | None
) -> FeasibilityCheck:
    last = session.execute(
        select(func.max(FeasibilityCheck.round)).where(FeasibilityCheck.idea_id == idea.id)
    ).scalar()
    days = edition_of(session, idea.edition_id).answer_days
    check = FeasibilityCheck(
        public_id=new_public_id(), version=1, idea_id=idea.id, round=int(last or 0) + 1,
        contents=idea.contents, department_id=department_id,
        due_at=due_at or utcnow() + timedelta(days=days), created_at=utcnow(),
    )  # fmt: skip
    session.add(check)
    session.flush()
    return check


def _taken(session: Session, check_id: str) -> tuple[FeasibilityCheck, Idea]:
    check = session.execute(
        select(FeasibilityCheck)
        .where(FeasibilityCheck.public_id == normalise_id(check_id[:64]))
        .with_for_update()
    ).scalar_one_or_none()
    if check is None:
        raise NotFound()
    key = session.execute(select(Idea.public_id).where(Idea.id == check.idea_id)).scalar_one()
    return check, lock_idea(session, key)


def decide(session: Session, actor: Actor, check_id: str, finding: Finding) -> FeasibilityCheck:
    """Write down whether an idea can be done, what it costs and why; everybody reads it."""
    check, idea = _taken(session, check_id)
    relation = idea_relation(session, actor, idea)
    if relation == "department" and check.department_id not in actor.departments:
        relation = "other"
    authorise(actor, "feasibility.decide", relation)
    if check.decided_at is not None:
        raise Conflict(_("This check has its finding. An appeal opens a new one."))
    _check_finding(finding)
    now = utcnow()
    check.outcome, check.reason = finding.outcome, finding.reason.strip()
    check.cost, check.yearly_cost = finding.cost, finding.yearly_cost
    check.conditions = (finding.conditions or "").strip() or None
    check.assessor_id, check.decided_at, check.version = actor.account_id, now, check.version + 1
    days = edition_of(session, idea.edition_id).appeal_days
    check.appeal_until = now + timedelta(days=days)
    idea.state = "infeasible" if finding.outcome == "infeasible" else "feasible"
    idea.cost = None if finding.outcome == "infeasible" else finding.cost
    touch(idea)
    told = {"round": check.round, "outcome": finding.outcome, "cost": finding.cost,
            "reason": finding.reason, "conditions": finding.conditions}  # fmt: skip
    chronicle(session, idea, "checked", named(actor), told)
    session.flush()
    publish(
        session,
        FeasibilityDecided(idea.public_id, check.public_id, finding.outcome, check.reason),
    )
    return check


def _check_finding(finding: Finding) -> None:
    errors = {}
    if finding.outcome not in OUTCOMES:
        errors["outcome"] = _("Choose one of the outcomes.")
    if len(finding.reason.strip()) < 20:
        errors["reason"] = _("Write the reason in a sentence or two; everybody reads it.")
    if finding.outcome != "infeasible" and not finding.cost:
        errors["cost"] = _("Say what it will cost: the count works with this.")
    if finding.outcome == "with_conditions" and len((finding.conditions or "").strip()) < 10:
        errors["conditions"] = _("Write the conditions.")
    if errors:
        raise Invalid(errors=errors)


def appeal(session: Session, actor: Actor, check_id: str, text: str) -> str:
    """Object to a finding before the deadline; the city answers with reasons by another one."""
    check, idea = _taken(session, check_id)
    authorise_idea(session, actor, "feasibility.appeal", idea)
    now = utcnow()
    if check.decided_at is None or check.outcome == "feasible":
        raise Conflict(_("There is nothing to appeal against."))
    if check.appeal_until is None or now >= check.appeal_until:
        raise Conflict(_("The time to appeal is over."))
    if len(text.strip()) < 20:
        raise Invalid(errors={"text": _("Say in a few sentences what the finding overlooks.")})
    known = session.execute(select(Appeal.id).where(Appeal.check_id == check.id)).first()
    if known:
        raise Conflict(_("An appeal has been made already."))
    days = edition_of(session, idea.edition_id).answer_days
    made = Appeal(
        public_id=new_public_id(), check_id=check.id, author_id=actor.account_id,
        text=text.strip(), state="open", due_at=now + timedelta(days=days), created_at=now,
    )  # fmt: skip
    session.add(made)
    touch(idea)
    session.flush()
    told = {"appeal": made.public_id, "text": text}
    chronicle(session, idea, "appealed", named(actor, "author"), told)
    return made.public_id


def answer_appeal(
    session: Session, actor: Actor, appeal_id: str, *, uphold: bool, answer: str
) -> Appeal:
    """Uphold an appeal, so that the department checks again, or reject it; with reasons."""
    found = session.execute(
        select(Appeal).where(Appeal.public_id == normalise_id(appeal_id[:64])).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    key = session.execute(
        select(FeasibilityCheck.public_id).where(FeasibilityCheck.id == found.check_id)
    ).scalar_one()
    check, idea = _taken(session, key)
    authorise_idea(session, actor, "feasibility.answer_appeal", idea)
    if found.state != "open":
        raise Conflict(_("This appeal has its answer."))
    if len(answer.strip()) < 20:
        raise Invalid(errors={"answer": _("Write the reason; everybody reads it.")})
    found.state, found.answer = "upheld" if uphold else "rejected", answer.strip()
    found.answered_at, found.answered_by_id = utcnow(), actor.account_id
    if uphold:
        idea.state, idea.cost = "proposed", None
        _new_round(session, idea, check.department_id, None)
    touch(idea)
    session.flush()
    told = {"state": found.state, "answer": answer}
    chronicle(session, idea, "appeal_answered", named(actor), told)
    publish(session, AppealAnswered(idea.public_id, found.public_id, found.state, found.answer))
    return found


def submit_again(session: Session, actor: Actor, public_id: str) -> FeasibilityCheck:
    """Hand an amended idea in again before the deadline; the same department checks it anew."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "feasibility.appeal", idea)
    require_phase(session, idea.edition_id, ("feasibility",))
    last = latest_check(session, idea.id)
    if last is None or last.decided_at is None or last.outcome == "feasible":
        raise Conflict(_("There is nothing to amend."))
    if last.appeal_until is None or utcnow() >= last.appeal_until:
        raise Conflict(_("The time to amend is over."))
    if idea.contents == last.contents:
        raise Conflict(_("Change the idea first: the finding was about the present words."))
    idea.state, idea.cost = "proposed", None
    check = _new_round(session, idea, last.department_id, None)
    touch(idea)
    session.flush()
    told = {"round": check.round, "contents": idea.contents}
    chronicle(session, idea, "submitted_again", named(actor, "author"), told)
    publish(session, FeasibilityAsked(idea.public_id, check.public_id, check.department_id))
    return check
