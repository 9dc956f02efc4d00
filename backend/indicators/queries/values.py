"""Values as they stand: the present revision of each, one period or a whole series."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.indicators.models import IndicatorRun, IndicatorValue, ParticipationTable

Row = Mapping[str, Any]
MOST = 20_000
COLUMNS = (
    IndicatorValue.code, IndicatorValue.level, IndicatorValue.profile, IndicatorValue.period,
    IndicatorValue.district, IndicatorValue.revision, IndicatorValue.value, IndicatorValue.score,
    IndicatorValue.low, IndicatorValue.high, IndicatorValue.n, IndicatorValue.coverage,
    IndicatorValue.state, IndicatorValue.flags, IndicatorValue.provenance,
    IndicatorValue.source_period, IndicatorValue.method, IndicatorValue.inputs_hash,
    IndicatorValue.computed_at,
)  # fmt: skip


def stamp(session: Session) -> tuple[int, int]:
    """Changes whenever a value does: what is kept in memory holds as long as this."""
    newest = select(func.max(IndicatorValue.id)).scalar_subquery()
    row = session.execute(select(newest, select(func.max(IndicatorRun.id)).scalar_subquery())).one()
    return int(row[0] or 0), int(row[1] or 0)


def periods(session: Session, limit: int = 60) -> list[str]:
    """The periods that have values, newest first."""
    return list(
        session.execute(
            select(IndicatorValue.period)
            .where(IndicatorValue.is_current.is_(True))
            .distinct()
            .order_by(IndicatorValue.period.desc())
            .limit(limit)
        ).scalars()
    )


def values_of(session: Session, period: str, *, districts: bool = True) -> list[Row]:
    """Every present value of a period."""
    statement = select(*COLUMNS).where(
        IndicatorValue.is_current.is_(True), IndicatorValue.period == period
    )
    if not districts:
        statement = statement.where(IndicatorValue.district == "")
    rows = session.execute(statement.order_by(IndicatorValue.id).limit(MOST))
    return [dict(row) for row in rows.mappings()]


def series_of(session: Session, codes: Sequence[str] | None = None, limit: int = MOST) -> list[Row]:
    """The present values of the whole city over all periods, oldest period first."""
    statement = select(*COLUMNS).where(
        IndicatorValue.is_current.is_(True), IndicatorValue.district == ""
    )
    if codes is not None:
        statement = statement.where(IndicatorValue.code.in_(list(codes)[:200]))
    rows = session.execute(
        statement.order_by(IndicatorValue.period, IndicatorValue.code).limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def page_of_values(
    session: Session, narrow: Mapping[str, str], after: int, limit: int
) -> list[Row]:
    """A page of present values in the order in which they were written."""
    statement = select(IndicatorValue.id.label("key"), *COLUMNS).where(
        IndicatorValue.is_current.is_(True), IndicatorValue.id > after
    )
    for name in ("period", "code", "profile", "district", "level"):
        if name in narrow:
            statement = statement.where(getattr(IndicatorValue, name) == narrow[name])
    rows = session.execute(statement.order_by(IndicatorValue.id).limit(limit))
    return [dict(row) for row in rows.mappings()]


def revisions(session: Session, code: str, period: str, district: str = "") -> list[Row]:
    """Every value that was ever stored for a code and period, oldest first."""
    rows = session.execute(
        select(*COLUMNS)
        .where(
            IndicatorValue.code == code,
            IndicatorValue.period == period,
            IndicatorValue.district == district,
        )
        .order_by(IndicatorValue.profile, IndicatorValue.revision)
        .limit(200)
    )
    return [dict(row) for row in rows.mappings()]


def participation(session: Session, period: str) -> dict[str, Any]:
    """Who took part in a period, by each attribute, as it may be shown."""
    rows = session.execute(
        select(ParticipationTable.attribute, ParticipationTable.content)
        .where(ParticipationTable.is_current.is_(True), ParticipationTable.period == period)
        .order_by(ParticipationTable.attribute)
    )
    return {row.attribute: row.content["rows"] for row in rows}


def run_of(session: Session, public_id: str) -> Row | None:
    """A computing and how far it is."""
    columns = [c for c in IndicatorRun.__table__.columns if c.name != "id"]
    row = session.execute(select(*columns).where(IndicatorRun.public_id == public_id[:16])).first()
    return dict(row._mapping) if row else None


def runs(session: Session, limit: int = 20) -> list[Row]:
    """The last computings, newest first."""
    columns = [c for c in IndicatorRun.__table__.columns if c.name != "id"]
    rows = session.execute(select(*columns).order_by(IndicatorRun.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]
