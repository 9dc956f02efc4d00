"""One report as its page shows it: gathered from the rooms that know a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.queries import StaffMember, staff_members
from backend.city.facts import CityFacts, DepartmentFacts
from backend.classification.queries import name_of, suggestion_of, taxonomy_document
from backend.console.pane import department_choices, service_choices
from backend.console.timeline import Happening, Teller
from backend.console.words import due_word, status_name
from backend.core.actor import Actor
from backend.core.clock import parse_rfc3339
from backend.core.i18n import LANGUAGES, current_language, force_locale, in_language
from backend.core.policy import is_allowed
from backend.media.queries import PhotoInfo, photos_of
from backend.reports.naming import Lookup, lookup
from backend.reports.policy import authorise_work
from backend.reports.queries import history, read_report, similar_reports, standing_of
from backend.reports.service.handling import party_of
from backend.reports.status import REQUIRED, targets, what_the_reporter_reads

ACTIONS = {
    "place": "report.place",
    "assign": "report.assign",
    "status": "report.change_status",
    "answer": "report.update",
    "note": "report.note",
    "merge": "report.merge",
    "hide": "report.hide",
    "contact": "report.read_contact",
    "dispute": "report.answer_dispute",
}
ELSEWHERE = frozenset({"assigned", "duplicate"})
"""Steps that have a form of their own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that may be taken, with the sentence that the reporter will read."""

    code: str
    name: str
    reads: str
    needs_reason: bool
    needs_recipient: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the model proposes, in words."""

    component: str | None
    name: str
    domain: str
    service: str
    department: str
    confidence: float
    unsure: bool
    urgent: bool
    words_for: Sequence[str]
    words_against: Sequence[str]
    others: Sequence[tuple[str, str, float]]
    judged_by: str
    version: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that stands on a report's page."""

    report: dict[str, Any]
    may: Mapping[str, bool]
    due: str
    late: bool
    proposal: Proposal | None
    steps: Sequence[Choice]
    happenings: Sequence[Happening]
    people: Sequence[StaffMember]
    photos: Sequence[PhotoInfo]
    may_hide_photos: bool
    similar: Sequence[dict[str, Any]]
    choices: dict[str, Any]
    reads_in: str
    place: tuple[float, float] | None
    answers: Sequence[tuple[str, str]] = field(default_factory=list)
    departments: Sequence[DepartmentFacts] = ()

    @property
    def seen(self) -> int:
        """The last entry of the history that this page shows."""
        return max((line.number for line in self.happenings), default=0)

    @property
    def created(self) -> datetime:
        """When the report came in."""
        return _moment(self.report["created_at"])

    @property
    def assignee(self) -> str:
        """Who has the report in hand."""
        wanted = self.report.get("assignee_id")
        return next((p.name or "" for p in self.people if p.account_id == wanted), "")

    @property
    def open_dispute(self) -> dict[str, Any] | None:
        """The dispute that waits for an answer."""
        found: list[dict[str, Any]] = self.report.get("disputes") or []
        return next((d for d in found if d["state"] == "open"), None)


def _moment(value: datetime | str) -> datetime:
    return parse_rfc3339(value) if isinstance(value, str) else value


def may_take(actor: Actor, view: ReportView) -> bool:
    """Whether this actor can take the report into their own hands."""
    own = {d.code for d in view.departments if d.id in actor.departments}
    mine = view.report.get("assignee_id") == actor.account_id
    return view.report["department"] in own and not mine


def report_view(session: Session, actor: Actor, public_id: str) -> ReportView:
    """The page of a report, for somebody who works on it."""
    standing = standing_of(session, public_id)
    relation = authorise_work(actor, "report.read_notes", standing)
    report = read_report(session, actor, standing.public_id)
    known, people = lookup(session), staff_members(session)
    names = {p.account_id: p.name or "" for p in people}
    teller = Teller(known, {p.public_id: p.name or "" for p in people}, names)
    happened = history(session, actor, standing.public_id)
    due = _moment(report["due_at"]) if report["due_at"] else None
    due_text, late = due_word(due, is_open=report["is_open"])
    place = tuple(report["place"]["coordinates"]) if report["place"] else None
    reads_in = report["language"] if report["language"] in LANGUAGES else current_language()
    found = photos_of(session, "report", [standing.public_id], only_public=False)
    return ReportView(
        report=report,
        may={name: is_allowed(actor, action, relation) for name, action in ACTIONS.items()},
        due=due_text,
        late=late,
        proposal=_proposal(session, known, standing.public_id),
        steps=_steps(report["status"], party_of(actor), reads_in),
        happenings=teller.tell(happened, report["updates"]),
        people=people,
        photos=found.get(standing.public_id, []),
        may_hide_photos=is_allowed(actor, "photo.hide", "other"),
        similar=_similar(session, actor, known, report, place),
        choices=_choices(known.facts, people),
        reads_in=reads_in,
        place=place,
        answers=_answers(known, report),
        departments=known.facts.departments,
    )


def _proposal(session: Session, known: Lookup, public_id: str) -> Proposal | None:
    found = suggestion_of(session, "report", public_id)
    if found is None:
        return None
    language = current_language()
    component = found["component"]
    service = service_for(known, found, component) if component else None
    department = known.departments.get(service.department_id or 0) if service else None

    def words(name: str) -> list[str]:
        return list(dict.fromkeys(str(reason["word"]) for reason in found.get(name) or ()))[:6]

    others = [
        (a["component"], name_of(a["component"], language), float(a["probability"]))
        for a in found.get("alternatives") or ()
        if a["component"] != component and a["probability"] >= 0.02
    ]
    return Proposal(
        component=component,
        name=name_of(component, language) if component else "",
        domain=name_of(found["domain"], language) if found["domain"] else "",
        service=service.name(language) if service else "",
        department=department.name(language) if department else "",
        confidence=float(found["confidence"]),
        unsure=bool(found["unsure"]),
        urgent=bool(found["urgent"]),
        words_for=words("reasons"),
        words_against=words("reasons_against"),
        others=others[:3],
        judged_by=found["judged_by"],
        version=found["model_version"],
    )


def service_for(known: Lookup, suggestion: Mapping[str, Any], component: str) -> Any:
    """The likeliest service of a component, as the suggestion lists them; None if there is none."""
    services = [known.services_by_code.get(code) for code in suggestion.get("services") or ()]
    return next((s for s in services if s and not s.retired and s.component == component), None)


def _steps(status: str, party: str, language: str) -> list[Choice]:
    codes = [code for code in targets(status, party) if code not in ELSEWHERE]
    with force_locale(language):
        reads = {code: what_the_reporter_reads(code) for code in codes}
    return [
        Choice(
            code,
            status_name(code),
            reads[code],
            "reason" in REQUIRED.get(code, ()),
            "forwarded_to" in REQUIRED.get(code, ()),
        )
        for code in codes
    ]


def _similar(
    session: Session, actor: Actor, known: Lookup, report: dict[str, Any], place: Any
) -> list[dict[str, Any]]:
    """Reports nearby that tell of the same and that this actor may merge into."""
    if not report["is_open"] or place is None:
        return []
    found = similar_reports(
        session, actor, report["text"], place, service=report["service"], limit=6
    )
    own = {known.department_code(d) for d in actor.departments}
    everything = actor.has("triage", "administrator")
    return [
        other
        for other in found
        if other["id"] != report["id"] and (everything or other["department"] in own)
    ]


def _choices(facts: CityFacts, people: Sequence[StaffMember]) -> dict[str, Any]:
    language = current_language()
    components = [
        (d["name"], [(c["code"], c["name"]) for c in d["components"]])
        for d in taxonomy_document(language)
    ]
    by_department = []
    for department in facts.departments:
        members = [
            (p.public_id, p.name or p.public_id) for p in people if department.id in p.departments
        ]
        if members and not department.retired:
            by_department.append((department.name(language), members))
    return {
        "service": service_choices(facts, language),
        "component": components,
        "department": department_choices(facts, language),
        "person": by_department,
    }


def _answers(known: Lookup, report: dict[str, Any]) -> list[tuple[str, str]]:
    """What the reporter answered to the service's questions, in words."""
    service = known.services_by_code.get(report["service"] or "")
    asked = {str(q["code"]): q for q in (service.questions if service else ())}
    found = []
    for code, value in (report.get("answers") or {}).items():
        question = asked.get(code) or {}
        names = {str(v["key"]): in_language(dict(v["name"])) for v in question.get("values") or ()}
        said = value if isinstance(value, list) else [value]
        words = ", ".join(names.get(str(one), str(one)) for one in said)
        found.append((in_language(dict(question.get("text") or {})) or code, words))
    return found
