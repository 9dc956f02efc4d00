"""Lists by place: newest first within a box, and nearest first around a point."""

from collections.abc import Iterator
from datetime import datetime
from heapq import nsmallest
from math import cos, pi, radians
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, cast, func, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.db import is_postgresql
from backend.core.fastjson import dumps
from backend.core.geo import EARTH, STORED, Box, cell_of, cells_of_box, metres_between, ring
from backend.reports.models import Report, Tally
from backend.reports.naming import lookup
from backend.reports.queries.filters import (
    Filters,
    clause,
    hinted,
    narrowing,
    open_index,
    others,
    visible_to,
)
from backend.reports.queries.listing import COLUMNS, Page, after, ordering, page_of, read_cursor

AREA = 7
MOST_CELLS = 400
FARTHEST = 10_000.0
# What one more ring of cells adds for certain, and at most, in metres: a cell of size 9 has edges
# of 175 m or so, less or more by where it lies on earth and by how far it is squeezed.
SURELY, AT_MOST = 190.0, 450.0
CELL_AREA = 105_333.0  # square metres, of a cell of size 9 in the mean


def in_box(box: Box) -> list[ColumnElement[bool]]:
    """The condition that a place lies in a box."""
    return [Report.lon.between(box.west, box.east), Report.lat.between(box.south, box.north)]


def among(session: Session, stored: Any, cells: list[int]) -> Any:
    """The condition that a cell is one of many, sent as one value."""
    if is_postgresql(session):
        return stored == any_(cast(cells, ARRAY(BigInteger)))
    listed = func.json_each(dumps(cells).decode()).table_valued("value")
    return stored.in_(select(type_coerce(listed.c.value, BigInteger)))


def covering(box: Box) -> tuple[InstrumentedAttribute[Any], list[int]] | None:
    """The cells that cover a box, as small as can be without being too many; else None."""
    for resolution, stored in ((STORED, Report.cell), (AREA, Report.area)):
        cells = cells_of_box(box, resolution, MOST_CELLS)
        if cells is not None:
            return stored, cells
    return None


def boxed_page(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> Page:
    """The newest reports within a box.

    An index alone tells since when each of its cells has had a few reports. From these moments
    follows a window in time that likely holds the page, without reading what lies before it.
    """
    assert filters.bbox is not None
    chosen = narrowing(actor, filters, lookup(session))
    conditions = [clause(c, v) for c, v in chosen.items()]
    conditions += [*others(filters), *visible_to(actor, mine=filters.mine), *in_box(filters.bbox)]
    place = read_cursor(cursor)
    covered = covering(filters.bbox)
    order = ordering(oldest_first=filters.oldest_first)
    conditions += after(place, oldest_first=filters.oldest_first)
    plain = select(*COLUMNS).where(*conditions).order_by(*order).limit(limit + 1)
    if covered is None:
        if not _any_in(session, filters.bbox):
            return Page([], None)
        return page_of(session.execute(plain).all(), limit)
    stored, cells = covered
    hint = open_index(filters, "ix_report_open_cell" if stored is Report.cell else "ix_report_open")
    plain = hinted(plain, hint)
    if filters.oldest_first or (hint and stored is Report.area):
        return page_of(session.execute(plain.where(among(session, stored, cells))).all(), limit)
    before = place[0] if place else None
    number = int(1.3 * limit / _share(filters.bbox, stored, len(cells)))
    while True:
        since = _window(session, stored, cells, before, (number, hint))
        window = plain.where(among(session, stored, cells))
        if since is not None:
            window = window.where(Report.created_at >= since)
        rows = session.execute(window).all()
        if since is None or len(rows) > limit:
            return page_of(rows, limit)
        number *= 4


def _share(box: Box, stored: InstrumentedAttribute[Any], cells: int) -> float:
    """Which part of the cells around a box lies inside, about."""
    height = metres_between((box.west, box.south), (box.west, box.north))
    width = metres_between((box.west, box.south), (box.east, box.south))
    size = CELL_AREA if stored is Report.cell else CELL_AREA * 49
    return min(1.0, max(0.02, height * width / (cells * size)))


def _any_in(session: Session, box: Box) -> bool:
    found = session.execute(
        select(Tally.cell)
        .where(
            Tally.level == AREA,
            Tally.number > 0,
            (Tally.lon_sum / Tally.number).between(box.west - 0.1, box.east + 0.1),
            (Tally.lat_sum / Tally.number).between(box.south - 0.1, box.north + 0.1),
        )
        .limit(1)
    ).first()
    if found:
        return True
    counted = session.execute(select(Tally.cell).limit(1)).first()
    return counted is None  # nothing is counted yet: look


def _window(
    session: Session,
    stored: InstrumentedAttribute[Any],
    cells: list[int],
    before: datetime | None,
    asked: tuple[int, str | None],
) -> datetime | None:
    """A moment since which some cells have had about so many reports; None: since ever.

    Each cell is asked when its k-th newest came; so many cells with at least k make the number.
    """
    number, hint = asked
    deep = max(1, -(-2 * number // len(cells)))
    moments = sorted(_depths(session, stored, cells, before, (deep, hint)), reverse=True)
    if not moments:
        return None
    return moments[min(len(moments), -(-number // deep)) - 1]


def _depths(
    session: Session,
    stored: InstrumentedAttribute[Any],
    cells: list[int],
    before: datetime | None,
    asked: tuple[int, str | None],
) -> list[datetime]:
    """When the k-th newest report of each cell came, where there are so many."""
    listed: Any
    if is_postgresql(session):
        listed = func.unnest(cast(cells, ARRAY(BigInteger))).table_valued("value", name="listed")
        listed = listed.render_derived()
        cell: Any = cast(listed.c.value, BigInteger)
    else:
        listed = func.json_each(dumps(cells).decode()).table_valued("value")
        cell = type_coerce(listed.c.value, BigInteger)
    deep, hint = asked
    newest = hinted(select(Report.created_at).where(stored == cell), hint)
    if hint:
        newest = newest.where(Report.closed_at.is_(None))
    if before is not None:
        newest = newest.where(Report.created_at <= before)
    depth = newest.order_by(Report.created_at.desc()).limit(1).offset(deep - 1).scalar_subquery()
    rows = session.execute(select(depth).select_from(listed)).scalars()
    return [moment for moment in rows if moment is not None]


def nearest_page(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> Page:
    """The reports nearest to a point, ring by ring until enough are surely found."""
    assert filters.near is not None
    here = filters.near
    radius = min(max(filters.radius, 1.0), FARTHEST)
    values_ = decode_cursor(cursor, ("float", "int"))
    start: float = values_[0] if values_ else 0.0
    conditions = [clause(c, v) for c, v in narrowing(actor, filters, lookup(session)).items()]
    conditions += [*others(filters), *visible_to(actor, mine=filters.mine)]
    if filters.bbox is not None:
        conditions += in_box(filters.bbox)
    square = square_from(here)
    conditions += [square <= radius * radius]
    if values_:
        conditions.append(tuple_(square, Report.id) > (start, values_[1]))
    hint = open_index(filters, "ix_report_open_cell")
    statement = hinted(select(square.label("square"), Report.id).where(*conditions), hint)
    statement = statement.order_by("square", Report.id).limit(limit + 1)
    found: list[tuple[float, int]] = []
    for cells, sure in _rings(here, radius, start**0.5):
        rows = session.execute(statement.where(among(session, Report.cell, cells)))
        found = nsmallest(limit + 1, [*found, *((row.square, row.id) for row in rows)])
        if len(found) > limit and found[limit][0] <= sure * sure:
            break
    return _in_order(session, found, limit)


def square_from(here: tuple[float, float]) -> ColumnElement[Any]:
    """The square of the distance in metres, as on a plane: exact enough within a city."""
    degree = EARTH * pi / 180
    east = (Report.lon - here[0]) * (degree * cos(radians(here[1])))
    north = (Report.lat - here[1]) * degree
    return east * east + north * north


def _rings(
    here: tuple[float, float], radius: float, start: float
) -> Iterator[tuple[list[int], float]]:
    """Growing rings of cells, and how far each round surely reaches.

    A page that begins farther out needs no ring that lies nearer for certain.
    """
    centre = cell_of(*here, STORED)
    k = max(0, int(start / AT_MOST) - 1)
    while True:
        last = k + k // 3
        yield [cell for n in range(k, last + 1) for cell in ring(centre, n)], last * SURELY
        if last * SURELY >= radius:
            return
        k = last + 1


def _in_order(session: Session, found: list[tuple[float, int]], limit: int) -> Page:
    ids = [report_id for _, report_id in found[:limit]]
    rows = {row[2]: row for row in session.execute(select(*COLUMNS).where(Report.id.in_(ids)))}
    cursor = encode_cursor(list(found[limit - 1])) if len(found) > limit else None
    return Page([rows[report_id] for report_id in ids if report_id in rows], cursor)
