"""Later work of the room: phases that turn by themselves, reminders, overdue findings."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.jobs import periodic
from backend.ideas.models import Edition, Idea, Phase, TeamMember
from backend.ideas.news import remind_of_end, remind_of_finding
from backend.ideas.service.ideas import remove_draft
from backend.ideas.service.phases import turn_due_phases

REMIND_BEFORE = timedelta(days=3)
REMINDED = ("outline", "propose", "endorse", "vote")
DRAFTS_KEPT = timedelta(days=400)


@periodic("ideas.turn_phases", every=timedelta(minutes=1))
def turn_phases(session: Session, _payload: dict[str, Any]) -> None:
    """Open and close the phases that are due."""
    turn_due_phases(session)


@periodic("ideas.remind", every=timedelta(hours=1))
def remind(session: Session, _payload: dict[str, Any]) -> None:
    """Remind once, three days before a phase for citizens ends, and of findings that are due."""
    now = utcnow()
    ending = session.execute(
        select(Phase, Edition.public_id)
        .join(Edition, Edition.id == Phase.edition_id)
        .where(
            Phase.state == "open",
            Phase.kind.in_(REMINDED),
            Phase.reminded_at.is_(None),
            Phase.ends_at > now,
            Phase.ends_at <= now + REMIND_BEFORE,
            Edition.rehearsal.is_(False),
        )
        .limit(50)
    ).all()
    for phase, edition in ending:
        phase.reminded_at = now
        remind_of_end(session, edition, phase)
    remind_of_finding(session, now)


@periodic("ideas.forget_drafts", every=timedelta(days=1))
def forget_drafts(session: Session, _payload: dict[str, Any]) -> None:
    """Forget drafts that nobody touched for more than a year."""
    old = session.execute(
        select(Idea)
        .where(Idea.state == "draft", Idea.updated_at < utcnow() - DRAFTS_KEPT)
        .limit(200)
    ).scalars()
    for idea in old.all():
        remove_draft(session, idea)
    session.execute(
        delete(TeamMember).where(
            TeamMember.state.in_(("declined", "left")),
            TeamMember.answered_at < utcnow() - DRAFTS_KEPT,
        )
    )
