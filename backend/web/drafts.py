"""A report while it is being written: kept from step to step, for the browser that began it."""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import hash_secret, is_public_id
from backend.core.jobs import periodic
from backend.core.problems import Conflict, Gone
from backend.web.models import ReportDraft

KEPT = timedelta(hours=20)  # a photo that belongs to nothing yet is kept for 24
KEPT_SENT = timedelta(hours=1)


@dataclass(slots=True)
class Place:
    """Where it is: a point, words for it, or nowhere in particular."""

    kind: str  # point, address or none
    lon: float | None = None
    lat: float | None = None
    address: str | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """The point, if there is one."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


@dataclass(slots=True)
class Sent:
    """What the sender is told once the report is stored."""

    public_id: str
    secret: str | None
    due_at: str | None
    status_text: str


@dataclass(slots=True)
class Draft:
    """Everything that has been said so far."""

    public_id: str
    text: str = ""
    kind: str = "complaint"
    photos: list[str] = field(default_factory=list)
    photo_place: list[float] | None = None
    place: Place | None = None
    searched: str = ""
    looked_for_known: bool = False
    service: str | None = None
    service_chosen: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    answered: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    private: bool = False
    emergency: str | None = None
    began_at: str | None = None
    sent: Sent | None = None

    @property
    def photo_point(self) -> tuple[float, float] | None:
        """Where a photo was taken, as (lon, lat), if it said."""
        return None if self.photo_place is None else (self.photo_place[0], self.photo_place[1])

    @classmethod
    def read(cls, public_id: str, content: str) -> "Draft":
        """A draft from what was stored."""
        values = orjson.loads(content)
        place, sent = values.pop("place"), values.pop("sent")
        return cls(
            public_id=public_id,
            place=Place(**place) if place else None,
            sent=Sent(**sent) if sent else None,
            **values,
        )

    def content(self) -> str:
        """What is stored."""
        values = asdict(self)
        del values["public_id"]
        return orjson.dumps(values).decode()


def find(
    session: Session, browser: str | None, public_id: str, *, lock: bool = False
) -> Draft | None:
    """The draft of this browser with this id, None when there is none or its time is over."""
    if browser is None or not is_public_id(public_id):
        return None
    query = select(ReportDraft.content).where(
        ReportDraft.public_id == public_id,
        ReportDraft.browser_hash == hash_secret(browser),
        ReportDraft.expires_at > utcnow(),
    )
    content = session.execute(query.with_for_update() if lock else query).scalar()
    return None if content is None else Draft.read(public_id, content)


def open_draft(
    session: Session, browser: str | None, public_id: str, *, lock: bool = False
) -> Draft:
    """The draft, or a kind word that it is gone."""
    draft = find(session, browser, public_id, lock=lock)
    if draft is None:
        raise Gone(
            _("What you had begun is no longer kept, or was begun in another browser. Begin again.")
        )
    return draft


def latest(session: Session, browser: str | None) -> Draft | None:
    """What this browser began last and did not send."""
    if browser is None:
        return None
    rows = session.execute(
        select(ReportDraft.public_id, ReportDraft.content)
        .where(ReportDraft.browser_hash == hash_secret(browser), ReportDraft.expires_at > utcnow())
        .order_by(ReportDraft.updated_at.desc())
        .limit(3)
    )
    drafts = (Draft.read(row.public_id, row.content) for row in rows)
    return next((draft for draft in drafts if draft.sent is None), None)


def keep(session: Session, browser: str, draft: Draft) -> None:
    """Store a draft: made once, however often its first step is sent."""
    now = utcnow()
    values = {
        "content": draft.content(),
        "updated_at": now,
        "expires_at": now + (KEPT_SENT if draft.sent else KEPT),
    }
    owner = hash_secret(browser)
    first = {"public_id": draft.public_id, "browser_hash": owner, **values}
    if insert_ignore(session, ReportDraft, first, ("public_id",)):
        return
    done = session.execute(
        update(ReportDraft)
        .where(ReportDraft.public_id == draft.public_id, ReportDraft.browser_hash == owner)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict(_("This form was begun in another browser. Open the page anew."))


def drop(session: Session, browser: str | None, public_id: str) -> None:
    """Forget a draft."""
    if browser is not None:
        session.execute(
            delete(ReportDraft).where(
                ReportDraft.public_id == public_id,
                ReportDraft.browser_hash == hash_secret(browser),
            )
        )


@periodic("web.forget_drafts", every=timedelta(minutes=30))
def forget_drafts(session: Session, _payload: dict[str, Any]) -> None:
    """Forget drafts whose time is over."""
    session.execute(delete(ReportDraft).where(ReportDraft.expires_at < utcnow()))
