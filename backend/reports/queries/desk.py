"""City hall's lists: what somebody has to look at, by view, with one count of them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, case, column, func, literal, or_, select, table, tuple_
from sqlalchemy.orm import Session

from backend.classification.queries import urgent_ids
from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.clock import utcnow
from backend.core.db import UTCDateTime, is_postgresql
from backend.core.policy import authorise
from backend.core.problems import NotFound
from backend.reports.models import Dispute, Report
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.filters import Filters, clause, narrowing, others
from backend.reports.queries.search import fts5_query, tsquery, words_of

VIEWS = (
    "mine",
    "department",
    "triage",
    "unsure",
    "urgent",
    "overdue",
    "waiting",
    "disputed",
    "reopened",
    "open",
    "closed",
)
COUNTED = VIEWS[:-1]
ORDERS = ("newest", "oldest", "due")
LARGEST = 100
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_WAITING = ("waiting_for_reporter", "waiting_for_third_party")
_NEW = ("received", "triaged")


def desk_scope(actor: Actor) -> list[ColumnElement[bool]]:
    """What of all reports lies on this actor's desk: a department's own, or everything."""
    if actor.kind == "system" or actor.has("triage"):
        return []
    allowed: list[ColumnElement[bool]] = []
    if actor.has("administrator"):
        allowed.append(Report.visibility != "confidential")
    if actor.has("department") and actor.departments:
        allowed.append(Report.department_id.in_(sorted(actor.departments)))
    return [or_(*allowed)] if allowed else [literal(False)]


def _is_open() -> ColumnElement[bool]:
    return Report.closed_at.is_(None)  # small indexes hold just these


def _conditions(actor: Actor, now: datetime) -> dict[str, ColumnElement[bool]]:
    """What makes a report belong to a view, beside being open."""
    disputed = select(Dispute.report_id).where(Dispute.state == "open")
    nobody = literal(False)
    return {
        "mine": Report.assignee_id == actor.account_id if actor.account_id else nobody,
        "department": Report.department_id.in_(sorted(actor.departments))
        if actor.departments
        else nobody,
        "triage": Report.status.in_(_NEW),
        "unsure": Report.unsure.is_(True),
        "urgent": Report.public_id.in_(urgent_ids("report")),
        "overdue": Report.due_at < now,
        "waiting": Report.status.in_(_WAITING),
        "disputed": Report.id.in_(disputed),
        "reopened": Report.status == "reopened",
        "open": _is_open(),
    }


def view_conditions(actor: Actor, view: str, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions of one view."""
    if view not in VIEWS:
        raise NotFound()
    if view == "closed":
        return [Report.closed_at.is_not(None)]
    found = _conditions(actor, now)[view]
    return [found] if view in ("disputed", "open") else [_is_open(), found]


def desk_counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many reports each view holds for this actor; one question to the database."""
    authorise(actor, "report.list")
    conditions = _conditions(actor, utcnow())
    disputed = conditions.pop("disputed")
    sums = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(view)
        for view, condition in conditions.items()
    ]
    scope = desk_scope(actor)
    number = select(func.count()).select_from(Report).where(disputed, *scope)
    row = session.execute(
        select(*sums, number.scalar_subquery().label("disputed")).where(_is_open(), *scope)
    ).one()
    return {view: int(getattr(row, view)) for view in COUNTED}


_COLUMNS = (
    Report.row,
    Report.created_at,
    Report.id,
    Report.public_id,
    Report.due_at,
    Report.assignee_id,
    Report.service_id,
    Report.district_id,
    Report.department_id,
)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of a view: its rows in order, and the marks before and after which others lie."""

    rows: Sequence[Any]
    order: str
    has_before: bool
    has_after: bool
    following: str | None

    def items(self) -> list[dict[str, Any]]:
        """The lines as plain values."""
        return [
            orjson.loads(row.row) | {"assignee_id": row.assignee_id, "created": row.created_at,
                                     "due": row.due_at}
            for row in self.rows
        ]  # fmt: skip

    @property
    def before(self) -> str | None:
        """The mark of the page before this one."""
        return self._mark(0) if self.has_before and self.rows else None

    @property
    def after(self) -> str | None:
        """The mark of the page after this one."""
        return self._mark(-1) if self.has_after and self.rows else None

    def _mark(self, at: int) -> str:
        return encode_cursor(list(place_of(self.rows[at], self.order)))

    def around(self, place: tuple[datetime, int]) -> tuple[str | None, str | None]:
        """The reports before and after a place of the list, as far as this page knows them."""
        earlier, later = None, self.following
        descending = self.order == "newest"
        for row in self.rows:
            here = place_of(row, self.order)
            if here == place:
                continue
            if (here > place) if descending else (here < place):
                earlier = row.public_id
            else:
                later = row.public_id
                break
        return earlier, later


def place_of(row: Any, order: str) -> tuple[datetime, int]:
    """Where a report stands in an order."""
    return (row.due_at or NEVER, row.id) if order == "due" else (row.created_at, row.id)


def _key(order: str) -> ColumnElement[Any]:
    if order == "due":
        return func.coalesce(Report.due_at, literal(NEVER, UTCDateTime()), type_=UTCDateTime())
    return Report.created_at  # type: ignore[return-value]


def desk_page(
    session: Session,
    actor: Actor,
    view: str,
    filters: Filters | None = None,
    *,
    order: str = "newest",
    limit: int = 30,
    after: str | None = None,
    before: str | None = None,
) -> DeskPage:
    """One page of a view of city hall's, after or before a mark."""
    authorise(actor, "report.list")
    if order not in ORDERS:
        raise NotFound()
    known, limit = lookup(session), max(1, min(limit, LARGEST))
    conditions = [
        *view_conditions(actor, view, utcnow()),
        *desk_scope(actor),
        *_narrowed(session, actor, filters or Filters(), known),
    ]
    key, descending = _key(order), order == "newest"
    mark = decode_cursor(before or after, ("time", "int"))
    backwards = bool(before)
    if mark:
        position = tuple_(key, Report.id)
        place = tuple_(literal(mark[0], UTCDateTime()), literal(mark[1]))
        conditions.append(position < place if descending != backwards else position > place)
    falling = descending != backwards
    ordering = (key.desc(), Report.id.desc()) if falling else (key.asc(), Report.id.asc())
    statement = select(*_COLUMNS).where(*conditions).order_by(*ordering).limit(limit + 1)
    rows = list(session.execute(statement))
    return _page(rows, limit, order, started=bool(mark), backwards=backwards)


def _page(rows: list[Any], limit: int, order: str, *, started: bool, backwards: bool) -> DeskPage:
    more, shown = len(rows) > limit, rows[:limit]
    if backwards:
        return DeskPage(shown[::-1], order, more, True, None)
    return DeskPage(shown, order, started, more, rows[limit].public_id if more else None)


def _narrowed(
    session: Session, actor: Actor, filters: Filters, known: Lookup
) -> list[ColumnElement[bool]]:
    found = [clause(c, values) for c, values in narrowing(actor, filters, known).items()]
    found += others(filters)
    if filters.text:
        found.append(_holding(session, filters.text, tuple(known.facts.languages)))
    return found


def _holding(session: Session, text: str, languages: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition that a report holds all words of a text."""
    words = words_of(text)
    if is_postgresql(session):
        return Report.search.op("@@")(tsquery(words, languages))
    index = table("report_fts", column("rowid"), column("report_fts"))
    hits = select(index.c.rowid).where(index.c.report_fts.op("MATCH")(fts5_query(words, languages)))
    return Report.id.in_(hits)


def desk_place(session: Session, public_id: str, order: str) -> tuple[datetime, int] | None:
    """Where one report stands in an order of city hall's lists."""
    row = session.execute(
        select(Report.created_at, Report.id, Report.due_at).where(Report.public_id == public_id)
    ).first()
    return place_of(row, order) if row else None
