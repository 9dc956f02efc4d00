"""Verbs of the room: suggest, correct."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backend.classification.events import SuggestionMade
from backend.classification.models import (
    Correction,
    DuplicateDecision,
    ModelSuggestion,
    ShadowSuggestion,
)
from backend.classification.queries import component_codes, suggestion_of
from backend.classification.routing import propose_services
from backend.classification.running import running_model
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.jobs import enqueue
from backend.core.policy import authorise
from backend.core.problems import Invalid


@dataclass(frozen=True, slots=True)
class Subject:
    """What there is to read of something: its text, and the name of what was chosen for it.

    The district is for watching whether the model serves all of them alike; it is not read.
    """

    text: str
    language: str | None = None
    hint: str | None = None
    district: str | None = None


Source = Callable[[Session, str], Subject | None]
_sources: dict[str, Source] = {}


def register_source(kind: str, source: Source) -> None:
    """Tell the room how to read the text of one kind of thing."""
    _sources[kind] = source


def source_of(kind: str) -> Source:
    """How the text of one kind of thing is read."""
    return _sources[kind]


def read_subject(session: Session, kind: str, public_id: str) -> Subject | None:
    """What there is to read of something; None where it is gone or its room does not say."""
    source = _sources.get(kind)
    return source(session, public_id) if source else None


@dataclass(frozen=True, slots=True)
class SuggestionOut:
    """A suggestion as pages and the API show it."""

    domain: str | None
    component: str | None
    second: str | None
    confidence: float
    unsure: bool
    urgent: bool
    services: list[str]
    alternatives: list[tuple[str, float]]
    reasons: list[dict[str, Any]]
    reasons_against: list[dict[str, Any]]
    judged_by: str
    model_version: str

    def document(self) -> dict[str, Any]:
        """The suggestion as plain values."""
        values = asdict(self)
        values["alternatives"] = [
            {"component": code, "probability": round(share, 4)} for code, share in self.alternatives
        ]
        return values


def _out(session: Session, subject: Subject, found: Any) -> SuggestionOut:
    components = [(code, float(share)) for code, share in found.alternatives]
    if found.component and all(code != found.component for code, _ in components):
        components.insert(0, (found.component, float(found.confidence)))
    read = f"{subject.text} {subject.hint or ''}"
    return SuggestionOut(
        domain=found.domain,
        component=found.component,
        second=found.second,
        confidence=round(float(found.confidence), 4),
        unsure=bool(found.unsure),
        urgent=bool(found.urgency),
        services=[p.service_code for p in propose_services(session, read, components)],
        alternatives=components,
        reasons=[{"word": r.word, "weight": round(float(r.weight), 3)} for r in found.reasons],
        reasons_against=[
            {"word": r.word, "weight": round(float(r.weight), 3)} for r in found.reasons_against
        ],
        judged_by=found.judged_by,
        model_version=found.model_version,
    )


def suggest_now(
    session: Session, text: str, language: str | None = None, hint: str | None = None
) -> SuggestionOut:
    """What the running model proposes for a text; nothing is stored."""
    subject = Subject(text, language, hint)
    return _out(session, subject, running_model(session).suggest(text, language, hint))


def suggest_many(session: Session, subjects: Sequence[Subject]) -> list[SuggestionOut]:
    """What the running model proposes for many texts, without the words that spoke for it."""
    model = running_model(session)
    found = model.suggest_many([s.text for s in subjects], [s.hint for s in subjects])
    return [_out(session, subject, one) for subject, one in zip(subjects, found, strict=True)]


def suggest_later(session: Session, kind: str, public_id: str) -> None:
    """Have something classified as soon as a worker is free."""
    enqueue(session, "classification.suggest", {"kind": kind, "id": public_id})


def record(
    session: Session, kind: str, public_id: str, out: SuggestionOut, subject: Subject | None = None
) -> None:
    """Store a suggestion in place of the one before, and tell the house."""
    session.execute(
        delete(ModelSuggestion).where(
            ModelSuggestion.target_kind == kind, ModelSuggestion.target_id == public_id
        )
    )
    document = out.document()
    detail = {k: document[k] for k in ("services", "alternatives", "reasons", "reasons_against")}
    session.execute(
        insert(ModelSuggestion).values(
            target_kind=kind,
            target_id=public_id,
            domain=out.domain,
            component=out.component,
            second=out.second,
            confidence=out.confidence,
            unsure=out.unsure,
            urgent=out.urgent,
            service_code=out.services[0] if out.services else None,
            language=subject.language if subject else None,
            district=subject.district if subject else None,
            judged_by=out.judged_by,
            detail=detail,
            model_version=out.model_version,
            created_at=utcnow(),
        )
    )
    publish(
        session,
        SuggestionMade(
            kind,
            public_id,
            out.domain,
            out.component,
            out.second,
            out.confidence,
            out.unsure,
            out.urgent,
            out.services[0] if out.services else None,
        ),
    )


def correct(
    session: Session,
    actor: Actor,
    kind: str,
    public_id: str,
    component: str,
    *,
    reason: str | None = None,
) -> bool:
    """Record where a person says that something belongs; whether that agrees with the model."""
    authorise(actor, "suggestion.correct")
    if component not in component_codes():
        raise Invalid(errors={"component": _("Choose one of the components of the taxonomy.")})
    before = suggestion_of(session, kind, public_id)
    suggested = before["component"] if before else None
    agrees = suggested == component
    session.execute(
        insert(Correction).values(
            target_kind=kind,
            target_id=public_id,
            component=component,
            suggested=suggested,
            agrees=agrees,
            reason=reason,
            person=actor.key,
            model_version=before["model_version"] if before else None,
            created_at=utcnow(),
        )
    )
    return agrees


def forget(session: Session, kind: str, public_ids: Sequence[str]) -> None:
    """Erase what was suggested, corrected and compared of things that are erased."""
    for model in (ModelSuggestion, ShadowSuggestion, Correction, DuplicateDecision):
        session.execute(
            delete(model).where(model.target_kind == kind, model.target_id.in_(list(public_ids)))
        )
