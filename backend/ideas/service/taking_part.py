"""Whether something can be done now, and by this person: the open phase and who it is for."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.queries.own import account_details
from backend.city.queries import district_by_id
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.problems import Conflict, Forbidden, SignInNeeded
from backend.ideas.calendar import NAMES
from backend.ideas.eligibility import Person, Who, faults
from backend.ideas.models import Phase


def open_phase_among(session: Session, edition_id: int, kinds: Sequence[str]) -> Phase | None:
    """The first of these phases that is open at this moment."""
    now = utcnow()
    rows = session.execute(
        select(Phase)
        .where(
            Phase.edition_id == edition_id,
            Phase.kind.in_(list(kinds)),
            Phase.state == "open",
            Phase.starts_at <= now,
            Phase.ends_at > now,
        )
        .order_by(Phase.position)
    ).scalars()
    return rows.first()


def require_phase(session: Session, edition_id: int, kinds: Sequence[str]) -> Phase:
    """The open phase in which this can be done; Conflict when there is none."""
    phase = open_phase_among(session, edition_id, kinds)
    if phase is None:
        raise Conflict(
            _(
                "This can be done in the phase “%(phase)s”, which is not open now.",
                phase=str(NAMES[kinds[0]]),
            )
        )
    return phase


def person_behind(session: Session, actor: Actor, *, old_enough: bool = False) -> Person:
    """What the rules look at in whoever acts."""
    district = None
    if actor.account_id is not None:
        account = account_details(session, actor.account_id)
        found = (
            district_by_id(session, account["district_id"])
            if account and account["district_id"]
            else None
        )
        district = found.code if found else None
    return Person(actor.assurance, district, old_enough)


def require_eligible(
    session: Session, actor: Actor, phase: Phase, *, old_enough: bool = False
) -> None:
    """Let who may take part in a phase pass; tell everybody else what stands in the way."""
    if actor.kind == "system":
        return
    found = faults(Who.of(phase.who), person_behind(session, actor, old_enough=old_enough))
    if not found:
        return
    detail = " ".join(found.values())
    if actor.is_anonymous and "assurance" in found:
        raise SignInNeeded(detail)
    raise Forbidden(detail, errors=found)


def admit(
    session: Session,
    actor: Actor,
    edition_id: int,
    kinds: Sequence[str],
    *,
    old_enough: bool = False,
) -> Phase:
    """Both at once: an open phase, and a person who may take part in it."""
    phase = require_phase(session, edition_id, kinds)
    require_eligible(session, actor, phase, old_enough=old_enough)
    return phase
