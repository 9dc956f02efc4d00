"""What the room hears: the model's suggestions for ideas, and its own calendar for the vote."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.classification.events import SuggestionMade
from backend.classification.service import Subject, register_source
from backend.core.events import subscribe
from backend.core.problems import NotFound
from backend.ideas.eligibility import Who
from backend.ideas.events import PhaseTurned
from backend.ideas.models import Idea, Phase
from backend.ideas.models.ballot import Vote
from backend.ideas.service.closing import annul_vote, extend_vote, set_resting
from backend.ideas.service.opening import open_vote
from backend.ideas.service.record import chronicle, lock_idea, touch

KIND = "idea"


def subject_of(session: Session, public_id: str) -> Subject | None:
    """What there is to read of an idea."""
    row = session.execute(
        select(Idea.title, Idea.summary, Idea.text, Idea.language).where(
            Idea.public_id == public_id
        )
    ).first()
    if row is None:
        return None
    return Subject(f"{row.title}. {row.summary} {row.text}", row.language, row.title)


@subscribe(SuggestionMade)
def suggestion_made(session: Session, event: SuggestionMade) -> None:
    """Fill in the proposed place in the taxonomy as long as nobody has decided."""
    if event.kind != KIND:
        return
    try:
        idea = lock_idea(session, event.public_id)
    except NotFound:
        return
    if idea.placed_by == "person":
        return
    idea.domain = None if event.unsure else event.domain
    idea.component = None if event.unsure else event.component
    idea.placed_by = None if event.unsure else "model"
    idea.unsure = event.unsure
    touch(idea)
    told = {"component": event.component, "confidence": event.confidence, "unsure": event.unsure}
    chronicle(session, idea, "suggested", "system", told)
    session.flush()


@subscribe(PhaseTurned)
def vote_turned(session: Session, event: PhaseTurned) -> None:
    """The vote follows its phase: frozen when it opens, and moved, halted or annulled with it."""
    if event.kind != "vote" or event.action == "planned":
        return
    phase = session.execute(select(Phase).where(Phase.public_id == event.phase)).scalar_one()
    if event.action == "opened":
        open_vote(
            session, phase.edition_id, opens_at=phase.starts_at, closes_at=phase.ends_at,
            who=Who.of(phase.who).document(),
        )  # fmt: skip
        return
    vote = session.execute(
        select(Vote.public_id, Vote.state).where(Vote.edition_id == phase.edition_id)
    ).first()
    if vote is None or vote.state not in ("open", "suspended"):
        return
    if event.action == "extended":
        extend_vote(session, vote.public_id, phase.ends_at)
    elif event.action in ("suspended", "resumed"):
        set_resting(session, vote.public_id, resting=event.action == "suspended")
    elif event.action == "annulled":
        annul_vote(session, vote.public_id)


def introduce() -> None:
    """Tell classification how to read an idea."""
    register_source(KIND, subject_of)
