"""What a list can be narrowed by, and what an actor may see of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import InstrumentedAttribute

from backend.core.actor import Actor
from backend.core.geo import Box
from backend.core.i18n import _
from backend.core.problems import Forbidden, Invalid, SignInNeeded
from backend.reports.models import VISIBILITIES, Report
from backend.reports.naming import Lookup
from backend.reports.status import STATUSES, is_open

MOST_ARMS = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """The narrowing of a list; codes as the city's catalogue writes them."""

    statuses: tuple[str, ...] = ()
    is_open: bool | None = None
    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    bbox: Box | None = None
    near: tuple[float, float] | None = None
    radius: float = 2000.0
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    text: str | None = None
    mine: bool = False
    assignee_id: int | None = None
    unsure: bool | None = None
    overdue_at: datetime | None = None
    visibilities: tuple[str, ...] = ()
    oldest_first: bool = False

    def status_codes(self) -> tuple[str, ...]:
        """The statuses asked for by name, as far as they are open or closed as asked for."""
        if self.is_open is None or not self.statuses:
            return self.statuses
        return tuple(s for s in self.statuses if is_open(s) == self.is_open) or ("",)


AnySelect = Select[*tuple[Any, ...]]
Column = InstrumentedAttribute[Any]
Narrowing = dict[Column, tuple[Any, ...]]


def _ids(codes: tuple[str, ...], known: Any, field: str) -> tuple[int, ...]:
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Invalid(
            errors={
                field: _("The city has no %(code)s here. Check the code.", code=unknown[0][:80])
            }
        )
    return tuple(known[code].id for code in codes)


def narrowing(actor: Actor, filters: Filters, known: Lookup) -> Narrowing:
    """The filters that are a choice of values, by column."""
    unknown = [s for s in filters.statuses if s not in STATUSES]
    if unknown:
        raise Invalid(errors={"status": _("There is no status %(code)s.", code=unknown[0][:40])})
    chosen: Narrowing = {
        Report.service_id: _ids(filters.services, known.services_by_code, "service"),
        Report.district_id: _ids(filters.districts, known.districts_by_code, "district"),
        Report.department_id: _ids(filters.departments, known.departments_by_code, "department"),
        Report.component: filters.components,
        Report.status: filters.status_codes(),
        Report.domain: filters.domains,
        Report.kind: filters.kinds,
        Report.visibility: _visibilities(actor, filters),
    }
    if filters.mine:
        if actor.account_id is None:
            raise SignInNeeded()
        chosen[Report.reporter_id] = (actor.account_id,)
    return {column: values for column, values in chosen.items() if values}


def _visibilities(actor: Actor, filters: Filters) -> tuple[str, ...]:
    if any(v not in VISIBILITIES for v in filters.visibilities):
        raise Invalid(errors={"visibility": _("Choose public, hidden, private or confidential.")})
    if set(filters.visibilities) - {"public"} and not (actor.is_staff or filters.mine):
        raise Forbidden()
    return filters.visibilities


def others(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters that are not a choice of values."""
    found: list[ColumnElement[bool]] = []
    if filters.is_open is not None and not filters.statuses:
        # What is open has no closing time: the small indexes of open reports are built on that.
        closed_at = Report.closed_at
        found.append(closed_at.is_(None) if filters.is_open else closed_at.is_not(None))
    if filters.since is not None:
        found.append(Report.created_at >= filters.since)
    if filters.until is not None:
        found.append(Report.created_at < filters.until)
    if filters.updated_since is not None:
        found.append(Report.updated_at >= filters.updated_since)
    if filters.assignee_id is not None:
        found.append(Report.assignee_id == filters.assignee_id)
    if filters.unsure is not None:
        found.append(Report.unsure.is_(filters.unsure))
    if filters.overdue_at is not None:
        found.append(Report.due_at < filters.overdue_at)
    return found


def visible_to(actor: Actor, *, mine: bool = False) -> list[ColumnElement[bool]]:
    """The access rule as a condition: what of all reports this actor may see in a list."""
    if actor.kind == "system" or mine or actor.has("triage"):
        return []
    public = Report.visibility == "public"
    departments = sorted(actor.departments) if actor.has("department", "administrator") else []
    allowed = [public]
    if actor.has("administrator"):
        allowed = [Report.visibility != "confidential"]
    if departments:
        own: ColumnElement[bool] = Report.department_id.in_(departments)
        if not actor.has("department"):
            own &= Report.visibility != "confidential"
        allowed.append(own)
    return [or_(*allowed)] if len(allowed) > 1 else allowed


def clause(column: Column, values: tuple[Any, ...]) -> ColumnElement[bool]:
    """A choice of values as a condition."""
    return column == values[0] if len(values) == 1 else column.in_(values)


LEADS: tuple[Column, ...] = (
    Report.reporter_id,
    Report.department_id,
    Report.service_id,
    Report.component,
    Report.district_id,
    Report.status,
    Report.domain,
)


def open_index(filters: Filters, name: str) -> str | None:
    """The small index of open reports for SQLite, which keeps no figures to find it by itself."""
    return f"INDEXED BY {name}" if filters.is_open and not filters.statuses else None


def hinted(statement: AnySelect, hint: str | None) -> AnySelect:
    """A statement that tells SQLite which index to use."""
    return statement.with_hint(Report, hint, "sqlite") if hint else statement


def arms(chosen: Narrowing) -> tuple[list[Narrowing], Narrowing]:
    """Split a choice of values into walks of one index each, and what remains to be checked.

    Each walk is newest first by itself, so that merging their beginnings gives the page.
    """
    lead = next((column for column in LEADS if column in chosen), None)
    if lead is None:
        return [{}], chosen
    rest = {column: values for column, values in chosen.items() if column is not lead}
    walks: list[Narrowing] = [{lead: (value,)} for value in chosen[lead]]
    return (walks, rest) if len(walks) <= MOST_ARMS else ([{}], chosen)
