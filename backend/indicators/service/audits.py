"""The yearly audit: one person makes it, another checks it; figures are frozen when handed in."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.indicators.catalogue import catalogue
from backend.indicators.models import Audit, AuditEvidence, AuditQuestion
from backend.indicators.periods import parse_period
from backend.indicators.queries.registers import projects, public_services
from backend.indicators.queries.values import values_of

STREAM = "indicators"
_KEPT = (
    "code", "level", "profile", "value", "score", "low", "high", "n", "coverage", "state", "flags",
    "provenance", "source_period", "method", "revision", "inputs_hash",
)  # fmt: skip


def open_audit(session: Session, actor: Actor, period: str) -> str:
    """Begin an audit of a year."""
    authorise(actor, "indicators.audit")
    wanted = parse_period(period)
    if wanted.quarter is not None:
        raise Invalid(errors={"period": _("An audit is of a whole year.")})
    if not values_of(session, str(wanted), districts=False):
        raise Conflict(_("Nothing was computed of this year yet."))
    public_id = new_public_id()
    session.execute(
        insert(Audit).values(
            public_id=public_id, version=1, period=str(wanted), state="draft",
            made_by=actor.key[:60], created_at=utcnow(),
        )
    )  # fmt: skip
    append(session, STREAM, public_id, "audit_opened", actor.key, {"period": str(wanted)})
    return public_id


def _locked(session: Session, public_id: str, *states: str) -> Audit:
    found = session.execute(
        select(Audit).where(Audit.public_id == public_id[:16]).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    if states and found.state not in states:
        raise Conflict(_("The audit is not in the state for this."))
    return found


def add_evidence(
    session: Session, actor: Actor, public_id: str, code: str, *, title: str, address: str = ""
) -> str:
    """Attach what proves a figure: a document's title and address."""
    authorise(actor, "indicators.audit")
    found = _locked(session, public_id, "draft", "returned")
    if code not in catalogue().sub_indicators:
        raise Invalid(errors={"code": _("Choose a sub-indicator.")})
    if len(title.strip()) < 3:
        raise Invalid(errors={"title": _("Write what the document is.")})
    ours = address.startswith("/") and not address.startswith("//")
    if address and not ours and not address.startswith(("https://", "http://")):
        raise Invalid(errors={"address": _("Give an address that begins with https://.")})
    evidence = new_public_id()
    session.execute(
        insert(AuditEvidence).values(
            public_id=evidence, audit_id=found.id, code=code, title=title.strip()[:200],
            address=address[:500] or None, added_by=actor.key[:60], added_at=utcnow(),
        )
    )  # fmt: skip
    append(session, STREAM, found.public_id, "evidence_added", actor.key, {"code": code})
    return evidence


def submit_audit(session: Session, actor: Actor, public_id: str) -> None:
    """Hand an audit in: its figures are frozen as they stand now."""
    authorise(actor, "indicators.audit")
    found = _locked(session, public_id, "draft", "returned")
    if _unanswered(session, found.id):
        raise Conflict(_("Answer every question first."))
    found.content, found.state, found.submitted_at = _frozen(session, found), "submitted", utcnow()
    found.version += 1
    append(session, STREAM, found.public_id, "audit_submitted", actor.key, {})


def _frozen(session: Session, found: Audit) -> dict[str, Any]:
    rows = values_of(session, found.period, districts=False)
    return {
        "values": [{name: row[name] for name in _KEPT} for row in rows],
        "services": len(public_services(session)),
        "projects": [
            {k: p[k] for k in ("code", "name", "component", "state", "invested", "currency",
                               "equipment", "results")}
            for p in projects(session)
        ],
        "method": catalogue().method,
        "frozen_at": rfc3339(utcnow()),
    }  # fmt: skip


def _unanswered(session: Session, audit_id: int) -> bool:
    return (
        session.execute(
            select(AuditQuestion.id)
            .where(AuditQuestion.audit_id == audit_id, AuditQuestion.answered_at.is_(None))
            .limit(1)
        ).first()
        is not None
    )


def _relation(actor: Actor, found: Audit) -> str:
    """Who made an audit cannot check it."""
    return "own" if found.made_by == actor.key[:60] else "other"


def ask(session: Session, actor: Actor, public_id: str, question: str, code: str = "") -> str:
    """Ask the maker something; the audit goes back until it is answered."""
    found = _locked(session, public_id, "submitted")
    authorise(actor, "indicators.check_audit", _relation(actor, found))
    if len(question.strip()) < 5:
        raise Invalid(errors={"question": _("Write the question.")})
    asked = new_public_id()
    session.execute(
        insert(AuditQuestion).values(
            public_id=asked, audit_id=found.id, code=code[:60] or None,
            question=question.strip()[:2000], asked_by=actor.key[:60], asked_at=utcnow(),
        )
    )  # fmt: skip
    found.state = "returned"
    found.version += 1
    append(session, STREAM, found.public_id, "audit_question", actor.key, {"code": code})
    return asked


def answer(session: Session, actor: Actor, question_id: str, text: str) -> None:
    """Answer a question of who checks."""
    authorise(actor, "indicators.audit")
    found = session.execute(
        select(AuditQuestion).where(AuditQuestion.public_id == question_id[:16]).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound()
    if found.answered_at is not None:
        raise Conflict(_("This question has been answered."))
    if len(text.strip()) < 2:
        raise Invalid(errors={"answer": _("Write the answer.")})
    found.answer, found.answered_by = text.strip()[:2000], actor.key[:60]
    found.answered_at = utcnow()


def verify_audit(session: Session, actor: Actor, public_id: str) -> None:
    """Confirm an audit as a second person; it is public from then on."""
    found = _locked(session, public_id, "submitted")
    authorise(actor, "indicators.check_audit", _relation(actor, found))
    if _unanswered(session, found.id):
        raise Conflict(_("Answer every question first."))
    found.state, found.checked_by, found.verified_at = "verified", actor.key[:60], utcnow()
    found.version += 1
    append(session, STREAM, found.public_id, "audit_verified", actor.key, {})
