"""Public reports for other systems: whole rows in a fixed order, and what was said about them.

Who asks counts for nothing here: what is not public is in none of these answers.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, column, exists, func, literal_column, select, table
from sqlalchemy.orm import Session, aliased

from backend.core.actor import Actor
from backend.core.clock import rfc3339
from backend.core.db import is_postgresql
from backend.core.geo import Box, box_around
from backend.core.ids import normalise_id
from backend.core.policy import authorise
from backend.reports.models import Report, ReportUpdate, StatusChange
from backend.reports.naming import lookup
from backend.reports.queries.filters import clause
from backend.reports.queries.places import among, covering, in_box, square_from
from backend.reports.queries.search import fts5_query, tsquery, words_of

LARGEST = 1000
FARTHEST = 1_000_000
COUNTED = 100_000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a peer asks for; ids stand for themselves and override everything else."""

    ids: tuple[str, ...] = ()
    services: tuple[int, ...] | None = None
    districts: tuple[int, ...] | None = None
    departments: tuple[int, ...] | None = None
    is_open: bool | None = None
    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    bbox: Box | None = None
    near: tuple[float, float] | None = None
    radius: float = 0.0
    text: str | None = None
    has_photo: bool | None = None
    order: str = "-created"  # -created, created, -updated, updated


_OWN = aliased(Report)
_COLUMNS = (
    Report.id, Report.public_id, Report.kind, Report.status, Report.channel, Report.created_at,
    Report.updated_at, Report.closed_at, Report.due_at, Report.service_id, Report.component,
    Report.district_id, Report.department_id, Report.place, Report.lon, Report.lat, Report.address,
    Report.text, Report.summary, Report.language, Report.status_reason, Report.forwarded_to,
    Report.answers, Report.photos, Report.confirmations,
    select(_OWN.public_id)
    .where(_OWN.id == Report.duplicate_of_id, _OWN.visibility == "public")
    .correlate(Report)
    .scalar_subquery()
    .label("duplicate_of"),
)  # fmt: skip
_told_change = func.coalesce(Report.closed_at, Report.updated_at, type_=Report.updated_at.type)
_ORDERS: dict[str, tuple[Any, Any]] = {
    "-created": (Report.created_at.desc(), Report.id.desc()),
    "created": (Report.created_at.asc(), Report.id.asc()),
    "-updated": (Report.updated_at.desc(), Report.id.desc()),
    "updated": (Report.updated_at.asc(), Report.id.asc()),
}
ORDERS = tuple(_ORDERS)


def exchanged_reports(
    session: Session, actor: Actor, asked: Exchange, *, limit: int = LARGEST, offset: int = 0
) -> Sequence[Any]:
    """The public reports that were asked for, in a fixed order."""
    authorise(actor, "report.list")
    statement = select(*_COLUMNS).where(*_conditions(session, asked))
    statement = statement.order_by(*_ordered(session, asked))
    limit, offset = max(1, min(limit, LARGEST)), max(0, min(offset, FARTHEST))
    return session.execute(statement.limit(limit).offset(offset)).all()


def exchanged_number(session: Session, actor: Actor, asked: Exchange) -> int | None:
    """How many reports there are in all; None when they are too many to be counted for a page."""
    authorise(actor, "report.list")
    found = select(Report.id).where(*_conditions(session, asked)).limit(COUNTED + 1).subquery()
    number = session.execute(select(func.count()).select_from(found)).scalar_one()
    return number if number <= COUNTED else None


def every_public_report(
    session: Session, actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Sequence[Any]]:
    """All public reports by the moment they were made, in batches; each is one short question."""
    authorise(actor, "report.list")
    last: tuple[datetime, int] | None = None
    while True:
        conditions = _conditions(session, Exchange(since=since, until=until))
        if last is not None:
            moment, report_id = last
            conditions.append(
                (Report.created_at > moment)
                | ((Report.created_at == moment) & (Report.id > report_id))
            )
        statement = select(*_COLUMNS).where(*conditions).order_by(*_ORDERS["created"])
        rows = session.execute(statement.limit(LARGEST)).all()
        if rows:
            yield rows
        if len(rows) < LARGEST:
            return
        last = (rows[-1].created_at, rows[-1].id)


def _ordered(session: Session, asked: Exchange) -> tuple[Any, ...]:
    """The order; what changed lately is few among many, so SQLite must not walk by creation."""
    by_change = asked.updated_since is not None and not asked.ids and asked.since is None
    if not by_change or is_postgresql(session) or not asked.order.endswith("created"):
        return _ORDERS[asked.order]
    moment: ColumnElement[Any] = literal_column("+report.created_at")  # a sum has no index
    return (
        (moment.desc(), Report.id.desc())
        if asked.order.startswith("-")
        else (moment.asc(), Report.id.asc())
    )


def _conditions(session: Session, asked: Exchange) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Report.visibility == "public"]
    if asked.ids:
        ids = [normalise_id(one[:64]) for one in asked.ids[:LARGEST]]
        return [*found, Report.public_id.in_(ids)]
    for chosen, stored in (
        (asked.services, Report.service_id),
        (asked.districts, Report.district_id),
        (asked.departments, Report.department_id),
    ):
        if chosen is not None:
            found.append(clause(stored, chosen) if chosen else stored.in_([]))
    if asked.statuses:
        found.append(Report.status.in_(asked.statuses))
    if asked.is_open is not None:
        closed = Report.closed_at
        found.append(closed.is_(None) if asked.is_open else closed.is_not(None))
    if asked.has_photo is not None:
        found.append(Report.photos > 0 if asked.has_photo else Report.photos == 0)
    return found + _times(asked) + _places(session, asked) + _words(session, asked)


def _times(asked: Exchange) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since is not None:
        found.append(Report.created_at >= asked.since)
    if asked.until is not None:
        found.append(Report.created_at <= asked.until)
    if asked.updated_since is not None:
        # The change that is told is never after the last one, whose index finds it.
        found += [Report.updated_at >= asked.updated_since, _told_change >= asked.updated_since]
    if asked.updated_until is not None:
        found.append(_told_change <= asked.updated_until)
    return found


def _places(session: Session, asked: Exchange) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    boxes = [asked.bbox] if asked.bbox is not None else []
    if asked.near is not None and asked.radius > 0:
        boxes.append(box_around(*asked.near, asked.radius))
        found.append(square_from(asked.near) <= asked.radius * asked.radius)
    for box in boxes:
        found += in_box(box)
        covered = covering(box)
        if covered is not None:
            found.append(among(session, *covered))
    return found


def _words(session: Session, asked: Exchange) -> list[ColumnElement[bool]]:
    if not asked.text:
        return []
    languages = tuple(lookup(session).facts.languages)
    words = words_of(asked.text)
    if is_postgresql(session):
        return [Report.search.op("@@")(tsquery(words, languages))]
    index = table("report_fts", column("rowid"), column("report_fts"))
    hits = select(index.c.rowid).where(index.c.report_fts.op("MATCH")(fts5_query(words, languages)))
    return [Report.id.in_(hits)]


@dataclass(frozen=True, slots=True)
class ToldUpdate:
    """What the city did or said about a public report, as it is told to other systems."""

    update_id: str
    report: str
    status: str
    at: datetime
    text: str
    service_id: int | None


def told_updates(
    session: Session,
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    limit: int = LARGEST,
    offset: int = 0,
) -> list[ToldUpdate]:
    """The city's steps and words between two moments, oldest first; reporters' words are theirs."""
    authorise(actor, "report.list")
    most = max(1, min(limit, LARGEST)) + max(0, min(offset, FARTHEST))
    between = (since, until)
    found = _said(session, most, between=between) + _steps(session, most, between=between)
    return sorted(found, key=lambda one: (one.at, one.update_id))[offset : offset + limit]


def updates_of_reports(
    session: Session, actor: Actor, ids: Sequence[int]
) -> dict[str, list[ToldUpdate]]:
    """The same for some reports, by their public id."""
    authorise(actor, "report.list")
    found: dict[str, list[ToldUpdate]] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        for one in _said(session, LARGEST * 10, ids=some) + _steps(session, LARGEST * 10, ids=some):
            found.setdefault(one.report, []).append(one)
    for listed in found.values():
        listed.sort(key=lambda one: (one.at, one.update_id))
    return found


def _narrowed(
    moment: Any,
    report_id: Any,
    between: tuple[datetime, datetime] | None,
    ids: Sequence[int] | None,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Report.visibility == "public"]
    if between is not None:
        found += [moment >= between[0], moment <= between[1]]
    if ids is not None:
        found.append(report_id.in_(ids))
    return found


def _said(
    session: Session,
    most: int,
    *,
    between: tuple[datetime, datetime] | None = None,
    ids: Sequence[int] | None = None,
) -> list[ToldUpdate]:
    before = aliased(StatusChange)
    standing = (
        select(before.new)
        .where(before.report_id == ReportUpdate.report_id, before.at <= ReportUpdate.created_at)
        .order_by(before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = func.coalesce(ReportUpdate.status, standing, "received").label("told")
    statement = (
        select(
            ReportUpdate.public_id, Report.public_id.label("report"), told,
            ReportUpdate.created_at, ReportUpdate.text, Report.service_id,
        )
        .join(Report, Report.id == ReportUpdate.report_id)
        .where(
            ReportUpdate.kind.in_(("update", "status")),
            ReportUpdate.author == "city",
            ReportUpdate.hidden.is_(False),
            *_narrowed(ReportUpdate.created_at, ReportUpdate.report_id, between, ids),
        )
        .order_by(ReportUpdate.created_at, ReportUpdate.id)
        .limit(most)
    )  # fmt: skip
    return [ToldUpdate(*row) for row in session.execute(statement)]


def _steps(
    session: Session,
    most: int,
    *,
    between: tuple[datetime, datetime] | None = None,
    ids: Sequence[int] | None = None,
) -> list[ToldUpdate]:
    """Steps that nobody said a word about."""
    words = (
        exists()
        .where(
            ReportUpdate.report_id == StatusChange.report_id,
            ReportUpdate.kind == "status",
            ReportUpdate.status == StatusChange.new,
            ReportUpdate.created_at >= StatusChange.at,
        )
        .correlate(StatusChange)
    )
    statement = (
        select(
            Report.public_id.label("report"), StatusChange.new, StatusChange.at, Report.service_id
        )
        .join(Report, Report.id == StatusChange.report_id)
        .where(~words, *_narrowed(StatusChange.at, StatusChange.report_id, between, ids))
        .order_by(StatusChange.at, StatusChange.id)
        .limit(most)
    )
    return [
        ToldUpdate(step_id(row.report, row.new, row.at), row.report, row.new, row.at, "",
                   row.service_id)
        for row in session.execute(statement)
    ]  # fmt: skip


def step_id(report: str, status: str, at: datetime) -> str:
    """The lasting id of a step: it follows from what the step is."""
    return hashlib.sha256(f"{report} {status} {rfc3339(at)}".encode()).hexdigest()[:16]


__all__ = [
    "Exchange", "ToldUpdate", "every_public_report", "exchanged_number", "exchanged_reports",
    "told_updates", "updates_of_reports",
]  # fmt: skip
