"""Turning the phases of an edition: open, close, move, extend, suspend, resume, annul."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.queries import district_by_code
from backend.core.actor import SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _, lazy
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid
from backend.ideas.calendar import order_faults
from backend.ideas.eligibility import LEVELS, Who
from backend.ideas.events import PhaseHeldBack, PhaseTurned
from backend.ideas.models import Edition, Phase, PhaseChange
from backend.ideas.service.preflight import Missing, missing_for
from backend.ideas.service.record import (
    Versions,
    chronicle,
    edition_of,
    lock_edition,
    lock_phase,
    named,
)

LONGEST = timedelta(days=3 * 365)
FAULTS = {
    "ends_before_start": lazy("A phase ends after it starts."),
    "starts_before_previous": lazy("This phase would start before the one that it builds on."),
    "before_vote_ends": lazy("Counting starts when the vote has ended."),
}


def _taken(
    session: Session, actor: Actor, public_id: str, versions: Versions = None
) -> tuple[Edition, Phase]:
    authorise(actor, "competition.organise")
    phase = lock_phase(session, public_id, versions)
    edition = lock_edition(session, edition_of(session, phase.edition_id).public_id)
    return edition, phase


def _changed(
    session: Session,
    actor: Actor,
    phase: Phase,
    action: str,
    reason: str | None = None,
    **moved: datetime | None,
) -> None:
    """Count the change, note it for everybody, and tell the house."""
    edition = edition_of(session, phase.edition_id)
    phase.version += 1
    session.add(
        PhaseChange(
            edition_id=phase.edition_id, phase_id=phase.id, action=action, reason=reason,
            at=utcnow(), by=named(actor), **moved,
        )
    )  # fmt: skip
    told = {"phase": phase.kind, "reason": reason, "until": phase.ends_at.isoformat()}
    chronicle(session, edition, f"phase_{action}", named(actor), told)
    session.flush()
    turned = PhaseTurned(
        edition.public_id, phase.public_id, phase.kind, action, reason, phase.version
    )
    publish(session, turned)


def _needs_reason(reason: str | None) -> str:
    text = (reason or "").strip()
    if len(text) < 10:
        raise Invalid(errors={"reason": _("Write the reason; everybody will read it.")})
    return text


def plan_phase(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    who: dict[str, Any] | None = None,
    versions: Versions = None,
) -> Phase:
    """Set when a phase is and whom it is for, before it opens."""
    edition, phase = _taken(session, actor, public_id, versions)
    if phase.state != "planned":
        raise Conflict(_("This phase has opened. Extend, suspend or annul it with a reason."))
    _check_calendar(session, edition, phase, starts_at, ends_at)
    old = (phase.starts_at, phase.ends_at)
    phase.starts_at, phase.ends_at, phase.held_back = starts_at, ends_at, None
    if who is not None:
        phase.who = _checked_who(session, who)
    _changed(
        session, actor, phase, "planned", None, old_starts_at=old[0], old_ends_at=old[1],
        new_starts_at=starts_at, new_ends_at=ends_at,
    )  # fmt: skip
    return phase


def _checked_who(session: Session, who: dict[str, Any]) -> dict[str, Any]:
    wanted = Who.of(who)
    if wanted.assurance not in LEVELS:
        raise Invalid(errors={"who.assurance": _("Choose one of the levels of assurance.")})
    for code in wanted.districts:
        if district_by_code(session, code) is None:
            raise Invalid(errors={"who.districts": _("The city has no district %(c)s.", c=code)})
    return wanted.document()


def _check_calendar(
    session: Session, edition: Edition, phase: Phase, starts_at: datetime, ends_at: datetime
) -> None:
    if ends_at - starts_at > LONGEST:
        raise Invalid(errors={"ends_at": _("A phase lasts three years at most.")})
    rows = session.execute(
        select(Phase.kind, Phase.starts_at, Phase.ends_at).where(
            Phase.edition_id == edition.id, Phase.state != "annulled"
        )
    )
    spans = {row.kind: (row.starts_at, row.ends_at) for row in rows}
    spans[phase.kind] = (starts_at, ends_at)
    fault = order_faults(spans).get(phase.kind)
    if fault:
        field = "ends_at" if fault == "ends_before_start" else "starts_at"
        raise Invalid(errors={field: str(FAULTS[fault])})


def open_phase(session: Session, actor: Actor, public_id: str) -> Phase:
    """Open a phase whose time has come; refused with a list of what is missing."""
    edition, phase = _taken(session, actor, public_id)
    if phase.state != "planned":
        raise Conflict(_("Only a planned phase can be opened."))
    if not phase.starts_at <= utcnow() < phase.ends_at:
        raise Conflict(_("Its dates say otherwise: change them first."))
    missing = missing_for(session, edition, phase)
    if missing:
        raise Conflict(
            _("The phase cannot open yet: something is missing."),
            extra={"missing": [m.document() for m in missing]},
        )
    _open(session, actor, phase)
    return phase


def _open(session: Session, actor: Actor, phase: Phase) -> None:
    phase.state, phase.opened_at, phase.held_back = "open", utcnow(), None
    _changed(session, actor, phase, "opened")


def close_phase(session: Session, actor: Actor, public_id: str, reason: str) -> Phase:
    """Close a phase before its time, with a reason that everybody reads."""
    _edition, phase = _taken(session, actor, public_id)
    if phase.state not in ("open", "suspended"):
        raise Conflict(_("Only an open phase can be closed."))
    if phase.kind == "vote":
        raise Conflict(_("A vote runs to its end. Suspend or annul it instead."))
    old, now = phase.ends_at, utcnow()
    phase.state, phase.closed_at, phase.ends_at = "closed", now, min(old, now)
    text = _needs_reason(reason)
    _changed(session, actor, phase, "closed", text, old_ends_at=old, new_ends_at=phase.ends_at)
    return phase


def extend_phase(
    session: Session, actor: Actor, public_id: str, ends_at: datetime, reason: str
) -> Phase:
    """Give a phase more time, with a reason that everybody reads."""
    edition, phase = _taken(session, actor, public_id)
    text = _needs_reason(reason)
    if phase.state not in ("open", "suspended", "planned"):
        raise Conflict(_("A phase that is over cannot be extended."))
    if ends_at <= phase.ends_at:
        raise Invalid(errors={"ends_at": _("Choose a moment after the present end.")})
    _check_calendar(session, edition, phase, phase.starts_at, ends_at)
    _check_count(session, edition, phase, ends_at)
    old, phase.ends_at, phase.reminded_at = phase.ends_at, ends_at, None
    _changed(session, actor, phase, "extended", text, old_ends_at=old, new_ends_at=ends_at)
    return phase


def _check_count(session: Session, edition: Edition, phase: Phase, ends_at: datetime) -> None:
    if phase.kind != "vote":
        return
    count = session.execute(
        select(Phase.starts_at).where(Phase.edition_id == edition.id, Phase.kind == "count")
    ).scalar()
    if count is not None and count < ends_at:
        raise Invalid(errors={"ends_at": _("Move the count first: it starts before this.")})


def suspend_phase(session: Session, actor: Actor, public_id: str, reason: str) -> Phase:
    """Halt an open phase, with a reason that everybody reads."""
    _edition, phase = _taken(session, actor, public_id)
    if phase.state != "open":
        raise Conflict(_("Only an open phase can be suspended."))
    phase.state = "suspended"
    _changed(session, actor, phase, "suspended", _needs_reason(reason))
    return phase


def resume_phase(session: Session, actor: Actor, public_id: str, reason: str) -> Phase:
    """Go on with a suspended phase; time that is over stays over until it is extended."""
    _edition, phase = _taken(session, actor, public_id)
    if phase.state != "suspended":
        raise Conflict(_("Only a suspended phase can go on."))
    if phase.ends_at <= utcnow():
        raise Conflict(_("Its time is over. Extend it first."))
    phase.state = "open"
    _changed(session, actor, phase, "resumed", _needs_reason(reason))
    return phase


def annul_phase(session: Session, actor: Actor, public_id: str, reason: str) -> Phase:
    """Declare a phase void, with a reason that everybody reads."""
    _edition, phase = _taken(session, actor, public_id)
    if phase.state == "annulled":
        raise Conflict(_("This phase is annulled already."))
    phase.state, phase.closed_at = "annulled", utcnow()
    _changed(session, actor, phase, "annulled", _needs_reason(reason))
    return phase


def missing_in(session: Session, actor: Actor, public_id: str) -> list[tuple[Phase, list[Missing]]]:
    """What each phase of an edition that is still to come needs, in their order."""
    authorise(actor, "competition.organise")
    edition = lock_edition(session, public_id)
    phases = session.execute(
        select(Phase)
        .where(Phase.edition_id == edition.id, Phase.state == "planned")
        .order_by(Phase.position)
    ).scalars()
    return [(phase, missing_for(session, edition, phase)) for phase in phases.all()]


def turn_due_phases(session: Session) -> int:
    """Open and close what is due; a phase that lacks something is held back and told of once."""
    now, turned = utcnow(), 0
    due = session.execute(
        select(Phase.public_id)
        .join(Edition, Edition.id == Phase.edition_id)
        .where(
            Edition.state.in_(("running", "draft")),
            ((Phase.state == "open") & (Phase.ends_at <= now))
            | ((Phase.state == "planned") & (Phase.starts_at <= now)),
        )
        .order_by(Phase.position)
        .limit(200)
    ).scalars()
    for public_id in due.all():
        edition, phase = _taken(session, SYSTEM, public_id)
        if phase.state == "open":
            phase.state, phase.closed_at = "closed", now
            _changed(session, SYSTEM, phase, "closed")
            turned += 1
        elif edition.state == "running" and phase.state == "planned" and phase.ends_at > now:
            turned += _try_to_open(session, edition, phase)
    return turned


def _try_to_open(session: Session, edition: Edition, phase: Phase) -> int:
    missing = missing_for(session, edition, phase)
    if not missing:
        _open(session, SYSTEM, phase)
        return 1
    codes = [m.code for m in missing]
    if phase.held_back != codes:
        phase.held_back = codes
        session.flush()
        publish(
            session,
            PhaseHeldBack(edition.public_id, phase.public_id, phase.kind, tuple(codes)),
        )
    return 0
