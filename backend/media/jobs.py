"""Housekeeping of photos."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.jobs import periodic
from backend.core.privacy import erases, exports
from backend.core.storage import storage
from backend.media.models import Photo
from backend.media.service import remove_files

WAIT = timedelta(hours=24)


@periodic("media.sweep", every=timedelta(hours=6))
def sweep(session: Session, _payload: dict[str, Any]) -> None:
    """Forget photos that were never attached, and files that no photo owns."""
    old = utcnow() - WAIT
    rows = session.execute(
        select(Photo.id, Photo.folder)
        .where(Photo.target_id.is_(None), Photo.created_at < old)
        .limit(500)
    ).all()
    session.execute(delete(Photo).where(Photo.id.in_([row.id for row in rows])))
    remove_files([row.folder for row in rows])
    yesterday = f"photos/{utcnow() - timedelta(days=2):%Y%m%d}"
    stored = {key.rsplit("/", 1)[0] for key in storage().keys(yesterday)}
    known = set(
        session.execute(select(Photo.folder).where(Photo.folder.like(yesterday + "/%"))).scalars()
    )
    remove_files(sorted(stored - known))


@erases("media")
def erase_owner(session: Session, account_id: int) -> int:
    """Erase waiting photos; attached ones are erased with what they belong to."""
    from backend.core.actor import current_actor

    actor = current_actor()
    if actor.account_id != account_id:
        return 0
    rows = session.execute(
        select(Photo.id, Photo.folder).where(Photo.owner == actor.key, Photo.target_id.is_(None))
    ).all()
    session.execute(delete(Photo).where(Photo.id.in_([row.id for row in rows])))
    remove_files([row.folder for row in rows])
    return len(rows)


@exports("media")
def export_owner(session: Session, account_id: int) -> Any:
    """Photos are exported with the reports that they belong to."""
    yield from ()
