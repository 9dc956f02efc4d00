"""Lists: newest first by any filter, page by page, as rows rendered when they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, select, tuple_, union_all
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.policy import authorise
from backend.reports.models import Report
from backend.reports.naming import lookup, names_for
from backend.reports.queries.filters import (
    AnySelect,
    Filters,
    arms,
    clause,
    hinted,
    narrowing,
    open_index,
    others,
    visible_to,
)

LARGEST = 200
COLUMNS = (
    Report.row,
    Report.created_at,
    Report.id,
    Report.service_id,
    Report.district_id,
    Report.department_id,
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: rendered rows, and where the next page begins."""

    rows: Sequence[Any]
    cursor: str | None

    def body(self) -> bytes:
        """The items as a JSON array."""
        return ("[" + ",".join([row[0] for row in self.rows]) + "]").encode()

    def items(self) -> list[dict[str, Any]]:
        """The items as plain values, for pages."""
        return [orjson.loads(row[0]) for row in self.rows]

    def names(self, session: Session, language: str | None = None) -> dict[str, dict[str, str]]:
        """The names of what stands on this page, in the reader's language."""
        return names_for(
            session,
            services=[row[3] for row in self.rows],
            districts=[row[4] for row in self.rows],
            departments=[row[5] for row in self.rows],
            language=language,
        )


def list_page(
    session: Session,
    actor: Actor,
    filters: Filters | None = None,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of the reports that this actor may see: newest first, nearest first, or by text."""
    from backend.reports.queries.places import boxed_page, nearest_page
    from backend.reports.queries.search import search_page

    authorise(actor, "report.list")
    filters = filters or Filters()
    limit = max(1, min(limit, LARGEST))
    if filters.text:
        return search_page(session, actor, filters, limit, cursor)
    if filters.near is not None:
        return nearest_page(session, actor, filters, limit, cursor)
    if filters.bbox is not None:
        return boxed_page(session, actor, filters, limit, cursor)
    return _newest_page(session, actor, filters, limit, cursor)


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """Where a list ordered by time goes on."""
    values = decode_cursor(cursor, ("time", "int"))
    return (values[0], values[1]) if values else None


def page_of(rows: Sequence[Any], limit: int) -> Page:
    """Cut what was read to the page; one row more than asked for means that there is a next."""
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], encode_cursor([last[1], last[2]]))


def after(place: tuple[datetime, int] | None, *, oldest_first: bool) -> list[ColumnElement[bool]]:
    """The condition that goes on after a place in the list."""
    if place is None:
        return []
    position = tuple_(Report.created_at, Report.id)
    return [position > place] if oldest_first else [position < place]


def ordering(*, oldest_first: bool) -> tuple[Any, Any]:
    """The order of a list by time."""
    if oldest_first:
        return Report.created_at.asc(), Report.id.asc()
    return Report.created_at.desc(), Report.id.desc()


def _newest_page(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> Page:
    statement = newest_statement(session, actor, filters, limit, cursor)
    return page_of(session.execute(statement).all(), limit)


def newest_statement(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> AnySelect:
    """The question for one page in order of time: filters, the access rule, one row more."""
    walks, rest = arms(narrowing(actor, filters, lookup(session)))
    conditions = [clause(column, values) for column, values in rest.items()]
    conditions += [*others(filters), *visible_to(actor, mine=filters.mine)]
    conditions += after(read_cursor(cursor), oldest_first=filters.oldest_first)
    order = ordering(oldest_first=filters.oldest_first)
    statement = _merged(
        [
            [clause(column, values) for column, values in walk.items()] + conditions
            for walk in walks
        ],
        order,
        limit + 1,
    )
    alone = len(walks) == 1 and set(walks[0]) <= {Report.department_id}
    if alone:
        name = "ix_report_desk" if walks[0] else "ix_report_open"
        statement = hinted(statement, open_index(filters, name))
    return statement


def _merged(
    walks: list[list[ColumnElement[bool]]], order: tuple[Any, Any], number: int
) -> AnySelect:
    if len(walks) == 1:
        return select(*COLUMNS).where(*walks[0]).order_by(*order).limit(number)
    parts = [
        select(Report.id).where(*walk).order_by(*order).limit(number).subquery() for walk in walks
    ]
    found = union_all(*[select(part.c.id) for part in parts]).subquery()
    return select(*COLUMNS).where(Report.id.in_(select(found.c.id))).order_by(*order).limit(number)


def has_source(session: Session, source: str) -> bool:
    """Whether any report came from a source."""
    found = session.execute(select(Report.id).where(Report.source == source).limit(1)).first()
    return found is not None
