"""The counts of the map: changes are written beside each report and folded in later."""

from collections import defaultdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from backend.core.db import is_postgresql
from backend.core.geo import STORED
from backend.reports.models import Report, Tally, TallyChange, table_of
from backend.reports.queries.places import AREA
from backend.reports.status import is_open

AT_ONCE = 5000
Key = tuple[int, int, str, bool]


def fold(session: Session) -> int:
    """Fold waiting changes into the counts; how many there were. Safe beside writers and itself."""
    T = TallyChange.__table__.c  # noqa: N806 - the table's columns
    taken = select(T.id).order_by(T.id).limit(AT_ONCE)
    if is_postgresql(session):
        taken = taken.with_for_update(skip_locked=True)
    rows = session.execute(
        delete(table_of(TallyChange))
        .where(T.id.in_(taken.scalar_subquery()))
        .returning(T.cell, T.area, T.domain, T.is_open, T.number, T.lon, T.lat)
    ).all()
    sums: dict[Key, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for row in rows:
        for level, cell in ((STORED, row.cell), (AREA, row.area)):
            total = sums[level, cell, row.domain, row.is_open]
            total[0] += row.number
            total[1] += row.number * row.lon
            total[2] += row.number * row.lat
    _add(session, sums)
    return len(rows)


def _add(session: Session, sums: dict[Key, list[float]]) -> None:
    if not sums:
        return
    make = postgresql_insert if is_postgresql(session) else sqlite_insert
    statement = make(Tally)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["level", "cell", "domain", "is_open"],
        set_={
            "number": Tally.number + new.number,
            "lon_sum": Tally.lon_sum + new.lon_sum,
            "lat_sum": Tally.lat_sum + new.lat_sum,
        },
    )
    listed = [
        {
            "level": key[0], "cell": key[1], "domain": key[2], "is_open": key[3],
            "number": int(n), "lon_sum": lon, "lat_sum": lat,
        }
        for key, (n, lon, lat) in sorted(sums.items())
    ]  # fmt: skip
    session.execute(statement, listed)
    session.execute(delete(Tally).where(Tally.number == 0))


def recount(session: Session) -> int:
    """Count everything anew from the reports themselves; for imports and for doubts."""
    columns = (Report.cell, Report.area, Report.domain, Report.status, Report.lon, Report.lat)
    sums: dict[Key, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    session.execute(delete(TallyChange))
    session.execute(delete(Tally))
    number = 0
    statement = select(*columns).where(Report.visibility == "public", Report.cell.is_not(None))
    for row in session.execute(statement.execution_options(yield_per=5000)):
        number += 1
        for level, cell in ((STORED, row.cell), (AREA, row.area)):
            total = sums[level, cell, row.domain or "", is_open(row.status)]
            total[0] += 1
            total[1] += row.lon
            total[2] += row.lat
    _add(session, sums)
    return number
