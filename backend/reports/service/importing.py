"""Bringing another system's reports in: once each, with their true times and outcomes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.city.facts import ServiceFacts
from backend.city.service import add_unknown_service
from backend.classification.queries import domain_of
from backend.classification.service import (
    Subject,
    SuggestionOut,
    record,
    suggest_later,
    suggest_many,
)
from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.ids import new_public_id
from backend.core.ledger import START, LedgerEntry, new_entry
from backend.core.policy import authorise
from backend.core.problems import Problem
from backend.reports.models import Report, StatusChange, TallyChange, table_of
from backend.reports.naming import lookup
from backend.reports.queries.detail import STREAM
from backend.reports.render import rendered
from backend.reports.service.foreign import Foreign, Row, RowFault, reader_for, rows_of
from backend.reports.service.record import cells, counted
from backend.reports.service.tallying import fold
from backend.reports.status import FIRST, is_open

log = structlog.get_logger(__name__)
AT_ONCE = 500
MOST_FAULTS = 10_000
Progress = Callable[["Imported"], None]


@dataclass(slots=True)
class Imported:
    """What an import did."""

    read: int = 0
    added: int = 0
    known: int = 0
    open: int = 0
    closed: int = 0
    services_added: int = 0
    judged_by_summary: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    faults_in_all: int = 0

    def fault(self, line: int, reason: str) -> None:
        """Note a row that was passed over."""
        self.faults_in_all += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((line, reason))


def import_reports(
    session: Session,
    actor: Actor,
    lines: Iterable[str],
    *,
    form: str,
    mapping: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    source: str | None = None,
) -> Imported:
    """Import the lines of a file; each batch is committed, so that a break loses nothing done.

    Running it again adds nothing: a report is known by its source and its id there. A bad row is
    noted with its line and passed over.
    """
    authorise(actor, "report.import")
    mapping = mapping or {}
    read = reader_for(form, mapping, lookup(session).facts.time_zone)
    batch = Batch(session, actor, source or str(mapping.get("source") or form), mapping, progress)
    for line, found in _read_all(rows_of(lines, form), read):
        batch.result.read += 1
        if isinstance(found, RowFault):
            batch.result.fault(line, str(found))
        else:
            batch.waiting.append((line, found))
        batch.store_when_full()
    return batch.finish()


def _read_all(
    rows: Iterator[tuple[int, Row | RowFault]], read: Callable[[Row], Foreign]
) -> Iterator[tuple[int, Foreign | RowFault]]:
    for line, row in rows:
        if isinstance(row, RowFault):
            yield line, row
            continue
        try:
            yield line, read(row)
        except RowFault as fault:
            yield line, fault


class Batch:
    """Some rows on their way in, and what has become of those before."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        source: str,
        mapping: Mapping[str, Any],
        progress: Progress | None = None,
    ) -> None:
        self.session = session
        self.actor = actor
        self.source = source[:40]
        self.codes: dict[str, str] = {
            str(k): str(v) for k, v in (mapping.get("services") or {}).items()
        }
        self.result = Imported()
        self.waiting: list[tuple[int, Foreign]] = []
        self.progress = progress

    def store_when_full(self) -> None:
        """Write what waits once it is many, and tell how far it is."""
        if len(self.waiting) >= AT_ONCE:
            self.store()
            if self.progress:
                self.progress(self.result)

    def finish(self) -> Imported:
        """Write the rest, bring the map's counts up to date, and say what was done."""
        self.store()
        while fold(self.session):
            self.session.commit()
        if self.progress:
            self.progress(self.result)
        return self.result

    def store(self) -> None:
        """Write the waiting rows that are new, in one transaction."""
        rows, self.waiting = self.waiting, []
        fresh = self._fresh(rows)
        if fresh:
            self._write(fresh)
        self.session.commit()

    def _fresh(self, rows: list[tuple[int, Foreign]]) -> list[tuple[int, Foreign]]:
        ids = [found.source_id for _, found in rows]
        present = set(
            self.session.execute(
                select(Report.source_id).where(
                    Report.source == self.source, Report.source_id.in_(ids)
                )
            ).scalars()
        )
        fresh = []
        for line, found in rows:
            if found.source_id in present:
                self.result.known += 1
                continue
            present.add(found.source_id)
            fresh.append((line, found))
        return fresh

    def _write(self, rows: list[tuple[int, Foreign]]) -> None:
        services = self._services({found.type for _, found in rows if found.type})
        values = []
        for line, found in rows:
            try:
                values.append((found, self._values(found, services.get(found.type or ""))))
            except RowFault as fault:
                self.result.fault(line, str(fault))
        if values:
            suggestions = self._suggestions([v for _, v in values])
            self._insert(values)
            self._suggest([v for _, v in values], suggestions)
        for _, written in values:
            self.result.added += 1
            still_open = is_open(written["status"])
            self.result.open += still_open
            self.result.closed += not still_open
            self.result.judged_by_summary += written["judged_by"] == "summary"

    def _services(self, types: set[str]) -> dict[str, ServiceFacts]:
        """The service of each request type; without a city, an unknown one becomes a service."""
        known = lookup(self.session)
        found: dict[str, ServiceFacts] = {}
        for name in sorted(types):
            code = self.codes.get(name)
            service = known.services_by_code.get(code) if code else None
            if service is None and not known.facts.loaded:
                before = len(known.services)
                service = add_unknown_service(self.session, name)
                known = lookup(self.session)
                self.result.services_added += len(known.services) - before
            if service is None:
                service = next(
                    (s for s in known.services.values() if name in s.names.values()), None
                )
            if service is not None:
                found[name] = service
        return found

    def _values(self, found: Foreign, service: ServiceFacts | None) -> dict[str, Any]:
        known = lookup(self.session)
        district_id = None
        if found.place is not None:
            spot = known.facts.ground.check(*found.place)
            if not spot.inside:
                raise RowFault("the place lies outside the city")
            district_id = spot.district_id
        lon, lat = found.place or (None, None)
        component = service.component if service else None
        closed = None if is_open(found.status) else found.closed_at or found.updated_at
        judged_by = "text" if found.text else "summary"
        return {
            "public_id": new_public_id(), "version": 1, "kind": found.kind, "status": found.status,
            "visibility": "public", "channel": "import", "created_at": found.created_at,
            "updated_at": found.updated_at, "closed_at": closed, "client_time": None,
            "due_at": None, "service_id": service.id if service else None,
            "domain": domain_of(component) if component else None, "component": component,
            "placed_by": "service" if component else None, "unsure": False,
            "district_id": district_id, "department_id": service.department_id if service else None,
            "assignee_id": None, "reporter_id": None,
            "place": "point" if found.place else ("address" if found.address else "none"),
            "lon": lon, "lat": lat, "address": found.address, "text": found.text,
            "summary": found.type, "judged_by": judged_by, "language": found.language,
            "status_reason": found.reason, "hidden_reason": None, "forwarded_to": None,
            "duplicate_of_id": None, "confirmations": found.votes, "updates": 0, "photos": 0,
            "photo": None, "source": self.source, "source_id": found.source_id, "answers": None,
            "return_hash": None, **cells(lon, lat),
        }  # fmt: skip

    def _suggestions(self, values: list[dict[str, Any]]) -> list[SuggestionOut] | None:
        """What the model proposes for a batch; None when it cannot be asked now."""
        subjects = [Subject(v["text"], v["language"], v["summary"]) for v in values]
        try:
            found = suggest_many(self.session, subjects)
        except (Problem, OSError, ImportError, ValueError, RuntimeError) as error:
            log.warning("model_away", error=type(error).__name__)
            return None
        for value, out in zip(values, found, strict=True):
            if value["placed_by"] is None:
                value["unsure"] = out.unsure
                if not out.unsure:
                    value |= {"domain": out.domain, "component": out.component}
                    value["placed_by"] = "model"
        return found

    def _insert(self, pairs: list[tuple[Foreign, dict[str, Any]]]) -> None:
        known = lookup(self.session)
        for _, value in pairs:
            value["row"] = rendered(value, known)
        table = table_of(Report)
        written = self.session.execute(
            insert(table).returning(table.c.id, table.c.public_id), [value for _, value in pairs]
        )
        keys = {row.public_id: row.id for row in written}
        entries, steps, changes = [], [], []
        for found, value in pairs:
            entries.append(self._entry(found, value))
            steps += self._steps(found, value, keys[value["public_id"]])
            on_map = counted(value)
            if on_map is not None:
                changes.append(on_map | {"number": 1})
        self.session.execute(insert(table_of(LedgerEntry)), entries)
        if steps:
            self.session.execute(insert(table_of(StatusChange)), steps)
        if changes:
            self.session.execute(insert(table_of(TallyChange)), changes)
        self._afterwards(pairs, keys)

    def _steps(
        self, found: Foreign, value: Mapping[str, Any], report_id: int
    ) -> list[dict[str, Any]]:
        return _steps(found, value, report_id)

    def _afterwards(
        self, pairs: list[tuple[Foreign, dict[str, Any]]], keys: Mapping[str, int]
    ) -> None:
        """What else is known of the reports; nothing for the formats of other systems."""

    def _entry(self, found: Foreign, value: Mapping[str, Any]) -> dict[str, Any]:
        told = {
            "source": self.source, "source_id": found.source_id, "status": found.status,
            "type": found.type, "text": found.text, "created_at": rfc3339(found.created_at),
            "closed_at": rfc3339(value["closed_at"]) if value["closed_at"] else None,
            "imported_at": rfc3339(utcnow()),
        }  # fmt: skip
        at = found.created_at
        return new_entry(START, STREAM, value["public_id"], "imported", self.actor.key, told, at)

    def _suggest(
        self, values: Sequence[Mapping[str, Any]], suggestions: list[SuggestionOut] | None
    ) -> None:
        for index, value in enumerate(values):
            if suggestions is None:
                suggest_later(self.session, "report", value["public_id"])
            else:
                record(self.session, "report", value["public_id"], suggestions[index])


def _steps(found: Foreign, value: Mapping[str, Any], report_id: int) -> list[dict[str, Any]]:
    """The steps that the other system tells of, at their true times."""
    path: list[tuple[str, datetime]] = [(FIRST, found.created_at)]
    if found.acknowledged_at is not None:
        path.append(("triaged", found.acknowledged_at))
    if found.status not in (FIRST, "triaged"):
        path.append((found.status, value["closed_at"] or found.updated_at))
    return [
        {
            "report_id": report_id, "at": at, "old": path[i][0], "new": new, "party": "system",
            "department_id": value["department_id"],
        }
        for i, (new, at) in enumerate(path[1:])
    ]  # fmt: skip
