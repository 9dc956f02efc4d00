"""Reads of the room: which photos belong to something, and their bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.storage import storage
from backend.media.models import Photo


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """A photo as other rooms show it."""

    public_id: str
    target_id: str | None
    sizes: Mapping[str, Any]
    public: bool
    hidden: bool
    owner: str | None
    folder: str
    description: str | None

    @property
    def links(self) -> dict[str, str]:
        """The address of each size."""
        return {size: f"/api/v1/photos/{self.public_id}/{size}" for size in self.sizes}

    def document(self) -> dict[str, object]:
        """The photo as the API writes it."""
        return {
            "id": self.public_id,
            "links": self.links,
            "sizes": dict(self.sizes),
            "description": self.description,
        }


_COLUMNS = (
    Photo.public_id,
    Photo.target_id,
    Photo.sizes,
    Photo.public,
    Photo.hidden_reason,
    Photo.owner,
    Photo.folder,
    Photo.description,
)


def _info(row: Any) -> PhotoInfo:
    return PhotoInfo(
        row.public_id,
        row.target_id,
        row.sizes,
        row.public,
        row.hidden_reason is not None,
        row.owner,
        row.folder,
        row.description,
    )


def photos_of(
    session: Session, kind: str, ids: Iterable[str], *, only_public: bool = True
) -> dict[str, list[PhotoInfo]]:
    """The photos of some things, by id, in their order; hidden ones only when asked for."""
    wanted = list(ids)[:500]
    query = select(*_COLUMNS).where(Photo.target_kind == kind, Photo.target_id.in_(wanted))
    if only_public:
        query = query.where(Photo.public.is_(True), Photo.hidden_reason.is_(None))
    found: dict[str, list[PhotoInfo]] = {}
    for row in session.execute(query.order_by(Photo.target_id, Photo.position, Photo.id)):
        found.setdefault(row.target_id, []).append(_info(row))
    return found


def find_photo(session: Session, public_id: str) -> PhotoInfo | None:
    """One photo by its public id."""
    row = session.execute(select(*_COLUMNS).where(Photo.public_id == public_id)).first()
    return _info(row) if row else None


def read_bytes(photo: PhotoInfo, size: str) -> bytes | None:
    """The JPEG of one size."""
    if size not in photo.sizes:
        return None
    return storage().get(f"{photo.folder}/{size}.jpg")
