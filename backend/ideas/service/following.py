"""Following an edition: hearing when its phases open, end or change."""

from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.ideas.service.record import authorise_edition, lock_edition
from backend.notifications import service as notifications


def follow_edition(session: Session, actor: Actor, public_id: str, *, wanted: bool = True) -> None:
    """Hear of the calendar of an edition from now on, or no longer."""
    edition = lock_edition(session, public_id)
    authorise_edition(actor, "edition.follow", edition)
    act = notifications.follow if wanted else notifications.unfollow
    act(session, actor, "edition", edition.public_id)
