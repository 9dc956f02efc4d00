"""Reports with their whole life: what happened to them, at its true times, told all at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.city.facts import ServiceFacts
from backend.core.actor import Actor
from backend.core.crypto import keyring
from backend.core.ids import new_public_id
from backend.core.ledger import START, append, new_entry
from backend.core.policy import authorise
from backend.media.service import attach
from backend.reports.models import Confirmation, Report, ReportUpdate, StatusChange, table_of
from backend.reports.models import Satisfaction as SatisfactionRow
from backend.reports.naming import lookup
from backend.reports.queries.detail import STREAM
from backend.reports.render import rendered
from backend.reports.service.foreign import Foreign
from backend.reports.service.importing import Batch, Imported, Progress
from backend.reports.service.intake import deadline
from backend.reports.service.voices import VOICE
from backend.reports.status import FIRST


@dataclass(frozen=True, slots=True)
class LifeStep:
    """A step of a report: when, into which status, and what the city said."""

    at: datetime
    status: str
    text: str = ""
    forwarded_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLife(Foreign):
    """A report with everything that came of it."""

    channel: str = "web"
    answers: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[LifeStep, ...] = ()
    confirmed_at: tuple[datetime, ...] = ()
    satisfaction: int | None = None
    photo: str | None = None
    duplicate_of: str | None = None


def record_lives(
    session: Session,
    actor: Actor,
    lives: Iterable[ReportLife],
    *,
    source: str,
    progress: Progress | None = None,
) -> Imported:
    """Take in reports with their lives, once each by source and id; earlier ones come first."""
    authorise(actor, "report.import")
    batch = LifeBatch(session, actor, source, {}, progress)
    for number, life in enumerate(lives, start=1):
        batch.result.read += 1
        batch.waiting.append((number, life))
        batch.store_when_full()
    return batch.finish()


class LifeBatch(Batch):
    """Some reports with their lives on their way in."""

    def _values(self, found: Foreign, service: ServiceFacts | None) -> dict[str, Any]:
        assert isinstance(found, ReportLife)
        forwarded = next((s.forwarded_to for s in found.steps if s.forwarded_to), None)
        return super()._values(found, service) | {
            "channel": found.channel,
            "answers": dict(found.answers) or None,
            "due_at": deadline(lookup(self.session), service, found.created_at),
            "confirmations": len(found.confirmed_at),
            "updates": sum(1 for step in found.steps if step.text),
            "photos": 1 if found.photo else 0,
            "photo": found.photo,
            "forwarded_to": forwarded,
        }

    def _entry(self, found: Foreign, value: Mapping[str, Any]) -> dict[str, Any]:
        told = {"kind": found.kind, "text": found.text, "language": found.language}
        at = found.created_at
        return new_entry(START, STREAM, value["public_id"], "submitted", "anonymous", told, at)

    def _steps(
        self, found: Foreign, value: Mapping[str, Any], report_id: int
    ) -> list[dict[str, Any]]:
        return []  # written with what was said, in `_afterwards`

    def _afterwards(
        self, pairs: list[tuple[Foreign, dict[str, Any]]], keys: Mapping[str, int]
    ) -> None:
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (StatusChange, ReportUpdate, Confirmation, SatisfactionRow)
        }
        for life, value in pairs:
            assert isinstance(life, ReportLife)
            self._tell(life, value, keys[value["public_id"]], rows)
        for model, values in rows.items():
            if values:
                self.session.execute(insert(table_of(model)), values)
        self._join_duplicates(pairs)

    def _tell(
        self,
        life: ReportLife,
        value: Mapping[str, Any],
        report_id: int,
        rows: Mapping[Any, list[dict[str, Any]]],
    ) -> None:
        public_id, status = value["public_id"], FIRST
        for step in life.steps:
            told = {
                "status": step.status,
                "old": status,
                "reason": step.text or None,
                "forwarded_to": step.forwarded_to,
            }
            told = {name: value for name, value in told.items() if value}
            append(self.session, STREAM, public_id, "status", "system", told, at=step.at)
            rows[StatusChange].append(
                {
                    "report_id": report_id, "at": step.at, "old": status, "new": step.status,
                    "party": "city", "department_id": value["department_id"],
                }
            )  # fmt: skip
            status = step.status
            if step.text:
                rows[ReportUpdate].append(
                    {
                        "public_id": new_public_id(), "report_id": report_id, "kind": "status",
                        "author": "city", "author_id": None, "status": step.status,
                        "text": step.text, "language": life.language, "hidden": False,
                        "source_id": None, "created_at": step.at,
                    }
                )  # fmt: skip
        for number, moment in enumerate(life.confirmed_at):
            who = keyring().mac(f"{self.source}:{life.source_id}:{number}", VOICE)
            rows[Confirmation].append({"report_id": report_id, "who": who, "created_at": moment})
        if life.satisfaction is not None:
            rows[SatisfactionRow].append(
                {"report_id": report_id, "score": life.satisfaction, "created_at": life.updated_at}
            )
        if life.photo:
            attach(self.session, [life.photo], "report", public_id, public=True)

    def _join_duplicates(self, pairs: list[tuple[Foreign, dict[str, Any]]]) -> None:
        """Point duplicates to the report that told it first."""
        wanted = {
            life.duplicate_of: value
            for life, value in pairs
            if isinstance(life, ReportLife) and life.duplicate_of
        }
        firsts = {
            row.source_id: row
            for row in self.session.execute(
                select(Report.source_id, Report.id, Report.public_id).where(
                    Report.source == self.source, Report.source_id.in_(list(wanted))
                )
            )
        }
        known = lookup(self.session)
        for life, value in pairs:
            first = firsts.get(life.duplicate_of or "") if isinstance(life, ReportLife) else None
            if first is None:
                continue
            value["duplicate_of_id"] = first.id
            self.session.execute(
                update(Report)
                .where(Report.public_id == value["public_id"])
                .values(duplicate_of_id=first.id, row=rendered(value, known, first.public_id))
                .execution_options(synchronize_session=False)
            )
