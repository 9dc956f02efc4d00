"""What the room hears from others: the model's suggestions for ideas."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.classification.events import SuggestionMade
from backend.classification.service import Subject, register_source
from backend.core.events import subscribe
from backend.core.problems import NotFound
from backend.ideas.models import Idea
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


def introduce() -> None:
    """Tell classification how to read an idea."""
    register_source(KIND, subject_of)
