"""The registers: public services, smart-city projects, official series, watches and alerts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.indicators.models import (
    CityProject,
    ComponentTarget,
    PublicService,
    SeriesAlert,
    SeriesImport,
    SeriesPoint,
    SeriesWatch,
)

MOST = 1000
Row = Mapping[str, Any]

_SERVICE = (
    PublicService.public_id.label("id"), PublicService.version, PublicService.code,
    PublicService.name, PublicService.component, PublicService.online, PublicService.address,
    PublicService.requests_year, PublicService.online_share, PublicService.satisfaction,
    PublicService.updated_at,
)  # fmt: skip
_PROJECT = (
    CityProject.public_id.label("id"), CityProject.version, CityProject.code, CityProject.name,
    CityProject.component, CityProject.state, CityProject.invested, CityProject.currency,
    CityProject.equipment, CityProject.results, CityProject.evidence, CityProject.started,
    CityProject.finished, CityProject.updated_at,
)  # fmt: skip


def public_services(session: Session, limit: int = MOST) -> list[Row]:
    """The register of public services, by component and code."""
    rows = session.execute(
        select(*_SERVICE)
        .where(PublicService.retired_at.is_(None))
        .order_by(PublicService.component, PublicService.code)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def projects(session: Session, component: str | None = None, limit: int = MOST) -> list[Row]:
    """The register of smart-city projects, by component and code."""
    statement = select(*_PROJECT).where(CityProject.retired_at.is_(None))
    if component:
        statement = statement.where(CityProject.component == component)
    rows = session.execute(statement.order_by(CityProject.component, CityProject.code).limit(limit))
    return [dict(row) for row in rows.mappings()]


def points(session: Session, city: str = "") -> list[Row]:
    """Every figure of the series of one city, with the file it came in."""
    rows = session.execute(
        select(
            SeriesPoint.series, SeriesPoint.period, SeriesPoint.value, SeriesPoint.flags,
            SeriesPoint.kind, SeriesImport.source, SeriesImport.digest,
        )
        .join(SeriesImport, SeriesImport.id == SeriesPoint.import_id)
        .where(SeriesPoint.city == city)
        .order_by(SeriesPoint.series, SeriesPoint.period)
        .limit(50_000)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def cities(session: Session) -> list[str]:
    """The other cities whose published figures were taken in."""
    return list(
        session.execute(
            select(SeriesPoint.city)
            .where(SeriesPoint.city != "")
            .distinct()
            .order_by(SeriesPoint.city)
            .limit(50)
        ).scalars()
    )


def compared(session: Session, series: str) -> list[Row]:
    """The newest figure of a series in each city."""
    newest = (
        select(SeriesPoint.city, func.max(SeriesPoint.period).label("period"))
        .where(SeriesPoint.series == series, SeriesPoint.value.is_not(None))
        .group_by(SeriesPoint.city)
        .subquery()
    )
    rows = session.execute(
        select(SeriesPoint.city, SeriesPoint.period, SeriesPoint.value, SeriesPoint.flags)
        .join(newest, (newest.c.city == SeriesPoint.city) & (newest.c.period == SeriesPoint.period))
        .where(SeriesPoint.series == series)
        .order_by(SeriesPoint.city)
        .limit(50)
    )
    return [dict(row) for row in rows.mappings()]


def imports(session: Session, limit: int = 100) -> list[Row]:
    """The files that were taken in, newest first."""
    columns = [c for c in SeriesImport.__table__.columns if c.name != "id"]
    rows = session.execute(select(*columns).order_by(SeriesImport.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def watches(session: Session, limit: int = 200) -> list[Row]:
    """The thresholds that are watched."""
    rows = session.execute(
        select(
            SeriesWatch.id.label("key"), SeriesWatch.public_id.label("id"), SeriesWatch.series,
            SeriesWatch.above, SeriesWatch.below, SeriesWatch.note,
        )
        .where(SeriesWatch.retired_at.is_(None))
        .order_by(SeriesWatch.series)
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def alerts(session: Session, *, only_open: bool = False, limit: int = 200) -> list[Row]:
    """Figures that passed a threshold, newest first."""
    statement = select(
        SeriesAlert.public_id.label("id"), SeriesWatch.series, SeriesWatch.above,
        SeriesWatch.below, SeriesWatch.note, SeriesAlert.period, SeriesAlert.value,
        SeriesAlert.raised_at, SeriesAlert.seen_at, SeriesAlert.answer,
    ).join(SeriesWatch, SeriesWatch.id == SeriesAlert.watch_id)  # fmt: skip
    if only_open:
        statement = statement.where(SeriesAlert.seen_at.is_(None))
    rows = session.execute(statement.order_by(SeriesAlert.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def targets(session: Session, limit: int = 200) -> list[Row]:
    """The plan: what the city wants of each component, by when, and who decided it."""
    rows = session.execute(
        select(
            ComponentTarget.public_id.label("id"), ComponentTarget.code, ComponentTarget.profile,
            ComponentTarget.year, ComponentTarget.score, ComponentTarget.measures,
            ComponentTarget.decided_by, ComponentTarget.created_at,
        )
        .where(ComponentTarget.withdrawn_at.is_(None))
        .order_by(ComponentTarget.code)
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]
