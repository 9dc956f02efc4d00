"""Writing a report's row: locked, versioned, rendered anew, counted on the map, chronicled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.geo import STORED, cell_of
from backend.core.ids import normalise_id
from backend.core.ledger import append
from backend.core.problems import NotFound, Stale
from backend.reports.models import Report, TallyChange, table_of
from backend.reports.naming import lookup
from backend.reports.queries.detail import STREAM, public_id_of
from backend.reports.queries.places import AREA
from backend.reports.render import rendered
from backend.reports.status import is_open

COLUMNS = tuple(c for c in Report.__table__.columns if c.name not in ("search", "row"))
Versions = Collection[int] | None


@dataclass(slots=True)
class Record:
    """A report's row under lock, as it stands in this transaction."""

    values: dict[str, Any]

    @property
    def id(self) -> int:
        """The internal key."""
        return int(self.values["id"])

    @property
    def public_id(self) -> str:
        """The id shown outside."""
        return str(self.values["public_id"])

    @property
    def version(self) -> int:
        """How often the row was written."""
        return int(self.values["version"])

    @property
    def status(self) -> str:
        """The present status."""
        return str(self.values["status"])

    @property
    def visibility(self) -> str:
        """Who may see it."""
        return str(self.values["visibility"])

    @property
    def reporter_id(self) -> int | None:
        """The account that reported."""
        found: int | None = self.values["reporter_id"]
        return found

    @property
    def department_id(self) -> int | None:
        """The department that handles it."""
        found: int | None = self.values["department_id"]
        return found


def lock(session: Session, public_id: str, versions: Versions = None) -> Record:
    """Take a report for writing; Stale when the sender knew another version of it."""
    condition = Report.public_id == normalise_id(public_id[:64])
    return _taken(session, condition, versions)


def lock_by_key(session: Session, report_id: int) -> Record:
    """Take a report for writing by its internal key."""
    return _taken(session, Report.id == report_id, None)


def _taken(session: Session, condition: Any, versions: Versions) -> Record:
    row = session.execute(select(*COLUMNS).where(condition).with_for_update()).first()
    if row is None:
        raise NotFound()
    record = Record(dict(row._mapping))
    if versions is not None and record.version not in versions:
        raise Stale(headers={"ETag": f'"{record.version}"'})
    return record


def cells(lon: float | None, lat: float | None) -> dict[str, int | None]:
    """The cells of a place, fine and coarse."""
    if lon is None or lat is None:
        return {"cell": None, "area": None}
    return {"cell": cell_of(lon, lat, STORED), "area": cell_of(lon, lat, AREA)}


def counted(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the map counts of a report; None for what it must not show."""
    if values["visibility"] != "public" or values["cell"] is None:
        return None
    return {
        "cell": values["cell"],
        "area": values["area"],
        "domain": values["domain"] or "",
        "is_open": is_open(values["status"]),
        "lon": values["lon"],
        "lat": values["lat"],
    }


def save(
    session: Session, record: Record, changes: Mapping[str, Any], *, at: datetime | None = None
) -> Record:
    """Write changes: the next version, its rendered row, and the difference on the map."""
    old = record.values
    new = {**old, **changes, "version": old["version"] + 1, "updated_at": at or utcnow()}
    if "status" in changes and is_open(new["status"]) != is_open(old["status"]):
        new["closed_at"] = None if is_open(new["status"]) else new["updated_at"]
    duplicate_of = public_id_of(session, new["duplicate_of_id"])
    line = rendered(new, lookup(session), duplicate_of)
    written = {k: v for k, v in new.items() if v != old.get(k)}
    session.execute(
        update(Report)
        .where(Report.id == record.id)
        .values(**written, row=line)
        .execution_options(synchronize_session=False)
    )
    before, after = counted(old), counted(new)
    if before != after:
        changed = [c | {"number": n} for c, n in ((before, -1), (after, 1)) if c is not None]
        session.execute(insert(table_of(TallyChange)), changed)
    record.values = new
    return record


def named(actor: Actor, party: str | None = None) -> str:
    """How the chronicle names who acted: staff by their key, citizens only by their part.

    An entry's actor cannot be erased, so a citizen's is never written there.
    """
    if actor.kind == "system" or actor.is_staff or actor.kind == "machine":
        return actor.key
    return party or ("citizen" if actor.account_id is not None else "anonymous")


def chronicle(
    session: Session, record: Record, action: str, by: str, payload: Mapping[str, Any] | None = None
) -> None:
    """Write into the report's history; the report is locked."""
    append(session, STREAM, record.public_id, action, by, payload)
