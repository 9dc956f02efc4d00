"""Writes of the room: keep, attach, show, hide and forget photos."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Invalid, NotFound
from backend.core.storage import storage
from backend.media.develop import MOST_PHOTOS, DevelopedPhoto, develop
from backend.media.models import Photo
from backend.media.policy import relation_to
from backend.media.queries import PhotoInfo, find_photo


def keep(
    session: Session, actor: Actor, photo: DevelopedPhoto, *, description: str | None = None
) -> PhotoInfo:
    """Keep a developed photo; nobody but its sender sees it until it is attached."""
    authorise(actor, "photo.upload")
    public_id, now = new_public_id(), utcnow()
    folder = f"photos/{now:%Y%m%d}/{new_public_id()}"
    for size, data in photo.images.items():
        storage().put(f"{folder}/{size}.jpg", data)
    session.execute(
        insert(Photo).values(
            public_id=public_id,
            owner=None if actor.is_anonymous else actor.key,
            folder=folder,
            sizes={name: list(size) for name, size in photo.sizes.items()},
            public=False,
            position=0,
            description=description,
            created_at=now,
        )
    )
    return PhotoInfo(public_id, None, photo.sizes, False, False, actor.key, folder, description)


def store_photo(session: Session, actor: Actor, data: bytes) -> PhotoInfo:
    """Develop and keep a photo in one step, for imports and letters."""
    return keep(session, actor, develop(data))


def attach(
    session: Session, photo_ids: Sequence[str], kind: str, target_id: str, *, public: bool
) -> int:
    """Give waiting photos to something; each can be given once. How many there are now."""
    if not photo_ids:
        return 0
    present = session.execute(
        select(func.count()).where(Photo.target_kind == kind, Photo.target_id == target_id)
    ).scalar_one()
    if present + len(photo_ids) > MOST_PHOTOS * 4:
        raise Invalid(errors={"photos": _("There are too many photos here already.")})
    for position, photo_id in enumerate(photo_ids, start=present):
        result = session.execute(
            update(Photo)
            .where(Photo.public_id == photo_id, Photo.target_id.is_(None))
            .values(target_kind=kind, target_id=target_id, position=position, public=public)
            .execution_options(synchronize_session=False)
        )
        if result.rowcount != 1:  # type: ignore[attr-defined]
            raise Invalid(
                errors={"photos": _("One of the photos has expired. Please add it again.")}
            )
    return int(present) + len(photo_ids)


def set_public(session: Session, kind: str, target_id: str, public: bool) -> None:
    """Show or conceal all photos of something, as its own visibility changes."""
    session.execute(
        update(Photo)
        .where(Photo.target_kind == kind, Photo.target_id == target_id)
        .values(public=public)
        .execution_options(synchronize_session=False)
    )


def hide(session: Session, actor: Actor, public_id: str, reason: str | None) -> None:
    """Take one photo out of sight with a reason, or show it again with none."""
    photo = find_photo(session, public_id)
    if photo is None:
        raise NotFound()
    authorise(actor, "photo.hide", "other")
    session.execute(
        update(Photo)
        .where(Photo.public_id == public_id)
        .values(hidden_reason=reason)
        .execution_options(synchronize_session=False)
    )
    append(
        session, "photo", public_id, "hidden" if reason else "shown", actor.key, {"reason": reason}
    )


def readable(session: Session, actor: Actor, public_id: str) -> PhotoInfo:
    """The photo, if this actor may see it; otherwise it is not found."""
    photo = find_photo(session, public_id)
    if photo is None:
        raise NotFound()
    relation = relation_to(actor, owner=photo.owner, public=photo.public, hidden=photo.hidden)
    authorise(actor, "photo.read", relation)
    return photo


def forget(session: Session, kind: str, target_ids: Sequence[str]) -> int:
    """Erase the photos of something, rows and files."""
    folders = list(
        session.execute(
            select(Photo.folder, Photo.sizes).where(
                Photo.target_kind == kind, Photo.target_id.in_(list(target_ids))
            )
        )
    )
    session.execute(
        delete(Photo).where(Photo.target_kind == kind, Photo.target_id.in_(list(target_ids)))
    )
    remove_files([row.folder for row in folders])
    return len(folders)


def remove_files(folders: Sequence[str]) -> None:
    """Delete the files of photos; done again by the sweep if it is cut short."""
    for folder in folders:
        for key in storage().keys(folder):
            storage().delete(key)
