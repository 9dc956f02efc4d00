"""What statistics read of reports: columns, streamed; no text, no place, nobody's name.

Who reads them passes every figure about people through the gate on small numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.reports.models import Report, ReportUpdate, Satisfaction, StatusChange

AT_ONCE = 5_000
NOBODY = -1


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """The public reports of a period, a column each; times in days since 1970, NaN where none."""

    component: np.ndarray[Any, Any]
    domain: np.ndarray[Any, Any]
    district: np.ndarray[Any, Any]
    channel: np.ndarray[Any, Any]
    status: np.ndarray[Any, Any]
    created: np.ndarray[Any, Any]
    answered: np.ndarray[Any, Any]
    closed: np.ndarray[Any, Any]
    forwarded: np.ndarray[Any, Any]
    departments: np.ndarray[Any, Any]
    reopened: np.ndarray[Any, Any]
    reasoned: np.ndarray[Any, Any]
    mark: np.ndarray[Any, Any]
    rater: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.created)


_TEXTS = frozenset({"component", "domain", "channel", "status"})


def report_columns(session: Session, since: datetime, until: datetime) -> ReportColumns:
    """The public reports that arrived in a stretch of time, with what came of them so far."""
    parts: dict[str, list[Any]] = {name: [] for name in ReportColumns.__slots__}
    for row in _report_rows(session, since, until):
        for name, value in zip(parts, row, strict=True):
            parts[name].append(value)
    return ReportColumns(
        **{
            name: np.array(values, dtype=object if name in _TEXTS else float)
            for name, values in parts.items()
        }
    )


def _days(moment: datetime | None) -> float:
    return float("nan") if moment is None else moment.timestamp() / 86_400


def _steps(since: datetime, until: datetime) -> Any:
    """What the steps of the period's reports tell of each."""
    of_people = StatusChange.party.not_in(("system", "reporter"))
    return (
        select(
            StatusChange.report_id.label("report_id"),
            func.min(case((of_people, StatusChange.at))).label("answered"),
            func.min(case((StatusChange.new == "not_ours", StatusChange.at))).label("forwarded"),
            func.max(case((StatusChange.new == "reopened", 1), else_=0)).label("reopened"),
            func.count(StatusChange.department_id.distinct()).label("departments"),
        )
        .join(Report, Report.id == StatusChange.report_id)
        .where(Report.created_at >= since, Report.created_at < until)
        .group_by(StatusChange.report_id)
        .subquery()
    )


def _said(since: datetime, until: datetime) -> Any:
    """When the city first said something publicly about each of the period's reports."""
    return (
        select(
            ReportUpdate.report_id.label("report_id"),
            func.min(ReportUpdate.created_at).label("said"),
        )
        .join(Report, Report.id == ReportUpdate.report_id)
        .where(
            Report.created_at >= since,
            Report.created_at < until,
            ReportUpdate.author == "city",
            ReportUpdate.kind != "note",
            ReportUpdate.hidden.is_(False),
        )
        .group_by(ReportUpdate.report_id)
        .subquery()
    )


def _report_rows(session: Session, since: datetime, until: datetime) -> Iterator[tuple[Any, ...]]:
    steps, said = _steps(since, until), _said(since, until)
    statement = (
        select(
            Report.component, Report.domain, Report.district_id, Report.channel, Report.status,
            Report.created_at, Report.closed_at, Report.status_reason.is_not(None).label("why"),
            Report.reporter_id, Report.id, Satisfaction.score,
            steps.c.answered, steps.c.forwarded, steps.c.reopened, steps.c.departments,
            said.c.said,
        )
        .outerjoin(steps, steps.c.report_id == Report.id)
        .outerjoin(said, said.c.report_id == Report.id)
        .outerjoin(Satisfaction, Satisfaction.report_id == Report.id)
        .where(
            Report.created_at >= since, Report.created_at < until, Report.visibility == "public"
        )
        .order_by(Report.created_at, Report.id)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    for row in session.execute(statement):
        first = [moment for moment in (row.answered, row.said) if moment is not None]
        yield (
            row.component or "", row.domain or "",
            NOBODY if row.district_id is None else row.district_id, row.channel, row.status,
            _days(row.created_at), _days(min(first) if first else None), _days(row.closed_at),
            _days(row.forwarded), row.departments or 0, row.reopened or 0, bool(row.why),
            float("nan") if row.score is None else row.score,
            -row.id if row.reporter_id is None else row.reporter_id,
        )  # fmt: skip


def contribution_columns(
    session: Session, since: datetime, until: datetime
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Who told something in a stretch of time (account ids) and in which domain, a row a report.

    Only reports of signed-in people: who reports without an account is not counted as a person.
    """
    statement = (
        select(Report.reporter_id, Report.domain)
        .where(
            Report.created_at >= since, Report.created_at < until,
            Report.reporter_id.is_not(None), Report.visibility != "confidential",
        )
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    people: list[int] = []
    domains: list[str] = []
    for row in session.execute(statement):
        people.append(row.reporter_id)
        domains.append(row.domain or "")
    return np.array(people, dtype=np.int64), np.array(domains, dtype=object)
